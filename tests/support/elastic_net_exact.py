"""Minima of the elastic net in 50 digits.

An active-set method in exact-enough arithmetic, from zero: the free coefficients are solved for
their signs, a step that would cross a kink or a bound ends there, and the column with the largest
violation enters, until there is none. How the point was found does not matter: the optimality
conditions are asserted in 50 digits at the end, and are sufficient, as the problem is convex.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import mpmath as mp
import numpy as np

if TYPE_CHECKING:
    from elastic_net_reference import Array, Problem

DIGITS = 50
EXACT = 1e-38  # what is rounding in 50 digits, relative to the numbers it comes from
MAX_STEPS = 3000

Number: TypeAlias = Any  # mpmath's own


class Exact(NamedTuple):
    """The minimum, rounded to doubles."""

    coef: Array
    intercept: float
    objective: float
    support: Array  # coefficients that differ from their prior mean
    condition: float  # of the equilibrated system of the free coefficients


@dataclass
class _State:
    gram: list[list[Number]]
    q: list[Number]  # c - G d
    a1: list[Number]
    a2: list[Number]
    lower: list[Number]
    upper: list[Number]
    d: list[Number]
    scale: Number  # of the products with y
    signs: dict[int, int] = field(default_factory=dict)  # of the free coefficients

    def move(self, step: dict[int, Number], t: Number) -> None:
        for j, s in step.items():
            self.d[j] += t * s
        for i in range(len(self.q)):
            self.q[i] -= t * mp.fsum(self.gram[i][j] * s for j, s in step.items())

    def force(self, j: int) -> Number:
        """Minus the derivative of the objective for a free coefficient."""
        return self.q[j] - self.a1[j] * self.signs[j] - self.a2[j] * self.d[j]


def solve(problem: Problem) -> Exact:
    """The minimum in 50 digits; of many, one of them."""
    with mp.workdps(DIGITS):
        rows = [[mp.mpf(v) for v in row] for row in problem.X.astype(float).tolist()]
        w = [mp.mpf(v) for v in problem.weights.astype(float).tolist()]
        prior = [mp.mpf(v) for v in problem.prior.astype(float).tolist()]
        y = [
            mp.mpf(v) - mp.fdot(row, prior)
            for v, row in zip(problem.y.astype(float).tolist(), rows, strict=True)
        ]
        columns = [list(column) for column in zip(*rows, strict=True)]
        if problem.fit_intercept:
            total = mp.fsum(w)
            means = [mp.fdot(column, w) / total for column in columns]
            columns = [[v - m for v in c] for c, m in zip(columns, means, strict=True)]
            y_mean = mp.fdot(y, w) / total
            y = [v - y_mean for v in y]
        moving = [int(j) for j in np.flatnonzero(~problem.pinned)]
        state = _start(problem, [columns[j] for j in moving], y, w, moving)
        _minimise(state)
        _assert_optimal(state)
        full = [mp.mpf(0)] * len(columns)
        for j, value in zip(moving, state.d, strict=True):
            full[j] = value
        intercept = (
            y_mean - mp.fdot(means, full) if problem.fit_intercept else mp.mpf(0)
        )  # y is y - X m: what is left of the prior means is in y_mean
        rss = mp.fsum(
            w_i * (y_i - mp.fsum(columns[j][i] * v for j, v in enumerate(full) if v)) ** 2
            for i, (w_i, y_i) in enumerate(zip(w, y, strict=True))
        )
        penalty = mp.fsum(
            a1 * abs(v) + a2 * v * v / 2
            for a1, a2, v in zip(state.a1, state.a2, state.d, strict=True)
        )
        return Exact(
            np.array([float(m + v) for m, v in zip(prior, full, strict=True)]),
            float(intercept),
            float(rss / 2 + penalty),
            np.array([v != 0 for v in full]),
            _condition(state),
        )


def _start(
    problem: Problem, columns: list[list[Number]], y: list[Number], w: list[Number], kept: list[int]
) -> _State:
    alpha, rho = mp.mpf(float(problem.alpha)), mp.mpf(float(problem.l1_ratio))
    f = [mp.mpf(float(problem.factors[j])) for j in kept]
    weighted = [[a * b for a, b in zip(column, w, strict=True)] for column in columns]
    lower, upper = (
        np.broadcast_to(np.asarray(fallback if end is None else end, float), problem.prior.shape)
        for end, fallback in ((problem.lower, -np.inf), (problem.upper, np.inf))
    )
    prior = problem.prior.astype(float)
    gram = [[mp.fdot(a, b) for b in columns] for a in weighted]
    state = _State(
        gram,
        [mp.fdot(a, y) for a in weighted],
        [mp.mpf(0) if f_j == 0 else alpha * f_j * rho for f_j in f],
        [mp.mpf(0) if f_j == 0 else alpha * f_j * (1 - rho) for f_j in f],
        [mp.mpf(float(lower[j])) - mp.mpf(float(prior[j])) for j in kept],
        [mp.mpf(float(upper[j])) - mp.mpf(float(prior[j])) for j in kept],
        [mp.mpf(0)] * len(kept),
        max([abs(mp.fdot(a, y)) for a in weighted], default=mp.mpf(0)),
    )
    nearest = [min(max(mp.mpf(0), a), b) for a, b in zip(state.lower, state.upper, strict=True)]
    state.move({j: v for j, v in enumerate(nearest) if v}, mp.mpf(1))
    return state


def _minimise(state: _State) -> None:
    for _ in range(MAX_STEPS):
        if _solve_face(state):
            entering = _most_violated(state)
            if entering is None:
                return
            j, sign = entering
            state.signs[j] = sign
    msg = "the active set did not settle"
    raise AssertionError(msg)


def _solve_face(state: _State) -> bool:
    """Go to the minimum of the face, or to its edge; whether it was the minimum."""
    free = sorted(state.signs)
    if not free:
        return True
    step, is_ray = _direction(state, free)
    limit, blocking = mp.inf if is_ray else mp.mpf(1), -1
    for j, s in step.items():
        ends = [state.lower[j], state.upper[j]]
        if state.signs[j]:
            ends.append(mp.mpf(0))
        for end in ends:
            if s and mp.isfinite(end):
                t = (end - state.d[j]) / s
                if t >= 0 and t < limit and not (t == 0 and _leads_inside(state, j, s)):
                    limit, blocking, edge = t, j, end
    assert mp.isfinite(limit), "a direction of no curvature goes on for ever"
    state.move(step, limit)
    if blocking < 0:
        return not is_ray
    state.d[blocking] = edge
    del state.signs[blocking]
    return False


def _leads_inside(state: _State, j: int, s: Number) -> bool:
    """Whether a coefficient that has just come off an edge moves away from it."""
    sign = state.signs[j]
    if state.d[j] == 0 and sign:
        return bool(s * sign > 0)
    at_lower = state.d[j] == state.lower[j]
    return bool(s > 0 if at_lower else s < 0)


def _direction(state: _State, free: list[int]) -> tuple[dict[int, Number], bool]:
    """K^-1 times the forces, or a direction of no curvature along which the objective falls."""
    n = len(free)
    K = mp.matrix(n, n)
    for a, i in enumerate(free):
        for b, j in enumerate(free):
            K[a, b] = state.gram[i][j] + (state.a2[i] if i == j else 0)
    force = [state.force(j) for j in free]
    null = _null_vector(K)
    if null is None:
        solution = mp.lu_solve(K, mp.matrix(force))
        return {j: solution[a] for a, j in enumerate(free)}, False
    slope = mp.fdot(null, force)
    sign = 1 if slope >= 0 else -1
    return {j: sign * null[a] for a, j in enumerate(free)}, True


def _null_vector(K: Any) -> list[Number] | None:  # noqa: ANN401
    """A vector z with K z = 0 by elimination without pivoting, K being semidefinite; or None."""
    n = K.rows
    rows = [[K[i, j] for j in range(n)] for i in range(n)]
    for k in range(n):
        if rows[k][k] <= EXACT * max(K[k, k], mp.mpf(10) ** -600):
            z = [mp.mpf(0)] * n
            z[k] = mp.mpf(1)
            for i in reversed(range(k)):
                z[i] = -mp.fsum(rows[i][j] * z[j] for j in range(i + 1, k + 1)) / rows[i][i]
            return z
        for i in range(k + 1, n):
            ratio = rows[i][k] / rows[k][k]
            rows[i] = [a - ratio * b for a, b in zip(rows[i], rows[k], strict=True)]
    return None


def _most_violated(state: _State) -> tuple[int, int] | None:
    """The column with the largest force off its edge, and the sign that it takes."""
    worst, found = mp.mpf(0), None
    for j in range(len(state.d)):
        if j in state.signs:
            continue
        d, slope = state.d[j], state.q[j] - state.a2[j] * state.d[j]
        for way in (1, -1):
            sign = way if d == 0 else int(mp.sign(d))
            if state.a1[j] == 0:
                sign = 0
            if d == (state.upper[j] if way > 0 else state.lower[j]):
                continue
            push = way * slope - (way * sign) * state.a1[j]
            rounding = EXACT * state.scale
            if push > max(worst, rounding):
                worst, found = push, (j, sign)
    return found


def _assert_optimal(state: _State) -> None:
    """The optimality conditions, written out once more from the final point."""
    p = len(state.d)
    scale = max([state.scale, mp.mpf(10) ** -600])
    for j in range(p):
        d, a1 = state.d[j], state.a1[j]
        assert state.lower[j] <= d <= state.upper[j]
        slope = state.q[j] - state.a2[j] * d
        right = slope - a1 if d >= 0 else slope + a1  # minus the derivatives to both sides
        left = slope + a1 if d <= 0 else slope - a1
        assert d == state.upper[j] or right <= 1e-30 * scale, (j, d, right)
        assert d == state.lower[j] or left >= -1e-30 * scale, (j, d, left)


def _condition(state: _State) -> float:
    """Condition of the free coefficients' system, scaled to a diagonal of ones."""
    free = sorted(j for j in state.signs if state.d[j] != 0)
    if not free:
        return 1.0
    size = [mp.sqrt(state.gram[j][j] + state.a2[j]) for j in free]
    system = [
        [
            float((state.gram[i][j] + (state.a2[i] if i == j else 0)) / size[a] / size[b])
            for b, j in enumerate(free)
        ]
        for a, i in enumerate(free)
    ]
    return float(np.linalg.cond(np.array(system)))
