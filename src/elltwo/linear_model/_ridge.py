"""Ridge regression as a scikit-learn estimator."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.options import AUTO, TOL
from elltwo.functional._base.record_parts import public
from elltwo.linear_model._base import RegressionMixin, reraise
from elltwo.linear_model._partial_fit import PartialFitMixin

if TYPE_CHECKING:
    import numpy.typing as npt
    from typing_extensions import Self

    from elltwo.functional._base.bounds import BoundsLike


@public("elltwo.linear_model")
class Ridge(RegressionMixin, PartialFitMixin):
    r"""Linear least squares with an L2 penalty, in place of ``sklearn.linear_model.Ridge``.

    For every target, minimises over the coefficients b and the intercept b0

    .. math::
        \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \sum_j \alpha_j (b_j - m_j)^2,
        \qquad \alpha_j = \alpha f_j,

    with weights w (`sample_weight`), factors f (`penalty_factors`) and prior means m
    (`prior_mean`); with those at their defaults this is scikit-learn's objective.

    Parameters
    ----------
    alpha : float or array-like of shape (n_targets,), default=1.0
        Strength of the penalty in [0, inf]. At 0 the fit is least squares and, where X is
        rank-deficient, the limit of small penalties, see `elltwo.ridge`; at infinity ``b = m``.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    copy_X : bool, default=True
        Accepted so that calls written for scikit-learn keep working. X is read in place and never
        modified, whatever this is.
    max_iter : int, default=None
        At most so many corrections with residuals from the original data, None standing for 10, or
        100 times as many iterations of conjugate gradients, or with `bounds` so many sweeps of
        coordinate descent, None standing for 1000.
    tol : float, default=1e-10
        Relative KKT residual that the fit is held to.
    solver : {"auto", "cholesky", "svd", "cg"}, default="auto"
        "auto" chooses from shape and conditioning. "cholesky" insists on normal equations, of
        features or samples, with corrections. "svd" insists on an orthogonal factorisation of X.
        "cg" insists on conjugate gradients; X must be sparse.
        With `bounds` this is how the coefficients between them are solved for. A hyphen stands for
        an underscore. scikit-learn's iterative solvers "lsqr", "sparse_cg", "sag", "saga" and
        "lbfgs" stand for "auto", and ``info_.reason`` says so: every fit here is held to `tol`.
    positive : bool, default=False
        Whether coefficients must not be negative: short for ``bounds=(0, None)``.
    random_state : int, RandomState instance or None, default=None
        Accepted so that calls written for scikit-learn keep working. Nothing is random.
    penalize_intercept : bool, default=False
        Whether the intercept is penalised as well, by ``alpha * b0**2``.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of `alpha` in [0, inf], 1 each by default. 0 leaves a coefficient unpenalised and
        infinity pins it to its prior mean, whatever `alpha` is.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients are held to, each a number, an array of shape (n_features,) or
        None for none. The intercept has no bounds.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.

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
        Linear solves made: the first, and ``info_.n_iter`` corrections, or sweeps with `bounds`.
    solver_ : str
        Solver used, see `elltwo.SolveInfo`; "cholesky" also stands for "dual_cholesky".
    info_ : elltwo.SolveInfo
        How the fit ended: status, optimality beside the tolerance it was held to, rank, rcond.
    moments_ : elltwo.Moments
        Moments of all rows so far, after `partial_fit` alone.

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
        positive: bool = False,
        random_state: int | np.random.RandomState | None = None,
        penalize_intercept: bool = False,
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        bounds: BoundsLike | None = None,
        n_threads: int | None = None,
    ) -> None:
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.copy_X = copy_X
        self.max_iter = max_iter
        self.tol = tol
        self.solver = solver
        self.positive = positive
        self.random_state = random_state
        self.penalize_intercept = penalize_intercept
        self.penalty_factors = penalty_factors
        self.prior_mean = prior_mean
        self.bounds = bounds
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
        elltwo.exceptions.ConvergenceWarning, sklearn.exceptions.ConvergenceWarning
            If `tol` was not reached.
        """
        X, y = self._read(X, y, y_is_plain=type(y) is np.ndarray)
        try:
            fitted = self._solve(X, y, sample_weight)
        except (TypeError, ValueError) as error:
            reraise(error, partial(self._validate_fit, X, y, sample_weight))
        self.__dict__.pop("moments_", None)
        self._set_fit(fitted)
        return self

    def _validate_fit(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None
    ) -> None:
        super()._validate_fit(X, y, sample_weight)
        n_targets, n_alphas = np.prod(np.shape(y)[1:], dtype=int), np.size(self.alpha)
        if n_alphas not in {1, n_targets}:
            raise ValueError(
                "Number of targets and number of penalties do not correspond: "
                f"{n_alphas} != {n_targets}"
            )
