"""One minimisation, of an alpha and the rows outside a fold, whose data are seen in passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._logistic_passes.gap import largest_sizes, range_bound
from elltwo.functional._logistic_passes.hessian_choice import (
    RATE_OF_HESSIAN,
    is_cheap,
    may_pay,
    saves_passes,
)
from elltwo.functional._logistic_passes.model import Curvature, StepModel
from elltwo.functional._logistic_passes.progress import NOISE, best_of
from elltwo.functional._logistic_passes.separation import FarPoints

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.sample_model import SampleModel
    from elltwo.functional._logistic_passes.scaled import Point, Scaled
    from elltwo.functional._logistic_passes.start import SampleStart

_STEEP = 0.35  # part of the slope that is left where a step was too short
_FAR = 1e-3  # relative gap above which a point is far from the minimum
_VERY_FAR = 0.1
_DAMPED = 0.4  # ratio of the lengths of candidates there
_LENGTHS = 5  # after a pass with little progress
_ROUNDED = 1e-13  # optimality beyond which no step shows whether there is a minimum
_LEAST_CHANGE = 1e-12  # of slopes, in parts of |x_j| |r_k|
_LEAST_LENGTH = 1e-12
_LEAST_RCOND = 2e-6  # below which rounding in float32 decides steps
_COLUMNS_FOR_FLOAT = 48  # narrower ones gain nothing by products in float32
_LARGEST = 1e250  # predictors whose products with weights and columns may overflow
_STALLED = 0.3  # contraction of a step from which a Hessian is formed in float64
_PROGRESS = 0.9  # of the least optimality so far, what a step must reach not to be idle
_MOST_IDLE = 10  # steps in a row that rounding alone decides


class Candidate(NamedTuple):
    """A point of the next pass."""

    theta: Float64Array
    wants_hessian: bool = False
    is_step: bool = True  #: else the current point, for its Hessian, or a far point
    length: float = 1.0  #: of the step, in parts of Newton's


class PointSums(NamedTuple):
    """The sums of a pass at one point."""

    loss: float
    gradient: Float64Array
    residual: Float64Array
    hessian: Float64Array | None


class Lane:
    """A minimisation between passes: `candidates` are the points of the next pass.

    Parameters
    ----------
    scaled : Scaled
        The problem.
    first : FirstSums
        The sums of the first pass.
    sample : SampleModel
        A model of the loss.
    start : SampleStart
        Points to start from.
    """

    def __init__(
        self,
        scaled: Scaled,
        first: FirstSums,
        sample: SampleModel,
        start: SampleStart,
    ) -> None:
        self.scaled = scaled
        self.model = StepModel(scaled, sample)
        self.status: str | None = None  #: None while it goes on
        self.at: Point | None = None
        self.in_float32 = scaled.n_features + 1 >= _COLUMNS_FOR_FLOAT
        self.n_steps = 0
        self.is_slow = False  #: whether the last pass brought little progress
        self.gap = np.inf  #: estimate of (objective - minimum) / objective at the last step
        self.rcond = 1.0  #: of the metric of the last step
        self.is_finite = start.is_finite  #: whether a minimum is known to exist
        self._largest = largest_sizes(scaled, first)
        self.length = 1.0
        self.rate = RATE_OF_HESSIAN
        self.failures = 0
        self.least = np.inf  #: least optimality so far
        self.idle = 0  #: steps in a row without progress, where rounding hides the gap
        self.far = FarPoints()
        wants = may_pay(self.model) and is_cheap(*scaled.active.shape)
        wants = wants and bool(scaled.active.any())
        self.candidates = [
            Candidate(theta, wants and k == 0) for k, theta in enumerate(start.points)
        ]

    @property
    def tol(self) -> float:
        """The optimality that is enough."""
        return self.scaled.problem.tol

    @np.errstate(over="ignore", invalid="ignore")  # steps beyond the range are not taken
    def take(self, sums: list[PointSums]) -> None:
        """Take the sums at the candidates, and set the next ones or the status."""
        points = [
            self.scaled.evaluated(one.theta, of.loss, of.gradient, of.residual)
            for one, of in zip(self.candidates, sums, strict=True)
        ]
        hessians = [
            None if of.hessian is None else of.hessian * self.scaled.weight_scale for of in sums
        ]
        steps = [k for k, one in enumerate(self.candidates) if one.is_step]
        before = self.at
        chosen: int | None
        if before is None:
            chosen = min(steps, key=lambda k: points[k].objective)
        else:
            chosen = best_of(before, points, steps)
        if before is not None:
            far = [k for k, one in enumerate(self.candidates) if not one.is_step]
            self.far.judge(before, [points[k] for k in far])
        if chosen is None:
            self._fail(before, points, steps)
        else:
            self._move(points[chosen], self.candidates[chosen].length, before)
        self._adopt(points, hessians, chosen)
        self._go_on()

    def _learn(self, before: Point, after: Point) -> None:
        """Take account of the change of slopes, unless it is rounding."""
        change = before.data_slope - after.data_slope
        unit = self.scaled.column_size * before.residual[:, np.newaxis]
        if np.isfinite(change).all() and (np.abs(change) > _LEAST_CHANGE * unit).any():
            self.model.learn(before.theta, after.theta, change)

    def _fail(self, before: Point | None, points: list[Point], steps: list[int]) -> None:
        """Shorten the steps, unless a Hessian at the current point has come."""
        self.failures += 1
        self.is_slow = True
        lengths = [self.candidates[k].length for k in steps]
        fresh = any(one.wants_hessian and not one.is_step for one in self.candidates)
        self.length = 1.0 if fresh else _DAMPED * min(lengths)
        if before is not None and not fresh:
            self._learn(before, points[steps[int(np.argmin(lengths))]])

    def _move(self, point: Point, length: float, before: Point | None) -> None:
        self.at = point
        self.failures = 0
        if before is None:
            return
        self._learn(before, point)
        self.n_steps += 1
        hidden = self.gap < NOISE and point.optimality > _PROGRESS * self.least
        self.idle = self.idle + 1 if hidden else 0
        self.least = min(self.least, point.optimality)
        self.is_slow = point.optimality > _STALLED * before.optimality
        self.rate = point.optimality / before.optimality if before.optimality > 0.0 else 0.0
        step = point.theta - before.theta
        steep = np.sum(point.slope * step) >= _STEEP * np.sum(before.slope * step)
        longest = max(one.length for one in self.candidates if one.is_step)
        self.length = 2.0 * length if steep and length == longest else min(1.0, length / _DAMPED)

    def _adopt(
        self, points: list[Point], hessians: list[Float64Array | None], chosen: int | None
    ) -> None:
        for k, hessian in enumerate(hessians):
            if hessian is None or not np.isfinite(hessian).all():
                continue
            is_here = k == chosen or not self.candidates[k].is_step
            if is_here and self.model.curvature is not None:
                self.rate = min(self.rate, RATE_OF_HESSIAN)
            if is_here or self.model.curvature is None:
                self.model.adopt(Curvature(points[k].theta, hessian, self.in_float32))

    def _go_on(self) -> None:
        """Set the status, or the candidates of the next pass."""
        at = self.at
        if at is None:
            return
        self.candidates = []
        if not np.isfinite(at.objective):
            self.status = "max_iter_reached"
            return
        if self.far.separates:
            self.status = "separable"
            return
        enough = self.tol if self.is_finite else min(self.tol, _ROUNDED)
        if at.optimality <= enough:
            self.status = "converged"
            return
        rounds = self.is_finite and self.idle >= _MOST_IDLE
        if rounds or self.n_steps >= self.scaled.problem.max_iter:
            self.status = "max_iter_reached"
            return
        self._propose(at)

    def _propose(self, at: Point) -> None:
        self.model.move_to(at.theta, self.gap <= _FAR)
        self.rcond = self.model.rcond
        if self.rcond < _LEAST_RCOND:
            self._leave_float32()
        step = self.model.step(at.slope)
        descent = float(np.sum(at.slope * step))
        self.gap = 0.5 * descent / max(at.objective, 1e-300)
        moves = range_bound(step, self._largest, self.scaled)
        if at.optimality <= self.tol and self._is_exact_here(at) and self.far.is_short(moves):
            self.status = "converged"
            return
        if self.failures > 0 and self._is_lost(descent):
            self.status = "max_iter_reached"
            return
        steps = [one for one in self._steps(at, step) if self._is_in_range(at.theta + one[0])]
        if not steps:
            self.status = "max_iter_reached"
            return
        wants = self._wants_hessian(at) and not self.failures
        self.candidates = [
            Candidate(self._centred(at.theta + one), wants and k == 0, True, length)
            for k, (one, length) in enumerate(steps)
        ]
        ends = self.failures > 0 or at.optimality <= self.tol
        if ends and not self.model.is_blockwise and not self._is_exact_here(at):
            self.candidates.append(Candidate(at.theta, wants_hessian=True, is_step=False))
        if not self.is_finite:
            far = self.far.points(at, step, self.scaled, self.n_steps)
            self.candidates += [Candidate(theta, is_step=False) for theta in far]

    def _is_in_range(self, theta: Float64Array) -> bool:
        """Whether predictors, and their sums over rows, are certain to be finite."""
        return range_bound(theta, self._largest, self.scaled) < _LARGEST

    def _steps(self, at: Point, step: Float64Array) -> list[tuple[Float64Array, float]]:
        """Return steps to try and their lengths: one near the minimum, several far from it."""
        refined = self.model.refined(at.slope)
        if refined is not None and not np.sum(at.slope * refined) > 0.0:
            refined = None
        near = self.gap <= _FAR and not self.is_slow
        if self.failures == 0 and self.length == 1.0 and near:
            return [(step if refined is None else refined, 1.0)]
        if self.length > 1.0:
            lengths = [1.0, *(self.length * 2.0**k for k in range(3))]
        else:
            number = 2 if self.gap <= _VERY_FAR and not self.is_slow else _LENGTHS
            lengths = [self.length * _DAMPED**k for k in range(number)]
        steps = [(length * step, length) for length in lengths]
        return steps if refined is None or self.failures > 1 else [(refined, 1.0), *steps]

    def _centred(self, theta: Float64Array) -> Float64Array:
        self.scaled.centre(theta)
        return theta

    def _wants_hessian(self, at: Point) -> bool:
        """Whether a Hessian at the next point is expected to save passes after it."""
        if not may_pay(self.model):
            return False
        if self.model.curvature is None or not self.is_finite:
            return True
        if self.rate > _STALLED and self.in_float32 and self.n_steps > 0:
            self._leave_float32()
            return True
        return saves_passes(at.optimality, self.rate, self.tol)

    def _leave_float32(self) -> None:
        self.in_float32 = False

    def _is_lost(self, descent: float) -> bool:
        """Whether only rounding is left: no step brings progress from an exact Hessian here."""
        at = self.at
        if not descent > 0.0 or at is None or self.length < _LEAST_LENGTH:
            return True
        noise = NOISE * abs(at.objective)
        return self.failures > 2 and self._is_exact_here(at) and descent < noise

    def _is_exact_here(self, at: Point) -> bool:
        """Whether the Hessian is that of the current point, in float64."""
        curvature = self.model.curvature
        if curvature is None or (curvature.in_float32 and not self.in_float32):
            return False
        return bool(np.array_equal(curvature.theta, at.theta))
