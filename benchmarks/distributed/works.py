"""What is fitted: seeded rows in partitions, kept in a folder, so that every engine reads them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pathlib import Path

Array = NDArray[np.float64]
CORRELATION = 0.9  # of neighbouring features
PARTS = 16


@dataclass(frozen=True)
class Work:
    """A fit with alpha = 1 to rows whose features follow an AR(1) process.

    `kind` is what is fitted; rows `in_order` are sorted by label, each partition holding one class,
    and have columns in units from 1e-3 to 1e3.
    """

    kind: str
    n_samples: int
    n_features: int
    in_order: bool = False
    n_folds: int = 0
    n_alphas: int = 0

    @property
    def name(self) -> str:
        """Key of the records."""
        shape = f"{self.kind}-{self.n_samples}x{self.n_features}"
        if self.in_order:
            return f"{shape}-sorted"
        return f"{shape}-{self.n_folds}folds" if self.n_folds else shape

    @property
    def is_logistic(self) -> bool:
        """Whether the target is a label."""
        return self.kind.startswith("logistic")

    def shrunk(self) -> Work:
        """Work of the same form that takes no time."""
        return replace(self, n_samples=6_400, n_features=5, n_alphas=min(self.n_alphas, 3))


class Data(NamedTuple):
    """Rows in memory."""

    X: Array
    y: NDArray[np.generic]


class Answer(NamedTuple):
    """Coefficients of two classes or one target, of the objective with an intercept or without.

    `facts` are counts and sizes that the targets speak of.
    """

    coef: Array
    intercept: float
    has_intercept: bool = True
    alpha: float = 1.0
    facts: tuple[tuple[str, float], ...] = ()


WORKS = (
    Work("ridge", 1_000_000, 50),
    Work("ridge_cv", 1_000_000, 50, n_folds=5),
    Work("logistic", 1_000_000, 50),
    Work("logistic", 1_000_000, 50, in_order=True),
    Work("logistic_cv", 200_000, 50, n_folds=5, n_alphas=20),
)


def make_data(work: Work, seed: int = 1) -> Data:
    """Draw the rows."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((work.n_samples, work.n_features))
    for j in range(1, work.n_features):
        X[:, j] = CORRELATION * X[:, j - 1] + np.sqrt(1 - CORRELATION**2) * X[:, j]
    coef = rng.standard_normal(work.n_features) / np.sqrt(work.n_features)
    z = X @ coef + 0.5
    if not work.is_logistic:
        return Data(X, z + rng.standard_normal(work.n_samples))
    y = (z > rng.logistic(size=work.n_samples)).astype(np.int64)
    if work.in_order:
        order = np.argsort(y, kind="stable")
        X, y = X[order] * np.geomspace(1e-3, 1e3, work.n_features), y[order]
    return Data(X, y)


def bounds(work: Work, data: Data) -> list[int]:
    """Return the rows at which partitions begin and end; sorted ones hold one class each."""
    n = work.n_samples
    if not work.in_order:
        return [n * part // PARTS for part in range(PARTS + 1)]
    zeros = int(np.count_nonzero(data.y == 0))
    half = PARTS // 2
    first = [zeros * part // half for part in range(half)]
    return first + [zeros + (n - zeros) * part // half for part in range(half + 1)]


def save(work: Work, data: Data, folder: Path) -> None:
    """Write each partition as two files."""
    edges = bounds(work, data)
    for part, (first, last) in enumerate(pairwise(edges)):
        np.save(folder / f"X{part}.npy", data.X[first:last])
        np.save(folder / f"y{part}.npy", data.y[first:last])
