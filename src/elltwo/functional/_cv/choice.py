"""The alpha that cross-validation chooses, and grids that are continued until it is inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from elltwo.functional._base.convergence import warn
from elltwo.functional._base.options import one_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._cv.scoring import AlphaScores

_Scores = TypeVar("_Scores", bound="AlphaScores")

NO_STANDARD_ERRORS = (
    "select='1se' needs standard errors, which this kind of cross-validation does not have"
)

_AT_FIRST = 4  # alphas added the first time
_SMALLEST_RATIO = 1.1
_RATIO_OF_ONE = 10.0  # assumed between neighbours of a grid of one alpha


def read_select(select: object) -> str:
    """Return the name of a rule of choice."""
    return one_of(("min", "1se"), select, "select")


def choose(grid: Float64Array, scores: AlphaScores, select: str, per_target: bool) -> Float64Array:
    """Return the chosen alpha, or one for each target."""
    error = scores.error(per_target)
    limit = error.min(axis=0)
    if select == "1se":
        spread = scores.spread(per_target)
        if spread is None:
            raise ValueError(NO_STANDARD_ERRORS)
        limit = limit + np.take_along_axis(spread, error.argmin(axis=0)[np.newaxis], axis=0)[0]
    candidates = np.where(error <= limit, grid[:, np.newaxis], -np.inf)
    chosen: Float64Array = candidates.max(axis=0)
    return chosen


def search(
    grid: Float64Array,
    scores_of: Callable[[Float64Array], _Scores],
    select: str,
    per_target: bool,
    wide: bool,
    reach_of: Callable[[], Float64Array] | None,
) -> tuple[Float64Array, _Scores, Float64Array]:
    """Score a grid, continued by `extend_grid` where it is to be `wide`, and choose from it."""
    scores = scores_of(grid)
    if wide:
        grid, scores = extend_grid(grid, scores, scores_of, select, per_target, reach_of)
    return grid, scores, choose(grid, scores, select, per_target)


def extend_grid(
    grid: Float64Array,
    scores: _Scores,
    scores_of: Callable[[Float64Array], _Scores],
    select: str,
    per_target: bool,
    reach_of: Callable[[], Float64Array] | None,
) -> tuple[Float64Array, _Scores]:
    """Continue a grid beyond its edges until what is best, and what is chosen, lies inside.

    Values are added at the mean ratio of neighbours in the grid, each time twice as many, within
    the range that the spectrum suggests, which `reach_of` returns; beyond it only 0 and infinity
    are tried. If `reach_of` is None, the grid itself is that range.
    """
    ratio, size = _ratio(grid), _AT_FIRST
    lowest, highest = _edges(grid, scores, select, per_target)
    if max(lowest, highest) > 0.0:
        reach = grid if reach_of is None else reach_of()
    while max(lowest, highest) > 0.0:
        with np.errstate(over="ignore"):
            steps = ratio ** np.arange(1.0, size + 1.0)
            below, above = lowest / steps, highest * steps
        added = np.concatenate(
            [
                _within(below, reach[0], np.inf, 0.0) if lowest > 0.0 else [],
                _within(above, 0.0, reach[-1], np.inf) if highest > 0.0 else [],
            ]
        )
        grid, scores = np.concatenate([grid, added]), scores.joined(scores_of(added))
        lowest, highest = _edges(grid, scores, select, per_target)
        size *= 2
    return grid, scores


def _edges(
    grid: Float64Array, scores: AlphaScores, select: str, per_target: bool
) -> tuple[float, float]:
    """Return the lower and the upper edge, or -1 for one that needs no continuation."""
    best = choose(grid, scores, "min", per_target), choose(grid, scores, select, per_target)

    def if_best(edge: float) -> float:
        return edge if 0.0 < edge < np.inf and np.any(np.equal(best, edge)) else -1.0

    return if_best(float(grid.min())), if_best(float(grid.max()))


def _ratio(grid: Float64Array) -> float:
    """Return the mean ratio of a grid's neighbours, at least 1.1; 10 if there are none."""
    inner = np.unique(grid[(grid > 0.0) & np.isfinite(grid)])
    if inner.size < 2:
        return _RATIO_OF_ONE
    width = float(np.log(inner[-1]) - np.log(inner[0]))
    with np.errstate(over="ignore"):
        return max(float(np.exp(width / (inner.size - 1))), _SMALLEST_RATIO)


def _within(values: Float64Array, low: float, high: float, end: float) -> Float64Array:
    """Return the values within a range, and the end if that cuts any off."""
    kept = values[(values > low) & (values < high)]
    return kept if kept.size == values.size else np.append(kept, end)


#: What to do about a choice at an edge, by what the function or estimator takes.
EXTEND = ", which extend=True looks for"
OWN_GRID = "; alphas=None makes one for the data"


def warn_at_edge(
    chosen: Float64Array, grid: Float64Array, advice: str, name: str = "alpha"
) -> None:
    """Warn of a choice, one or one for each target, that a wider grid might improve."""
    lowest, highest = float(grid.min()), float(grid.max())
    edges = [edge for edge in (lowest, highest) if edge not in {0.0, np.inf}]
    at_edge = np.flatnonzero(np.isin(chosen, edges))
    if lowest == highest or at_edge.size == 0:
        return
    alpha = float(np.ravel(chosen)[at_edge[0]])
    edge = "lower" if alpha == lowest else "upper"
    which = "" if np.size(chosen) == 1 else f" (target {at_edge[0]}, one of {at_edge.size})"
    warn(
        f"{name} = {alpha:.6g}{which} lies on the {edge} edge of the grid of {name}s, "
        f"[{lowest:.6g}, {highest:.6g}]; a wider grid may hold a better one{advice}",
        UserWarning,
    )
