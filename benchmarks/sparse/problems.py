"""Fits to sparse matrices that are timed, and the seeded data behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmarks.ridge.problems import Task

if TYPE_CHECKING:
    from benchmarks.base.data import Array

SparseData = tuple[csr_array, NDArray[np.float64]]


@dataclass(frozen=True)
class SparseProblem:
    """One ridge problem with few values in a row, an intercept and one target."""

    n_samples: int
    n_features: int
    row_nnz: int
    power: float = 1.0  # column floor(p u^power) with u uniform: 1 makes all equally frequent
    alpha: float = 1.0
    dtype: str = "float64"

    @property
    def name(self) -> str:
        """Key of the records."""
        return f"{self.n_samples}x{self.n_features}-{self.row_nnz}nnz a row"

    @property
    def size(self) -> int:
        """Number of values."""
        return self.n_samples * self.row_nnz

    @property
    def nbytes(self) -> int:
        """Bytes of X: values, column indices of 32 bits, row pointers of 32 bits."""
        return self.size * (np.dtype(self.dtype).itemsize + 4) + 4 * self.n_samples

    def shrunk(self) -> SparseProblem:
        """A problem of the same form that takes no time."""
        n_samples, n_features = self.n_samples // 1000, 20 + self.n_features // 1000
        return replace(self, n_samples=n_samples, n_features=n_features, row_nnz=5)


def make_data(problem: SparseProblem, seed: int = 0) -> SparseData:
    """Draw rows of `row_nnz` standard normal values, fewer where a column comes twice.

    y = X b + standard normal noise with |x_i b| about 1.
    """
    rng = np.random.default_rng(seed)
    shape = (problem.n_samples, problem.row_nnz)
    columns = (problem.n_features * rng.random(shape) ** problem.power).astype(np.int32)
    columns.sort(axis=1)
    is_first = np.diff(columns, axis=1, prepend=-1) > 0
    values = rng.standard_normal(np.count_nonzero(is_first))
    indptr = np.concatenate([[0], np.cumsum(is_first.sum(axis=1))]).astype(np.int32)
    X = csr_array(
        (values, columns[is_first], indptr), shape=(problem.n_samples, problem.n_features)
    )
    coef = rng.standard_normal(problem.n_features) / np.sqrt(problem.row_nnz)
    return X, X @ coef + rng.standard_normal(problem.n_samples)


def task_of(problem: SparseProblem, data: SparseData, n_threads: int | None) -> Task:
    """Put a problem and the data of its group together."""
    X, y = data
    return Task(X, y, problem.alpha, True, None, n_threads)


def bytes_of(data: SparseData) -> Array:
    """Return an array of as many bytes as X has, to be read in its place."""
    X = data[0]
    return np.ones((X.data.nbytes + X.indices.nbytes + X.indptr.nbytes) // 8)
