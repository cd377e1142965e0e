"""Single ridge fits that are timed, and the seeded data behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from benchmarks.base.data import BLOCK_ELEMENTS, Array, shrunk_sides

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Sizes(Protocol):
    """What the data of a dense regression depend on."""

    @property
    def n_samples(self) -> int: ...

    @property
    def n_features(self) -> int: ...

    @property
    def n_targets(self) -> int: ...

    @property
    def dtype(self) -> str: ...


@dataclass(frozen=True)
class Problem:
    """One ridge problem: minimise sum_i w_i (y_i - b0 - x_i.b)^2 + alpha sum_j b_j^2."""

    n_samples: int
    n_features: int
    n_targets: int = 1
    dtype: str = "float64"
    alpha: float = 1.0
    fit_intercept: bool = True
    weighted: bool = False
    variant: str = ""

    @property
    def name(self) -> str:
        """Key of the records, and what `--only` looks in."""
        parts = [f"{self.n_samples}x{self.n_features}"]
        if self.n_targets > 1:
            parts.append(f"{self.n_targets}targets")
        if self.dtype != "float64":
            parts.append(self.dtype)
        if self.variant:
            parts.append(self.variant)
        return "-".join(parts)

    @property
    def is_wide(self) -> bool:
        return self.n_features > self.n_samples

    @property
    def size(self) -> int:
        return self.n_samples * self.n_features

    @property
    def nbytes(self) -> int:
        """Bytes of X."""
        return self.size * np.dtype(self.dtype).itemsize

    def shrunk(self) -> Problem:
        """A problem of the same form that takes no time; different ones stay different."""
        n_samples, n_features = shrunk_sides(self.n_samples, self.n_features)
        return replace(
            self,
            n_samples=n_samples,
            n_features=n_features,
            n_targets=min(self.n_targets, 3),
        )


@dataclass(frozen=True)
class Task:
    """A problem with its data: what a library is handed."""

    X: Any  # an Array, or a scipy.sparse.csr_array
    y: Array
    alpha: float
    fit_intercept: bool
    sample_weight: NDArray[np.float64] | None
    n_threads: int | None


def make_data(problem: Sizes, seed: int = 0) -> tuple[Array, Array, NDArray[np.float64]]:
    """Draw correlated features with means away from zero, targets and weights.

    x_ij = z_ij + load_j u_i + mean_j with standard normal z and u, load_j uniform on [0.5, 1],
    mean_j uniform on [-3, 3]; y = X b + standard normal noise with |b| about 1;
    weights uniform on [0.5, 1.5].
    """
    rng = np.random.default_rng(seed)
    n, p, n_targets = problem.n_samples, problem.n_features, problem.n_targets
    load = rng.uniform(0.5, 1.0, p).astype(problem.dtype)
    mean = rng.uniform(-3.0, 3.0, p).astype(problem.dtype)
    coef = rng.standard_normal((p, n_targets)) / np.sqrt(p)
    X = np.empty((n, p), problem.dtype)
    y = np.empty((n, n_targets), problem.dtype)
    step = max(1, BLOCK_ELEMENTS // p)
    for start in range(0, n, step):
        block = X[start : start + step]
        rng.standard_normal(out=block, dtype=block.dtype.type)
        block += rng.standard_normal((len(block), 1)).astype(problem.dtype) * load
        block += mean
        noise = rng.standard_normal((len(block), n_targets))
        y[start : start + step] = block.astype(np.float64, copy=False) @ coef + noise
    return X, y[:, 0] if n_targets == 1 else y, rng.uniform(0.5, 1.5, n)


def make_task(problem: Problem, n_threads: int | None) -> Task:
    """Draw the data of one problem."""
    return task_of(problem, make_data(problem), n_threads)


def task_of(
    problem: Problem, data: tuple[Array, Array, NDArray[np.float64]], n_threads: int | None
) -> Task:
    """Put a problem and the data of its group together."""
    X, y, weights = data
    return Task(
        X,
        y,
        problem.alpha,
        problem.fit_intercept,
        weights if problem.weighted else None,
        n_threads,
    )
