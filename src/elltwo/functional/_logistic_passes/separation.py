"""Tests for directions that separate the classes, by the loss at points far along them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.scaled import Point, Scaled

_SHORT = 1e-3  # change of all predictors below which a step is none along which the loss falls on
_FIRST_TEST = 5  # steps
_FAR = 1e4  # deviations of a predictor
_VERY_FAR = 1e10
_NEAR = 1e-6  # optimality, or relative gap, at which rows on the border have been fitted
_RISE = 1e-6  # relative rise of the loss that is none
_PURE = 1e-12  # relative rise of the loss that is rounding


class FarPoints:
    """Points far along directions in which no penalty holds a coefficient.

    A direction separates if no row's margin is negative along it (Albert and Anderson 1984): then
    the loss falls without end. Rows are not at hand between passes, but the loss at a point 1e10
    deviations of a predictor along the direction shows margins from -1e-8 on. Where some rows lie
    on the border, steps have such margins until these rows have been fitted: from then on a point
    1e4 deviations away decides. Along columns that are nearly collinear the loss hardly changes at
    all: against a direction that separates it rises.
    """

    def __init__(self) -> None:
        self.separates = False
        self.lengths: list[float] = []  #: of the points of the test that is under way

    def is_short(self, moves: float) -> bool:
        """Whether a step that changes predictors by this much ends at a minimum."""
        return moves < _SHORT

    def points(
        self, at: Point, step: Float64Array, scaled: Scaled, n_steps: int
    ) -> list[Float64Array]:
        """Return the points of a test, if it is time for one."""
        self.lengths = []
        if n_steps < _FIRST_TEST and at.optimality > scaled.problem.tol:
            return []
        points = []
        gap = 0.5 * float(np.sum(at.slope * step)) / max(at.objective, 1e-300)
        near = min(gap, at.optimality) <= _NEAR
        lengths = (-_FAR, _VERY_FAR, _FAR) if near else (-_FAR, _VERY_FAR)
        for direction in (step, at.theta):
            d = np.where(scaled.active & scaled.free, direction, 0.0)
            size = float(np.abs(d * scaled.column_size).sum() / np.sqrt(scaled.weight))
            if size > 0.0:
                points += [at.theta + length / size * d for length in lengths]
        self.lengths = [length for _ in range(len(points) // len(lengths)) for length in lengths]
        return points

    def judge(self, before: Point, others: list[Point]) -> None:
        """Take the points of the test, the last ones of a pass."""
        tested = others[len(others) - len(self.lengths) :]
        rises = False
        for length, point in zip(self.lengths, tested, strict=True):
            if length < 0.0:
                rises = point.loss >= before.loss * (1.0 + _RISE)
            elif rises and self._falls(before, point):
                self.separates = True

    def _falls(self, before: Point, far: Point) -> bool:
        d = far.theta - before.theta
        along = float(np.sum(before.data_slope * d))
        size = float(np.sqrt(np.sum(before.data_slope**2) * np.sum(d**2)))
        if not along > 1e-9 * size:
            return False
        return far.loss <= before.loss * (1.0 + _PURE)
