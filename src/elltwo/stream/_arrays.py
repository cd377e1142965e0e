"""Sources in memory or mapped into it: arrays, and iterators over chunks of rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.exceptions import StreamError
from elltwo.functional._base.lazy import refuse_lazy
from elltwo.functional._base.names import NAMELESS, names_of
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.tables import (
    column_names,
    is_column,
    is_table,
    read_column,
    read_table,
)
from elltwo.stream._blocks import Block, block_rows
from elltwo.stream._labels import label_array

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from elltwo.stream._blocks import Array, Mark
    from elltwo.stream._columns import Columns, Roles

ARRAY_BLOCKS = 8  # of a file's blocks at a time, as nothing is copied


class ArrayPart:
    """Arrays of rows, cut into views."""

    n_bytes: int | None = None

    def __init__(self, arrays: Sequence[Array | None], name: str) -> None:
        X, y, weight, offset = (*arrays, None, None)[:4]
        if X is None or X.ndim != 2 or y is None:
            raise ValueError(
                f"X must be 2-D with shape (n_samples, n_features), got {_shape_of(X)}"
            )
        for other, what in ((y, "y"), (weight, "sample_weight"), (offset, "offset")):
            if other is not None and (other.ndim == 0 or len(other) != len(X)):
                raise ValueError(
                    f"X and {what} must have the same number of rows, got {len(X)} in X "
                    f"and {_shape_of(other)} of {what}"
                )
        self.name = name
        self.n_rows: int | None = len(X)
        self._arrays = X, y, weight, offset

    def rows_up_to(self, limit: int) -> int | None:
        """Return the number of rows, at most `limit`."""
        return min(len(self._arrays[0]), limit)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of X."""
        return self._arrays[0].shape

    def blocks(self, start: int, mark: Mark | None, n_threads: int) -> Generator[Block, None, None]:  # noqa: ARG002
        """Yield views of the arrays."""
        X, y, *others = self._arrays
        rows = ARRAY_BLOCKS * block_rows(max(X.shape[1], 1))
        for first in range(start - start % rows, len(X), rows):
            part = slice(first, first + rows)
            weight, offset = (None if one is None else one[part] for one in others)
            yield Block(first, X[part], y[part], weight, self.name, first, offset=offset)


class _Rows(NamedTuple):
    """What a chunk holds."""

    X: Array
    y: Array
    sample_weight: Array | None
    offset: Array | None


class ChunkPart:
    """Chunks that an iterator yields: tables, or (X, y) or (X, y, sample_weight)."""

    name = "the stream"
    n_rows: int | None = None
    n_bytes: int | None = None

    def __init__(self, source: Iterable[Any] | Callable[[], Iterable[Any]], roles: Roles) -> None:
        self._source = source
        self._roles = roles
        self._columns: Columns | None = None  # of chunks that are tables
        self._names = NAMELESS  # of chunks (X, y)
        self.column_names: list[str] | None = None

    def rows_up_to(self, limit: int) -> int | None:  # noqa: ARG002
        """Return None: an iterator may yield its chunks once only."""
        return None

    def blocks(self, start: int, mark: Mark | None, n_threads: int) -> Generator[Block, None, None]:  # noqa: ARG002
        """Yield the chunks as they come, those before `start` left out."""
        chunks = self._source() if callable(self._source) else self._source
        if not isinstance(chunks, Iterable):
            raise TypeError(f"source must make an iterator over chunks, got {chunks!r}")
        row = 0
        for i, chunk in enumerate(chunks):
            name = f"chunk {i}"
            try:
                X, y, weight, offset = self._read(chunk, name)
            except (TypeError, ValueError) as error:
                raise StreamError(str(error)) from error
            if row + len(X) > start:
                yield Block(row, X, y, weight, name, 0, offset=offset)
            row += len(X)
        if row < start:
            raise StreamError(f"the stream ends after {row} rows, but the state holds {start}")

    def _read(self, chunk: Any, name: str) -> _Rows:  # noqa: ANN401
        if is_table(chunk):
            return self._read_table(chunk, name)
        sizes, holds = {2, 3}, "a table, (X, y) or (X, y, sample_weight)"
        if self._roles.labels:
            sizes, holds = {2, 3, 4}, "a table, (X, y), (X, y, sample_weight) or with an offset"
        if not isinstance(chunk, tuple | list) or len(chunk) not in sizes:
            refuse_lazy(chunk, name)
            what = (
                f"{len(chunk)} items" if isinstance(chunk, tuple | list) else type(chunk).__name__
            )
            raise StreamError(f"{name} must be {holds}, got {what}")
        self._roles.refuse()
        for value, what in zip(chunk, ("X", "y", "sample_weight", "offset"), strict=False):
            refuse_lazy(value, f"{name}: {what}")
        if hasattr(type(chunk[0]), "tocsr"):
            raise StreamError(f"{name}: X is sparse, which only Moments.add takes")
        y, weight, offset = (*chunk[1:], None, None)[:3]
        if y is None:
            raise StreamError(f"{name}: y must be an array, got None")
        require_same_labels(chunk[0], y=y, sample_weight=weight, offset=offset)
        return self._read_arrays(chunk[0], (y, weight, offset), name)

    def _read_arrays(self, X: Any, others: Sequence[Any], name: str) -> _Rows:  # noqa: ANN401
        y, weight, offset = others
        if self.column_names is None and (found := names_of(X, y)).features is not None:
            self._names = found
            self.column_names = [*found.features, *(found.targets or ())]
        X = _as_array(X, f"{name}: X", self._names.features)
        if self._roles.labels:
            y = label_array(y)
        else:
            y = _as_array(y, f"{name}: y", self._names.targets)
        weight = None if weight is None else _as_array(weight, f"{name}: sample_weight")
        offset = None if offset is None else _as_array(offset, f"{name}: offset")
        if X.ndim != 2:
            raise StreamError(f"{name}: X must be 2-D, got shape {X.shape}")
        for other, what in ((y, "y"), (weight, "sample_weight"), (offset, "offset")):
            if other is not None and (other.ndim == 0 or len(other) != len(X)):
                raise StreamError(f"{name}: X has {len(X)} rows and {what} has shape {other.shape}")
        return _Rows(X, y, weight, offset)

    def _read_table(self, table: Any, name: str) -> _Rows:  # noqa: ANN401
        """Read the columns of a chunk that is a table, found by the names in the first."""
        names = column_names(table)
        if names is None:
            raise StreamError(f"{name} must have text for the names of its columns")
        if self._columns is None:
            self._columns = self._roles.columns(names, name)
            self.column_names = self._columns.names
        columns = self._columns
        columns.check(names, name, "chunk 0")

        def read(some: Sequence[str]) -> Array:
            return read_table(table, name, some, keep_missing=True)

        if columns.labels:
            y = label_array(table[columns.targets[0]])
        else:
            y = read(columns.targets)
            y = y[:, 0] if columns.one_target else y
        weight = None if columns.sample_weight is None else read([columns.sample_weight])[:, 0]
        offset = read(columns.offset) if columns.offset else None
        return _Rows(read(columns.features), y, weight, offset)


def mapped(paths: Sequence[str | Path]) -> list[Array]:
    """Map .npy files into memory."""
    arrays = []
    for path in paths:
        try:
            arrays.append(np.load(path, mmap_mode="r", allow_pickle=False))
        except (ValueError, EOFError) as error:
            raise ValueError(f"{path} is not a .npy file: {error}") from error
    return arrays


def _as_array(value: Any, name: str, names: Sequence[str] | None = None) -> Array:  # noqa: ANN401
    """Return numbers in place where that is possible, NaN where one is missing."""
    if isinstance(value, np.ndarray):
        return value
    if is_table(value):
        return read_table(value, name, names, keep_missing=True)
    return read_column(value, name, keep_missing=True) if is_column(value) else np.asarray(value)


def _shape_of(value: Array | None) -> str:
    return "None" if value is None else f"shape {value.shape}"
