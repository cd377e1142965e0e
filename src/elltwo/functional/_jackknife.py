"""Prediction intervals from the fits without each row (jackknife+)."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._ridge import solve
from elltwo.functional._row_blocks import row_blocks

if TYPE_CHECKING:
    from elltwo.functional._options import Options
    from elltwo.functional._problem import Problem
    from elltwo.functional._records import RidgeFit
    from elltwo.functional._smoother import Smoother
    from elltwo.functional._validate import Float64Array, FloatArray

_VALUES = 2**20  # predictions held at a time
_OWN_DIRECTION = 1e-8  # 1 - h below this: the row decides a direction alone


class PredictionInterval(NamedTuple):
    """Bounds of prediction intervals, each of the shape of the predictions.

    Parameters
    ----------
    lower, upper : ndarray of shape (n_samples,) or (n_samples, n_targets)
        Ends of the intervals; infinite where there are too few rows for the level.
    """

    lower: Float64Array
    upper: Float64Array


def read_level(level: object) -> float:
    """Return a level in (0, 1)."""
    if isinstance(level, bool) or not isinstance(level, Real):
        raise TypeError(f"level must be a number, got {level!r}")
    if not 0.0 < float(level) < 1.0:
        raise ValueError(f"level must be between 0 and 1, got {level!r}")
    return float(level)


class LeftOutFits:
    """The fits without each row of positive weight, as predictions of other rows.

    Without row i the parameters are ``theta - A^-1 z_i w_i e_i``, with e_i its leave-one-out error.
    Where that is no formula, because the row decides a direction alone, it is fitted anew.
    """

    def __init__(
        self,
        fit: Smoother,
        problem: Problem,
        options: Options,
        alpha: Float64Array,
        errors: Float64Array,
        leverages: Float64Array,
    ) -> None:
        weight = np.ones(problem.X.shape[0])
        if problem.sample_weight is not None:
            weight = problem.sample_weight
        self._fit = fit
        self._rows = np.flatnonzero(weight > 0.0)
        self._size = np.abs(errors[self._rows])
        k = fit.offset.size
        steps = np.empty((weight.size, k))
        for rows, block in row_blocks(problem.X, k):
            steps[rows] = fit.coordinates(block) * fit.gain[:k]
        self._steps = steps[self._rows]
        self._change = (weight[:, np.newaxis] * errors)[self._rows]
        self._refits: dict[int, RidgeFit] = {}
        alone = 1.0 - leverages[self._rows] <= _OWN_DIRECTION
        for place in np.flatnonzero(alone) if not fit.core.dual else ():
            others = weight.copy()
            others[self._rows[place]] = 0.0
            without = problem._replace(sample_weight=others)
            self._refits[int(place)] = solve(without, alpha, options)

    def intervals(self, X: FloatArray, centre: FloatArray, level: float) -> PredictionInterval:
        """Return the interval (1.5) of Barber et al. about predictions (n_samples, n_targets)."""
        n = self._rows.size
        rank = math.ceil(level * (n + 1) - 1e-9)
        lower, upper = np.full(centre.shape, -np.inf), np.full(centre.shape, np.inf)
        if rank > n:
            return PredictionInterval(lower, upper)
        step = max(1, _VALUES // max(n, X.shape[1]))
        for first in range(0, len(X), step):
            rows = slice(first, first + step)
            block = X[rows].astype(np.float64, copy=False)
            moves = self._fit.coordinates(block) @ self._steps.T
            others = {place: fit.predict(block) for place, fit in self._refits.items()}
            for t in range(centre.shape[1]):
                predicted = centre[rows, t, np.newaxis] - moves * self._change[:, t]
                for place, values in others.items():
                    predicted[:, place] = values[:, t]
                below, above = predicted - self._size[:, t], predicted + self._size[:, t]
                lower[rows, t] = np.partition(below, n - rank, axis=1)[:, n - rank]
                upper[rows, t] = np.partition(above, rank - 1, axis=1)[:, rank - 1]
        return PredictionInterval(lower, upper)
