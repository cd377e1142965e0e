"""Elastic nets on training sets, for estimators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.functional._elastic_net_cv.splits import NetSplits
from elltwo.functional._elastic_net_problem.solve import falling

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._cv.splits import Splits
    from elltwo.functional._elastic_net_cv.shared import FirstFits
    from elltwo.functional._elastic_net_problem.options import Penalty
    from elltwo.functional._elastic_net_problem.points import Solved
    from elltwo.functional._elastic_net_problem.solve import NetData


def solve_splits(
    data: NetData,
    alphas: Float64Array | None,
    penalty: Penalty,
    splits: Splits,
    first: FirstFits | None,
) -> tuple[Solved, Float64Array, Float64Array]:
    """Fit all rows and every training set, at given alphas or on the core's own grid.

    `first` holds the fits of several l1_ratio that are made together.

    Returns
    -------
    solved : Solved
        Paths of all rows, at each alpha once, falling.
    sse : ndarray of shape (n_splits, n_alphas, n_targets)
        Sums of weighted squared errors over test sets, at the alphas of these paths.
    weight : ndarray of shape (n_splits,)
        Weights of the test sets.
    """
    core = NetSplits(data, penalty, splits, None, first)
    sse, weight = core.score(core.first_grid() if alphas is None else falling(alphas))
    return core.solved, sse, weight
