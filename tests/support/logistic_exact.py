"""The minimum of a small logistic regression in 50 digits, by Newton's method in mpmath."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import mpmath as mp
import numpy as np

import logistic_reference as reference
from logistic_problems import small_problems

if TYPE_CHECKING:
    from logistic_reference import Array, Fit, Problem

    Vector: TypeAlias = list[Any]
    Matrix: TypeAlias = Any  # of mpmath

DIGITS = 40
WORK = 50
MAX_ITER = 10  # from the start in extended precision two or three are enough


def solve(problem: Problem) -> Fit:
    """Return coef (outputs, p) and intercept (outputs,), rounded to doubles; without bounds."""
    with mp.workdps(WORK):
        system = _System(problem)
        theta = system.start()
        for _ in range(MAX_ITER):
            step, size = system.newton_step(theta)
            theta = [t + s for t, s in zip(theta, step, strict=True)]
            reach = max(abs(t * u) for t, u in zip(theta, size, strict=True))
            length = max(abs(s * u) for s, u in zip(step, size, strict=True))
            if length <= reach * mp.mpf(10) ** -DIGITS:
                pairs = zip(theta, step, strict=True)  # a zero moves by its own rounding
                return system.split([t if abs(t) > 1000 * abs(s) else 0 * t for t, s in pairs])
    raise ArithmeticError(f"Newton's method stopped at steps of {mp.nstr(length, 3)}")


@cache
def solution(name: str) -> Fit:
    """Solve one of `logistic_problems.small_problems`, once for all tests."""
    return solve(small_problems()[name])


def _exact(value: np.longdouble) -> Any:  # noqa: ANN401
    """A long double as the sum of two doubles, which it is."""
    mantissa, exponent = np.frexp(value)
    high = float(mantissa)
    return mp.ldexp(mp.mpf(high) + mp.mpf(float(mantissa - high)), int(exponent))


def _matrix(values: Array) -> list[Vector]:
    return [[_exact(np.longdouble(v)) for v in row] for row in values]


class _System:
    """Free features and the intercept, one class after the other."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.free = np.flatnonzero(np.isfinite(problem.penalty))
        mean, pinned = problem.mean, np.isinf(problem.penalty)
        ones = np.ones((len(problem.X), int(problem.fit_intercept)))
        self.design = _matrix(np.hstack([problem.X[:, self.free], ones]))
        self.penalty = [_exact(v) for v in problem.penalty[self.free]] + [mp.mpf(0)] * ones.shape[1]
        self.target = [row + [mp.mpf(0)] * ones.shape[1] for row in _matrix(mean[:, self.free])]
        fixed = [
            [
                mp.fdot([_exact(np.longdouble(v)) for v in row], target)
                for target in _matrix(mean[:, pinned])
            ]
            for row in problem.X[:, pinned]
        ]
        offset = np.zeros_like(fixed) if problem.offset is None else _matrix(problem.offset)
        self.offset = [
            [a + b for a, b in zip(*rows, strict=True)] for rows in zip(fixed, offset, strict=True)
        ]
        self.weight = [_exact(v) for v in problem.weight]
        self.q, self.n_outputs = len(self.penalty), problem.n_outputs

    def start(self) -> Vector:
        coef, intercept = reference.solve(self.problem)
        theta = np.hstack([coef[:, self.free], intercept[:, None]])[:, : self.q]
        return [_exact(v) for v in theta.ravel()]

    def split(self, theta: Vector) -> Fit:
        values = np.array([float(t) for t in theta]).reshape(self.n_outputs, self.q)
        coef = self.problem.mean.astype(np.float64)
        coef[:, self.free] = values[:, : len(self.free)]
        bias = values[:, -1] if self.problem.fit_intercept else np.zeros(self.n_outputs)
        return coef, bias

    def newton_step(self, theta: Vector) -> tuple[Vector, Vector]:
        """Step, and the units in which the Hessian has a diagonal of ones."""
        q, outputs = self.q, range(self.n_outputs)
        rows = [theta[k * q : (k + 1) * q] for k in outputs]
        slope = [
            p * (t - m)
            for row, target in zip(rows, self.target, strict=True)
            for p, t, m in zip(self.penalty, row, target, strict=True)
        ]
        size = len(theta)
        hessian = mp.matrix(size, size)
        for x, o, w, label in zip(
            self.design, self.offset, self.weight, self.problem.label, strict=True
        ):
            z = [o[k] + mp.fdot(x, rows[k]) for k in outputs]
            p = self._probabilities(z)
            for k in outputs:
                resid = w * (int(label == (k if len(p) > 1 else 1)) - p[k])
                for j in range(q):
                    slope[k * q + j] -= resid * x[j]
                for m in range(k + 1):
                    curve = w * p[k] * (int(k == m) - p[m])
                    for j in range(q):
                        scaled = curve * x[j]
                        for i in range(q):
                            hessian[k * q + j, m * q + i] += scaled * x[i]
        return self._solve(hessian, slope, theta)

    def _solve(self, hessian: Matrix, slope: Vector, theta: Vector) -> tuple[Vector, Vector]:
        size = len(theta)
        for i in range(size):
            hessian[i, i] += self.penalty[i % self.q]
        if self.n_outputs > 1:
            self._balance(hessian, slope, theta)
        root = [mp.sqrt(hessian[i, i]) or mp.mpf(1) for i in range(size)]
        unit = mp.matrix(size, size)
        for i in range(size):
            for j in range(i + 1):
                unit[i, j] = unit[j, i] = hessian[i, j] / (root[i] * root[j])
            unit[i, i] = mp.mpf(1)
        right = mp.matrix([-g / r for g, r in zip(slope, root, strict=True)])
        step = mp.cholesky_solve(unit, right)
        return [s / r for s, r in zip(step, root, strict=True)], root

    def _balance(self, hessian: Matrix, slope: Vector, theta: Vector) -> None:
        """Add the square of sum_k (b_kj - m_kj), zero at the minimum; the loss does not see it."""
        for j in range(self.q):
            places = range(j, len(theta), self.q)
            unit = mp.fsum(hessian[i, i] for i in places)
            excess = mp.fsum(theta[i] for i in places) - mp.fsum(m[j] for m in self.target)
            for i in places:
                slope[i] += unit * excess
                for m in places:
                    hessian[i, m] += unit

    def _probabilities(self, z: Vector) -> Vector:
        if len(z) == 1:
            return [1 / (1 + mp.exp(-z[0]))]
        odds = [mp.exp(v - max(z)) for v in z]
        return [o / mp.fsum(odds) for o in odds]
