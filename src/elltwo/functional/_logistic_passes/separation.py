"""Tests for directions that separate the classes, by the loss at points far along them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.scaled import Point, Scaled

_SHORT = 1e-3  # change of all predictors below which a step is none along which the loss falls on
_FIRST_TEST = 5  # steps
_FAR = 50.0  # deviations of a predictor: probabilities are 0 or 1 there
_VERY_FAR = 1e10  # a margin of -1e-8 deviations shows there
_PURE = 1e-12  # relative rise of the loss that is rounding


class FarPoints:
    """Points far along directions in which no penalty holds a coefficient.

    A direction separates if no row's margin is negative along it (Albert and Anderson 1984): then
    the loss falls without end. Rows are not at hand between passes, but the loss at a point far
    along the direction shows the same, up to 1e-8 deviations of a predictor; and if a step of such
    size that all probabilities are 0 or 1 still lowers the loss, no finite minimum is told from
    one at infinity.
    """

    def __init__(self) -> None:
        self.separates = False
        self.was_refuted = False  #: the last test found no such direction
        self.n_asked = 0

    def is_short(self, moves: float) -> bool:
        """Whether a step that changes predictors by this much ends at a minimum."""
        return moves < _SHORT

    def points(
        self, at: Point, step: Float64Array, scaled: Scaled, n_steps: int
    ) -> list[Float64Array]:
        """Return the points of a test, if it is time for one."""
        self.n_asked = 0
        if n_steps < _FIRST_TEST and at.optimality > scaled.problem.tol:
            return []
        points = []
        for direction in (step, at.theta):
            d = np.where(scaled.active & scaled.free, direction, 0.0)
            size = float(np.abs(d * scaled.column_size).sum() / np.sqrt(scaled.weight))
            if size > 0.0:
                points += [at.theta + length / size * d for length in (_FAR, _VERY_FAR)]
        self.n_asked = len(points)
        return points

    def judge(self, before: Point, others: list[Point]) -> None:
        """Take the points of the test, the last ones of a pass."""
        if self.n_asked == 0:
            return
        tested = others[-self.n_asked :]
        separating = [self._falls(before, one) for one in tested]
        self.separates = any(separating)
        self.was_refuted = not self.separates

    def _falls(self, before: Point, far: Point) -> bool:
        d = far.theta - before.theta
        along = float(np.sum(before.data_slope * d))
        size = float(np.sqrt(np.sum(before.data_slope**2) * np.sum(d**2)))
        if not along > 1e-9 * size:
            return False
        return far.loss <= before.loss * (1.0 + _PURE)
