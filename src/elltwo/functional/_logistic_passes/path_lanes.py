"""Fits of all rows at several alphas, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._logistic_passes.curvatures import Curvatures, Node, node_positions
from elltwo.functional._logistic_passes.model import MOST_COEFFICIENTS
from elltwo.functional._logistic_passes.path_starts import path_starts
from elltwo.functional._logistic_passes.sample_model import SampleModel
from elltwo.functional._logistic_passes.side_by_side import SideBySide
from elltwo.functional._logistic_passes.side_lane import SideLane

if TYPE_CHECKING:
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.scaled import Scaled

_MOST_NODES = 4  # 6 cost more in Hessians than they save in points, for 50 columns
_NODE_SHARE = 0.36  # of what a pass with all points costs, that all Hessians of it may cost


def path_lanes(
    first: FirstSums, scaled: list[Scaled], tol: float, n_folds: int, n_threads: int
) -> SideBySide:
    """Return lanes of falling alphas that start at the sample's path.

    Parameters
    ----------
    first : FirstSums
        The sums of the first pass.
    scaled : list of Scaled
        The problem of each alpha and all rows.
    tol : float
        The optimality that is enough.
    n_folds : int
        Number of folds that will be fitted with the same metrics, 1 for none.
    n_threads : int
        Threads of the fits of the sample.
    """
    starts, losses = path_starts(first, scaled, n_threads)
    lanes = [
        SideLane(each, k, theta, tol)
        for k, (each, theta) in enumerate(zip(scaled, starts, strict=True))
    ]
    side = SideBySide(lanes, Curvatures())
    side.nodes = node_positions(losses, _n_nodes(scaled, n_folds))
    if scaled[0].n_outputs > 1 and np.count_nonzero(scaled[0].active) > MOST_COEFFICIENTS:
        sample = SampleModel(first.sample, scaled[0])
        for k in side.nodes:
            blocks = sample.blocks(starts[k]) / scaled[0].weight
            side.curvatures.adopt(k, -1, Node(blocks, -float(k)))
    else:
        side.wanted = list(side.nodes)
    return side


def _n_nodes(scaled: list[Scaled], n_folds: int) -> int:
    """Return the number of Hessians of a pass, from what they cost beside its points."""
    one = scaled[0]
    cost = one.n_outputs * (one.n_features + 1) / (8.0 * len(scaled) * n_folds)  # parts of a pass
    return int(np.clip(_NODE_SHARE / cost, 2, _MOST_NODES))
