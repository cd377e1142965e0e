"""Rows of a partition, block by block, as the sums are taken of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.tables import is_column, is_table, read_column, read_table
from elltwo.functional._base.validate import float64_array, require_values
from elltwo.integrations._reduce.chunks import Chunk, chunks_of, cut
from elltwo.integrations._reduce.encode import Encoding, column_of
from elltwo.integrations._reduce.fault import partition_name
from elltwo.integrations._reduce.in_place import in_place
from elltwo.integrations._reduce.layout import found_layout
from elltwo.stream._blocks import Block, block_rows
from elltwo.stream._labels import label_array

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from elltwo.integrations._reduce.layout import Layout
    from elltwo.integrations._reduce.task import Reading
    from elltwo.stream._blocks import Array
    from elltwo.stream._columns import Columns


class PartReader:
    """Partition number `key`; `layout` and `names` are known once its first block has been read."""

    def __init__(self, part: Any, key: int, reading: Reading) -> None:  # noqa: ANN401
        self.name = partition_name(key)
        self.layout: Layout | None = None
        self.names: list[str] | None = None  # of the columns of blocks, as far as they have any
        self.rows = 0
        self._part = part
        self._reading = reading
        self._encoding: Encoding | None = None

    def blocks(self, *, keep_sparse: bool = False) -> Iterator[Block]:
        """Yield blocks of about 8 MB; errors name the partition and what is wrong in it.

        Sparse rows are made dense, unless `keep_sparse` leaves them in a matrix by rows.
        """
        for chunk in chunks_of(self._part, self.name):
            layout = self._layout_of(chunk)
            if self._reading.compare_labels:
                others = {"y": chunk.y, "sample_weight": chunk.weight, "offset": chunk.offset}
                require_same_labels(chunk.X, **others)
            n_rows = chunk.n_rows
            width = len(self.names or ()) if layout.columns else int(chunk.X.shape[1])
            if layout.columns is not None and self._encoding is None:
                chunk = in_place(chunk, layout.columns)  # noqa: PLW2901
            if is_sparse(chunk.X):
                chunk = chunk._replace(X=chunk.X.tocsr())  # noqa: PLW2901
                width = -(-chunk.X.nnz // n_rows) if keep_sparse else width
            step = block_rows(max(width, 1))
            for first in range(0, n_rows, step):
                last = min(first + step, n_rows)
                block = self._block(chunk, layout, first, last)
                yield block if keep_sparse else _dense(block)
            self.rows += n_rows

    def _layout_of(self, chunk: Chunk) -> Layout:
        known = self.layout or self._reading.layout
        if known is None:
            known = found_layout(chunk, self._reading.roles, self.name)
        else:
            known.check(chunk, self.name)
        if self.layout is None:
            self.layout = known.completed(chunk)
            self._name_columns(self.layout)
        return self.layout

    def _name_columns(self, layout: Layout) -> None:
        columns = layout.columns
        if columns is None:
            return
        features: Sequence[str] = columns.features
        if self._reading.levels:
            self._encoding = Encoding(features, self._reading.levels)
            features = self._encoding.names
        weight = [] if columns.sample_weight is None else [columns.sample_weight]
        last = [*weight, *columns.offset]
        targets: Sequence[str] = columns.targets
        if layout.beside:
            nameless = [f"y[{j}]" for j in range(layout.n_targets or 0)] or ["y"]
            targets = layout.target_names or (nameless if last else ())
        self.names = [*features, *targets, *last]

    def _block(self, chunk: Chunk, layout: Layout, first: int, last: int) -> Block:
        start = self.rows + first
        rows = Chunk(*(None if one is None else cut(one, first, last) for one in chunk))
        try:
            _require_unmasked(rows, self.name)
            X = self._features(rows.X, layout.columns)
            y = self._targets(rows, layout)
            weight, offset = self._others(rows, layout.columns)
        except (TypeError, ValueError) as error:
            _count_rows_from(error, start)
            raise
        return Block(start, X, y, weight, self.name, start, offset=offset)

    def _features(self, X: Any, columns: Columns | None) -> Array:  # noqa: ANN401
        if columns is None or isinstance(X, np.ndarray):
            return _matrix(X, self.name)
        if self._encoding is not None:
            if not self._reading.skip_missing:
                self._encoding.require_complete(X, self.name)
            return self._encoding.matrix(X, self.name)
        return self._read(X, columns.features)

    def _targets(self, rows: Chunk, layout: Layout) -> Array:
        labels = self._reading.roles.labels
        if layout.beside or rows.y is not None:
            name = f"{self.name}: y"
            require_values(rows.y, name)
            return label_array(rows.y) if labels else _vector(rows.y, name, layout.target_names)
        assert layout.columns is not None  # a table has names
        targets = layout.columns.targets
        if labels:
            return label_array(column_of(rows.X, targets[0]))
        y = self._read(rows.X, targets)
        return y[:, 0] if layout.columns.one_target else y

    def _others(self, rows: Chunk, columns: Columns | None) -> tuple[Array | None, Array | None]:
        """Return weights and offsets, each from its column or from beside X."""
        weight, offset = rows.weight, rows.offset
        if weight is None and columns is not None and columns.sample_weight is not None:
            weight = self._read(rows.X, [columns.sample_weight])[:, 0]
        elif weight is not None:
            weight = _vector(weight, f"{self.name}: sample_weight")
        if columns is not None and columns.offset:
            offset = self._read(rows.X, columns.offset)
            offset = offset[:, 0] if offset.shape[1] == 1 else offset
        elif offset is not None:
            offset = _vector(offset, f"{self.name}: offset")
        return weight, offset

    def _read(self, table: Any, names: Sequence[str]) -> Array:  # noqa: ANN401
        return read_table(table, self.name, names, keep_missing=True)


def is_sparse(X: Any) -> bool:  # noqa: ANN401
    """Whether X is a sparse matrix or array, of SciPy or of a package that makes it one."""
    return hasattr(type(X), "tocsr")


def _dense(block: Block) -> Block:
    X: Any = block.X
    return replace(block, X=X.toarray()) if is_sparse(X) else block


def _require_unmasked(rows: Chunk, name: str) -> None:
    """Refuse masked arrays, whose masks a conversion would drop."""
    for value, what in zip(rows, ("X", "y", "sample_weight", "offset"), strict=True):
        if isinstance(value, np.ndarray):
            require_values(value, f"{name}: {what}")


def _matrix(X: Any, name: str) -> Array:  # noqa: ANN401
    """Return rows of X that has no names as numbers, in place where they are such, or sparse."""
    if is_sparse(X):
        return X  # type: ignore[no-any-return]
    if is_table(X):
        return read_table(X, f"{name}: X", keep_missing=True)
    require_values(X, f"{name}: X")
    array = np.asarray(X)
    return float64_array(array, f"{name}: X") if array.dtype.kind == "O" else array


def _vector(y: Any, name: str, names: Sequence[str] | None = None) -> Array:  # noqa: ANN401
    if is_table(y):
        return read_table(y, name, names, keep_missing=True)
    if is_column(y):
        return read_column(y, name, keep_missing=True)
    require_values(y, name)
    return np.asarray(y)


def _count_rows_from(error: Exception, start: int) -> None:
    """Let an error about rows of a block count them from the beginning of the partition."""
    if start:
        text = re.sub(r"\brow (\d+)", lambda found: f"row {int(found[1]) + start}", str(error))
        error.args = (text,)
