"""Problems of the elastic net that tests share: small ones of every kind, and hard ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elastic_net_reference import Problem, alpha_max

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elastic_net_reference import Array

FAMILIES = ("ar", "equicorrelated", "wide", "integers", "duplicates")


def linear(X: Array, rng: np.random.Generator, k: int, noise: float) -> Array:
    """Targets of k random coefficients: a signal of deviation 1, and noise."""
    coef = np.zeros(X.shape[1])
    coef[rng.choice(X.shape[1], k, replace=False)] = rng.standard_normal(k)
    signal = X @ coef
    y: Array = signal / signal.std() + noise * rng.standard_normal(len(X))
    return y


def random_design(family: str, rng: np.random.Generator) -> tuple[Array, Array]:
    """X and y of one of `FAMILIES`, 5 to 64 columns and at least 4 rows."""
    p = int(rng.integers(5, 65))
    n = int(rng.integers(4, 34)) if family == "wide" else p + int(rng.integers(5, 65))
    rho = 0.99 * rng.random()
    X: Array = rng.standard_normal((n, p))
    if family == "ar":
        for j in range(1, p):
            X[:, j] = rho * X[:, j - 1] + np.sqrt(1 - rho * rho) * X[:, j]
    elif family == "equicorrelated":
        X = np.sqrt(rho) * rng.standard_normal((n, 1)) + np.sqrt(1 - rho) * X
    elif family == "integers":
        X = rng.integers(0, 3, (n, p)).astype(np.float64)
    elif family == "duplicates":
        for j in range(1, p, 3):
            X[:, j] = (1 if j % 2 else -1) * X[:, j - 1]
    y = 0.5 * rng.standard_normal(n)
    y += X[:, : min(p, 8)] @ ((-1.0) ** np.arange(min(p, 8)))
    return X, y


def small_problem(seed: int) -> Problem:
    """A problem of at most 12 columns, whose options all come up among a few dozen seeds."""
    rng = np.random.default_rng(seed)
    n, p = [(14, 8), (6, 10), (25, 12), (9, 3)][seed % 4]
    X = rng.standard_normal((n, p)) * rng.uniform(0.3, 3.0, p) + rng.standard_normal(p)
    y = X[:, 0] - 2 * X[:, 1] + rng.standard_normal(n) + 5
    if seed % 7 == 2 and p > 6:
        X[:, 4] = -1.5  # constant
    if seed % 5 == 3:
        X[:, 1] = X[:, 0] + 1e-3 * rng.standard_normal(n)
    weight = factors = prior = lower = upper = None
    if seed % 3 == 0:
        weight = rng.uniform(0.0, 2.0, n) * (np.arange(n) != 1)
    if seed % 4 in (1, 2):
        factors = rng.uniform(0.5, 2.0, p)
        factors[2] = 0.0 if seed % 8 < 4 else 1.0
        factors[-1] = np.inf if seed % 16 < 8 else 0.1
    if seed % 5 == 1:
        prior = 0.2 * rng.standard_normal(p)
    if seed % 6 == 4:
        lower = np.full(p, -0.3)
        upper = np.full(p, np.inf)
        upper[0] = 0.4
    if seed % 6 == 5:
        lower = np.zeros(p) if prior is None else prior - 0.1
    ratio = (1.0, 0.5, 0.9, 1.0, 0.05)[seed % 5]
    problem = Problem(
        X, y, 1.0, ratio, factors, prior, lower, upper, weight, fit_intercept=seed % 7 != 0
    )
    return problem.at(alpha_max(problem) * (0.6, 0.2, 0.03, 1e-3)[seed // 4 % 4])


def hard_problems() -> Iterator[tuple[str, Problem, Array]]:
    """Name, problem, and shares of alpha_max: near-duplicates, walks, steps, low rank, scales."""
    rng = np.random.default_rng(0)

    def posed(
        name: str, X: Array, y: Array, ratio: float, eps: float, count: int = 100
    ) -> tuple[str, Problem, Array]:
        return name, Problem(X, y, 1.0, ratio), np.geomspace(1.0, eps, count)

    X: Array = rng.standard_normal((300, 200))
    twice = np.hstack([X, X])
    yield posed("duplicates", twice, linear(twice, rng, 20, 0.5), 1.0, 1e-3)
    yield posed("duplicates_half", twice, linear(twice, rng, 20, 0.5), 0.5, 1e-3)
    near = np.hstack([X, X + 1e-6 * rng.standard_normal(X.shape)])
    yield posed("near_duplicates", near, linear(near, rng, 20, 0.5), 1.0, 1e-4)
    X = (rng.random((500, 400)) < 0.5) * 1.0
    yield posed("binary", X, linear(X, rng, 30, 0.5), 1.0, 1e-3)
    X = (rng.random((60, 300)) < 0.5) * 2.0 - 1
    yield posed("signs", X, np.sign(rng.standard_normal(60)), 1.0, 1e-3)
    X = rng.standard_normal((200, 1000))
    yield posed("saturated", X, linear(X, rng, 50, 0.3), 1.0, 1e-4)
    yield posed("saturated_ratio", X, linear(X, rng, 50, 0.3), 0.9, 1e-5)
    X = rng.standard_normal((400, 300)) * 10.0 ** rng.uniform(-3, 3, 300)
    yield posed("scales", X, linear(X / X.std(axis=0), rng, 30, 0.5), 1.0, 1e-5)
    X = rng.standard_normal((300, 1)) + 0.01 * rng.standard_normal((300, 250))
    yield posed("equicorrelated", X, linear(X, rng, 30, 0.1), 1.0, 1e-4)
    yield posed("equicorrelated_half", X, linear(X, rng, 30, 0.1), 0.5, 1e-4)
    X = np.cumsum(rng.standard_normal((500, 300)), axis=0)
    yield posed("walks", X, linear(X, rng, 30, 0.3), 1.0, 1e-5)
    X = np.cumsum(np.eye(300), axis=0)
    steps = np.repeat(rng.standard_normal(10), 30) + 0.2 * rng.standard_normal(300)
    yield posed("steps", X, steps, 1.0, 1e-4)
    X = rng.standard_normal((500, 300))
    yield posed("coarse", X, linear(X, rng, 60, 0.3), 1.0, 1e-4, 4)
    X = rng.standard_normal((100, 6))
    X = np.hstack([X, X @ rng.standard_normal((6, 60))])
    yield posed("rank_6", X, linear(X, rng, 5, 0.1), 1.0, 1e-3)
