"""Rows of X, dense or sparse, in blocks of float64, so that sums over them need no copy of X."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._compiled import _core
from elltwo.functional._sparse import SparseMatrix

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    import numpy.typing as npt

    from elltwo.functional._validate import Float64Array, FloatArray

    Rows: TypeAlias = FloatArray | SparseMatrix

_VALUES = 2**18  # in a block


def row_blocks(X: Rows, width: int = 1) -> Iterator[tuple[slice, Float64Array]]:
    """Yield slices of rows and the rows; `width` is that of what is to be made of them."""
    step = max(1, _VALUES // max(X.shape[1], width))
    if isinstance(X, SparseMatrix):
        X = X.by_row()
    for first in range(0, X.shape[0], step):
        rows = slice(first, min(first + step, X.shape[0]))
        yield rows, _dense(X, rows)


def _dense(X: Rows, rows: slice) -> Float64Array:
    if isinstance(X, SparseMatrix):
        return X.take(np.arange(rows.start, rows.stop)).toarray()
    return X[rows].astype(np.float64, copy=False)


def take_rows(X: Rows, rows: npt.NDArray[np.intp]) -> Rows:
    """Return some rows of X, as sparse as it is."""
    return X.take(rows) if isinstance(X, SparseMatrix) else X[rows]


def fitted_values(X: Rows, coef: Float64Array, intercept: Float64Array) -> Float64Array:
    """Return ``X @ coef.T + intercept`` of shape (n_samples, n_targets)."""
    if isinstance(X, SparseMatrix):
        b, b0 = np.ascontiguousarray(coef), np.ascontiguousarray(intercept)
        return _core.predict_sparse(X, b, b0, 0)
    fitted = np.empty((X.shape[0], coef.shape[0]))
    for rows, block in row_blocks(X):
        fitted[rows] = block @ coef.T + intercept
    return fitted


class Columns(NamedTuple):
    """Weighted means and sums of squares of columns."""

    weight: float  #: sum of the weights
    mean: Float64Array  #: zero where not centred
    square: Float64Array  #: sum of w (x - mean)^2, exactly zero for what is constant


def column_moments(X: Rows, weight: Float64Array | None, centred: bool) -> Columns:
    """Take means, if `centred`, and then the squares about them, in two passes."""
    w = np.ones(X.shape[0]) if weight is None else weight
    total = float(w.sum())
    mean = np.zeros(X.shape[1])
    if centred:
        at = int(np.argmax(w > 0.0))
        first = _dense(X, slice(at, at + 1))[0]
        for rows, block in row_blocks(X):
            mean += w[rows] @ (block - first)
        mean = first + mean / total
    square = np.zeros(X.shape[1])
    root = np.sqrt(w)[:, np.newaxis]  # ahead of the square, which may overflow where w is 0
    for rows, block in row_blocks(X):
        square += ((root[rows] * (block - mean)) ** 2).sum(axis=0)
    return Columns(total, mean, square)
