"""Blocks of rows: what every source yields and what moments are taken of."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from elltwo.stream._labels import missing_flags

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from numpy.typing import NDArray

    from elltwo.stream._columns import Columns

    Array = NDArray[np.float64]
    Flags = NDArray[np.bool_]

BLOCK_VALUES = 1 << 20  # 8 MB: what a thread has just filled is still in the shared cache
MAX_BLOCK_ROWS = 1 << 16
MIN_BLOCK_ROWS = 1 << 10


class Mark(NamedTuple):
    """A row of a file, and the byte at which it begins."""

    row: int
    byte: int


@dataclass(frozen=True)
class Block:
    """Consecutive rows of one part of a stream.

    `start` is the row of the part at which they begin. An error calls their first row number
    `number` of `name`. `read` bytes of the part had been read when they were complete. `y` holds
    numbers, or where classes are told apart labels of any type.
    """

    start: int
    X: Array
    y: Array
    sample_weight: Array | None
    name: str
    number: int
    read: int = 0
    mark: Mark | None = None
    offset: Array | None = None

    @property
    def n_features(self) -> int:
        """Columns of X."""
        return int(self.X.shape[1])

    @property
    def n_targets(self) -> int | None:
        """Columns of y, None where it is one-dimensional."""
        return self.y.shape[1] if self.y.ndim == 2 else None

    def split_names(
        self, names: Sequence[str] | None
    ) -> tuple[Sequence[str] | None, Sequence[str] | None]:
        """Divide names of features, targets and weights, of which the latter may be left out."""
        if names is None:
            return None, None
        p = self.n_features
        return names[:p], names[p : p + (self.n_targets or 1)] or None

    def rows(self, first: int, last: int) -> Block:
        """Return the rows of the part from `first` to before `last`, as views."""
        return self._taken(slice(first - self.start, last - self.start), first)

    def without(self, left_out: Flags) -> Block:
        """Return a copy without some rows."""
        return self._taken(~left_out, self.start)

    def with_nan(self) -> Flags:
        """Flag the rows in which anything is NaN."""
        found: Flags = np.zeros(len(self.X), dtype=bool)
        for values in (self.X, self.y, self.sample_weight, self.offset):
            if values is not None:
                missing = missing_flags(values).reshape(len(values), -1)
                found |= missing.any(axis=1)
        return found

    def _taken(self, rows: slice | Flags, start: int) -> Block:
        weight = None if self.sample_weight is None else self.sample_weight[rows]
        offset = None if self.offset is None else self.offset[rows]
        number = self.number + start - self.start
        X, y = self.X[rows], self.y[rows]
        return Block(start, X, y, weight, self.name, number, self.read, self.mark, offset)


class Part(Protocol):
    """A file, a pair of arrays or an iterator: rows that have moments of their own.

    `n_rows` and `n_bytes` are None where they are not known beforehand.
    """

    name: str
    n_rows: int | None
    n_bytes: int | None

    def rows_up_to(self, limit: int) -> int | None:
        """Return the number of rows, at most `limit`; None where it takes the data to know it."""
        ...

    def blocks(self, start: int, mark: Mark | None, n_threads: int) -> Generator[Block, None, None]:
        """Yield the blocks with rows from `start` on, cut where they would be cut from 0 on.

        A block lives until the next one is asked for.
        """
        ...


class Batch(NamedTuple):
    """Columns as a file's reader delivers them; `row` is the first row's place in the file."""

    row: int
    columns: Sequence[Array]
    read: int = 0
    mark: Mark | None = None


def block_rows(n_columns: int) -> int:
    """Rows of a block: a power of two that depends on the number of columns alone."""
    fitting = max(BLOCK_VALUES // n_columns, 1)
    return min(max(1 << (fitting.bit_length() - 1), MIN_BLOCK_ROWS), MAX_BLOCK_ROWS)


def fill_blocks(
    batches: Iterator[Batch], columns: Columns, start: int, name: str
) -> Iterator[Block]:
    """Copy batches into blocks that begin at multiples of `block_rows`.

    Numbers go column by column into two buffers by turns, one being read while the other is
    filled. Labels keep their type.
    """
    rows = block_rows(len(columns.names))
    first = start - start % rows
    places = columns.places
    shape = (rows, len(places))
    buffers = cycle([np.empty(shape, order="F"), np.empty(shape, order="F")])
    buffer, filled, read = next(buffers), 0, 0
    labels: list[Array] = []
    mark: Mark | None = None
    for batch in batches:
        n_rows = len(batch.columns[0])
        taken = max(first + filled - batch.row, 0)
        read = batch.read
        while taken < n_rows:
            if filled == 0:
                mark = batch.mark
            room = min(rows - filled, n_rows - taken)
            for j, place in enumerate(places):
                buffer[filled : filled + room, j] = batch.columns[place][taken : taken + room]
            if columns.labels:
                labels.append(batch.columns[len(columns.features)][taken : taken + room])
            filled, taken = filled + room, taken + room
            if filled == rows:
                yield _block(_Filled(buffer, labels), columns, first, name, read, mark)
                buffer, filled, first, labels = next(buffers), 0, first + rows, []
    if filled:
        yield _block(_Filled(buffer[:filled], labels), columns, first, name, read, mark)


class _Filled(NamedTuple):
    """Numbers of a block, and its labels in pieces where it has any."""

    numbers: Array
    labels: list[Array]


def _block(
    filled: _Filled, columns: Columns, start: int, name: str, read: int, mark: Mark | None
) -> Block:
    values, p = filled.numbers, len(columns.features)
    t = 0 if columns.labels else len(columns.targets)
    if columns.labels:
        y = np.concatenate(filled.labels)
    else:
        y = values[:, p] if columns.one_target else values[:, p : p + t]
    weight = values[:, p + t] if columns.sample_weight is not None else None
    o = p + t + (weight is not None)
    offset = values[:, o:] if columns.offset else None
    return Block(start, values[:, :p], y, weight, name, start + 1, read, mark, offset)
