"""Data that problems share, drawn from fixed seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Array: TypeAlias = NDArray[Any]
Sparse: TypeAlias = Any  # an array of SciPy
Problems: TypeAlias = Iterator[tuple[str, Callable[[], object]]]
Options: TypeAlias = dict[str, Any]


class Rows(NamedTuple):
    """Features, one target, several targets, weights, and labels of two and of four classes."""

    X: Array
    y: Array
    Y: Array
    weight: Array
    labels: Array
    classes: Array


@lru_cache(maxsize=8)
def dense(n: int, p: int, targets: int = 2, seed: int = 0, correlation: float = 0.0) -> Rows:
    """Features with means other than zero, by AR(1), each of which has a part in the targets."""
    rng = np.random.default_rng([seed, n, p])
    X = rng.standard_normal((n, p))
    for j in range(1, p if correlation else 0):
        X[:, j] = correlation * X[:, j - 1] + np.sqrt(1.0 - correlation**2) * X[:, j]
    signal = X @ rng.standard_normal((p, targets)) / np.sqrt(p)
    X += rng.uniform(-2.0, 2.0, p)
    Y = signal + 0.5 * rng.standard_normal((n, targets)) + 3.0
    scores = X[:, :1] * [0.5, -0.5, 1.0, 0.0] + rng.gumbel(size=(n, 4))
    scores[:, :targets] += signal[:, :4]
    return Rows(
        X=X,
        y=Y[:, 0].copy(),
        Y=Y,
        weight=rng.uniform(0.0, 2.0, n),
        labels=(signal[:, 0] + rng.logistic(size=n) > 0.2).astype(np.int64),
        classes=scores.argmax(axis=1),
    )


@lru_cache(maxsize=8)
def counts(n: int, p: int, a_row: int, seed: int = 0) -> tuple[Sparse, Rows]:
    """Sparse rows of about `a_row` values, in columns by a power law, in CSR."""
    rng = np.random.default_rng([seed, n, p, a_row])
    columns = np.minimum((p * rng.random((n, a_row)) ** 2.0).astype(np.int64), p - 1)
    entries = (rng.uniform(0.5, 1.5, n * a_row), (np.repeat(np.arange(n), a_row), columns.ravel()))
    X = sparse.csr_array(sparse.coo_array(entries, shape=(n, p)))
    X.sum_duplicates()
    signal = X @ rng.standard_normal((p, 2)) / np.sqrt(a_row)
    Y = signal + 0.5 * rng.standard_normal((n, 2))
    scores = np.column_stack([signal, 0.5 * signal[:, 0]]) + rng.gumbel(size=(n, 3))
    rows = Rows(
        X=np.empty((0, 0)),
        y=Y[:, 0].copy(),
        Y=Y,
        weight=rng.uniform(0.1, 2.0, n),
        labels=(signal[:, 0] + rng.logistic(size=n) > 0.0).astype(np.int64),
        classes=scores.argmax(axis=1),
    )
    return X, rows


def factors(p: int) -> Array:
    """Penalty factors with a zero and an infinity among them."""
    values = np.linspace(0.25, 2.0, p)
    values[p // 2] = np.inf
    values[0] = 0.0
    return values


def prior(p: int, outputs: int | None = None) -> Array:
    """Prior means of one or several outputs."""
    shape = (p,) if outputs is None else (outputs, p)
    return np.random.default_rng(p).uniform(-1.0, 1.0, shape)


def singular(n: int, p: int) -> Array:
    """A duplicated column, a constant one, a sum of two and one of zeros."""
    X = dense(n, p).X.copy()
    X[:, 1] = X[:, 0]
    X[:, 2] = 4.0
    X[:, 3] = X[:, 4] + X[:, 5]
    X[:, 6] = 0.0
    return X


def nearly_singular(n: int, p: int, distance: float) -> Array:
    """Pairs of columns that differ by about `distance`."""
    X = dense(n, p).X.copy()
    half = p // 2
    X[:, half : 2 * half] = X[:, :half] + distance * X[:, half : 2 * half]
    return X
