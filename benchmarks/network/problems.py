"""Networks that are timed, and the seeded data behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.base.data import shrunk_sides

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NetworkProblem:
    """Minimise the loss plus alpha / 2 |W|^2, alpha = 1, over a network of relu units.

    The targets are smooth functions of a few features: one of them with the squared error, or the
    largest of `n_classes` with the log loss.
    """

    n_samples: int
    n_features: int
    hidden: int
    solver: str = "lbfgs"
    n_iter: int = 200  # steps, or epochs
    n_classes: int = 0
    dtype: str = "float64"

    @property
    def name(self) -> str:
        """Key of the records."""
        unit = "steps" if self.solver == "lbfgs" else "epochs"
        kind = f"{self.n_classes} classes" if self.n_classes else "squared error"
        shape = f"{self.n_samples}x{self.n_features}-{self.hidden} units"
        return f"{shape}-{kind}-{self.n_iter} {unit} of {self.solver}"

    @property
    def nbytes(self) -> int:
        """Bytes of X."""
        return 8 * self.n_samples * self.n_features

    def shrunk(self) -> NetworkProblem:
        """A problem of the same form that takes no time."""
        n_samples, n_features = shrunk_sides(self.n_samples, self.n_features)
        return replace(self, n_samples=n_samples, n_features=n_features, hidden=4, n_iter=3)


class NetworkData(NamedTuple):
    """Rows of a problem."""

    X: Array
    y: NDArray[np.generic]


class NetworkTask(NamedTuple):
    """A problem with its data."""

    problem: NetworkProblem
    X: Array
    y: NDArray[np.generic]
    n_threads: int | None


class NetworkAnswer(NamedTuple):
    """Weights (inputs, outputs) and intercepts of each layer."""

    coefs: tuple[Array, ...]
    intercepts: tuple[Array, ...]


def make_network_data(problem: NetworkProblem, seed: int = 1) -> NetworkData:
    """Draw features and what depends on them."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((problem.n_samples, problem.n_features))
    outputs = max(problem.n_classes, 1)
    directions = rng.standard_normal((problem.n_features, outputs)) / problem.n_features**0.5
    z = X @ directions
    signal = np.sin(2.0 * z) + z * np.roll(X[:, :1], 1, axis=1)
    signal += 0.1 * rng.standard_normal(signal.shape)
    if problem.n_classes:
        return NetworkData(X, signal.argmax(axis=1))
    return NetworkData(X, (signal[:, 0] - signal[:, 0].mean()) / signal[:, 0].std())


def task_of(problem: NetworkProblem, data: NetworkData, n_threads: int | None) -> NetworkTask:
    """Put a problem and the data of its group together."""
    return NetworkTask(problem, data.X, data.y, n_threads)
