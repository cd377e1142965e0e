"""Where features are not finite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.row_blocks import row_blocks
from elltwo.functional._base.sparse import SparseMatrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elltwo.functional._base.validate import Float64Array, FloatArray

_BLOCK_VALUES = 1 << 16  # half a megabyte, which stays in cache


def small_blocks(X: FloatArray | SparseMatrix) -> Iterator[tuple[slice, FloatArray]]:
    """Yield slices of rows and the rows, few enough to stay in cache."""
    if isinstance(X, SparseMatrix):
        yield from row_blocks(X)
        return
    n, p = X.shape
    step = max(_BLOCK_VALUES // max(p, 1), 16)
    for first in range(0, n, step):
        rows = slice(first, min(first + step, n))
        yield rows, X[rows]


def refuse_not_finite(X: FloatArray | SparseMatrix, weight: Float64Array | None) -> None:
    """Raise a ValueError that names the first value that is not finite in a row with a weight."""
    for rows, x in small_blocks(X):
        bad = ~np.isfinite(x)
        if weight is not None:
            bad &= (weight[rows] > 0.0)[:, np.newaxis]
        if bad.any():
            i, j = np.argwhere(bad)[0]
            kind = "NaN" if np.isnan(x[i, j]) else "infinity"
            raise ValueError(f"X contains {kind} at row {rows.start + i}, column {j}")
