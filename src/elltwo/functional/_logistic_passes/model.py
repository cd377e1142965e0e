r"""A model of the objective near a point, in which steps are made between passes.

Let g be the exact gradient at the point theta of the last pass, and f_s the loss of the sample. The
model's gradient at theta + d is

.. math:: g + \nabla f_s(\theta + d) - \nabla f_s(\theta) + B d + P d

with penalties P and a symmetric matrix B that corrects the sample's curvature: B = H - H_s at the
point where the last Hessian H of all rows was taken, and after every pass B is changed by the
formula of Broyden, Fletcher, Goldfarb and Shanno such that the model gives the change of gradients
that has been seen (Nocedal and Wright, 2nd ed., equation 6.19). Without a Hessian this is the
surrogate of Jordan, Lee and Yang (2019); without a sample it is a quasi-Newton method.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._logistic_passes.positive import (
    Inverse,
    damped_inverse_of,
    inverse_of,
    largest_change,
)

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.sample_model import SampleModel
    from elltwo.functional._logistic_passes.scaled import Scaled

MOST_COEFFICIENTS = 2000  # of several classes, up to which the Hessian of all is formed
_MEMORY = 8  # pairs
_UNFAITHFUL = 0.5  # part by which the sample's curvature may differ from that of all rows
_ACCURACY = 1e-6  # of a minimum of the model, in the norm of its metric
_STEPS = 12  # towards it, with the whole curvature as metric
_STEPS_BLOCKS = 80  # with the diagonal blocks as metric


class Curvature(NamedTuple):
    """A Hessian of the loss over all rows, and where it was taken."""

    theta: Float64Array
    hessian: Float64Array  #: (size, size), in the order of outputs and then columns
    in_float32: bool


class Pair(NamedTuple):
    """A step, and by how much gradients of the loss changed along it."""

    step: Float64Array
    change: Float64Array  #: over all rows
    foreseen: Float64Array  #: over the sample's


class StepModel:
    """The model of one lane. Vectors hold the coefficients that are fitted."""

    def __init__(self, scaled: Scaled, sample: SampleModel | None) -> None:
        self._scaled = scaled
        self._given = sample
        self._sample = sample  #: None where its curvature is not that of all rows
        self._index = np.flatnonzero(scaled.active.ravel())
        self._penalty = np.broadcast_to(scaled.penalty, scaled.active.shape)[scaled.active]
        self.is_blockwise = scaled.n_outputs > 1 and self._index.size > MOST_COEFFICIENTS
        self.curvature: Curvature | None = None
        self.pairs: deque[Pair] = deque(maxlen=_MEMORY)
        self._rest: Float64Array | None = None  # H - H_s where H was taken
        self._ranks: list[tuple[Float64Array, float]] = []  # v and c: B has v v' / c
        self._metric: Inverse | list[Inverse] | None = None
        self._at: Float64Array | None = None
        self.blocks_at: Float64Array | None = None  #: where a metric of blocks was taken

    @property
    def has_all_rows(self) -> bool:
        """Whether the sample is all there is, so that its Hessian is that of all rows."""
        return self._given is not None and self._given.n_rows == self._scaled.n_rows

    def curvature_at(self, theta: Float64Array) -> Curvature | None:
        """Return the exact Hessian at a point if the sample gives it, else the last one known."""
        if self._given is None or not self.has_all_rows or self.is_blockwise:
            return self.curvature
        return Curvature(theta, self._given.hessian(theta), in_float32=False)

    def adopt(self, curvature: Curvature) -> None:
        """Take a new Hessian of all rows; what was learnt about the one before is dropped."""
        self.curvature = curvature
        self.pairs.clear()
        self._rest = whole = self._part(curvature.hessian)
        self._sample = None
        if self._given is None:
            return
        rest = whole - self._part(self._given.hessian(curvature.theta))
        if largest_change(self._penalised(whole), rest) <= _UNFAITHFUL:
            self._rest, self._sample = rest, self._given

    def learn(self, before: Float64Array, after: Float64Array, change: Float64Array) -> None:
        """Take account of the change of the loss's gradient from one point to another."""
        active = self._scaled.active
        foreseen = np.zeros_like(change)
        if self._sample is not None:
            foreseen = self._sample.gradient(after) - self._sample.gradient(before)
        pair = Pair((after - before)[active], change[active], foreseen[active])
        self.pairs.append(pair)
        missed = abs(float(pair.step @ (pair.change - pair.foreseen)))
        if self.is_blockwise and missed > _UNFAITHFUL * float(pair.step @ pair.change):
            self.leave_sample()  # no Hessian of all rows will show it

    @property
    def uses_sample(self) -> bool:
        """Whether the sample's loss is part of the model."""
        return self._sample is not None

    def leave_sample(self) -> None:
        """Leave the sample's loss out of the model."""
        self._sample = None

    def move_to(self, theta: Float64Array, is_near: bool) -> None:
        """Set the point at which steps begin; near the minimum, metrics of blocks are kept."""
        self._at = theta
        self._find_ranks()
        if not self.is_blockwise:
            self._metric = self._whole(theta)
        elif self.blocks_at is None or not is_near:
            self.refresh_blocks(theta)

    @property
    def rcond(self) -> float:
        """Reciprocal condition number of the metric, an estimate."""
        metrics = self._metric if isinstance(self._metric, list) else [self._metric]
        return min((one.rcond for one in metrics if one is not None), default=1.0)

    def step(self, slope: Float64Array) -> Float64Array:
        """Return the step to the minimum of the quadratic model, of blocks a quasi-Newton step."""
        vector = slope[self._scaled.active]
        if not self.is_blockwise:
            return self._full(self._solve(vector))
        pairs = deque((one.step, one.change + self._penalty * one.step) for one in self.pairs)
        return self._full(self._two_loops(vector, pairs))

    def refined(self, slope: Float64Array) -> Float64Array | None:
        """Return the step to the minimum of the model; None if it is not found."""
        if self._sample is None or self._at is None:
            return None
        slope = slope[self._scaled.active]
        start = self._sample.gradient(self._at)
        step, before = self._solve(slope), np.inf
        pairs: deque[tuple[Float64Array, Float64Array]] = deque(maxlen=_MEMORY)
        size = goal = float(slope @ step)
        last: tuple[Float64Array, Float64Array] | None = None
        for _ in range(_STEPS_BLOCKS if self.is_blockwise else _STEPS):
            ahead = self._sample.gradient(self._at + self._full(step))
            rest = slope - (ahead - start)[self._scaled.active] - self._linear(step)
            if last is not None:
                pairs.append((step - last[0], last[1] - rest))
            direction = self._two_loops(rest, pairs)
            size = float(rest @ direction)
            if size <= _ACCURACY**2 * goal:
                return self._full(step + direction)
            if not size < 4.0 * before:
                return None
            before, last = min(size, before), (step, rest)
            step = step + direction
        return self._full(step) if size < 1e-2 * goal else None

    def _two_loops(
        self, slope: Float64Array, pairs: deque[tuple[Float64Array, Float64Array]]
    ) -> Float64Array:
        """Return the quasi-Newton step (Nocedal and Wright, algorithm 7.4)."""
        pairs_used = [(s, y, s @ y) for s, y in pairs if s @ y > 0.0]
        q, weights = slope.copy(), []
        for s, y, product in reversed(pairs_used):
            weights.append(s @ q / product)
            q -= weights[-1] * y
        d = self._solve(q)
        for (s, y, product), a in zip(pairs_used, reversed(weights), strict=True):
            d += (a - y @ d / product) * s
        return d if slope @ d > 0.0 else self._solve(slope)

    def _linear(self, step: Float64Array) -> Float64Array:
        """Return (B + P) step."""
        product: Float64Array = self._penalty * step
        if self._rest is not None:
            product = product + self._rest @ step
        for r, along in self._ranks:
            product = product + r * (r @ step / along)
        return product

    def _find_ranks(self) -> None:
        self._ranks = []
        for pair in self.pairs:
            step, change = pair.step, pair.change + self._penalty * pair.step
            expected = pair.foreseen + self._linear(step)
            along, had = float(step @ change), float(step @ expected)
            if along > 0.0 and had > 0.0 and np.isfinite(1.0 / along) and np.isfinite(1.0 / had):
                self._ranks += [(expected, -had), (change, along)]

    def _whole(self, theta: Float64Array) -> Inverse:
        """Return the inverse of the model's curvature, or of one that is positive definite."""
        curvature = np.zeros((self._index.size, self._index.size))
        if self._rest is not None:
            curvature += self._rest
        if self._sample is not None:
            curvature += self._part(self._sample.hessian(theta))
        ranks = sum((np.outer(r, r) / along for r, along in self._ranks), np.zeros_like(curvature))
        inverse = inverse_of(self._penalised(curvature + ranks)) if self._ranks else None
        if inverse is None:
            self._ranks = []
            inverse = inverse_of(self._penalised(curvature))
        if inverse is not None:
            return inverse
        if self.curvature is not None:
            curvature = self._part(self.curvature.hessian)
        return damped_inverse_of(self._penalised(curvature))

    def refresh_blocks(self, theta: Float64Array) -> None:
        """Set the metric to the sample's diagonal blocks at a point."""
        if self._given is None:
            raise ValueError("a metric of blocks needs a sample")
        inverses = []
        fitted = self._scaled.active.any(axis=1)
        blocks = self._given.blocks(theta)[fitted]
        for block, active in zip(blocks, self._scaled.active[fitted], strict=True):
            matrix = block[np.ix_(active, active)]
            matrix[np.diag_indices_from(matrix)] += self._scaled.penalty[active]
            inverses.append(damped_inverse_of(matrix))
        self._metric, self.blocks_at = inverses, theta

    def _penalised(self, curvature: Float64Array) -> Float64Array:
        """Add penalties, and curvature along what is common to all classes, which has none."""
        matrix = curvature.copy()
        diagonal = np.diag_indices_from(matrix)
        matrix[diagonal] += self._penalty
        self._scaled.add_common_curvature(matrix)
        return matrix

    def _solve(self, slope: Float64Array) -> Float64Array:
        if isinstance(self._metric, Inverse):
            return self._metric.solve(slope)
        parts = np.split(slope, len(self._metric or [0]))
        solved = [one.solve(part) for one, part in zip(self._metric or [], parts, strict=True)]
        together: Float64Array = np.array(solved)
        together -= together.mean(axis=0)
        return together.ravel()

    def _part(self, hessian: Float64Array) -> Float64Array:
        return hessian[np.ix_(self._index, self._index)]

    def _full(self, vector: Float64Array) -> Float64Array:
        full = np.zeros(self._scaled.active.shape)
        full[self._scaled.active] = vector
        return full
