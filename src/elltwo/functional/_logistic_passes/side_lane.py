"""One of many minimisations side by side, in metrics that they share."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._logistic_passes.progress import is_progress
from elltwo.functional._logistic_passes.separation import FarPoints
from elltwo.functional._logistic_problem.info import LogisticInfo

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.scaled import Point, Scaled

_SHRINK = 0.25  # of the length after a step that brought no progress
_ROUNDING = 1e-16  # of the objective, relative: steps that promise less are made by rounding
_STALLED = 0.5  # contraction of the optimality above which such a step is the last
_LEAST_LENGTH = 1e-10
_LONGEST = 1e3  # change of predictors, a bound of its root mean square
_MEMORY = 16  # pairs; few lanes take so many steps, most of them of many classes
_SLOW = 0.2  # contraction of the optimality above which a Hessian of the lane's own may pay


class RowSums(NamedTuple):
    """The sums of a pass at one point."""

    loss: float
    gradient: Float64Array
    residual: Float64Array
    held: Float64Array  #: (4,), see `PassSums`


class SideLane:
    """A quasi-Newton minimisation in a given metric (Nocedal and Wright, algorithm 7.4).

    Parameters
    ----------
    scaled : Scaled
        The problem.
    position : int
        Number of its alpha among those that are fitted side by side.
    theta : ndarray of shape (n_outputs, n_features + 1)
        Where it starts.
    tol : float
        The optimality that is enough.
    """

    def __init__(self, scaled: Scaled, position: int, theta: Float64Array, tol: float) -> None:
        self.scaled = scaled
        self.position = position
        self.tol = tol
        self.trial = theta
        self.status: str | None = (
            None  #: None while it goes on; as in `LogisticInfo`, or at_rounding
        )
        self.at: Point | None = None
        self.sums: RowSums | None = None  #: at `at`
        self.length = 1.0
        self.rate = 0.0  #: contraction of the optimality by the last step
        self.n_passes = 0
        self.n_steps = 0
        self.n_failures = 0  #: since the last step
        self.pairs: deque[tuple[Float64Array, Float64Array]] = deque(maxlen=_MEMORY)
        self.far = FarPoints()
        self.tests: list[Float64Array] = []  #: points far away, where a penalty holds nothing

    @property
    def points(self) -> list[Float64Array]:
        """The points of the next pass: the trial point first."""
        return [self.trial, *self.tests]

    def take(self, sums: list[RowSums]) -> None:
        """Take the sums at `points`."""
        before = self.at
        if before is not None and self.tests:
            tested = [self._evaluated(*one) for one in zip(self.tests, sums[1:], strict=True)]
            self.far.judge(before, tested)
        self.tests = []
        self._take_trial(before, sums[0])
        if self.far.separates:
            self.status = "separable"

    def _evaluated(self, theta: Float64Array, sums: RowSums) -> Point:
        return self.scaled.evaluated(theta, sums.loss, sums.gradient, sums.residual)

    def _take_trial(self, before: Point | None, sums: RowSums) -> None:
        self.n_passes += 1
        point = self._evaluated(self.trial, sums)
        if before is None:
            self._move(point, sums)
            return
        if np.isfinite(point.objective) and np.isfinite(point.slope).all():
            self._learn(before, point)
        if is_progress(before, point):
            if before.optimality > 0.0:
                self.rate = point.optimality / before.optimality
            self.n_steps += 1
            self.n_failures = 0
            self.length = min(1.0, self.length / _SHRINK)
            self._move(point, sums)
            return
        self.n_failures += 1
        self.length *= _SHRINK
        if self.length < _LEAST_LENGTH:
            self.status = "max_iter_reached"

    def restore(self, theta: Float64Array, sums: RowSums) -> None:
        """Set the present point from what a pass gave there."""
        self.at, self.sums = self._evaluated(theta, sums), sums

    def in_units(self) -> tuple[Float64Array, Float64Array]:
        """Return coefficients (n_outputs, n_features) and intercepts in the user's units."""
        if self.at is None:
            raise ValueError("the lane has no point yet")
        return self.scaled.without_fit() if self.scaled.is_single else self.scaled.in_units(self.at)

    def info(self) -> LogisticInfo:
        """Return how it ended; the gap is not known."""
        at, scaled = self.at, self.scaled
        if at is None:
            raise ValueError("the lane has no point yet")
        return LogisticInfo(
            status="max_iter_reached" if self.status in {None, "at_rounding"} else str(self.status),
            solver="quasi_newton",
            reason="rows are seen in passes",
            fallback=None,
            optimality=at.optimality,
            tolerance=self.tol,
            rcond=np.nan,
            rank=int(np.count_nonzero(scaled.active)),
            n_iter=self.n_steps,
            n_threads=1,
            objective=at.objective / scaled.weight_scale,
            loss=at.loss / scaled.weight_scale,
            gap=np.inf if scaled.has_free_features else 1.0,
            n_passes=self.n_passes,
            n_hessians=0.0,
            n_empty_classes=scaled.n_empty,
        )

    @property
    def is_slow(self) -> bool:
        """Whether steps in the present metric are worth less than a Hessian of the lane's own."""
        return self.n_failures > 0 or (self.n_steps > 1 and self.rate > _SLOW)

    @property
    def residual(self) -> float:
        """Squares of residuals over the weight."""
        at = self.at
        return 0.0 if at is None else float(np.sum(at.residual**2)) / self.scaled.weight

    def _move(self, point: Point, sums: RowSums) -> None:
        self.at, self.sums = point, sums
        if not np.isfinite(point.objective):
            self.status = "max_iter_reached"
        elif point.optimality <= self.tol:
            self.status = "converged"
        elif self.n_steps >= self.scaled.problem.max_iter:
            self.status = "max_iter_reached"

    def _learn(self, before: Point, point: Point) -> None:
        step, change = point.theta - before.theta, before.slope - point.slope
        if 0.0 < np.sum(step * change) < np.inf:
            self.pairs.append((step, change))

    def begin_direction(self) -> tuple[Float64Array, list[float]]:
        """Return what the metric is to be applied to, and the weights of the pairs."""
        if self.at is None:
            raise ValueError("the lane has no point yet")
        q, weights = self.at.slope.copy(), []
        for step, change in reversed(self.pairs):
            weights.append(float(np.sum(step * q) / np.sum(step * change)))
            q -= weights[-1] * change
        return q, weights

    def propose(self, solved: Float64Array, weights: list[float]) -> bool:
        """Set the trial point from the metric's step; False if that does not descend."""
        at = self.at
        if at is None:
            raise ValueError("the lane has no point yet")
        direction = solved
        for (step, change), weight in zip(self.pairs, reversed(weights), strict=True):
            share = float(np.sum(change * direction) / np.sum(step * change))
            direction = direction + (weight - share) * step
        direction = self._shortened(direction)
        descent = float(np.sum(at.slope * direction))
        if not 0.0 < descent < np.inf:
            return False
        stalls = self.n_failures > 0 or self.rate > _STALLED
        if stalls and descent <= _ROUNDING * abs(at.objective):
            self.status = "at_rounding"
        self.trial = at.theta + self.length * direction
        self.scaled.centre(self.trial)
        if self.scaled.has_free_features:
            self.tests = self.far.points(at, direction, self.scaled, self.n_steps)
        return True

    def _shortened(self, direction: Float64Array) -> Float64Array:
        """Return the direction, shorter where saturated rows have hardly any curvature."""
        scaled = self.scaled
        moves = float(np.sum(np.abs(direction) * scaled.column_size)) / np.sqrt(scaled.weight)
        return direction * (_LONGEST / moves) if moves > _LONGEST else direction
