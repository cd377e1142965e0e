"""Logistic regression with its penalty chosen, as a scikit-learn estimator."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.metadata_routing import _raise_for_params

from elltwo.functional._base.bounds import read_box
from elltwo.functional._base.class_weight import weigh_rows
from elltwo.functional._base.convergence import WorstWarning
from elltwo.functional._base.options import AUTO, TOL, one_of
from elltwo.functional._base.progress import telling_if_verbose
from elltwo.functional._base.record_parts import public
from elltwo.functional._cv.choice import read_select, warn_at_edge
from elltwo.functional._logistic.estimator import (
    MAX_ITER,
    read_logistic_options,
    read_logistic_problem,
    solve,
)
from elltwo.linear_model._alphas import rises_to_edge, standard_errors
from elltwo.linear_model._base import repeated, reraise
from elltwo.linear_model._cross_validated import CrossValidated, Task
from elltwo.linear_model._labels import labels_are_plain, one_column, without_objects
from elltwo.linear_model._logistic_choice import choice_by_folds, choice_left_out, mean_at_best
from elltwo.linear_model._logistic_parameters import (
    DEPRECATED,
    grid_of_strengths,
    ratios_of,
)
from elltwo.linear_model._parameters import (
    require_bools,
    require_scoring,
    require_splitter,
    require_unused_of_logistic,
)
from elltwo.linear_model._probability import ProbabilityMixin
from elltwo.linear_model._scored import ScoredMixin
from elltwo.linear_model._sparse_coefficients import SparseCoefficients

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt
    from typing_extensions import Self

    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.validate import AnyArray, FloatArray
    from elltwo.functional._logistic.estimator import LogisticOptions, LogisticProblem
    from elltwo.linear_model._logistic_choice import Choice


@public("elltwo.linear_model")
class LogisticRegressionCV(ScoredMixin, ProbabilityMixin, SparseCoefficients, CrossValidated):
    r"""Logistic regression with C chosen, in place of scikit-learn's ``LogisticRegressionCV``.

    The fit to all rows is that of `LogisticRegression` for the C of a grid that predicts rows best
    which the fit has not seen.

    Parameters
    ----------
    Cs : int or array-like of shape (n_cs,), default=10
        Grid of reciprocal penalties in (0, inf], or the number of values from 1e-4 to 1e4, evenly
        spaced in their logarithm.
    l1_ratios : array-like of shape (n_l1_ratios,), default=None
        Shares of the L1 part of the penalty that are compared, in [0, 1]; None stands for a single
        0. All have the grid of `Cs`.
    fit_intercept : bool, default=True
        Whether there is an intercept, which is never penalised.
    cv : int, splitter, iterable of (train, test), "alo" or None, default=None
        A number of folds with the classes in proportion, None for 5; splitters and index pairs are
        scikit-learn's. "alo" is approximate leave-one-out, see `elltwo.logistic_cv`: scorers then
        see all rows at once, each predicted without it.
    dual : bool, default=False
        Accepted so that calls written for scikit-learn keep working, as in `LogisticRegression`.
    penalty : {"deprecated", "l1", "l2", "elasticnet"}, default="deprecated"
        "deprecated", scikit-learn's default, and "elasticnet" leave the kind of penalty to
        `l1_ratios`; "l1" stands for a ratio of 1, "l2" for one of 0.
    scoring : str or callable, default=None
        Name of a scikit-learn scorer, or ``scorer(estimator, X, y)``. None stands for accuracy.
    solver : {"auto", "newton_cholesky", "quasi_newton", "newton_cg"}, default="auto"
        See `LogisticRegression`.
    tol : float, default=1e-10
        Relative gradient that all fits are held to, see `elltwo.LogisticInfo`.
    max_iter : int, default=100
        At most so many steps in every fit.
    class_weight : dict or "balanced", default=None
        Weights of the classes in fits, see `LogisticRegression`; "balanced" counts all rows.
    n_jobs : int, default=None
        Accepted so that calls written for scikit-learn keep working. See `n_threads`.
    verbose : int, default=0
        Whether to write to standard error how far the fit is and how long the rest will take, once
        it has worked for two seconds.
    refit : bool, default=True
        Whether all rows are fitted with the C of the best mean score. If not, coefficients and C
        are the means over the splits of those that are best in each.
    intercept_scaling : float, default=1
        Accepted so that calls written for scikit-learn keep working. The intercept is free.
    random_state : int, RandomState instance or None, default=None
        Accepted so that calls written for scikit-learn keep working. Nothing is random.
    use_legacy_attributes : bool, default=True
        Which of scikit-learn's two sets of shapes attributes have, see there; "warn" means True.
    select : {"min", "1se"}, default="min"
        "min" takes the best score, of equals the smallest C. "1se" takes the smallest C whose score
        is within a standard error of the best.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of the penalty in [0, inf], see `LogisticRegression`.
    prior_mean : float or array-like of shape (n_features,) or (n_classes, n_features), default=None
        Values that the coefficients shrink to, 0 by default; one row for two classes.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients are held to, see `LogisticRegression`.
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
    C_ : ndarray of shape (1,) or (n_classes,)
        The C chosen, once for each row of `coef_`; a float without legacy attributes.
    Cs_ : ndarray of shape (n_cs,)
        The grid.
    scores_ : dict of ndarray of shape (n_splits, n_cs) or (n_splits, n_cs, n_l1_ratios)
        Scores on the test sets, the same for each class; a single row for "alo". An array of shape
        (n_splits, n_l1_ratios, n_cs) without legacy attributes.
    coefs_paths_ : dict of ndarray of shape (n_splits, n_cs, n_features + 1)
        Coefficients and intercepts of the training sets by class, with an axis of L1 ratios behind
        that of Cs where `l1_ratios` was given. An array of shape
        (n_splits, n_l1_ratios, n_cs, n_classes, n_features + 1) without legacy attributes.
    n_iter_ : ndarray of shape (1, n_splits, n_cs) or (1, n_splits, n_cs, n_l1_ratios)
        Steps taken; of shape (n_splits, n_l1_ratios, n_cs) without legacy attributes.
    l1_ratio_ : ndarray of shape (1,) or (n_classes,)
        The L1 ratio chosen, once for each row of `coef_`; a float without legacy attributes.
    l1_ratios_ : ndarray of shape (n_l1_ratios,)
        Those compared.
    info_ : elltwo.LogisticInfo
        How the fit to all rows ended; absent without `refit`.
    n_features_in_ : int
        Number of features seen by `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features seen by `fit`, where X had names that are all strings.

    See Also
    --------
    elltwo.logistic_cv : The same as a function, with offsets and labels of any hashable kind.
    LogisticRegression : For a given C.

    Examples
    --------
    >>> import numpy as np
    >>> from elltwo.linear_model import LogisticRegressionCV
    >>> X = np.arange(12.0)[:, np.newaxis]
    >>> y = np.array(["a", "a", "a", "b", "a", "a", "b", "a", "b", "b", "b", "b"])
    >>> model = LogisticRegressionCV([1e-4, 0.1, 100.0], cv=3, scoring="neg_log_loss").fit(X, y)
    >>> model.C_, model.scores_["b"].shape
    (array([0.1]), (3, 3))
    """

    _one_row_is_flat = False

    def __init__(
        self,
        Cs: int | npt.ArrayLike = 10,
        *,
        l1_ratios: npt.ArrayLike | None = None,
        fit_intercept: bool = True,
        cv: Any = None,  # noqa: ANN401  # as scikit-learn's
        dual: bool = False,
        penalty: str = DEPRECATED,
        scoring: str | Callable[..., float] | None = None,
        solver: str = AUTO,
        tol: float = TOL,
        max_iter: int = MAX_ITER,
        class_weight: Mapping[Any, float] | str | None = None,
        n_jobs: int | None = None,
        verbose: int = 0,
        refit: bool = True,
        intercept_scaling: float = 1,
        random_state: int | np.random.RandomState | None = None,
        use_legacy_attributes: bool | str = True,
        select: str = "min",
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        bounds: BoundsLike | None = None,
        n_threads: int | None = None,
    ) -> None:
        self.Cs = Cs
        self.l1_ratios = l1_ratios
        self.fit_intercept = fit_intercept
        self.cv = cv
        self.dual = dual
        self.penalty = penalty
        self.scoring = scoring
        self.solver = solver
        self.tol = tol
        self.max_iter = max_iter
        self.class_weight = class_weight
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.refit = refit
        self.intercept_scaling = intercept_scaling
        self.random_state = random_state
        self.use_legacy_attributes = use_legacy_attributes
        self.select = select
        self.penalty_factors = penalty_factors
        self.prior_mean = prior_mean
        self.bounds = bounds
        self.n_threads = n_threads

    @telling_if_verbose
    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        **params: Any,  # noqa: ANN401  # for scorer and splitter
    ) -> Self:
        """Choose C and fit the model.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Features, finite.
        y : array-like of shape (n_samples,)
            Labels of two or more classes, see `LogisticRegression.fit`.
        sample_weight : float or array-like of shape (n_samples,), default=None
            Weights, not negative. They count in fits, and in scores by scorers that take weights.
        **params : dict
            Arguments for the scorer and the splitter, ``groups`` for one; only with scikit-learn's
            metadata routing, see `get_metadata_routing`.

        Returns
        -------
        LogisticRegressionCV
            The estimator itself.

        Raises
        ------
        TypeError
            If X or an option does not hold real numbers, or has the wrong type.
        ValueError
            If shapes disagree, a value is out of its range, options exclude each other, the data
            hold NaN or infinity, or there is one class only.

        Warns
        -----
        UserWarning
            If the C chosen is the smallest or largest of several; where `Cs` is a number of values,
            only if its score is better than its neighbour's by more than a standard error.
        elltwo.exceptions.ConvergenceWarning, sklearn.exceptions.ConvergenceWarning
            If a fit did not reach `tol`.
        """
        _raise_for_params(params, self, "fit")
        self._ratios = ratios_of(self.penalty, self.l1_ratios)
        self._require_valid_options()
        X, y = self._read(X, y, y_is_plain=labels_are_plain(y))
        if np.ndim(y) != 1:
            y = one_column(y)
        y = np.asarray(y)
        try:
            with WorstWarning():
                self._choose_and_fit(X, without_objects(y), repeated(sample_weight, X), params)
        except (TypeError, ValueError) as error:
            reraise(error, partial(self._validate_fit, X, y, sample_weight))
        return self

    def _require_valid_options(self) -> None:
        read_select(self.select)
        require_unused_of_logistic(self)
        require_scoring(self.scoring)
        require_splitter(self.cv, ("alo",))
        require_bools(self, "refit")
        if not isinstance(self.use_legacy_attributes, str):
            require_bools(self, "use_legacy_attributes")
        elif self.use_legacy_attributes != "warn":
            one_of(("warn",), self.use_legacy_attributes, "use_legacy_attributes")

    def _choose_and_fit(
        self,
        X: Any,  # noqa: ANN401  # an array or a sparse matrix
        y: AnyArray,
        sample_weight: npt.ArrayLike | None,
        params: dict[str, Any],
    ) -> None:
        factors, prior = map(self._of_features, ("penalty_factors", "prior_mean"))
        problem = read_logistic_problem(X, y, factors, prior, sample_weight, None)
        task = Task(X, problem.labels.codes.astype(np.float64), y, problem.sample_weight)
        self.classes_ = problem.classes
        weight = weigh_rows(problem.sample_weight, self.class_weight, problem.labels)
        problem = problem._replace(sample_weight=weight)
        options = read_logistic_options(
            self.fit_intercept, self.solver, self.tol, self.max_iter, self.n_threads
        )
        self.Cs_ = grid_of_strengths(self.Cs)
        box = read_box(self._labelled_bounds(), problem.X)
        routed = self._routed(params, task)
        if isinstance(self.cv, str):
            choice = choice_left_out(self, problem, options, box, task, routed)
        else:
            choice = choice_by_folds(self, problem, options, box, task, routed)
        self._set_choice_of(choice, problem, options)
        self._warn_of_edge(choice)

    def _warn_of_edge(self, choice: Choice) -> None:
        """Warn of a C at an edge; at one of the default grid, only if that tells much."""
        ratio, strength = choice.best
        scores = choice.scores[:, ratio]
        if isinstance(self.Cs, int | np.integer) and not rises_to_edge(
            scores.mean(axis=0), standard_errors(scores), np.array([strength])
        ):
            return
        warn_at_edge(np.ravel(self.C_)[:1], self.Cs_, "", "C")

    def _set_choice_of(
        self, choice: Choice, problem: LogisticProblem, options: LogisticOptions
    ) -> None:
        if self.refit:
            at_ratio, at_strength = choice.best
            strength, ratio = float(self.Cs_[at_strength]), float(self._ratios[at_ratio])
            problem = problem._replace(l1_ratio=ratio)
            box = read_box(self._labelled_bounds(), problem.X)
            fit = solve(problem, 1.0 / strength, options, box, choice.start())
            self.info_ = fit.info
            self._set_arrays(fit.coef, fit.intercept)
        else:
            strength, ratio, start = mean_at_best(choice, self._ratios, self.Cs_)
            self._set_arrays(start.coef, start.intercept)
        n_rows = self.coef_.shape[0]
        legacy = bool(self.use_legacy_attributes)
        self.C_ = np.full(n_rows, strength) if legacy else strength
        self.l1_ratio_ = np.full(n_rows, ratio) if legacy else ratio
        given = self.l1_ratios
        with_ratios = given is not None and not isinstance(given, str)
        self.l1_ratios_ = np.array(given if with_ratios else [None])
        shape = choice.shapes(legacy, with_ratios, self.classes_, self.fit_intercept)
        self.coefs_paths_, self.scores_, self.n_iter_ = shape

    def _set_arrays(self, coef: FloatArray, intercept: float | FloatArray) -> None:
        self.coef_ = np.atleast_2d(coef)
        self.intercept_ = np.atleast_1d(np.asarray(intercept, dtype=self.coef_.dtype))
