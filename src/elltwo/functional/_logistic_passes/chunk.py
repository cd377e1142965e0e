"""Some alphas of a grid, with the fits to all rows and to those outside each fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._logistic_passes.cv_search import FoldScores
from elltwo.functional._logistic_passes.path_chunk import PathChunk
from elltwo.functional._logistic_passes.path_lanes import path_lanes
from elltwo.functional._logistic_passes.side_by_side import Probe, SideBySide
from elltwo.functional._logistic_passes.side_lane import SideLane

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.problem import PassProblem
    from elltwo.functional._logistic_passes.sums import PassSums

FOLD_TOL = 1e-7  # of fits to training sets, as those in memory
_ROUGH = 0.05  # optimality from which on folds differ by more from all rows than the next step
_MOST_PATH_PASSES = 8
_BYTES = 1 << 28  # of lanes that go on at the same time
_VECTORS = 40  # kept by a lane: pairs, points, sums


class Chunk(PathChunk):
    """Alphas that are fitted side by side, first to all rows, and then to those outside each fold.

    The points after a Newton step or more with all rows are where the folds start. Parameters are
    those of `PathChunk`.
    """

    score_type = FoldScores
    plain = ("n_passes", "is_path")

    def __init__(self, problem: PassProblem, first: FirstSums, alphas: Float64Array) -> None:
        super().__init__(problem, first, alphas)
        self.n_passes = 0
        self.is_path = True

    @staticmethod
    def at_once(n_outputs: int, n_columns: int, n_folds: int) -> int:
        """Return how many alphas may be fitted side by side, for the memory of their lanes."""
        return max(1, _BYTES // (8 * _VECTORS * n_outputs * n_columns * n_folds))

    def begin(self, n_threads: int) -> None:
        """Start the fits to all rows; `n_threads` are those of the fits of the sample."""
        path = [self.scaled(alpha) for alpha in self.alphas.tolist()]
        self.side = path_lanes(self.first, path, 0.0, self.n_folds, n_threads)

    @property
    def n_folds(self) -> int:
        """Number of folds."""
        return len(self.first.columns)

    @property
    def is_done(self) -> bool:
        """Whether all fits have ended."""
        return not self.is_path and not self.side.going

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
        side.nodes = self.side.nodes
        if not side.curvatures.is_blockwise:
            side.probes = [Probe(k, starts[k]) for k in self.side.nodes]
        self.side = side
        self.is_path = False

    def scores(self) -> dict[float, FoldScores]:
        """Return the scores on the rows that each fold holds out, at every alpha."""
        known = {}
        for k, alpha in enumerate(self.alphas.tolist()):
            lanes = [lane for lane in self.side.lanes if lane.position == k]
            held = np.array([lane.sums.held for lane in lanes if lane.sums is not None])
            known[alpha] = FoldScores(_mean(lanes), held)
        return known


def _mean(lanes: list[SideLane]) -> Float64Array:
    """Return the mean of the folds' points, for each class of those that had rows of it."""
    points = np.array([lane.at.theta for lane in lanes if lane.at is not None])
    fitted = np.array([lane.scaled.active for lane in lanes])
    count = fitted.sum(axis=0)
    total = np.where(fitted, points, 0.0).sum(axis=0)
    mean: Float64Array = np.where(count > 0, total / np.maximum(count, 1), points[0])
    return mean
