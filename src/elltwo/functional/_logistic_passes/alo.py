"""Alphas scored by approximate leave-one-out: fits of all rows, Hessians, and one more pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._logistic_cv.row_scores import NAMES
from elltwo.functional._logistic_passes.cv_search import LeftOutScores
from elltwo.functional._logistic_passes.path_chunk import PathChunk
from elltwo.functional._logistic_passes.positive import inverse_root_of
from elltwo.functional._logistic_passes.task import PassTask

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.problem import PassProblem
    from elltwo.functional._logistic_passes.scaled import Scaled
    from elltwo.functional._logistic_passes.side_lane import SideLane
    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import Folds

MOST_COEFFICIENTS = 8000  # as in memory: of a Hessian of all outputs, half a gigabyte
_BYTES = 1 << 28  # of Hessians of a pass
_COLUMNS_FOR_FLOAT = 48


class AloChunk(PathChunk):
    """Alphas that are fitted to all rows side by side, and then scored by left-out rows.

    Parameters are those of `PathChunk`.
    """

    score_type = LeftOutScores

    def __init__(self, problem: PassProblem, first: FirstSums, alphas: Float64Array) -> None:
        super().__init__(problem, first, alphas)
        self.hessians: Float64Array | None = None
        self.left_out: Float64Array | None = None

    @staticmethod
    def at_once(n_outputs: int, n_columns: int, _: int) -> int:
        """Return how many alphas may have their Hessians in one pass."""
        return max(1, _BYTES // (16 * (n_outputs * n_columns) ** 2))

    def begin(self, n_threads: int) -> None:
        """Start the fits; `n_threads` are those of the fits of the sample."""
        size = self.scaled(1.0).active.size
        if size > MOST_COEFFICIENTS:
            raise ValueError(
                "approximate leave-one-out takes the Hessian of all coefficients, at most "
                f"{MOST_COEFFICIENTS}, got {size}; use folds"
            )
        super().begin(n_threads)

    @property
    def is_done(self) -> bool:
        """Whether all alphas have been scored."""
        return self.left_out is not None

    def task(self, folds: Folds) -> PassTask:
        """Return the points of the next pass."""
        if self.side.going:
            return super().task(folds)
        scaled = self.side.lanes[0].scaled
        wants_hessian = self.hessians is None
        extra = {} if wants_hessian else {"inverse_root": self._roots(), "centre": self._centre()}
        n = self.alphas.size
        return PassTask(
            classes=self.first.classes,
            theta=np.array([_theta(lane) for lane in self.side.lanes]),
            left_out=np.full(n, -1, dtype=np.int32),
            shift=scaled.shift,
            scale=scaled.scale,
            hessian=np.full(n, wants_hessian),
            in_float32=scaled.n_features + 1 >= _COLUMNS_FOR_FLOAT,
            folds=folds,
            offset_shift=scaled.common_offset,
            **extra,
        )

    def take(self, sums: PassSums) -> None:
        """Take the sums of the pass."""
        if self.side.going:
            super().take(sums)
        elif self.hessians is None:
            self.hessians = sums.hessian
        else:
            self.left_out = sums.left_out

    def _roots(self) -> Float64Array:
        """Return V of the inverse Hessian V'V of the objective at every alpha."""
        hessians = self.hessians
        if hessians is None:
            raise ValueError("the pass with Hessians has not been taken")
        return np.array(
            [
                _root(hessian, lane.scaled)
                for hessian, lane in zip(hessians, self.side.lanes, strict=True)
            ]
        )

    def _centre(self) -> Float64Array:
        """Return mean scores of the rows that are fitted."""
        centre = np.zeros((self.alphas.size, len(NAMES)))
        for k, lane in enumerate(self.side.lanes):
            if lane.at is not None and lane.sums is not None:
                weight = lane.scaled.weight / lane.scaled.weight_scale
                centre[k] = -lane.sums.loss / weight, 0.0, -lane.sums.residual.sum() / weight
        return centre

    def scores(self) -> dict[float, LeftOutScores]:
        """Return the scores of every alpha by each name."""
        if self.left_out is None:
            raise ValueError("the pass with left-out rows has not been taken")
        centre = self._centre()
        known = {}
        for k, alpha in enumerate(self.alphas.tolist()):
            first, second, squares, (weight, weight_squares, n) = self.left_out[k]
            mean = first / weight
            spread = squares - 2.0 * mean * second + mean**2 * weight_squares
            se = np.sqrt(np.maximum(spread, 0.0) * n / max(n - 1.0, 1.0)) / weight
            known[alpha] = LeftOutScores(_theta(self.side.lanes[k]), centre[k] + mean, se)
        return known


def _theta(lane: SideLane) -> Float64Array:
    return lane.trial if lane.at is None else lane.at.theta


def _root(hessian: Float64Array, scaled: Scaled) -> Float64Array:
    """Return V in the unit of the data, with zeros where nothing is fitted."""
    root = np.zeros_like(hessian)
    index = np.flatnonzero(scaled.active.ravel())
    if index.size:
        matrix = hessian[np.ix_(index, index)] * scaled.weight_scale
        penalty = np.broadcast_to(scaled.penalty, scaled.active.shape)[scaled.active]
        matrix[np.diag_indices_from(matrix)] += penalty
        scaled.add_common_curvature(matrix)
        root[np.ix_(index, index)] = inverse_root_of(matrix) * np.sqrt(scaled.weight_scale)
    return root
