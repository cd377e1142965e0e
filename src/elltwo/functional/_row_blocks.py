"""Rows of X in blocks of float64, so that sums over them need no copy of X."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elltwo.functional._validate import Float64Array, FloatArray

_VALUES = 2**18  # in a block


def row_blocks(X: FloatArray, width: int = 1) -> Iterator[tuple[slice, Float64Array]]:
    """Yield slices of rows and the rows; `width` is that of what is to be made of them."""
    step = max(1, _VALUES // max(X.shape[1], width))
    for first in range(0, X.shape[0], step):
        rows = slice(first, first + step)
        yield rows, X[rows].astype(np.float64, copy=False)


class Columns(NamedTuple):
    """Weighted means and sums of squares of columns."""

    weight: float  #: sum of the weights
    mean: Float64Array  #: zero where not centred
    square: Float64Array  #: sum of w (x - mean)^2, exactly zero for what is constant


def column_moments(X: FloatArray, weight: Float64Array | None, centred: bool) -> Columns:
    """Take means, if `centred`, and then the squares about them, in two passes."""
    w = np.ones(X.shape[0]) if weight is None else weight
    total = float(w.sum())
    mean = np.zeros(X.shape[1])
    if centred:
        first: np.ndarray[Any, Any] = X[np.argmax(w > 0.0)].astype(np.float64)
        for rows, block in row_blocks(X):
            mean += w[rows] @ (block - first)
        mean = first + mean / total
    square = np.zeros(X.shape[1])
    root = np.sqrt(w)[:, np.newaxis]  # ahead of the square, which may overflow where w is 0
    for rows, block in row_blocks(X):
        square += ((root[rows] * (block - mean)) ** 2).sum(axis=0)
    return Columns(total, mean, square)
