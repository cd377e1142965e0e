"""Rows of a partition, block by block, as the sums are taken of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.exceptions import StreamError
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.tables import is_column, is_table, read_column, read_table
from elltwo.functional._base.validate import float64_array
from elltwo.integrations._reduce.chunks import chunks_of, cut
from elltwo.integrations._reduce.encode import Encoding
from elltwo.integrations._reduce.fault import partition_name
from elltwo.integrations._reduce.layout import found_layout
from elltwo.stream._blocks import Block, block_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from elltwo.integrations._reduce.chunks import Chunk
    from elltwo.integrations._reduce.layout import Layout
    from elltwo.integrations._reduce.task import Reading
    from elltwo.stream._blocks import Array


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

    def blocks(self) -> Iterator[Block]:
        """Yield blocks of about 8 MB; errors name the partition and what is wrong in it."""
        for chunk in chunks_of(self._part, self.name):
            layout = self._layout_of(chunk)
            if self._reading.compare_labels:
                require_same_labels(chunk.X, y=chunk.y, sample_weight=chunk.weight)
            n_rows = chunk.n_rows
            width = len(self.names or ()) if layout.columns else int(chunk.X.shape[1])
            step = block_rows(max(width, 1))
            X = chunk.X.tocsr() if hasattr(type(chunk.X), "tocsr") else chunk.X
            for first in range(0, n_rows, step):
                last = min(first + step, n_rows)
                yield self._block(chunk._replace(X=X), layout, first, last)
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
        if layout.columns is None:
            return
        features: Sequence[str] = layout.columns.features
        if self._reading.levels:
            self._encoding = Encoding(features, self._reading.levels)
            features = self._encoding.names
        others = layout.target_names or () if layout.beside else layout.columns.targets
        weight = layout.columns.sample_weight
        self.names = [*features, *others, *([] if weight is None or not others else [weight])]

    def _block(self, chunk: Chunk, layout: Layout, first: int, last: int) -> Block:
        start = self.rows + first
        X, columns = cut(chunk.X, first, last), layout.columns
        weight = None if chunk.weight is None else cut(chunk.weight, first, last)
        try:
            if columns is None:
                features = _matrix(X)
            elif self._encoding is not None:
                features = self._encoding.matrix(X, self.name)
            else:
                features = read_table(X, self.name, columns.features, keep_missing=True)
            if layout.beside:
                y = _vector(cut(chunk.y, first, last), f"{self.name}: y", layout.target_names)
            else:
                assert columns is not None  # a table has names
                y = read_table(X, self.name, columns.targets, keep_missing=True)
                y = y[:, 0] if columns.one_target else y
            if columns is not None and columns.sample_weight is not None:
                name = columns.sample_weight
                weight = read_table(X, self.name, [name], keep_missing=True)[:, 0]
            elif weight is not None:
                weight = _vector(weight, f"{self.name}: sample_weight")
        except (TypeError, ValueError) as error:
            _count_rows_from(error, start)
            raise
        return Block(start, features, y, weight, self.name, start)


def _matrix(X: Any) -> Array:  # noqa: ANN401
    """Return rows of X that has no names as numbers, in place where they are such."""
    if hasattr(type(X), "toarray"):
        dense: Array = X.toarray()
        return dense
    if is_table(X):
        return read_table(X, "X", keep_missing=True)
    array = np.asarray(X)
    return float64_array(array, "X") if array.dtype.kind == "O" else array


def _vector(y: Any, name: str, names: Sequence[str] | None = None) -> Array:  # noqa: ANN401
    if is_table(y):
        return read_table(y, name, names, keep_missing=True)
    return read_column(y, name, keep_missing=True) if is_column(y) else np.asarray(y)


def _count_rows_from(error: Exception, start: int) -> None:
    """Let an error about rows of a block count them from the beginning of the partition."""
    if start and not isinstance(error, StreamError):
        text = re.sub(r"\brow (\d+)", lambda found: f"row {int(found[1]) + start}", str(error))
        error.args = (text,)
