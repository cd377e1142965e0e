"""Logistic regressions that are timed, and the seeded data behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.base.data import BLOCK_ELEMENTS, shrunk_sides
from benchmarks.sparse import problems as sparse_problems
from benchmarks.sparse.problems import SparseProblem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from benchmarks.base.data import Array

Labels = NDArray[np.int64]
LogisticData = tuple[Any, Labels]  # X dense or a csr_array

CORRELATION = 0.9
MARGIN = 2.0  # standard deviation of the linear predictors that labels are drawn from
POWER = 3.0  # of the columns of sparse X


@dataclass(frozen=True)
class LogisticProblem:
    """minimise sum_i loss_i + 1/(2 C) sum_kj b_kj^2 with free intercepts."""

    n_samples: int
    n_features: int
    n_classes: int = 2
    C: float = 1.0
    badly_scaled: bool = False  # columns in units of 1e-4 to 1e4
    row_nnz: int = 0  # values in a row of sparse X; 0: dense
    source: str = ""  # a data set of scikit-learn
    dtype: str = "float64"

    @property
    def name(self) -> str:
        """Key of the records."""
        parts = [f"{self.n_samples}x{self.n_features}"]
        if self.n_classes > 2:
            parts.append(f"{self.n_classes}classes")
        if self.row_nnz:
            parts.append(f"{self.row_nnz}nnz a row")
        parts += ["badly scaled"] * self.badly_scaled + [self.source] * bool(self.source)
        return "-".join([*parts, f"C={self.C:g}"])

    @property
    def is_wide(self) -> bool:
        return self.n_features > self.n_samples

    @property
    def n_outputs(self) -> int:
        return 1 if self.n_classes == 2 else self.n_classes

    @property
    def size(self) -> int:
        """Number of values that are stored."""
        return self.n_samples * (self.row_nnz or self.n_features)

    @property
    def nbytes(self) -> int:
        """Bytes of X."""
        index_bytes = 4 if self.row_nnz else 0
        return self.size * (np.dtype(self.dtype).itemsize + index_bytes)

    def shrunk(self) -> LogisticProblem:
        """A problem of the same form that takes no time."""
        n_samples, n_features = shrunk_sides(self.n_samples, self.n_features)
        if self.row_nnz:
            n_samples, n_features = self.n_samples // 2000, 20 + self.n_features // 2000
        if self.source:
            n_samples, n_features = 200, self.n_features
        return replace(
            self,
            n_samples=max(n_samples, 10 * min(self.n_classes, 12)),
            n_features=n_features,
            n_classes=min(self.n_classes, 12),
            row_nnz=min(self.row_nnz, 5),
        )


@dataclass(frozen=True, eq=False)
class LogisticTask:
    """A problem with its data; a key of dictionaries by identity."""

    X: Any
    y: Labels
    n_classes: int
    alpha: float  # 1 / C
    n_threads: int | None

    @property
    def n_outputs(self) -> int:
        return 1 if self.n_classes == 2 else self.n_classes


class LogisticAnswer(NamedTuple):
    """Coefficients (p,) or (outputs, p), intercepts, and the setting that was chosen if any."""

    coef: Array
    intercept: ArrayLike
    choice: str = ""


def make_data(problem: LogisticProblem, seed: int = 0) -> LogisticData:
    """Draw AR(1) features of correlation 0.9 and labels; or sparse ones; or load a data set.

    The linear predictors of the labels' model have a standard deviation of about `MARGIN`.
    """
    if problem.source:
        return _load(problem)
    rng = np.random.default_rng(seed)
    if problem.row_nnz:
        X: Any = _sparse(problem, seed)
    else:
        X = _autoregressive(problem, rng)
    outputs = 1 if problem.n_classes == 2 else problem.n_classes
    z = X @ rng.standard_normal((problem.n_features, outputs))
    z *= MARGIN / z.std()
    z = np.hstack([np.zeros_like(z), z + 0.5]) if outputs == 1 else z
    label = (z + rng.gumbel(size=z.shape)).argmax(axis=1)  # a draw from the softmax of z
    label[: problem.n_classes] = np.arange(problem.n_classes)
    if problem.badly_scaled:
        X *= rng.permutation(np.geomspace(1e-4, 1e4, problem.n_features)).astype(problem.dtype)
    return X, label.astype(np.int64)


def _autoregressive(problem: LogisticProblem, rng: np.random.Generator) -> Array:
    X = np.empty((problem.n_samples, problem.n_features), problem.dtype)
    step = max(1, BLOCK_ELEMENTS // problem.n_features)
    for start in range(0, problem.n_samples, step):
        block = X[start : start + step]
        rng.standard_normal(out=block, dtype=block.dtype.type)
        block[:, 1:] *= np.sqrt(1 - CORRELATION**2)
        for j in range(1, problem.n_features):
            block[:, j] += CORRELATION * block[:, j - 1]
    return X


def _sparse(problem: LogisticProblem, seed: int) -> Any:  # noqa: ANN401
    shape = (problem.n_samples, problem.n_features, problem.row_nnz)
    return sparse_problems.make_data(SparseProblem(*shape, power=POWER), seed)[0]


def _load(problem: LogisticProblem) -> LogisticData:
    from sklearn import datasets

    X, label = getattr(datasets, f"load_{problem.source}")(return_X_y=True)
    return X[: problem.n_samples], label[: problem.n_samples].astype(np.int64)


def task_of(problem: LogisticProblem, data: LogisticData, n_threads: int | None) -> LogisticTask:
    """Put a problem and the data of its group together."""
    return LogisticTask(data[0], data[1], problem.n_classes, 1 / problem.C, n_threads)


def bytes_of(data: LogisticData) -> Array:
    """Return X, or an array of as many bytes to be read in its place."""
    X = data[0]
    return X if isinstance(X, np.ndarray) else sparse_problems.bytes_of((X, X.data))
