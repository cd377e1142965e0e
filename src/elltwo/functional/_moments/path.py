"""Fits to moments for many alphas, and at the one that is chosen from them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.options import flag
from elltwo.functional._cv.choice import EXTEND, OWN_GRID, search, warn_at_edge
from elltwo.functional._moments.fit import as_moments_fit
from elltwo.functional._ridge.path_record import RidgePath
from elltwo.functional._ridge.statistics_of import FittedData
from elltwo.functional._ridge_cv.record import RidgeCVFit
from elltwo.functional._ridge_cv.scores import generalised_scores
from elltwo.functional._ridge_problem.decomposition import decompose, grid_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from elltwo import _core
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_cv.scores import CVScores
    from elltwo.functional._ridge_problem.problem import MomentsProblem


def moments_path(
    problem: MomentsProblem, options: Options, alphas: npt.ArrayLike | None, n_alphas: int
) -> RidgePath:
    """Decompose moments for a grid of alphas."""
    grid = None if alphas is None else given_grid(alphas)
    smallest = 0.0 if grid is None else float(grid.min())
    core = decompose(problem, options, smallest)
    if grid is None:
        grid = grid_of(problem, options, core, n_alphas)
    return RidgePath(problem, options, core, grid, smallest)


def choose_by_gcv(
    problem: MomentsProblem, options: Options, alphas: npt.ArrayLike | None, per_target: bool
) -> RidgeCVFit:
    """Fit at the alpha with the smallest criterion."""
    grid = None if alphas is None else given_grid(alphas)
    core = decompose(problem, options, 0.0 if grid is None else float(grid.min()))
    scores_of = partial(generalised_scores, problem, core)
    wide = grid is None
    return chosen_fit(problem, options, core, grid, scores_of, "min", per_target, wide, OWN_GRID)


def chosen_fit(
    problem: MomentsProblem,
    options: Options,
    core: _core.RidgePath,
    grid: Float64Array | None,
    scores_of: Callable[[Float64Array], CVScores],
    select: str,
    per_target: bool,
    wide: bool,
    advice: str = EXTEND,
) -> RidgeCVFit:
    """Choose alpha from a grid, None standing for that of the spectrum, and fit all rows.

    `advice` is what to do about a choice at an edge.
    """
    reach = None if grid is None else partial(grid_of, problem, options, core)
    if grid is None:
        grid = grid_of(problem, options, core)
    each = flag(per_target, "per_target")
    grid, scores, chosen = search(grid, scores_of, select, each, wide, reach)
    warn_at_edge(chosen, grid, advice)
    fit = as_moments_fit(problem, core.fit(chosen), chosen, options)
    return RidgeCVFit(
        fit.coef,
        fit.intercept,
        fit.info,
        chosen if each else float(chosen[0]),
        grid,
        scores.for_targets(each),
        FittedData(problem, chosen, options, False),
    )
