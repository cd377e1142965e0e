"""What a partition can be: a table, (X, y) with weights or offsets, or an iterator over these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.exceptions import StreamError
from elltwo.functional._base.tables import is_table

if TYPE_CHECKING:
    from collections.abc import Iterable


class Chunk(NamedTuple):
    """Consecutive rows of a partition; y is None where it is a column of the table X."""

    X: Any
    y: Any = None
    weight: Any = None
    offset: Any = None

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return rows_of(self.X)


def chunks_of(part: Any, name: str) -> Iterator[Chunk]:  # noqa: ANN401
    """Yield those chunks of a partition that have rows; the others say nothing about columns."""
    several = isinstance(part, list | Iterator)
    items: Iterable[Any] = part if several else [part]
    for item in items:
        chunk = _chunk(item, name)
        if chunk.n_rows:
            yield chunk


def rows_of(value: Any) -> int:  # noqa: ANN401
    """Return the number of rows of a table, an array or a sparse matrix."""
    shape = getattr(value, "shape", None)
    return int(shape[0]) if isinstance(shape, tuple) and shape else len(value)


def cut(value: Any, first: int, last: int) -> Any:  # noqa: ANN401
    """Return some rows, as a view where the package has any."""
    if hasattr(type(value), "iloc"):
        return value.iloc[first:last]
    if hasattr(type(value), "slice"):
        return value.slice(first, last - first)
    return value[first:last]


def _chunk(item: Any, name: str) -> Chunk:  # noqa: ANN401
    if is_table(item):
        return Chunk(item)
    if not isinstance(item, tuple) or len(item) not in {2, 3, 4}:
        what = f"{len(item)} items" if isinstance(item, tuple) else type(item).__name__
        raise StreamError(
            f"{name} must be a table, (X, y), (X, y, sample_weight) or with an offset, got {what}"
        )
    X, y, weight, offset = (*item, None, None)[:4]
    if y is None:
        raise StreamError(f"{name}: y must be an array, got None")
    X = X if hasattr(X, "shape") or is_table(X) else np.asarray(X)
    if not is_table(X) and len(X.shape) != 2:
        raise StreamError(
            f"{name}: X must be 2-D with shape (n_samples, n_features), got shape {tuple(X.shape)}"
        )
    for other, what in ((y, "y"), (weight, "sample_weight"), (offset, "offset")):
        if other is not None and rows_of(other) != rows_of(X):
            raise StreamError(f"{name}: X has {rows_of(X)} rows and {what} has {rows_of(other)}")
    return Chunk(X, y, weight, offset)
