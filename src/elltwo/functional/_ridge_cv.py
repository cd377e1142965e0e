"""Ridge regression with the penalty chosen by k-fold cross-validation."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._compiled import _core
from elltwo.functional._options import AUTO, MAX_ITER, TOL, count, read_options
from elltwo.functional._problem import Problem, read_problem
from elltwo.functional._records import RidgeCVFit
from elltwo.functional._ridge import solve
from elltwo.functional._validate import float64_array

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._options import Options
    from elltwo.functional._validate import Float64Array


def ridge_cv(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    alphas: npt.ArrayLike | None = None,
    cv: int = 5,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    tol: float = TOL,
    max_iter: int = MAX_ITER,
    n_threads: int | None = None,
) -> RidgeCVFit:
    r"""Fit a ridge regression with alpha chosen by k-fold cross-validation.

    Every row is predicted, at every alpha of the grid, by the fit to the folds that it is not in;
    the alpha with the smallest weighted mean of squared errors over rows and targets wins, of
    equals the largest. The fit to all rows at that alpha minimises

    .. math::
        \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \sum_j \alpha_j (b_j - m_j)^2,
        \qquad \alpha_j = \alpha f_j,

    for every target, see `ridge`. The sum over the rows of k - 1 folds meets the same alpha as the
    sum over all rows.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Features, dense and finite, at least two rows.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Targets.
    alphas : array-like of shape (n_alphas,), default=None
        Grid of penalties in [0, inf], in units of ``sum(w * x**2)``. None stands for 49 values,
        evenly spaced in their logarithm, from 1e-8 to 1e4 times the mean over the features of
        their sums of squares ``sum(w * x**2)``, which are taken about the weighted mean if there
        is an intercept.
    cv : int, default=5
        Number of folds, from 2 to n_samples. They are contiguous blocks of rows, the first
        ``n_samples % cv`` one row longer, as those of scikit-learn's ``KFold(cv)``;
        ``cv=n_samples`` is leave-one-out. Shuffle rows that are sorted before the call.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], see `ridge`.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative, and not all zero on any fold; they count in fits and scores alike.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    penalize_intercept : bool, default=False
        Whether the intercept is penalised as well, by ``alpha * b0**2``.
    tol : float, default=1e-10
        Relative KKT residual that the final fit is held to.
    max_iter : int, default=10
        At most so many corrections with residuals from the original data.
    n_threads : int, default=None
        Threads to use; None stands for the cores that the process may use, and 1 starts none.

    Returns
    -------
    RidgeCVFit
        What `ridge` returns, and `alpha`, `alphas`, `cv_mse` and `fold_mse`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, a value is out of its range, or the data hold NaN or infinity.

    Warns
    -----
    UserWarning
        If the choice is the smallest or largest of several alphas and neither 0 nor infinity,
        since a wider grid may hold a better one.
    elltwo.exceptions.ConvergenceWarning
        If the final fit did not reach `tol`.

    See Also
    --------
    ridge : Fit for a given alpha.

    References
    ----------
    .. [1] T. Hastie, R. Tibshirani and J. Friedman (2009). The Elements of Statistical Learning,
       2nd edition, section 7.10.1.

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
    problem = read_problem(X, y, penalty_factors, prior_mean, sample_weight)
    options = read_options(fit_intercept, penalize_intercept, AUTO, tol, max_iter, n_threads)
    n_folds = _fold_count(cv, problem.X.shape[0])
    grid = _default_grid(problem, options) if alphas is None else _given_grid(alphas)
    fold_mse, cv_mse = _scores(problem, options, grid, n_folds)
    alpha = float(grid[cv_mse == cv_mse.min()].max())
    _warn_at_edge(alpha, grid)
    fit = solve(problem, np.array([alpha]), options)
    return RidgeCVFit(fit.coef, fit.intercept, fit.info, alpha, grid, cv_mse, fold_mse)


def _fold_count(cv: object, n_samples: int) -> int:
    if n_samples < 2:
        raise ValueError("X has 1 sample, while cross-validation needs at least 2")
    n_folds = count(cv, "cv", minimum=2)
    if n_folds > n_samples:
        raise ValueError(
            f"cv must be at most the number of rows of X, which is {n_samples}, got {n_folds}"
        )
    return n_folds


def _given_grid(alphas: npt.ArrayLike) -> Float64Array:
    grid = float64_array(alphas, "alphas")
    if grid.ndim != 1 or grid.size == 0:
        raise ValueError(f"alphas must be 1-D and not empty, got shape {grid.shape}")
    return grid.copy()  # the record keeps it


def _default_grid(problem: Problem, options: Options) -> Float64Array:
    """Space 49 alphas evenly in their logarithm about the mean sum of squares of a feature."""
    X = problem.X
    scale = _core.gram_trace(X, problem.sample_weight, options.fit_intercept) / X.shape[1]
    centre = X[0] if options.fit_intercept else np.zeros(1)
    if scale == 0.0 and np.array_equal(X, np.broadcast_to(centre, X.shape)):
        scale = 1.0  # all alphas are alike
    with np.errstate(over="ignore"):
        grid: Float64Array = np.logspace(-8, 4, 49) * scale
    if not (grid[0] > 0.0 and math.isfinite(grid[-1])):
        raise ValueError(
            "alphas=None needs squares of X within the range of float64, but their mean sum is "
            f"{scale:g}; pass alphas, or scale X"
        )
    return grid


def _scores(
    problem: Problem, options: Options, grid: Float64Array, n_folds: int
) -> tuple[Float64Array, Float64Array]:
    """Return mean squared errors of shapes (n_folds, n_alphas) and (n_alphas,)."""
    fold = _contiguous_folds(problem.X.shape[0], n_folds)
    if problem.sample_weight is not None:
        _require_weight_in_every_fold(problem.sample_weight, fold, n_folds)
    sse, weight = _core.ridge_kfold(
        problem.X,
        problem.Y,
        fold,
        n_folds,
        grid,
        problem.penalty_factors,
        problem.prior_mean,
        problem.sample_weight,
        options.fit_intercept,
        options.penalize_intercept,
        options.n_threads,
    )
    over_targets: Float64Array = sse.mean(axis=2)
    return over_targets / weight[:, np.newaxis], over_targets.sum(axis=0) / weight.sum()


def _contiguous_folds(n_samples: int, n_folds: int) -> npt.NDArray[np.int32]:
    size, longer = divmod(n_samples, n_folds)
    sizes = np.full(n_folds, size)
    sizes[:longer] += 1
    return np.repeat(np.arange(n_folds, dtype=np.int32), sizes)


def _require_weight_in_every_fold(
    sample_weight: Float64Array, fold: npt.NDArray[np.int32], n_folds: int
) -> None:
    weight = np.bincount(fold, weights=sample_weight, minlength=n_folds)
    if not weight.all():
        first = int(np.argmin(weight != 0.0))
        rows = np.flatnonzero(fold == first)
        raise ValueError(
            f"sample_weight is zero on all of rows {rows[0]} to {rows[-1]}, fold {first} of "
            f"cv={n_folds}, which leaves nothing to score it by"
        )


def _warn_at_edge(alpha: float, grid: Float64Array) -> None:
    lowest, highest = float(grid.min()), float(grid.max())
    if lowest == highest or alpha not in {lowest, highest} or alpha in {0.0, np.inf}:
        return
    edge = "lower" if alpha == lowest else "upper"
    warnings.warn(
        f"alpha = {alpha:.6g} lies on the {edge} edge of the grid of alphas, [{lowest:.6g}, "
        f"{highest:.6g}]; a wider grid may hold a better one",
        UserWarning,
        stacklevel=3,
    )
