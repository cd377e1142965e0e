"""Batches of Arrow in which numbers are packed into arrays, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.exceptions import StreamError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]


class Held(NamedTuple):
    """What the arrays of a column hold: the vectors of another column, or columns of numbers."""

    what: str  # in errors
    elements: tuple[str, ...]


class Packed:
    """A table whose first columns are those of a matrix; others follow by name.

    NumPy sees the matrix alone.
    """

    def __init__(self, matrix: Matrix, names: Sequence[str], others: Mapping[str, Any]) -> None:
        self.shape = (len(matrix), len(names) + len(others))
        self.columns = [*names, *others]
        self._matrix = matrix
        self._names = names
        self._others = others

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.shape[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Matrix:  # noqa: ANN401
        """Return the matrix."""
        return np.array(self._matrix, dtype=dtype, copy=True if copy else None)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        """Return a column."""
        if name in self._others:
            return self._others[name]
        return self._matrix[:, self._names.index(name)]

    def slice(self, first: int, n_rows: int) -> Packed:
        """Return some rows, as views."""
        others = {name: column.slice(first, n_rows) for name, column in self._others.items()}
        return Packed(self._matrix[first : first + n_rows], self._names, others)


def unpacked(
    batch: Any,  # noqa: ANN401  # of Arrow
    packing: Sequence[Held],
    source: str,
    start: int,
) -> Packed:
    """Take the arrays of a batch apart.

    Parameters
    ----------
    batch : RecordBatch
        Its first columns hold arrays of float64, one for each item of `packing`.
    packing : sequence of Held
        What these arrays hold.
    source : str
        What errors call the rows, the first of which has number `start`.
    start : int
        See `source`.

    Raises
    ------
    StreamError
        If an array has another length than there are names.
    """
    labels = batch.schema.names
    matrices = []
    for place, held in enumerate(packing):
        column = batch.column(place)
        _require_length(column, held, source, start)
        matrices.append(_matrix(column, len(held.elements)))
    matrix = (
        matrices[0] if len(matrices) == 1 else np.hstack([np.empty((len(batch), 0)), *matrices])
    )
    names = [name for held in packing for name in held.elements]
    others = {labels[place]: batch.column(place) for place in range(len(packing), len(labels))}
    return Packed(matrix, names, others)


def _matrix(arrays: Any, width: int) -> Matrix:  # noqa: ANN401
    """Return arrays of the same length as the rows of a matrix, and what is null as NaN."""
    flat: Matrix = arrays.flatten().to_numpy(zero_copy_only=False)
    if not arrays.null_count:
        return flat.reshape(len(arrays), width)
    there = arrays.is_valid().to_numpy(zero_copy_only=False)
    matrix = np.full((len(arrays), width), np.nan)
    matrix[there] = flat.reshape(-1, width)
    return matrix


def _require_length(arrays: Any, held: Held, source: str, start: int) -> None:  # noqa: ANN401
    width = len(held.elements)
    lengths = np.diff(arrays.offsets.to_numpy())
    wrong = lengths != width
    if arrays.null_count:
        wrong &= arrays.is_valid().to_numpy(zero_copy_only=False)
    if wrong.any():
        row = int(wrong.argmax())
        raise StreamError(
            f"{source}, row {start + row}, {held.what} holds {lengths[row]} numbers, {width} in "
            "the first row of all"
        )
