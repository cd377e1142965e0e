"""Logistic regression as a scikit-learn estimator."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets

from elltwo.functional._base.bounds import read_box
from elltwo.functional._base.class_weight import weigh_rows
from elltwo.functional._base.options import AUTO, TOL, flag
from elltwo.functional._base.record_parts import public
from elltwo.functional._logistic.estimator import (
    MAX_ITER,
    Start,
    read_logistic_options,
    read_logistic_problem,
    solve,
)
from elltwo.linear_model._base import repeated, reraise
from elltwo.linear_model._labels import labels_are_plain, one_column
from elltwo.linear_model._logistic_parameters import DEPRECATED, PenaltyOf, penalty_of
from elltwo.linear_model._parameters import require_unused_of_logistic
from elltwo.linear_model._probability import ProbabilityMixin
from elltwo.linear_model._sparse_coefficients import SparseCoefficients

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from typing_extensions import Self

    from elltwo.functional import LogisticFit
    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._logistic.estimator import LogisticProblem


@public("elltwo.linear_model")
class LogisticRegression(ProbabilityMixin, SparseCoefficients):
    r"""Logistic regression, in place of scikit-learn's ``LogisticRegression``.

    For two classes, minimises over the coefficients b and the intercept b0

    .. math::
        \sum_i w_i \log(1 + e^{-s_i z_i}) + \frac{1}{2C} \sum_j f_j (b_j - m_j)^2,
        \qquad z_i = b_0 + x_i \cdot b,

    with :math:`s_i = 1` for rows of the second class and -1 for the others, weights w
    (`sample_weight` times `class_weight`), factors f (`penalty_factors`) and prior means m
    (`prior_mean`); for more classes the multinomial objective, see `elltwo.logistic`, whose alpha
    is 1 / C. With factors and means at their defaults this is scikit-learn's objective, as it is
    with `l1_ratio` :math:`\rho`, where the penalty of a coefficient is
    :math:`(\rho |b_j - m_j| + \tfrac{1 - \rho}{2} (b_j - m_j)^2) f_j / C`.

    Parameters
    ----------
    penalty : {"deprecated", "l1", "l2", "elasticnet", None}, default="deprecated"
        "deprecated", scikit-learn's default, and "elasticnet" leave the kind of penalty to
        `l1_ratio`. "l1" stands for a ratio of 1, "l2" for one of 0, and None means no penalty, as
        ``C=inf`` does.
    C : float, default=1.0
        Reciprocal strength of the penalty in (0, inf].
    l1_ratio : float, default=0.0
        Share of the L1 part of the penalty, in [0, 1]; None stands for 0. Coefficients that an L1
        part holds at zero are zero exactly.
    dual : bool, default=False
        Accepted so that calls written for scikit-learn's liblinear keep working. The dual problem
        has the same solution.
    tol : float, default=1e-10
        Relative gradient that the fit is held to, with an L1 part of the penalty its relative
        duality gap, see `elltwo.LogisticInfo`. scikit-learn's own tolerances depend on units and
        mean something else.
    fit_intercept : bool, default=True
        Whether there is an intercept, which is never penalised.
    intercept_scaling : float, default=1
        Accepted so that calls written for scikit-learn's liblinear keep working. It lessens the
        penalty of an intercept that has none here.
    class_weight : dict or "balanced", default=None
        Weights of the classes, ``{label: weight}``, 1 for those that are left out. "balanced"
        stands for ``sum_weight / (n_classes * sum_weight_of_the_class)``.
    random_state : int, RandomState instance or None, default=None
        Accepted so that calls written for scikit-learn keep working. Nothing is random.
    solver : {"auto", "newton_cholesky", "quasi_newton", "newton_cg"}, default="auto"
        See `elltwo.logistic`. A hyphen stands for an underscore. scikit-learn's "lbfgs",
        "liblinear", "sag" and "saga" stand for "auto", and ``info_.reason`` says so. Unlike
        liblinear's, the intercept is then free.
    max_iter : int, default=100
        At most so many steps.
    verbose : int, default=0
        Accepted so that calls written for scikit-learn keep working. Nothing is printed.
    warm_start : bool, default=False
        Whether `fit` starts from ``coef_`` and ``intercept_`` of the fit before, if that had as
        many classes and features. The answer is the same, within `tol`.
    n_jobs : int, default=None
        Accepted so that calls written for scikit-learn keep working, where it has no effect
        either. See `n_threads`.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of the penalty in [0, inf], 1 each by default. 0 leaves a coefficient unpenalised
        and infinity pins it to its prior mean, whatever `C` is.
    prior_mean : float or array-like of shape (n_features,) or (n_classes, n_features), default=None
        Values that the coefficients shrink to, 0 by default; one row for two classes.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients are held to, each a number, an array of shape (n_features,) or
        None for none. The intercept has no bounds.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels seen by `fit`, sorted.
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Coefficients, float32 if X is, else float64; one row, of ``classes_[1]``, for two classes.
    intercept_ : ndarray of shape (1,) or (n_classes,)
        Intercepts, zero where none was fitted.
    n_features_in_ : int
        Number of features seen by `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features seen by `fit`, where X had names that are all strings.
    n_iter_ : ndarray of shape (1,)
        Steps taken.
    info_ : elltwo.LogisticInfo
        How the fit ended: status, optimality beside the tolerance it was held to, solver, reason.

    See Also
    --------
    elltwo.logistic : The same as a function, with offsets and labels of any hashable kind.
    RidgeClassifier : Classification by least squares.

    Notes
    -----
    One coefficient vector for each class against the rest is what
    ``sklearn.multiclass.OneVsRestClassifier(LogisticRegression())`` fits.

    Examples
    --------
    >>> from elltwo.linear_model import LogisticRegression
    >>> X = [[0.0], [1.0], [4.0], [5.0]]
    >>> model = LogisticRegression(C=2.0).fit(X, ["low", "low", "high", "high"])
    >>> model.predict([[0.5], [6.0]])
    array(['low', 'high'], dtype='<U4')
    >>> model.predict_proba([[2.5]]).round(6)
    array([[0.5, 0.5]])
    """

    _one_row_is_flat = False

    def __init__(
        self,
        penalty: str | None = DEPRECATED,
        *,
        C: float = 1.0,
        l1_ratio: float | None = 0.0,
        dual: bool = False,
        tol: float = TOL,
        fit_intercept: bool = True,
        intercept_scaling: float = 1,
        class_weight: Mapping[Any, float] | str | None = None,
        random_state: int | np.random.RandomState | None = None,
        solver: str = AUTO,
        max_iter: int = MAX_ITER,
        verbose: int = 0,
        warm_start: bool = False,
        n_jobs: int | None = None,
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        bounds: BoundsLike | None = None,
        n_threads: int | None = None,
    ) -> None:
        self.penalty = penalty
        self.C = C
        self.l1_ratio = l1_ratio
        self.dual = dual
        self.tol = tol
        self.fit_intercept = fit_intercept
        self.intercept_scaling = intercept_scaling
        self.class_weight = class_weight
        self.random_state = random_state
        self.solver = solver
        self.max_iter = max_iter
        self.verbose = verbose
        self.warm_start = warm_start
        self.n_jobs = n_jobs
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
        y : array-like of shape (n_samples,)
            Labels of two or more classes: strings, whole numbers, or other hashable objects.
        sample_weight : float or array-like of shape (n_samples,), default=None
            Weights, not negative; 2 is the row given twice, 0 the row left out. A class whose rows
            all weigh nothing keeps its place in `classes_`, with a probability of 0 if there is an
            intercept, see `elltwo.logistic`.

        Returns
        -------
        LogisticRegression
            The estimator itself.

        Raises
        ------
        TypeError
            If X or an option does not hold real numbers, or has the wrong type.
        ValueError
            If shapes disagree, a value is out of its range, the data hold NaN or infinity, or
            there is one class only.

        Warns
        -----
        elltwo.exceptions.ConvergenceWarning, sklearn.exceptions.ConvergenceWarning
            If `tol` was not reached.
        elltwo.exceptions.SeparationWarning
            If there is no penalty and the features separate the classes.
        """
        penalty = penalty_of(self.penalty, self.C, self.l1_ratio)
        require_unused_of_logistic(self)
        X, y = self._read(X, y, y_is_plain=labels_are_plain(y))
        if np.ndim(y) != 1:
            y = one_column(y)
        try:
            fitted = self._solve(X, y, sample_weight, penalty)
        except (TypeError, ValueError) as error:
            reraise(error, partial(self._validate_fit, X, y, sample_weight))
        self._set_fit(fitted)
        return self

    def _solve(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None,
        penalty: PenaltyOf,
    ) -> LogisticFit:
        factors, prior = map(self._of_features, ("penalty_factors", "prior_mean"))
        problem = read_logistic_problem(X, y, factors, prior, repeated(sample_weight, X), None)
        problem = problem._replace(l1_ratio=penalty.l1_ratio)
        if self.class_weight is not None:
            weight = weigh_rows(problem.sample_weight, self.class_weight, problem.labels)
            problem = problem._replace(sample_weight=weight)
        options = read_logistic_options(
            self.fit_intercept, self.solver, self.tol, self.max_iter, self.n_threads
        )
        box = read_box(self._labelled_bounds(), problem.X)
        return solve(problem, penalty.alpha, options, box, self._start(problem))

    def _start(self, problem: LogisticProblem) -> Start | None:
        """Return the fit before, if there is one of the shape of the problem."""
        if not flag(self.warm_start, "warm_start") or "coef_" not in self.__dict__:
            return None
        if self.coef_.shape != (problem.n_outputs, problem.X.shape[1]):
            return None
        return Start(
            np.asarray(self._dense_coef(), dtype=np.float64),
            np.asarray(self.intercept_, dtype=np.float64),
        )

    def _set_fit(self, fitted: LogisticFit) -> None:
        self.classes_ = fitted.classes
        self.coef_ = np.atleast_2d(fitted.coef)
        self.intercept_ = np.atleast_1d(np.asarray(fitted.intercept, dtype=fitted.coef.dtype))
        info = fitted.info
        self.info_ = info
        self.n_iter_ = np.array([info.n_iter], dtype=np.int32)

    def _validate_fit(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None
    ) -> None:
        super()._validate_fit(X, y, sample_weight)
        check_classification_targets(y)
