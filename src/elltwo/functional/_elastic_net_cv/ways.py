"""The ways to score a grid: by splits, with blends or without, or by a criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from elltwo.functional._elastic_net_cv.candidates import Candidate, compare
from elltwo.functional._elastic_net_cv.criteria import NetCriterion
from elltwo.functional._elastic_net_cv.relaxed import RelaxedSplits
from elltwo.functional._elastic_net_cv.splits import NetSplits

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._cv.splits import Splits
    from elltwo.functional._elastic_net_cv.candidates import Rule
    from elltwo.functional._elastic_net_problem.options import Penalty
    from elltwo.functional._elastic_net_problem.solve import NetData
    from elltwo.functional._ridge_cv.scores import Scoring


class Way(NamedTuple):
    """How grids are scored, and chosen from."""

    rule: Rule
    grid: Float64Array | None  #: None for an automatic one
    by: Splits | str  #: or the name of a criterion
    scoring: Scoring | None = None
    gammas: Float64Array | None = None  #: shares of the net in blends; None without these

    def candidates(self, data: NetData, penalty: Penalty) -> list[Candidate]:
        """Return the candidates of one `l1_ratio`: one, or one for each gamma."""
        if isinstance(self.by, str):
            scored = NetCriterion(data, penalty, self.by)
            return [Candidate(*compare(data, penalty, self.grid, scored, self.rule))]
        nets = NetSplits(data, penalty, self.by, self.scoring)
        if self.gammas is None:
            return [Candidate(*compare(data, penalty, self.grid, nets, self.rule))]
        blends = RelaxedSplits(nets, self.gammas)
        grid, scores, path = compare(data, penalty, self.grid, blends, self.rule)
        return [
            Candidate(grid, of_gamma, path, float(gamma))
            for of_gamma, gamma in zip(scores.each, self.gammas, strict=True)
        ]
