"""Ridge regression as a scikit-learn estimator."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from elltwo.functional import ridge
from elltwo.functional._options import AUTO, MAX_ITER, TOL
from elltwo.functional._predict import linear_predictor
from elltwo.functional._validate import refuse_masked

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn, TypeGuard

    import numpy.typing as npt
    from sklearn.utils import Tags
    from typing_extensions import Self

    from elltwo.functional import RidgeFit
    from elltwo.functional._validate import FloatArray

_ITERATIVE_SOLVERS = ("lsqr", "sparse_cg", "sag", "saga", "lbfgs")


class Ridge(MultiOutputMixin, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # untyped bases
    r"""Linear least squares with an L2 penalty, in the place of ``sklearn.linear_model.Ridge``.

    For every target, minimises over the coefficients b and the intercept b0

    .. math::
        \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \sum_j \alpha_j (b_j - m_j)^2,
        \qquad \alpha_j = \alpha f_j,

    with weights w (`sample_weight`), factors f (`penalty_factors`) and prior means m
    (`prior_mean`); with those at their defaults this is scikit-learn's objective.

    Parameters
    ----------
    alpha : float or array-like of shape (n_targets,), default=1.0
        Strength of the penalty in [0, inf]. At 0 the fit is least squares, of minimum norm where X
        is rank-deficient; at infinity ``b = m``.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    copy_X : bool, default=True
        Accepted so that calls written for scikit-learn keep working. X is read in place and never
        modified, whatever this is.
    max_iter : int, default=None
        At most so many corrections with residuals from the original data, or 100 times as many
        iterations of conjugate gradients; None stands for 10.
    tol : float, default=1e-10
        Relative KKT residual that the fit is held to.
    solver : {"auto", "cholesky", "svd", "cg"}, default="auto"
        "auto" chooses from shape and conditioning. "cholesky" insists on normal equations, of
        features or samples, with corrections. "svd" insists on an orthogonal factorisation of X.
        "cg" insists on conjugate gradients; X must be sparse. scikit-learn's iterative solvers are
        refused.
    random_state : int, RandomState instance or None, default=None
        Accepted so that calls written for scikit-learn keep working. Nothing is random.
    penalize_intercept : bool, default=False
        Whether the intercept is penalised as well, by ``alpha * b0**2``.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of `alpha` in [0, inf], 1 each by default. 0 leaves a coefficient unpenalised and
        infinity pins it to its prior mean, whatever `alpha` is.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    n_threads : int, default=None
        Threads to use; None stands for the cores that the process may use, and 1 starts none.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients, float32 if X is, else float64; 1-D for one target, even if y is 2-D.
    intercept_ : float or ndarray of shape (n_targets,)
        Intercept, zero where none was fitted.
    n_features_in_ : int
        Number of features seen by `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features seen by `fit`, where X had names that are all strings.
    n_iter_ : int
        Linear solves made: the first, and ``info_.n_iter`` corrections.
    solver_ : str
        Solver used, see `elltwo.SolveInfo`.
    info_ : elltwo.SolveInfo
        How the fit ended: status, optimality beside the tolerance it was held to, rank, rcond.

    See Also
    --------
    elltwo.ridge : The same as a function, with less overhead.

    Notes
    -----
    float64 and float32 arrays go straight to the core, which checks them in its first pass;
    whatever else is passed goes through scikit-learn's validation.

    Examples
    --------
    >>> from elltwo.linear_model import Ridge
    >>> model = Ridge(alpha=2.0).fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    >>> model.predict([[3.0]]).round(6)
    array([5.])
    """

    def __init__(
        self,
        alpha: npt.ArrayLike = 1.0,
        *,
        fit_intercept: bool = True,
        copy_X: bool = True,
        max_iter: int | None = None,
        tol: float = TOL,
        solver: str = AUTO,
        random_state: int | np.random.RandomState | None = None,
        penalize_intercept: bool = False,
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        n_threads: int | None = None,
    ) -> None:
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.copy_X = copy_X
        self.max_iter = max_iter
        self.tol = tol
        self.solver = solver
        self.random_state = random_state
        self.penalize_intercept = penalize_intercept
        self.penalty_factors = penalty_factors
        self.prior_mean = prior_mean
        self.n_threads = n_threads

    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Features, finite.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Targets.
        sample_weight : float or array-like of shape (n_samples,), default=None
            Weights, not negative and not all zero; 2 is the row given twice, 0 the row left out.

        Returns
        -------
        Ridge
            The estimator itself.

        Raises
        ------
        TypeError
            If an argument does not hold real numbers, or an option has the wrong type.
        ValueError
            If shapes disagree, a value is out of its range, or the data hold NaN or infinity.

        Warns
        -----
        elltwo.exceptions.ConvergenceWarning
            If `tol` was not reached.
        """
        if self.solver is not AUTO:
            _refuse_iterative(self.solver)
        if _is_plain(X) and type(y) is np.ndarray:
            self.n_features_in_ = X.shape[1]
            self.__dict__.pop("feature_names_in_", None)
        else:
            X, y = self._converted(X, y, ensure_all_finite=False)
        try:
            fitted = self._solve(X, y, sample_weight)
        except (TypeError, ValueError) as error:
            _reraise(error, partial(self._converted, X, y))
        self._set_coefficients(fitted.coef, fitted.intercept)
        self.info_ = fitted.info
        self.n_iter_ = 1 + self.info_.n_iter
        self.solver_ = self.info_.solver
        return self

    def predict(self, X: npt.ArrayLike) -> FloatArray:
        """Predict the targets of the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets)
            ``X @ coef_.T + intercept_``, float32 if X and `coef_` are, else float64.

        Raises
        ------
        ValueError
            If X has another number of features than `fit` saw, or holds NaN or infinity, or if a
            prediction overflows.
        TypeError
            If X does not hold real numbers.
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        if "coef_" not in self.__dict__:
            check_is_fitted(self)
        if not _is_plain(X) or "feature_names_in_" in self.__dict__:
            X = self._converted(X, ensure_all_finite=False)
        try:
            return linear_predictor(X, self.coef_, self.intercept_)
        except (TypeError, ValueError) as error:
            _reraise(error, partial(self._converted, X))

    def __sklearn_tags__(self) -> Tags:
        """Return scikit-learn's tags; X may be sparse."""
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _set_coefficients(self, coef: FloatArray, intercept: float | FloatArray) -> None:
        """Set them in scikit-learn's shapes, which make one target of a single column of y."""
        self.coef_ = coef[0] if coef.ndim == 2 and coef.shape[0] == 1 else coef
        self.intercept_ = coef.dtype.type(intercept) if coef.ndim == 1 else intercept

    def _solve(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None
    ) -> RidgeFit:
        if isinstance(sample_weight, int | float | np.integer | np.floating):
            sample_weight = np.full(np.shape(X)[0], float(sample_weight))
        return ridge(
            X,
            y,
            alpha=self.alpha,
            penalty_factors=self.penalty_factors,
            prior_mean=self.prior_mean,
            sample_weight=sample_weight,
            fit_intercept=self.fit_intercept,
            penalize_intercept=self.penalize_intercept,
            solver=self.solver,
            tol=self.tol,
            max_iter=MAX_ITER if self.max_iter is None else self.max_iter,
            n_threads=self.n_threads,
        )

    def _converted(
        self, X: npt.ArrayLike, *y: npt.ArrayLike, ensure_all_finite: bool = True
    ) -> Any:  # noqa: ANN401  # an array, or two
        """Return X, and y in a fit, after scikit-learn's validation of them."""
        for value, name in zip((X, *y), "Xy", strict=False):
            refuse_masked(value, name)
        checks: dict[str, Any] = {
            "dtype": [np.float64, np.float32],
            "ensure_all_finite": ensure_all_finite,
            "accept_sparse": ("csr", "csc"),
        }
        if y:
            return validate_data(self, X, *y, multi_output=True, y_numeric=True, **checks)
        return validate_data(self, X, reset=False, **checks)


def _is_plain(X: npt.ArrayLike) -> TypeGuard[FloatArray]:
    """Whether X needs none of scikit-learn's conversions."""
    return type(X) is np.ndarray and X.ndim == 2 and X.dtype.char in "df"


def _refuse_iterative(solver: object) -> None:
    if isinstance(solver, str) and solver in _ITERATIVE_SOLVERS:
        raise ValueError(
            f"solver={solver!r} names an iterative solver of scikit-learn, which is not "
            'here; use solver="auto"'
        )


def _reraise(ours: TypeError | ValueError, validate: Callable[[], object]) -> NoReturn:
    """Raise an error in scikit-learn's words, which callers match, followed by our own."""
    try:
        validate()
    except (TypeError, ValueError) as theirs:
        kind = TypeError if isinstance(theirs, TypeError) else ValueError
        raise kind(f"{theirs}\n{ours}") from None
    raise ours
