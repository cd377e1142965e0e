"""Rows with classes that tests of streams read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TEXTS = ("east", "north", "west")


def class_rows(
    n: int, n_classes: int = 2, seed: int = 0, n_features: int = 3
) -> tuple[Array, NDArray[np.str_], Array]:
    """X with means far from zero and columns of unlike sizes, labels, and positive weights."""
    rng = np.random.default_rng(seed)
    size = np.geomspace(0.01, 100.0, n_features)
    Z = rng.standard_normal((n, n_features))
    X = (Z + np.linspace(-3.0, 5.0, n_features)) * size
    slopes = np.random.default_rng(99).standard_normal((3, n_features))[:n_classes]
    codes = (Z @ slopes.T + rng.gumbel(size=(n, n_classes))).argmax(axis=1)
    return X, np.array(TEXTS)[codes], rng.random(n) + 0.5


def class_columns(n: int, n_classes: int = 2, seed: int = 0) -> dict[str, Any]:
    """The same by names, with an offset."""
    X, y, weight = class_rows(n, n_classes, seed)
    named: dict[str, Any] = {f"x{j}": X[:, j] for j in range(X.shape[1])}
    return {**named, "y": y.tolist(), "w": weight, "o": np.cos(np.arange(n))}


def class_chunks(
    n: int = 12, size: int = 500, n_classes: int = 2
) -> Iterator[tuple[Array, NDArray[np.str_]]]:
    """Chunks of X and y."""
    X, y, _ = class_rows(n * size, n_classes)
    for first in range(0, n * size, size):
        yield X[first : first + size], y[first : first + size]
