"""Choices of alpha by cross-validation that are timed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.base.data import shrunk_sides

if TYPE_CHECKING:
    from benchmarks.base.data import Array

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class CvProblem:
    """Choose alpha from a grid, for every target apart, and fit all rows with the choice."""

    n_samples: int
    n_features: int
    cv: int | str  # that many contiguous blocks of rows, "loo" or "gcv"
    n_alphas: int = 100
    n_targets: int = 1
    dtype: str = "float64"

    @property
    def name(self) -> str:
        """Key of the records."""
        parts = [f"{self.n_samples}x{self.n_features}"]
        if self.n_targets > 1:
            parts.append(f"{self.n_targets}targets")
        scheme = self.cv if isinstance(self.cv, str) else f"{self.cv}folds"
        return "-".join([*parts, scheme, f"{self.n_alphas}alphas"])

    @property
    def size(self) -> int:
        return self.n_samples * self.n_features

    @property
    def nbytes(self) -> int:
        """Bytes of X."""
        return self.size * np.dtype(self.dtype).itemsize

    @property
    def n_decompositions(self) -> int:
        """How many training sets are decomposed."""
        return 1 if isinstance(self.cv, str) else self.cv

    @property
    def alphas(self) -> Vector:
        """Grid around the best alpha of `problems.make_data`, which is about p."""
        return np.logspace(-2.0, 6.0, self.n_alphas)

    def shrunk(self) -> CvProblem:
        """A problem of the same form that takes no time."""
        n_samples, n_features = shrunk_sides(self.n_samples, self.n_features)
        return replace(
            self,
            n_samples=n_samples,
            n_features=n_features,
            n_alphas=min(self.n_alphas, 40),
            n_targets=min(self.n_targets, 3),
        )


@dataclass(frozen=True)
class CvTask:
    """A problem with its data: what a library is handed."""

    X: Array
    y: Array
    alphas: Vector
    cv: int | str
    n_threads: int | None


class CvAnswer(NamedTuple):
    """What a library has chosen, and from which errors; NaN where it does not tell."""

    alpha: Vector  # (T,)
    curve: Vector  # mean squared errors, (A, T)
    coef: Array | None = None  # (T, p), of the final fit


def task_of(problem: CvProblem, data: tuple[Array, Array, Vector], n_threads: int | None) -> CvTask:
    """Put a problem and the data of its group together."""
    return CvTask(data[0], data[1], problem.alphas, problem.cv, n_threads)
