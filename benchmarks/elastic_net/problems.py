"""Paths of the elastic net that are timed, and the seeded data behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

import elltwo
from benchmarks.base.data import shrunk_sides

Vector = NDArray[np.float64]

N_FACTORS = 40


@dataclass(frozen=True)
class EnetProblem:
    """Minimise 1/2 |y - X b|^2 + alpha (l1_ratio |b|_1 + (1 - l1_ratio) / 2 |b|^2) on a grid.

    Columns and y have mean zero, so that no library has to fit an intercept, which some cannot. The
    grid falls from alpha_max to `eps` times that; of one alpha there is its end alone.
    """

    n_samples: int
    n_features: int
    l1_ratio: float = 1.0
    correlation: float = 0.5  # of neighbouring columns, AR(1); 0: of `N_FACTORS` common factors
    eps: float = 1e-2
    n_alphas: int = 100
    row_nnz: int = 0  # so many values in a row of sparse X
    from_moments: bool = False  # the Gram matrix is given, and is not timed
    dtype: str = "float64"

    @property
    def name(self) -> str:
        """Key of the records."""
        penalty = "lasso" if self.l1_ratio == 1 else f"l1_ratio {self.l1_ratio:g}"
        work = "path" if self.n_alphas > 1 else "one alpha"
        parts = [f"{self.n_samples}x{self.n_features}", f"{penalty} {work}"]
        if self.row_nnz:
            parts.append(f"{self.row_nnz} values a row")
        elif not self.correlation:
            parts.append(f"{N_FACTORS} factors")
        if self.from_moments:
            parts.append("from moments")
        return "-".join(parts)

    @property
    def is_tall(self) -> bool:
        return self.n_samples >= self.n_features

    @property
    def size(self) -> int:
        """Number of values."""
        return self.n_samples * (self.row_nnz or self.n_features)

    @property
    def nbytes(self) -> int:
        """Bytes of X; of sparse X with indices of 32 bits."""
        return self.size * (12 if self.row_nnz else 8)

    def shrunk(self) -> EnetProblem:
        """A problem of the same form that takes no time."""
        n_samples, n_features = shrunk_sides(self.n_samples, self.n_features)
        return replace(
            self,
            n_samples=n_samples,
            n_features=n_features,
            n_alphas=min(self.n_alphas, 10),
            eps=max(self.eps, 1e-2),
            row_nnz=min(self.row_nnz, 5),
        )


class EnetData(NamedTuple):
    """Centred columns, contiguous one by one, or compressed; y and, if asked for, products."""

    X: Any  # an array in Fortran order, or a scipy.sparse.csc_array
    y: Vector
    gram: Vector | None = None
    cross: Vector | None = None
    moments: elltwo.Moments | None = None


@dataclass(frozen=True)
class EnetTask:
    """A problem with its data: what a library is handed. The alphas fall."""

    X: Any
    y: Vector
    alphas: Vector
    l1_ratio: float
    gram: Vector | None
    cross: Vector | None
    moments: elltwo.Moments | None
    n_threads: int | None

    @property
    def alpha(self) -> float:
        """The only one, or the smallest."""
        return float(self.alphas[-1])


class PathAnswer(NamedTuple):
    """Coefficients of all alphas, (alphas, p), dense or sparse."""

    coef: Any


def make_data(problem: EnetProblem, seed: int = 0) -> EnetData:
    """Draw correlated columns, a target of a few coefficients, and noise."""
    rng = np.random.default_rng(seed)
    X = _sparse_columns(problem, rng) if problem.row_nnz else _dense_columns(problem, rng)
    coef = np.zeros(problem.n_features)
    chosen = rng.choice(problem.n_features, max(3, min(100, problem.n_features // 10)), False)
    coef[chosen] = rng.standard_normal(len(chosen))
    signal = X @ coef
    noise = 0.01 if problem.row_nnz else 0.5  # more would make all rows active on sparse paths
    y = signal / signal.std() + noise * rng.standard_normal(problem.n_samples)
    y -= y.mean()
    if not problem.from_moments:
        return EnetData(X, y)
    moments = elltwo.Moments(problem.n_features).add(X, y)
    return EnetData(X, y, X.T @ X, X.T @ y, moments)


def _dense_columns(problem: EnetProblem, rng: np.random.Generator) -> Vector:
    """x_j = c x_{j-1} + sqrt(1 - c^2) z_j; or loadings on common factors and as much noise."""
    X = np.empty((problem.n_samples, problem.n_features), order="F")
    c = problem.correlation
    common = rng.standard_normal((problem.n_samples, 0 if c else N_FACTORS)) / np.sqrt(N_FACTORS)
    previous = rng.standard_normal(problem.n_samples)
    for j in range(problem.n_features):
        noise = rng.standard_normal(problem.n_samples)
        column = c * previous + np.sqrt(1 - c * c) * noise
        previous = column
        X[:, j] = column if c else noise + common @ rng.standard_normal(N_FACTORS)
        X[:, j] -= X[:, j].mean()
    return X


def _sparse_columns(problem: EnetProblem, rng: np.random.Generator) -> Any:  # noqa: ANN401
    """Rows of `row_nnz` normal values at columns drawn at random, duplicates summed."""
    n, k = problem.n_samples, problem.row_nnz
    columns = rng.integers(0, problem.n_features, n * k, dtype=np.int32)
    rows = np.repeat(np.arange(n, dtype=np.int32), k)
    values = rng.standard_normal(n * k)
    shape = (n, problem.n_features)
    return sparse.csc_array(sparse.coo_array((values, (rows, columns)), shape=shape))


def task_of(problem: EnetProblem, data: EnetData, n_threads: int | None) -> EnetTask:
    """Put a problem and the data of its group together."""
    alpha_max = np.abs(data.X.T @ data.y).max() / problem.l1_ratio
    ends = (1.0, problem.eps) if problem.n_alphas > 1 else (problem.eps, problem.eps)
    alphas = alpha_max * np.geomspace(*ends, problem.n_alphas)
    parts = (data.gram, data.cross, data.moments)
    return EnetTask(data.X, data.y, alphas, problem.l1_ratio, *parts, n_threads)


def read_array(data: EnetData) -> Vector:
    """X, or an array of as many bytes as sparse X has, to be read in its place."""
    X = data.X
    if isinstance(X, np.ndarray):
        return X
    return np.ones((X.data.nbytes + X.indices.nbytes + X.indptr.nbytes) // 8)
