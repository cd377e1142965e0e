"""Ridge regression with the penalty chosen by cross-validation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from elltwo.functional._base.bounds import iterations, read_box
from elltwo.functional._base.compiled import _core
from elltwo.functional._base.convergence import WorstWarning
from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import AUTO, TOL, flag, read_options
from elltwo.functional._base.progress import telling
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.sparse import SparseMatrix, is_sparse
from elltwo.functional._cv.choice import EXTEND, read_select, search, warn_at_edge
from elltwo.functional._cv.splits import read_splits, require_rows
from elltwo.functional._ridge.fit import as_fit, solve
from elltwo.functional._ridge.statistics_of import FittedData
from elltwo.functional._ridge_cv.cores import prepare_splits
from elltwo.functional._ridge_cv.record import RidgeCVFit
from elltwo.functional._ridge_cv.scores import CVScores, read_scoring, score_alphas
from elltwo.functional._ridge_problem.decomposition import grid_of, path_core
from elltwo.functional._ridge_problem.problem import read_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from elltwo.functional._base.bounds import Bounds, BoundsLike
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.progress import Show
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._cv.scoring import SplitCore
    from elltwo.functional._cv.splits import Splits
    from elltwo.functional._ridge.record import RidgeFit
    from elltwo.functional._ridge_problem.decomposition import PathCore
    from elltwo.functional._ridge_problem.problem import Problem


@public("elltwo")
@naming_columns
@telling
def ridge_cv(
    X: npt.ArrayLike | SparseLike,
    y: npt.ArrayLike,
    *,
    alphas: npt.ArrayLike | None = None,
    cv: Any = "loo",  # noqa: ANN401  # a name, a number, a splitter or pairs of indices
    select: str = "min",
    scoring: Callable[[Float64Array, Float64Array], float] | str | None = None,
    per_target: bool = False,
    groups: npt.ArrayLike | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    tol: float = TOL,
    max_iter: int | None = None,
    n_threads: int | None = None,
    store_cv: bool = False,
    extend: bool = False,
    progress: Show = False,  # noqa: ARG001  # read by `telling`
) -> RidgeCVFit:
    r"""Fit a ridge regression with alpha chosen by cross-validation.

    Every row is predicted, at every alpha of the grid, by a fit that has not seen it; the alpha
    with the smallest mean of squared errors wins, of equals the largest. The fit to all rows at
    that alpha minimises

    .. math::
        \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \sum_j \alpha_j (b_j - m_j)^2,
        \qquad \alpha_j = \alpha f_j,

    for every target, see `ridge`. All alphas come from one decomposition (of each training set).

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Features, finite, at least two rows. Sparse matrices and arrays of SciPy stay sparse, see
        `ridge`.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Targets.
    alphas : array-like of shape (n_alphas,), default=None
        Grid of penalties in [0, inf], in any order, which is kept. None stands for 100 values from
        the spectrum of X, from nearly full rank to nearly no degrees of freedom, and 0 or infinity
        as well if the smallest or the largest of them is the best. At 0 fits and errors are the
        limits of those at small penalties, see `ridge`, and cost as much.
    cv : {"loo", "gcv"}, int, splitter or list, default="loo"
        "loo" leaves out every row in turn, exactly and at the cost of one fit (equation 1.2 of
        [2]_ [1]_); a row's weight goes with it. "gcv" is generalised cross-validation (equation
        1.4 of [1]_). A number stands for that many contiguous blocks of rows, as scikit-learn's
        ``KFold(cv)``; shuffle sorted rows before the call. A splitter has a method
        ``split(X, y, groups)`` that yields pairs of training and test indices; a list holds
        such pairs. Training sets may overlap, and a row that comes twice counts twice. Sparse X
        with more than 6000 samples and more than 6000 features takes folds only, which
        conjugate gradients fit.
    select : {"min", "1se"}, default="min"
        "1se" takes the largest alpha whose error is within one standard error of the smallest.
    scoring : {"r2", "correlation"} or callable, default=None
        ``scoring(y_true, y_pred)``, greater is better, in place of the mean squared error. It
        sees all out-of-sample predictions at once under "loo", else those of each test set, over
        which its values are averaged. "r2" is the coefficient of determination and "correlation"
        that of Pearson, weighted, of each target in turn; without `per_target` the mean over
        targets counts. They are computed for all targets and alphas at once, where a callable is
        called for each.
    per_target : bool, default=False
        Whether every target has an alpha of its own.
    groups : array-like of shape (n_samples,), default=None
        Passed on to the splitter.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], see `ridge`.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients are held to, see `ridge`. Every fit is then one of its own,
        also those without a row in turn; there is no "gcv".
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative, and not all zero in any set; they count in fits and scores alike.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    penalize_intercept : bool, default=False
        Whether the intercept is penalised as well, by ``alpha * b0**2``.
    tol : float, default=1e-10
        Relative KKT residual that the final fit, and conjugate gradients in folds, are held to.
    max_iter : int, default=None
        At most so many corrections, iterations or sweeps in every fit that takes any, see `ridge`.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.
    store_cv : bool, default=False
        Whether to keep the out-of-sample predictions, of "loo" only.
    extend : bool, default=False
        Whether to continue `alphas` where the best of them, or the choice, is the smallest or the
        largest: geometrically, at the mean ratio of their neighbours (10 for a single one), until
        it lies inside. What the spectrum of X can no longer tell apart is not tried, but 0 or
        infinity, which end the search.
    progress : bool or callable, default=False
        True writes to standard error how far the call is and how long the rest will take, once
        it has worked for two seconds: with the bar of tqdm or rich where that has been imported.
        A function is called with a `Progress` a few times a second; what it raises ends the call.

    Returns
    -------
    RidgeCVFit
        What `ridge` returns, and `alpha`, `alphas`, `cv_mse`, `cv_se`, `cv_score`, `fold_mse` and
        `cv_predictions`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, a value is out of its range, or the data hold NaN or infinity.
    OverflowError
        If a coefficient is beyond the range of float64.

    Warns
    -----
    UserWarning
        If the choice is the smallest or largest of several alphas and neither 0 nor infinity,
        since a wider grid may hold a better one.
    elltwo.exceptions.ConvergenceWarning
        If the final fit, or conjugate gradients in a fold, did not reach `tol`.

    See Also
    --------
    ridge : Fit for a given alpha.
    ridge_path : Fits for many alphas.

    References
    ----------
    .. [1] G. H. Golub, M. Heath and G. Wahba (1979). Generalized cross-validation as a method for
       choosing a good ridge parameter. Technometrics 21, 215-223.
    .. [2] D. M. Allen (1974). The relationship between variable selection and data augmentation
       and a method for prediction. Technometrics 16, 125-127.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
    >>> y = np.array([0.0, 2.0, 1.0, 4.0, 3.0, 6.0])
    >>> fit = elltwo.ridge_cv(X, y, alphas=[0.0, 1.0, 100.0], cv=3)
    >>> fit.alpha
    1.0
    >>> fit.cv_mse.shape, fit.fold_mse.shape
    ((3,), (3, 3))
    """
    require_same_labels(X, groups=groups)
    problem = read_problem(X, y, penalty_factors, prior_mean, sample_weight)
    box = read_box(bounds, problem.X, problem.names.features)
    max_iter = iterations(max_iter, box)
    options = read_options(fit_intercept, penalize_intercept, AUTO, tol, max_iter, n_threads)
    select, extend, scoring = read_select(select), flag(extend, "extend"), read_scoring(scoring)
    require_rows(problem.n_samples)
    method = cv if isinstance(cv, str) and cv in {"loo", "gcv"} else "splits"
    shown = X if is_sparse(X) else problem.X  # what splitters see
    splits = read_splits(cv, shown, y, groups) if method == "splits" else None
    grid = None if alphas is None else given_grid(alphas)
    smallest: float | None = 0.0
    if grid is not None and not extend:
        smallest = float(grid.min()) if method == "gcv" else None
    core = _core_for(problem, options, splits, smallest, box)
    if grid is None:
        grid = grid_of(problem, options, core)

    def scores_of(grid: Float64Array) -> CVScores:
        return score_alphas(problem, options, grid, method, splits, scoring, store_cv, box, core)

    limits = None if alphas is None else partial(grid_of, problem, options, core)
    wide = alphas is None or extend
    with WorstWarning():
        grid, scores, chosen = search(grid, scores_of, select, per_target, wide, limits)
        warn_at_edge(chosen, grid, EXTEND)
        fit = _final_fit(problem, options, chosen, box, core)
    alpha = float(chosen[0]) if not per_target else chosen
    return RidgeCVFit(
        fit.coef,
        fit.intercept,
        fit.info,
        alpha,
        grid,
        scores.for_targets(per_target),
        FittedData(problem, chosen, options, box is not None),
    )


def _core_for(
    problem: Problem,
    options: Options,
    splits: Splits | None,
    smallest_alpha: float | None,
    bounds: Bounds | None,
) -> PathCore | SplitCore:
    """Set up the splits, or decompose all rows for leave-one-out and GCV, see `decompose`."""
    if splits is not None and not splits.each_row:
        return prepare_splits(problem, options, splits, bounds)
    return path_core(problem, options, smallest_alpha, bounds)


def _final_fit(
    problem: Problem,
    options: Options,
    alpha: Float64Array,
    bounds: Bounds | None,
    core: PathCore | SplitCore,
) -> RidgeFit:
    """Fit all rows, from the products that cross-validation has computed where it has."""
    dense = not isinstance(problem.X, SparseMatrix)
    if dense and isinstance(core, _core.RidgePath | _core.RidgeSplits):
        return as_fit(problem, core.fit(alpha), alpha, options)
    return solve(problem, alpha, options, bounds)
