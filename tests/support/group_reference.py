"""Slow and obvious answers for elastic nets whose targets are penalised together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    Coefficients = npt.NDArray[np.floating[Any]]


class GroupProblem(NamedTuple):
    """1/2 sum w |y - b0 - x B|^2 + alpha sum f (rho |B_j - M_j| + (1 - rho)/2 |B_j - M_j|^2)."""

    X: Array
    Y: Array
    alpha: float
    l1_ratio: float
    weight: Array
    factors: Array
    prior: Array  #: (n_features, n_targets)
    fit_intercept: bool = True

    def centred(self) -> tuple[Any, Any]:
        """Return columns of X, and Y less what the prior means explain, times sqrt(w)."""
        X, Y = self.X.astype(np.longdouble), self.Y.astype(np.longdouble)
        Y = Y - X @ self.prior
        if self.fit_intercept:
            share = self.weight / self.weight.sum()
            X, Y = X - share @ X, Y - share @ Y
        root = np.sqrt(self.weight)[:, np.newaxis]
        return root * X, root * Y

    def objective(self, B: Coefficients) -> float:
        """Return the value at B - M, the intercept being at its best."""
        X, Y = self.centred()
        norms = np.linalg.norm(B.astype(np.float64), axis=1)
        penalty = self.l1_ratio * norms + (1.0 - self.l1_ratio) / 2.0 * norms**2
        return float(((Y - X @ B) ** 2).sum() / 2) + self.alpha * float(self.factors @ penalty)

    def relative_gap(self, B: Coefficients) -> float:
        """Return (primal - dual) / primal at B - M, all factors being positive."""
        X, Y = self.centred()
        R = Y - X @ B
        norms = np.sqrt(((X.T @ R) ** 2).sum(axis=1))
        l1 = self.alpha * self.factors * self.l1_ratio
        l2 = self.alpha * self.factors * (1.0 - self.l1_ratio)
        primal = (R**2).sum() / 2 + (l1 * np.sqrt((B**2).sum(axis=1))).sum()
        primal += (l2 * (B**2).sum(axis=1)).sum() / 2
        scale = 1.0 if self.l1_ratio < 1.0 else min(1.0, (l1 / norms).min())
        dual = scale * (R * Y).sum() - scale**2 * (R**2).sum() / 2
        if self.l1_ratio < 1.0:
            dual -= (np.maximum(norms - l1, 0.0) ** 2 / (2 * l2)).sum()
        return float((primal - dual) / primal)


def group_problem(
    X: Array,
    Y: Array,
    alpha: float,
    l1_ratio: float,
    *,
    weight: Array | None = None,
    factors: Array | None = None,
    prior: Array | None = None,
    fit_intercept: bool = True,
) -> GroupProblem:
    """Return the problem with everything that is left out."""
    return GroupProblem(
        X,
        Y,
        alpha,
        l1_ratio,
        np.ones(len(X)) if weight is None else weight,
        np.ones(X.shape[1]) if factors is None else factors,
        np.zeros((X.shape[1], Y.shape[1])) if prior is None else prior,
        fit_intercept,
    )


def descend(problem: GroupProblem, sweeps: int = 100_000) -> Array:
    """Return B - M by block coordinate descent, until a sweep changes rounding alone."""
    X, Y = (part.astype(np.float64) for part in problem.centred())
    square = (X**2).sum(axis=0)
    B = np.zeros((X.shape[1], Y.shape[1]))
    R = Y.copy()
    l1 = problem.alpha * problem.factors * problem.l1_ratio
    l2 = problem.alpha * problem.factors * (1.0 - problem.l1_ratio)
    for _ in range(sweeps):
        largest = 0.0
        for j in np.flatnonzero((square > 1e-20) & np.isfinite(problem.factors)):
            z = X[:, j] @ R + square[j] * B[j]
            norm = np.linalg.norm(z)
            new = (1.0 - l1[j] / norm) * z / (square[j] + l2[j]) if norm > l1[j] else 0.0 * z
            step = new - B[j]
            if step.any():
                R -= np.outer(X[:, j], step)
                B[j] = new
                largest = max(largest, float(np.abs(step).max()))
        if largest <= 1e-15 * np.abs(B).max(initial=1e-300):
            break
    return B
