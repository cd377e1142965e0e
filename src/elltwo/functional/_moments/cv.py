"""The alpha of a fit to moments, chosen by cross-validation over folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.options import AUTO, MAX_ITER, TOL, flag, read_options
from elltwo.functional._base.record_parts import public
from elltwo.functional._cv.choice import read_select
from elltwo.functional._moments.moments import Moments
from elltwo.functional._moments.naming import aligned
from elltwo.functional._moments.path import chosen_fit
from elltwo.functional._ridge_cv.scores import scores_of_splits
from elltwo.functional._ridge_problem.decomposition import decompose
from elltwo.functional._ridge_problem.problem import read_moments_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from elltwo.functional._base.names import Names
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_cv.record import RidgeCVFit
    from elltwo.functional._ridge_cv.scores import CVScores
    from elltwo.functional._ridge_problem.problem import MomentsProblem


@public("elltwo")
def moments_cv(
    folds: Sequence[Moments],
    alphas: npt.ArrayLike | None = None,
    *,
    select: str = "min",
    per_target: bool = False,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    tol: float = TOL,
    n_threads: int | None = None,
    extend: bool = False,
) -> RidgeCVFit:
    r"""Fit a ridge regression to moments of folds, with alpha chosen by cross-validation.

    Every fold is predicted by fits to the others, whose moments are added (and never subtracted),
    at every alpha from one decomposition. The squared error on a fold with moments W, means, G and
    g follows from these,

    .. math::
        \sum_i w_i (y_i - \bar y)^2 + W (\bar y - b_0 - \bar x \cdot b)^2 - 2 b \cdot g
        + b \cdot G b,

    with an error of about 1e-16 of its terms. Up to that the result is that of `ridge_cv` with
    the same folds.

    Parameters
    ----------
    folds : sequence of Moments
        Moments of disjoint sets of rows, at least two, none without rows.
    alphas : array-like of shape (n_alphas,), default=None
        Grid of penalties in [0, inf]. None stands for 100 values from the spectrum, extended as in
        `ridge_cv`.
    select : {"min", "1se"}, default="min"
        "1se" takes the largest alpha whose error is within one standard error of the smallest.
    per_target : bool, default=False
        Whether every target has an alpha of its own.
    penalty_factors, prior_mean, fit_intercept, penalize_intercept, tol, n_threads : optional
        The penalty and the model, see `Moments.ridge`.
    extend : bool, default=False
        Whether to continue `alphas` where the best of them, or the choice, is the smallest or the
        largest, see `ridge_cv`.

    Returns
    -------
    RidgeCVFit
        The fit to all folds, and `alpha`, `alphas`, `cv_mse`, `cv_se`, `cv_score` and `fold_mse`.

    Raises
    ------
    TypeError
        If `folds` holds anything but Moments, or an option has the wrong type.
    ValueError
        If there are fewer than two folds or one has no rows, shapes disagree, or a value is out
        of its range.

    Warns
    -----
    UserWarning
        If the choice is the smallest or largest of several alphas and neither 0 nor infinity.
    elltwo.exceptions.ConvergenceWarning
        If the final fit did not reach `tol`.

    See Also
    --------
    ridge_cv : The same for rows at hand.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(60, 4))
    >>> y = X @ [1.0, 0.0, -1.0, 0.5] + rng.normal(size=60)
    >>> folds = [elltwo.Moments(4).add(X[i : i + 20], y[i : i + 20]) for i in (0, 20, 40)]
    >>> fit = elltwo.moments_cv(folds, alphas=[0.1, 1.0, 10.0])
    >>> fit.alpha == elltwo.ridge_cv(X, y, alphas=[0.1, 1.0, 10.0], cv=3).alpha
    True
    """
    select = read_select(select)
    cores, names = read_folds(folds)
    options = read_options(fit_intercept, penalize_intercept, AUTO, tol, MAX_ITER, n_threads)
    whole = cores[0].copy()
    for fold in cores[1:]:
        whole.merge(fold)
    problem = read_moments_problem(whole, penalty_factors, prior_mean, names)
    grid = None if alphas is None else given_grid(alphas)
    splits = MomentsSplits(problem, options, cores)
    core = decompose(problem, options, 0.0)

    def scores_of(grid: Float64Array) -> CVScores:
        return scores_of_splits(grid, None, splits)

    wide = grid is None or flag(extend, "extend")
    return chosen_fit(problem, options, core, grid, scores_of, select, per_target, wide)


def read_folds(folds: Sequence[Moments], least: int = 2) -> tuple[list[_core.Moments], Names]:
    """Return the cores of at least so many folds, their features in one order, and the names."""
    if isinstance(folds, Moments):
        raise TypeError("folds must be a sequence of Moments, got one Moments")
    given = list(folds)
    if len(given) < least:
        raise ValueError(f"folds must hold at least {least} Moments, got {len(given)}")
    if not isinstance(given[0], Moments):
        raise TypeError(f"folds must hold Moments, got {type(given[0]).__name__}")
    like = next((fold for fold in given if fold.feature_names), given[0])
    cores = [aligned(fold, like._core, like._names).copy() for fold in given]
    for number, core in enumerate(cores):
        if core.n_rows == 0:
            raise ValueError(f"fold {number} of folds has no rows of positive weight")
    return cores, like._names


def left_out(folds: Sequence[_core.Moments]) -> Iterator[tuple[_core.Moments, _core.Moments]]:
    """Yield for every fold the moments of all others, added up, and its own."""
    like = folds[0]
    none = _core.Moments(like.n_features, like.n_targets, like.one_dimensional)
    later = [none]  # moments of the last 0, 1, ... folds
    for fold in folds[:0:-1]:
        later.append(later[-1].copy())
        later[-1].merge(fold)
    earlier = none.copy()
    for fold in folds:
        train = later.pop()
        train.merge(earlier)
        yield train, fold
        earlier.merge(fold)


class MomentsSplits:
    """A `SplitCore` whose test sets are the folds, each with all others as its training set."""

    def __init__(
        self, problem: MomentsProblem, options: Options, folds: list[_core.Moments]
    ) -> None:
        self._problem = problem
        self._options = options
        self._folds = folds

    def score(self, alphas: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return sums of squared errors (n_splits, n_alphas, n_targets), and test weights."""
        sse = [self._errors(train, test, alphas) for train, test in left_out(self._folds)]
        return np.array(sse), np.array([fold.weight for fold in self._folds])

    def _errors(
        self, train: _core.Moments, test: _core.Moments, alphas: Float64Array
    ) -> Float64Array:
        problem = self._problem._replace(X=train)  # type: ignore[arg-type]
        path = decompose(problem, self._options, float(alphas.min()))
        coef, intercept = path.coefficients(alphas)
        return test.squared_errors(coef, intercept).reshape(alphas.size, -1)
