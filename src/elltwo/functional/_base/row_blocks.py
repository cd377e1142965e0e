"""Rows of X, dense or sparse, in blocks of float64, so that sums over them need no copy of X."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.sparse import SparseMatrix
from elltwo.functional._base.thread_number import default_threads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray

    Rows: TypeAlias = FloatArray | SparseMatrix

_VALUES = 2**18  # numbers of a block


def row_blocks(X: Rows, width: int = 1) -> Iterator[tuple[slice, Float64Array]]:
    """Yield slices of rows and the rows; `width` is the number of columns made from them."""
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
    """Return some rows of X, sparse if X is."""
    return X.take(rows) if isinstance(X, SparseMatrix) else X[rows]


def fitted_values(X: Rows, coef: Float64Array, intercept: Float64Array) -> Float64Array:
    """Return ``X @ coef.T + intercept`` of shape (n_samples, n_targets)."""
    if isinstance(X, SparseMatrix):
        b, b0 = np.ascontiguousarray(coef), np.ascontiguousarray(intercept)
        return _core.predict_sparse(X, b, b0, default_threads())
    fitted = np.empty((X.shape[0], coef.shape[0]))
    for rows, block in row_blocks(X):
        fitted[rows] = block @ coef.T + intercept
    return fitted


def cross_products(
    X: Rows | _core.Moments,
    weight: Float64Array | None,
    mean: Float64Array,
    directions: Float64Array,
    columns: npt.NDArray[np.bool_],
) -> Float64Array:
    """Return B^T Z^T W [Z, 1] for Z = X - mean and directions B, of some columns."""
    if isinstance(X, _core.Moments):
        about = X.means()[: X.n_features] - mean
        gram = X.products()[:, : X.n_features] + X.weight * np.outer(about, about)
        products: Float64Array = directions.T @ np.column_stack([gram, X.weight * about])
        return products[:, columns]
    result = np.zeros((directions.shape[1], np.count_nonzero(columns)))
    for rows, block in row_blocks(X) if directions.size else ():
        centred = np.column_stack([block - mean, np.ones(len(block))])
        w = 1.0 if weight is None else weight[rows, np.newaxis]
        result += (w * (centred[:, :-1] @ directions)).T @ centred[:, columns]
    return result


class Columns(NamedTuple):
    """Weighted means and sums of squares of columns."""

    weight: float  #: sum of the weights
    mean: Float64Array  #: zero where not centred
    square: Float64Array  #: sum of w (x - mean)^2, exactly zero for a constant column


def column_moments(X: Rows | _core.Moments, weight: Float64Array | None, centred: bool) -> Columns:
    """Return the means, zero unless `centred`, and the squares about them, in two passes."""
    if isinstance(X, _core.Moments):
        return _columns_of(X, slice(X.n_features), centred)
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
    root = np.sqrt(w)[:, np.newaxis]  # w first: a square may overflow where w is 0
    for rows, block in row_blocks(X):
        square += ((root[rows] * (block - mean)) ** 2).sum(axis=0)
    return Columns(total, mean, square)


def _columns_of(moments: _core.Moments, which: slice, centred: bool) -> Columns:
    level, square = moments.means()[which], moments.squares()[which]
    if centred:
        return Columns(moments.weight, level, square)
    return Columns(moments.weight, np.zeros(level.size), square + moments.weight * level**2)


def target_squares(moments: _core.Moments, centred: bool) -> Float64Array:
    """Return the squares of the targets about their means, or about zero."""
    return _columns_of(moments, slice(moments.n_features, None), centred).square
