"""The call of the core for targets whose penalty is on the norm of their coefficients together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.functional._elastic_net_problem.solve import solve_paths

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._elastic_net_problem.options import Penalty
    from elltwo.functional._elastic_net_problem.solve import NetData, Solved


def solve_groups(data: NetData, alphas: Float64Array | None, penalty: Penalty) -> Solved:
    """Fit all targets together at all alphas, or on the core's own grid."""
    return solve_paths(data._replace(group_targets=True), alphas, penalty)
