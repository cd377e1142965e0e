"""Logistic regression with the penalty chosen by cross-validation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.bounds import read_box
from elltwo.functional._base.convergence import WorstWarning
from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.l1_ratio import read_l1_ratio
from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import AUTO, TOL, flag
from elltwo.functional._base.progress import current, telling
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.sparse import is_sparse
from elltwo.functional._cv.choice import EXTEND, read_select, warn_at_edge
from elltwo.functional._cv.splits import fold_count, read_splits
from elltwo.functional._cv.stratified import stratified_folds
from elltwo.functional._logistic.fit import solve
from elltwo.functional._logistic_cv.record import LogisticCVFit
from elltwo.functional._logistic_cv.row_scores import read_scoring
from elltwo.functional._logistic_cv.search import Task, results_of, search_alpha
from elltwo.functional._logistic_problem.problem import (
    MAX_ITER,
    read_logistic_options,
    read_logistic_problem,
    weighed_by_class,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from elltwo.functional._base.bounds import Bounds, BoundsLike
    from elltwo.functional._base.progress import Show
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._cv.splits import Splits
    from elltwo.functional._logistic_problem.problem import LogisticProblem


@public("elltwo")
@naming_columns
@telling
def logistic_cv(
    X: npt.ArrayLike | SparseLike,
    y: Any,  # noqa: ANN401  # whatever has labels
    *,
    alphas: npt.ArrayLike | None = None,
    l1_ratio: float | Sequence[float] | npt.ArrayLike = 0.0,
    extend: bool = False,
    cv: Any = 5,  # noqa: ANN401  # a number, a splitter, pairs of indices or a name
    select: str = "min",
    scoring: str | Callable[..., float] = "log_loss",
    groups: npt.ArrayLike | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    class_weight: Mapping[Any, float] | str | None = None,
    offset: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    solver: str = AUTO,
    tol: float = TOL,
    max_iter: int = MAX_ITER,
    n_threads: int | None = None,
    progress: Show = False,  # noqa: ARG001  # read by `telling`
) -> LogisticCVFit:
    r"""Fit a logistic regression with alpha chosen by cross-validation.

    Rows are predicted, at every alpha of the grid, by fits that have not seen them. The alpha whose
    predictions score best wins, of equals the largest, and all rows are fitted with it. The
    objective is that of `logistic`.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Features, finite, see `logistic`. It is not copied; ``cv="alo"`` makes sparse X dense.
    y : array-like of shape (n_samples,)
        Labels of two or more classes, of any hashable kind.
    alphas : array-like of shape (n_alphas,), default=None
        Grid of penalties in [0, inf], in any order, which is kept. None stands for the 20 of
        `logistic_path`, continued if the best is the first or last of them; with an L1 penalty
        its 100, which are not continued.
    l1_ratio : float or array-like of shape (n_l1_ratios,), default=0.0
        Share of the absolute values in the penalty, in [0, 1], see `logistic`. Of several values
        each has its grid, and the pair whose predictions score best wins; of equals the first.
    extend : bool, default=False
        Whether a given grid whose best alpha is the smallest or largest of it is continued, by its
        own mean ratio, until the best lies inside, or is 0 or infinity. `alphas` of the record
        holds the values added behind the given ones.
    cv : int, splitter, list or "alo", default=5
        A number of folds: the rows of each class are cut, in order, into so many contiguous parts,
        as scikit-learn's ``StratifiedKFold(cv)`` does; shuffle sorted rows before the call. A
        splitter has a method ``split(X, y, groups)`` that yields pairs of training and test
        indices; a list holds such pairs. Training sets may overlap, and a row that comes twice
        counts twice. "alo" approximates leave-one-out by one Newton step for each row, from the
        fit to all rows towards the fit without it (equation 7 of [1]_), at about half the cost of
        the path. Of several classes with more than 600 coefficients the Hessian of the step is
        approximated, see `LogisticCVFit.left_out_hessian`. A row's weight leaves with it.
    select : {"min", "1se"}, default="min"
        "1se" takes the largest alpha whose score is within one standard error of the best.
    scoring : {"log_loss", "accuracy", "brier"} or callable, default="log_loss"
        Score of predicted probabilities. To "log_loss" the class of a row of which the training
        set has no row has a probability of 2**-52, as in scikit-learn's. "brier" sums squared
        differences over the classes, and halves them for two. A function is called as
        ``scoring(y_true, probabilities)``, with columns in the order of the classes, and with the
        weights as third argument if there are any; greater is better. Of splits the mean of its
        values by weight of the test sets counts; under "alo" it sees all rows at once.
    groups : array-like of shape (n_samples,), default=None
        Passed on to the splitter.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], see `logistic`.
    prior_mean : float or array-like of shape (n_features,) or (n_classes, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients are held to, see `logistic`; there is no "alo", as there is
        none with an L1 penalty.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative. They count in fits and scores alike.
    class_weight : dict or "balanced", default=None
        Weights of classes by their labels, 1 for those that a dict leaves out, which multiply the
        weights of their rows, in the fits and in the scores. "balanced" gives every class the
        same total: ``W / (n_classes * W_c)`` for the sums W of all weights and W_c of the class's
        own.
    offset : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
        Known part of the linear predictor, in fits and predictions.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    solver : {"auto", "newton_cholesky", "quasi_newton", "newton_cg"}, default="auto"
        See `logistic`.
    tol : float, default=1e-10
        Relative gradient that the final fit is held to, or with an L1 penalty relative duality gap,
        see `LogisticInfo`, and fits of training sets if it is more than the 1e-7 that decides their
        scores to about as many digits.
    max_iter : int, default=100
        At most so many steps in every fit.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.
        Folds are fitted side by side. The answer does not depend on it.
    progress : bool or callable, default=False
        True writes to standard error how far the call is and how long the rest will take, once
        it has worked for two seconds: with the bar of tqdm or rich where that has been imported.
        A function is called with a `Progress` a few times a second; what it raises ends the call.

    Returns
    -------
    LogisticCVFit
        What `logistic` returns, and `alpha`, `l1_ratio`, `alphas`, `cv_score`, `cv_se`,
        `fold_scores` and `left_out_hessian`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, labels are not hashable, or an option has the
        wrong type.
    ValueError
        If shapes disagree, a value is out of its range, the data hold NaN or infinity, or a
        training or test set has no row of positive weight.
    OverflowError
        If a coefficient is beyond the range of float64.

    Warns
    -----
    UserWarning
        If the choice is the smallest or largest of several given alphas and neither 0 nor
        infinity, since a wider grid may hold a better one.
    elltwo.exceptions.ConvergenceWarning
        If a fit did not reach `tol`.
    elltwo.exceptions.SeparationWarning
        If unpenalised features separate the classes of a training set.

    See Also
    --------
    logistic : Fit for a given alpha.
    logistic_path : Fits for many alphas.

    References
    ----------
    .. [1] K. Rahnama Rad and A. Maleki (2020). A scalable estimate of the out-of-sample prediction
       error via approximate leave-one-out cross-validation. Journal of the Royal Statistical
       Society B 82, 965-996.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> X = np.arange(12.0)[:, np.newaxis]
    >>> y = np.array(["a", "a", "a", "b", "a", "a", "b", "a", "b", "b", "b", "b"])
    >>> fit = elltwo.logistic_cv(X, y, alphas=[0.01, 10.0, 1e4], cv=3)
    >>> fit.alpha, fit.cv_score.round(3)
    (10.0, array([-3.354, -0.587, -0.692]))
    >>> elltwo.logistic_cv(X, y, alphas=[0.01, 10.0, 1e4], cv="alo").alpha
    10.0
    """
    require_same_labels(X, groups=groups)
    problem = read_logistic_problem(X, y, penalty_factors, prior_mean, sample_weight, offset)
    problem = weighed_by_class(problem, class_weight)
    ratios = _read_l1_ratios(l1_ratio)
    box = read_box(bounds, problem.X, problem.names.features)
    options = read_logistic_options(fit_intercept, solver, tol, max_iter, n_threads)
    score = read_scoring(scoring)
    select = read_select(select)
    extend = flag(extend, "extend")
    given = None if alphas is None else given_grid(alphas)
    splits = None
    if not (isinstance(cv, str) and cv == "alo"):
        splits = _read_splits(cv, problem, X if is_sparse(X) else problem.X, y, groups)
    else:
        _refuse_no_newton_step(box, ratios)

    task = Task(options, box, splits, score, select, extend)
    current().expect(len(ratios) * (1 if splits is None else len(splits.train)))
    with WorstWarning():
        searched = [
            search_alpha(problem._replace(l1_ratio=float(ratio)), task, given) for ratio in ratios
        ]
        best = max(searched, key=lambda one: one.chosen_score)
        if not (given is None and best.problem.l1_ratio > 0.0 and best.alpha == best.grid.max()):
            warn_at_edge(np.array([best.alpha]), best.grid, EXTEND)
        start = best.scores.start(int(np.argmax(best.grid == best.alpha)))
        fit = solve(best.problem, best.alpha, options, box, start)
    return LogisticCVFit(fit, results_of(searched, best, np.ndim(l1_ratio) > 0))


def _read_l1_ratios(l1_ratio: Any) -> list[float]:  # noqa: ANN401  # whatever was passed
    if np.ndim(l1_ratio) == 0:
        return [read_l1_ratio(l1_ratio)]
    ratios = [read_l1_ratio(value) for value in np.ravel(l1_ratio)]
    if np.ndim(l1_ratio) != 1 or not ratios:
        raise ValueError(
            f"l1_ratio must be a number, or 1-D and not empty, got shape {np.shape(l1_ratio)}"
        )
    return ratios


def _read_splits(
    cv: Any,  # noqa: ANN401  # whatever was passed
    problem: LogisticProblem,
    X: Any,  # noqa: ANN401  # an array or a sparse matrix
    y: Any,  # noqa: ANN401  # whatever has labels
    groups: Any,  # noqa: ANN401  # whatever the splitter takes
) -> Splits:
    if isinstance(cv, str) or cv is None:
        raise ValueError(
            "cv must be a number of folds, a splitter, a list of pairs of training and test "
            f"indices, or 'alo', got {cv!r}"
        )
    if np.iterable(cv) or hasattr(cv, "split"):
        return read_splits(cv, X, y, groups)
    return stratified_folds(problem.labels, fold_count(cv, problem.X.shape[0]))


def _refuse_no_newton_step(box: Bounds | None, ratios: list[float]) -> None:
    if box is not None:
        raise ValueError("bounds leave no Newton step to approximate leave-one-out by; use folds")
    if any(ratio > 0.0 for ratio in ratios):
        raise ValueError("cv='alo' approximates fits without an L1 penalty; use folds")
