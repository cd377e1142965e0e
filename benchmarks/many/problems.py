"""Many small fits and long streams that are timed, and the seeded data behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.base.data import shrunk_sides
from benchmarks.ridge.problems import Problem, make_data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.base.data import Array

Vector = NDArray[np.float64]
Index = NDArray[np.int64]

# What takes seconds is timed on every so many problems, and these are the ones that are checked.
STRIDE = 20
WINDOW_STRIDE = 500
N_CHUNKS = 4  # of a stream that lie in memory
CHUNK_REPEATS = 25  # times that a stream goes through them
FLOAT64 = "float64"


class ManyData(NamedTuple):
    """Rows of all problems, one after the other, and the keys of groups."""

    X: Array
    y: Array
    groups: Index | None = None


@dataclass(frozen=True)
class BatchProblem:
    """As many problems of the same shape; with `is_grouped` rows of a long table in any order."""

    n_problems: int
    n_samples: int
    n_features: int
    is_grouped: bool = False
    alpha: float = 1.0
    dtype: str = FLOAT64

    @property
    def name(self) -> str:
        """Key of the records."""
        kind = "grouped" if self.is_grouped else "batch"
        return f"{self.n_problems}x{self.n_samples}x{self.n_features}-{kind}"

    @property
    def nbytes(self) -> int:
        """Bytes of X."""
        return 8 * self.n_problems * self.n_samples * self.n_features

    def shrunk(self) -> BatchProblem:
        """A problem of the same form that takes no time."""
        n_samples, n_features = shrunk_sides(self.n_samples, self.n_features)
        return replace(self, n_problems=3 * STRIDE, n_samples=n_samples, n_features=n_features)


@dataclass(frozen=True)
class RollingProblem:
    """A fit to the last `window` rows at every row from the first full window on."""

    n_samples: int
    n_features: int
    window: int
    alpha: float = 1.0
    dtype: str = FLOAT64

    @property
    def name(self) -> str:
        """Key of the records."""
        return f"{self.n_samples}x{self.n_features}-window of {self.window}"

    @property
    def nbytes(self) -> int:
        """Bytes of X."""
        return 8 * self.n_samples * self.n_features

    def shrunk(self) -> RollingProblem:
        """A problem of the same form that takes no time."""
        return replace(self, n_samples=2 * WINDOW_STRIDE, n_features=4, window=30)


@dataclass(frozen=True)
class StreamProblem:
    """One fit to chunks that come one after the other: `N_CHUNKS` arrays `CHUNK_REPEATS` times."""

    n_features: int
    chunk_rows: int
    alpha: float = 1.0
    dtype: str = FLOAT64

    @property
    def n_samples(self) -> int:
        return N_CHUNKS * CHUNK_REPEATS * self.chunk_rows

    @property
    def name(self) -> str:
        """Key of the records."""
        return f"{self.n_samples}x{self.n_features}-chunks of {self.chunk_rows}"

    @property
    def nbytes(self) -> int:
        """Bytes of all chunks' X."""
        return 8 * self.n_samples * self.n_features

    def shrunk(self) -> StreamProblem:
        """A problem of the same form that takes no time."""
        return replace(self, n_features=5, chunk_rows=40)


ManyProblem = BatchProblem | RollingProblem | StreamProblem


@dataclass(frozen=True, eq=False)
class ManyTask:
    """A problem with its data: what a library is handed.

    X is (n_problems, n, p) for a batch, else (n, p); of a stream it holds the chunks in memory.
    """

    problem: ManyProblem
    X: Array
    y: Array
    groups: Index | None
    n_threads: int | None

    @property
    def alpha(self) -> float:
        return self.problem.alpha

    @property
    def fitted(self) -> Index:
        """Numbers of the problems of a batch, or of the rows at whose end windows are fitted."""
        if isinstance(self.problem, BatchProblem):
            return np.arange(self.problem.n_problems)
        if isinstance(self.problem, RollingProblem):
            return np.arange(self.problem.window - 1, len(self.X))
        return np.zeros(1, np.int64)

    @property
    def stride(self) -> int:
        return WINDOW_STRIDE if isinstance(self.problem, RollingProblem) else STRIDE

    def rows(self, number: int) -> tuple[Array, Array]:
        """X and y of the problem with a number out of `fitted`."""
        if isinstance(self.problem, RollingProblem):
            rows = slice(number + 1 - self.problem.window, number + 1)
            return self.X[rows], self.y[rows]
        if self.groups is not None:
            return self.X[self.groups == number], self.y[self.groups == number]
        return self.X[number], self.y[number]

    def chunks(self) -> Iterator[tuple[Array, Array]]:
        """All chunks of a stream, in the order of their arrival."""
        size = len(self.X) // N_CHUNKS
        for _ in range(CHUNK_REPEATS):
            for start in range(0, len(self.X), size):
                yield self.X[start : start + size], self.y[start : start + size]


class ManyAnswer(NamedTuple):
    """Coefficients (n_fits, p) and intercepts (n_fits,) of some of the problems.

    A library that poses another problem is held to that one: `alpha` is its penalty where it is not
    the task's, and `penalises_intercept` says whether that is penalised as well.
    """

    numbers: Index  # out of `ManyTask.fitted`
    coef: NDArray[Any]
    intercept: NDArray[Any]
    alpha: float | None = None
    penalises_intercept: bool = False


def make_many_data(problem: ManyProblem, seed: int = 0) -> ManyData:
    """Draw all rows as `problems.make_data` does; groups at random, of unequal sizes."""
    if isinstance(problem, BatchProblem):
        n_rows = problem.n_problems * problem.n_samples
    elif isinstance(problem, StreamProblem):
        n_rows = N_CHUNKS * problem.chunk_rows
    else:
        n_rows = problem.n_samples
    X, y, _ = make_data(Problem(n_rows, problem.n_features), seed)
    if not (isinstance(problem, BatchProblem) and problem.is_grouped):
        return ManyData(X, y)
    return ManyData(X, y, np.random.default_rng(seed).integers(0, problem.n_problems, n_rows))


def task_of(problem: ManyProblem, data: ManyData, n_threads: int | None) -> ManyTask:
    """Put a problem and the data of its group together."""
    X, y, groups = data
    if isinstance(problem, BatchProblem) and not problem.is_grouped:
        shape = (problem.n_problems, problem.n_samples)
        X, y = X.reshape(*shape, problem.n_features), y.reshape(shape)
    return ManyTask(problem, X, y, groups, n_threads)
