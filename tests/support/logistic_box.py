"""Logistic regression in a box: problems, the core's answers, and their certificate in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy import sparse

from elltwo import _core

if TYPE_CHECKING:
    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[np.float64]

CONVERGED = 1e-10
SEEN_BY_NUMPY = 1e-9


@dataclass(frozen=True)
class Problem:
    """A problem whose coefficients of every class lie between ``lower`` and ``upper``."""

    X: Array
    label: npt.NDArray[np.int32]
    n_classes: int
    lower: Array | None
    upper: Array | None
    alpha: float = 1.0
    factors: Array | None = None
    prior: Array | None = None
    weight: Array | None = None
    offset: Array | None = None
    fit_intercept: bool = True

    @property
    def outputs(self) -> int:
        return 1 if self.n_classes == 2 else self.n_classes

    @property
    def sides(self) -> tuple[Array, Array]:
        p = self.X.shape[1]
        lower = np.full(p, -np.inf) if self.lower is None else self.lower
        upper = np.full(p, np.inf) if self.upper is None else self.upper
        return lower, upper


@dataclass(frozen=True)
class Found:
    coef: Array
    intercept: Array
    infos: list[_core.LogisticInfo]


def solve(
    problem: Problem,
    alphas: list[float] | None = None,
    *,
    solver: str = "auto",
    max_iter: int = 100,
    n_threads: int = 2,
    rows: npt.NDArray[np.int64] | None = None,
    is_sparse: bool = False,
) -> Found:
    """Fit the dense features, or the same in a sparse matrix."""
    grid = np.array([problem.alpha] if alphas is None else alphas)
    box = problem.lower, problem.upper
    data = (
        problem.label,
        problem.n_classes,
        grid,
        problem.factors,
        problem.prior,
        problem.weight,
        problem.offset,
        rows,
        None,
    )
    options = (problem.fit_intercept, solver, CONVERGED, max_iter, n_threads)
    if is_sparse:
        X = sparse.csr_array(problem.X)
        arrays = (X.data, X.indices, X.indptr, *X.shape, True)
        return Found(*_core.logistic_sparse_bounded_path(arrays, box, data, options))
    return Found(*_core.logistic_bounded_path(problem.X, box, data, options))


def penalties(problem: Problem, alpha: float) -> Array:
    """Penalty of each feature; infinite where it pins."""
    factors = np.ones(problem.X.shape[1]) if problem.factors is None else problem.factors
    return np.array([f if f in (0.0, np.inf) else alpha * f for f in factors])


def residuals(problem: Problem, coef: Array, intercept: Array) -> Array:
    """Label indicators minus probabilities, times weights."""
    z = problem.X.astype(float) @ coef.T + intercept
    if problem.offset is not None:
        z += problem.offset
    if problem.outputs == 1:
        z = np.column_stack([np.zeros(len(z)), z])
    z -= z.max(axis=1, keepdims=True)
    probability = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    rest = np.eye(problem.n_classes)[problem.label] - probability
    weight = np.ones(len(z)) if problem.weight is None else problem.weight
    chosen: Array = weight[:, None] * (rest[:, 1:] if problem.outputs == 1 else rest)
    return chosen


def optimality(problem: Problem, coef: Array, intercept: Array, alpha: float) -> float:
    """The certificate anew: the relative gradient without what pushes out of the box."""
    r: Array = residuals(problem, coef, intercept)
    weight = np.ones(len(r)) if problem.weight is None else problem.weight
    X = problem.X.astype(float)
    if problem.fit_intercept:
        X = X - weight @ X / weight.sum()
    penalty = penalties(problem, alpha)
    moves = np.isfinite(penalty) & (np.abs(X).max(axis=0) > 1e-12)
    prior = np.zeros_like(coef) if problem.prior is None else problem.prior
    slope = r.T @ X - np.where(moves, penalty, 0.0) * (coef - prior)
    lower, upper = problem.sides
    slope[(coef <= lower) & (slope < 0)] = 0.0
    slope[(coef >= upper) & (slope > 0)] = 0.0
    size = np.sqrt(weight @ X**2)
    norm = np.sqrt((r**2 / np.where(weight > 0, weight, 1.0)[:, None]).sum(axis=0))
    worst = np.abs(slope[:, moves] / size[moves] / norm[:, None]).max(initial=0.0)
    bias = np.abs(r.sum(axis=0) / norm / np.sqrt(weight.sum())).max()
    return float(max(worst, bias) if problem.fit_intercept else worst)


def draw(n: int, p: int, n_classes: int, seed: int, correlation: float = 0.5) -> Problem:
    """Correlated features, labels that depend on them, and coefficients in [-0.1, 0.2]."""
    rng = np.random.default_rng(seed)
    X = np.sqrt(1 - correlation) * rng.normal(size=(n, p))
    X += np.sqrt(correlation) * rng.normal(size=(n, 1))
    truth = rng.normal(size=(p, n_classes)) / np.sqrt(p)
    label = np.argmax(X @ truth + rng.gumbel(size=(n, n_classes)), axis=1)
    label[:n_classes] = np.arange(n_classes)
    return Problem(X, label.astype(np.int32), n_classes, np.full(p, -0.1), np.full(p, 0.2))


def with_options(problem: Problem, seed: int) -> Problem:
    """Every option at once; features 0 and 1 are pinned and free."""
    rng = np.random.default_rng(seed)
    n, p = problem.X.shape
    factors: Array = rng.uniform(0.2, 2.0, size=(p,))
    factors[:2] = np.inf, 0.0
    weight: Array = rng.uniform(0.5, 2.0, size=(n,))
    weight[-1] = 0.0
    return Problem(
        problem.X,
        problem.label,
        problem.n_classes,
        problem.lower,
        problem.upper,
        factors=factors,
        prior=rng.uniform(-0.1, 0.2, (problem.outputs, p)),
        weight=weight,
        offset=rng.normal(size=(n, problem.outputs)),
    )


def check(problem: Problem, found: Found, alphas: list[float]) -> None:
    lower, upper = problem.sides
    for coef, intercept, info, alpha in zip(
        found.coef, found.intercept, found.infos, alphas, strict=True
    ):
        assert info.status == "converged"
        assert info.optimality <= info.tolerance == CONVERGED
        assert np.all((lower <= coef) & (coef <= upper))
        assert optimality(problem, coef, intercept, alpha) <= SEEN_BY_NUMPY
        if problem.outputs > 1:
            assert abs(intercept.sum()) <= 1e-12 * max(1.0, np.abs(intercept).max())
