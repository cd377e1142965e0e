"""Logistic regression with an L1 part of the penalty: objective, optimality and gap from the data.

Nothing is taken from a fit but its coefficients and intercepts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass
class L1Problem:
    """The problem of one alpha; two classes are 0 and 1 with one output, more have one each."""

    X: Array
    y: Array  #: of integers
    alpha: float
    l1_ratio: float
    n_classes: int = 2
    weight: Array | None = None
    factors: Array | None = None
    offset: Array | None = None  #: (n,) or (n, K)
    prior: Array | None = None  #: (p,) or (K, p)
    bounds: tuple[Any, Any] = (None, None)
    fit_intercept: bool = True
    w: Array = field(init=False)
    f: Array = field(init=False)

    def __post_init__(self) -> None:
        n, p = self.X.shape
        self.w = np.ones(n) if self.weight is None else self.weight
        self.f = np.ones(p) if self.factors is None else self.factors

    @property
    def penalties(self) -> tuple[Array, Array]:
        """What multiplies |d| and d^2 / 2, of coefficients that are not pinned."""
        f = np.where(np.isinf(self.f), 0.0, self.f)
        return self.alpha * self.l1_ratio * f, self.alpha * (1.0 - self.l1_ratio) * f

    @property
    def box(self) -> tuple[Array, Array]:
        low, high = self.bounds
        p = self.X.shape[1]
        return (
            np.broadcast_to(-np.inf if low is None else low, p),
            np.broadcast_to(np.inf if high is None else high, p),
        )

    def distance(self, coef: Array) -> Array:
        """Coefficients less their prior means, (outputs, p)."""
        return np.atleast_2d(coef) - (0.0 if self.prior is None else np.atleast_2d(self.prior))

    def residuals(
        self, coef: Array, intercept: Array | np.floating[Any] | float
    ) -> tuple[float, Array, Array]:
        """The loss, w (y - p) by output, and the probabilities of all classes, in long double."""
        X = self.X.astype(np.longdouble)
        z = X @ np.atleast_2d(coef).astype(np.longdouble).T + np.atleast_1d(intercept)
        if self.offset is not None:
            z = z + self.offset.reshape(z.shape)
        if self.n_classes == 2:
            z = np.column_stack([np.zeros_like(z), z])
        z = z - z.max(axis=1, keepdims=True)
        prob = np.exp(z)
        prob /= prob.sum(axis=1, keepdims=True)
        rows = np.arange(self.y.size)
        log_sum = np.log(np.exp(z).sum(axis=1))
        loss = float((self.w * (log_sum - z[rows, self.y])).sum())
        r = self.w[:, np.newaxis] * (np.eye(self.n_classes)[self.y] - prob)
        return loss, r[:, 1:] if self.n_classes == 2 else r, prob

    def objective(self, coef: Array, intercept: Array | np.floating[Any] | float) -> float:
        l1, l2 = self.penalties
        d = self.distance(coef)
        loss, _, _ = self.residuals(coef, intercept)
        return loss + float((l1 * np.abs(d) + 0.5 * l2 * d * d).sum())

    def violation(self, coef: Array, intercept: Array | np.floating[Any] | float) -> float:
        """The largest violation of the optimality conditions, in units of the gradient."""
        l1, l2 = self.penalties
        _, r, _ = self.residuals(coef, intercept)
        b, d = np.atleast_2d(coef), self.distance(coef)
        low, high = self.box
        pull = (r.T @ self.X).astype(np.float64) - l2 * d
        up = np.where((b < high) & np.isfinite(self.f), pull - np.where(d >= 0, l1, -l1), 0.0)
        down = np.where((b > low) & np.isfinite(self.f), -pull - np.where(d <= 0, l1, -l1), 0.0)
        worst = max(0.0, float(up.max()), float(down.max()))
        if self.fit_intercept:
            worst = max(worst, float(np.abs(r.sum(axis=0)).max()))
        return worst

    def gap(self, coef: Array, intercept: Array | np.floating[Any] | float) -> float:
        """(P - D) / P, without bounds: D at probabilities scaled until all slopes are feasible.

        It needs residuals that sum to zero and are orthogonal to columns without a penalty, which
        is so to rounding.
        """
        l1, l2 = self.penalties
        _, r, prob = self.residuals(coef, intercept)
        q = r.T @ self.X.astype(np.longdouble)
        penalised = np.broadcast_to((self.f > 0.0) & np.isfinite(self.f), q.shape)
        t = 1.0
        if self.l1_ratio == 1.0:
            t = min(1.0, float((l1[np.newaxis] / np.abs(q))[penalised].min()))
        conjugate = 0.0
        if self.l1_ratio < 1.0:
            over = np.maximum(np.abs(q) - l1, 0.0) ** 2
            conjugate = float((over / (2.0 * np.where(l2 > 0.0, l2, 1.0)))[penalised].sum())
        own = np.eye(self.n_classes)[self.y]
        pi = (1.0 - t) * own + t * prob
        entropy = -np.where(pi > 0.0, pi * np.log(np.where(pi > 0.0, pi, 1.0)), 0.0).sum(axis=1)
        dual = float((self.w * entropy).sum()) - conjugate
        residual = self.w[:, np.newaxis] * (own - pi)
        residual = residual[:, 1:] if self.n_classes == 2 else residual
        if self.offset is not None:
            dual -= float((residual * self.offset.reshape(residual.shape)).sum())
        if self.prior is not None:
            dual -= float(((residual.T @ self.X) * np.atleast_2d(self.prior)).sum())
        value = self.objective(coef, intercept)
        return (value - dual) / value


def newton_on_support(problem: L1Problem, coef: Array, intercept: float) -> tuple[Array, float]:
    """The minimum of two classes among points with these signs, with 50 digits, rounded.

    Newton's method on the coefficients that are not at their prior means and the intercept.
    """
    active = np.flatnonzero(problem.distance(coef)[0])
    signs = np.sign(problem.distance(coef)[0])
    l1, l2 = problem.penalties
    with mpmath.workdps(50):
        rows = [[mpmath.mpf(float(v)) for v in row] for row in problem.X[:, active]]
        weight = [mpmath.mpf(float(v)) for v in problem.w]
        base = np.zeros(problem.y.size) if problem.offset is None else problem.offset
        prior = np.zeros(problem.X.shape[1]) if problem.prior is None else problem.prior
        rest = [
            mpmath.mpf(float(o)) + mpmath.fdot(map(float, x), map(float, prior))
            for o, x in zip(base, problem.X, strict=True)
        ]
        size = active.size + 1
        theta = mpmath.matrix([float(problem.distance(coef)[0][j]) for j in active] + [intercept])
        for _ in range(12):
            gradient, hessian = mpmath.zeros(size, 1), mpmath.zeros(size, size)
            for i, row in enumerate(rows):
                x = [*row, mpmath.mpf(1)]
                prob = 1 / (1 + mpmath.exp(-(rest[i] + mpmath.fdot(x, theta))))
                r = weight[i] * (int(problem.y[i]) - prob)
                h = weight[i] * prob * (1 - prob)
                for a in range(size):
                    gradient[a] += r * x[a]
                    for b in range(size):
                        hessian[a, b] += h * x[a] * x[b]
            for a, j in enumerate(active):
                gradient[a] -= float(l1[j]) * signs[j] + float(l2[j]) * theta[a]
                hessian[a, a] += float(l2[j])
            theta += mpmath.lu_solve(hessian, gradient)
        full = np.array(prior, dtype=np.float64)
        full[active] += [float(theta[a]) for a in range(active.size)]
        return full, float(theta[size - 1])
