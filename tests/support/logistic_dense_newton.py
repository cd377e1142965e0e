"""Logistic regression by Newton's method with dense Hessians: slow and plain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


@dataclass
class Problem:
    """minimise sum w_i loss_i + 1/2 sum penalty_j (b_kj - mean_kj)^2, free intercepts last."""

    X: Array
    label: Array
    n_classes: int
    penalty: Array
    mean: Array
    weight: Array
    offset: Array
    fit_intercept: bool

    @property
    def outputs(self) -> int:
        return 1 if self.n_classes == 2 else self.n_classes

    @property
    def design(self) -> Array:
        ones = np.ones((len(self.X), 1 if self.fit_intercept else 0))
        return np.hstack([self.X, ones])

    def probabilities(self, theta: Array) -> tuple[Array, Array]:
        """Losses of rows, and probabilities (n, outputs), theta being (outputs, columns)."""
        z = self.design @ theta.T + self.offset
        if self.outputs == 1:
            sign = np.where(self.label == 1, 1.0, -1.0)
            return np.logaddexp(0.0, -sign * z[:, 0]), 1.0 / (1.0 + np.exp(-z))
        z -= z.max(axis=1, keepdims=True)
        total = np.exp(z).sum(axis=1, keepdims=True)
        own = z[np.arange(len(z)), self.label]
        return np.log(total[:, 0]) - own, np.exp(z) / total

    def penalties(self) -> tuple[Array, Array]:
        """Of all columns, and means, with zeros for the intercept."""
        extra = 1 if self.fit_intercept else 0
        penalty = np.concatenate([self.penalty, np.zeros(extra)])
        return penalty, np.hstack([self.mean, np.zeros((self.outputs, extra))])

    def residuals(self, theta: Array) -> Array:
        p = self.probabilities(theta)[1]
        y = np.eye(self.n_classes)[self.label]
        return (y[:, 1:] if self.outputs == 1 else y) - p

    def objective(self, theta: Array) -> float:
        penalty, mean = self.penalties()
        moving = np.isfinite(penalty)
        squares = penalty[moving] * (theta - mean)[:, moving] ** 2
        return float(self.weight @ self.probabilities(theta)[0] + 0.5 * squares.sum())

    def gradient(self, theta: Array) -> Array:
        penalty, mean = self.penalties()
        loss = (self.weight[:, None] * self.residuals(theta)).T @ self.design
        moving = np.isfinite(penalty)
        return np.where(moving, np.where(moving, penalty, 0.0) * (theta - mean) - loss, 0.0)

    def hessian(self, theta: Array) -> Array:
        p = self.probabilities(theta)[1]
        k, A = self.outputs, self.design
        penalty, _ = self.penalties()
        m = A.shape[1]
        H = np.zeros((k, m, k, m))
        for s in range(k):
            for t in range(k):
                h = self.weight * p[:, s] * (float(s == t) - p[:, t])
                H[s, :, t, :] = A.T @ (A * h[:, None])
            H[s, :, s, :] += np.diag(np.where(np.isfinite(penalty), penalty, 0.0))
        return H.reshape(k * m, k * m)

    def solve(self) -> Array:
        """Theta (outputs, columns)."""
        penalty, mean = self.penalties()
        theta = mean.copy()
        moving = np.tile(np.isfinite(penalty), self.outputs)
        for _ in range(100):
            g = self.gradient(theta).ravel()[moving]
            H = (self.hessian(theta) + self.level(penalty))[np.ix_(moving, moving)]
            size = 1.0 / np.sqrt(np.where(H.diagonal() > 0.0, H.diagonal(), 1.0))
            H = H * np.outer(size, size) + np.diag(H.diagonal() == 0.0)
            step: Array = np.zeros(theta.size)
            step[moving] = -size * np.linalg.solve(H, size * g)
            decrement = -g @ step[moving]
            step = step.reshape(theta.shape)
            t, start = 1.0, self.objective(theta)
            while decrement > 1e-8 * start and self.objective(theta + t * step) > start:
                t /= 2
            theta = theta + t * step
            if decrement <= 1e-28 * start:
                break
        # Rounding in what classes have in common, which is zero beside the means.
        return theta - (theta - mean).mean(axis=0) if self.outputs > 1 else theta

    def level(self, penalty: Array) -> Array:
        """Make the Hessian regular in what classes have in common, which no gradient has."""
        k, m = self.outputs, len(penalty)
        free = np.diag(np.where(penalty == 0.0, (self.design**2).sum(axis=0), 0.0))
        return np.kron(np.ones((k, k)), free) if k > 1 else np.zeros((m, m))
