"""Prediction intervals from the fits without each row (jackknife+)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.record_parts import public
from elltwo.functional._base.row_blocks import row_blocks

if TYPE_CHECKING:
    from elltwo.functional._base.row_blocks import Rows
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._ridge_problem.problem import Problem
    from elltwo.functional._ridge_statistics.smoother_record import Smoother


@public("elltwo")
class PredictionInterval(NamedTuple):
    """Bounds of prediction intervals, each of the shape of the predictions.

    Parameters
    ----------
    lower, upper : ndarray of shape (n_samples,) or (n_samples, n_targets)
        Ends of the intervals; infinite where there are too few rows for the level.
    """

    lower: Float64Array
    upper: Float64Array


class LeftOutFits:
    """The fits without each row of positive weight, as predictions of other rows.

    Without row i the parameters are ``theta - A^-1 z_i w_i e_i``, with e_i its leave-one-out error.
    That holds even if the row decides a direction alone: ``A^-1 z_i w_i`` moves no other row's fit
    then, and e_i says how far the shortest solution without the row is along it.
    """

    def __init__(self, fit: Smoother, problem: Problem, errors: Float64Array) -> None:
        weight = problem.sample_weight
        if weight is None:
            weight = np.ones(problem.X.shape[0])
        counted = weight > 0.0
        self._fit = fit
        self._size = np.abs(errors[counted])
        self._change = (weight[:, np.newaxis] * errors)[counted]
        k = fit.offset.size
        self._steps = np.empty((self._size.shape[0], k))
        first = 0
        for rows, block in row_blocks(problem.X, k):
            steps = fit.coordinates(block[counted[rows]]) * fit.gain[:k]
            self._steps[first : first + len(steps)] = steps
            first += len(steps)

    def intervals(self, X: Rows, centre: FloatArray, level: float) -> PredictionInterval:
        """Return the interval (1.5) of Barber et al. about predictions (n_samples, n_targets)."""
        n = self._size.shape[0]
        rank = math.ceil(level * (n + 1) - 1e-9)
        lower, upper = np.full(centre.shape, -np.inf), np.full(centre.shape, np.inf)
        if rank > n:
            return PredictionInterval(lower, upper)
        for rows, block in row_blocks(X, n):
            moves = self._fit.coordinates(block) @ self._steps.T
            for t in range(centre.shape[1]):
                predicted = centre[rows, t, np.newaxis] - moves * self._change[:, t]
                below, above = predicted - self._size[:, t], predicted + self._size[:, t]
                lower[rows, t] = np.partition(below, n - rank, axis=1)[:, n - rank]
                upper[rows, t] = np.partition(above, rank - 1, axis=1)[:, rank - 1]
        return PredictionInterval(lower, upper)
