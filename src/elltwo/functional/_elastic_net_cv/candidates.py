"""One value of `l1_ratio` with its grid of alphas, scored by splits or by a criterion.

What `_cv.choice` continues and warns of are edges of grids other than 0 and infinity. From
alpha_max on larger penalties change nothing, so that it stands for infinity there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from elltwo.functional._cv.choice import choose, search
from elltwo.functional._elastic_net.path_record import ElasticNetPath
from elltwo.functional._elastic_net_problem.solve import solve_paths

_Scores = TypeVar("_Scores", bound="AlphaScores")
_Found_co = TypeVar("_Found_co", bound="AlphaScores", covariant=True)

if TYPE_CHECKING:
    from typing import Protocol

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._cv.scoring import AlphaScores
    from elltwo.functional._elastic_net_problem.options import Penalty
    from elltwo.functional._elastic_net_problem.points import Solved
    from elltwo.functional._elastic_net_problem.solve import NetData
    from elltwo.functional._ridge_cv.scores import CVScores

    class Scored(Protocol[_Found_co]):
        """A way to score a grid, which fits all rows on the way."""

        @property
        def solved(self) -> Solved: ...
        def first_grid(self) -> Float64Array: ...
        def cv_scores(self, alphas: Float64Array, /) -> _Found_co: ...


_REACH = 1e-6  # of alpha_max, down to which grids are continued before 0 is tried


class Rule(NamedTuple):
    """How to choose among alphas."""

    select: str
    per_target: bool
    extend: bool


class Candidate(NamedTuple):
    """A grid with its scores, and the path of all rows."""

    grid: Float64Array
    scores: CVScores
    path: ElasticNetPath
    gamma: float = 1.0  #: share of the net in blends with refits, which the scores are of

    @property
    def alpha_max(self) -> float:
        """The largest alpha_max of the targets."""
        return float(np.max(self.path.alpha_max))

    def chosen(self, rule: Rule) -> Float64Array:
        """Return the chosen alpha, or one for each target."""
        return choose(self.grid, self.scores, rule.select, rule.per_target)


def compare(
    data: NetData,
    penalty: Penalty,
    alphas: Float64Array | None,
    scored: Scored[_Scores],
    rule: Rule,
) -> tuple[Float64Array, _Scores, ElasticNetPath]:
    """Score a grid, the automatic one for None, and fit all rows at it; as `Candidate` holds it."""
    grid = scored.first_grid() if alphas is None else alphas

    scores = scored.cv_scores(grid)
    if not rule.extend:
        return grid, scores, ElasticNetPath(data, scored.solved, grid)
    top = max(path.alpha_max for path in scored.solved.paths)

    def finite_scores(some: Float64Array) -> _Scores:
        return scored.cv_scores(np.where(np.isinf(some), top, some))

    def reach() -> Float64Array:
        return np.array([_REACH * top, top])

    shown, found, _ = search(
        _as_infinite(grid, top), finite_scores, rule.select, rule.per_target, True, reach
    )
    added = np.where(np.isinf(shown), top, shown)
    grid = np.concatenate([grid, added[grid.size :]])
    return grid, found, ElasticNetPath(data, solve_paths(data, grid, penalty), grid)


def _as_infinite(grid: Float64Array, top: float) -> Float64Array:
    return np.where(grid >= top * (1.0 - 1e-9), np.inf, grid)
