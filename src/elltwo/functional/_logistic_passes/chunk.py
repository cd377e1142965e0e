"""Some alphas of a grid, with the fits to all rows and to those outside each fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._logistic_passes.curvatures import Curvatures, Node, node_positions
from elltwo.functional._logistic_passes.cv_search import FoldScores
from elltwo.functional._logistic_passes.model import MOST_COEFFICIENTS
from elltwo.functional._logistic_passes.path_starts import path_starts
from elltwo.functional._logistic_passes.sample_model import SampleModel
from elltwo.functional._logistic_passes.scaled import Scaled
from elltwo.functional._logistic_passes.side_by_side import Probe, SideBySide
from elltwo.functional._logistic_passes.side_lane import Missed, SideLane

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.problem import PassProblem
    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import Folds, PassTask

FOLD_TOL = 1e-7  # of fits to training sets, as those in memory
_ROUGH = 0.05  # optimality from which on folds differ by more from all rows than the next step
_MOST_PATH_PASSES = 8
_MOST_NODES = 4
_NODE_SHARE = 0.06  # of what a pass with all lanes costs, that all Hessians of it may cost, ...
_BYTES = 1 << 28  # of lanes that go on at the same time
_VECTORS = 18  # kept by a lane


class Chunk:
    """Alphas that are fitted side by side, first to all rows, and then to those outside each fold.

    The points after a Newton step or more with all rows are where the folds start.

    Parameters
    ----------
    problem : PassProblem
        Penalty and options.
    first : FirstSums
        The sums of the first pass.
    alphas : ndarray of shape (n_alphas,)
        Penalties, falling.
    n_threads : int
        Threads of what is computed between passes.
    """

    def __init__(
        self, problem: PassProblem, first: FirstSums, alphas: Float64Array, n_threads: int
    ) -> None:
        self.problem = problem
        self.first = first
        self.alphas = alphas
        self.n_passes = 0
        self.is_path = True
        path = [self.scaled(alpha, -1) for alpha in alphas.tolist()]
        starts, losses = path_starts(first, path, n_threads)
        self.positions = node_positions(losses, self._n_nodes(path[0]))
        lanes = [
            SideLane(scaled, k, theta, 0.0)
            for k, (scaled, theta) in enumerate(zip(path, starts, strict=True))
        ]
        self.side = SideBySide(lanes, Curvatures())
        if path[0].n_outputs > 1 and int(np.count_nonzero(path[0].active)) > MOST_COEFFICIENTS:
            self._take_blocks_of_sample(path)
        else:
            self.side.wanted = list(self.positions)

    @property
    def n_folds(self) -> int:
        """Number of folds."""
        return len(self.first.columns)

    @property
    def is_done(self) -> bool:
        """Whether all fits have ended."""
        return not self.is_path and not self.side.going

    def task(self, folds: Folds) -> PassTask:
        """Return the points of the next pass."""
        return self.side.task(self.first, folds)

    def take(self, sums: PassSums) -> None:
        """Take the sums of the pass."""
        self.n_passes += 1
        self.side.take(sums)
        if self.is_path and self._path_is_near:
            self._begin_folds()

    @property
    def _path_is_near(self) -> bool:
        far = [
            lane
            for lane in self.side.lanes
            if lane.status is None and (lane.at is None or lane.at.optimality > _ROUGH)
        ]
        return not far or self.n_passes >= _MOST_PATH_PASSES

    def scaled(self, alpha: float, fold: int) -> Scaled:
        """Return the problem of an alpha and the rows outside a fold."""
        return Scaled(self.problem._replace(alpha=alpha), self.first, alpha, fold)

    def _n_nodes(self, scaled: Scaled) -> int:
        """Return the number of Hessians of a pass, from what they cost beside its points."""
        points = self.alphas.size * self.n_folds
        cost = scaled.n_outputs * (scaled.n_features + 1) / (8.0 * points)  # parts of a pass
        return int(np.clip(_NODE_SHARE * _MOST_NODES / max(cost, 1e-12), 2, _MOST_NODES))

    def _take_blocks_of_sample(self, path: list[Scaled]) -> None:
        sample = SampleModel(self.first.sample, path[0])
        for k in self.positions:
            blocks = sample.blocks(self.side.lanes[k].trial) / path[0].weight
            self.side.curvatures.adopt(k, -1, Node(blocks, -float(k)))

    def _begin_folds(self) -> None:
        """Start the fits of the training sets at the points of all rows."""
        tol = max(self.problem.tol, FOLD_TOL)
        starts = [
            lane.trial if lane.status is None or lane.at is None else lane.at.theta
            for lane in self.side.lanes
        ]
        lanes = []
        for fold in range(self.n_folds):
            for k, (alpha, start) in enumerate(zip(self.alphas.tolist(), starts, strict=True)):
                scaled = self.scaled(alpha, fold)
                theta = np.where(scaled.active, start, scaled.origin())
                scaled.centre(theta)
                lanes.append(SideLane(scaled, k, theta, tol))
        side = SideBySide(lanes, self.side.curvatures)
        if not any(len(node.blocks) > 1 for node in side.curvatures.nodes.values()):
            side.probes = [Probe(k, starts[k]) for k in self.positions]
        self.side = side
        self.is_path = False

    def missed(self) -> list[Missed]:
        """Return how fits ended that did not reach their tolerance."""
        ended = [lane.missed() for lane in self.side.lanes]
        return [one for one in ended if one is not None]

    def scores(self) -> dict[float, FoldScores]:
        """Return the sums over the rows held out at every alpha."""
        known = {}
        for k, alpha in enumerate(self.alphas.tolist()):
            lanes = [lane for lane in self.side.lanes if lane.position == k]
            held = np.array([lane.sums.held for lane in lanes if lane.sums is not None])
            known[alpha] = FoldScores(held, _mean(lanes))
        return known


def alphas_at_once(n_outputs: int, n_features: int, n_folds: int) -> int:
    """Return how many alphas may be fitted side by side, for the memory of their lanes."""
    lane = 8 * _VECTORS * n_outputs * (n_features + 1)
    return max(1, _BYTES // (lane * n_folds))


def _mean(lanes: list[SideLane]) -> Float64Array:
    """Return the mean of the folds' points, for each class of those that had rows of it."""
    points = np.array([lane.at.theta for lane in lanes if lane.at is not None])
    fitted = np.array([lane.scaled.active for lane in lanes])
    count = fitted.sum(axis=0)
    total = np.where(fitted, points, 0.0).sum(axis=0)
    mean: Float64Array = np.where(count > 0, total / np.maximum(count, 1), points[0])
    return mean
