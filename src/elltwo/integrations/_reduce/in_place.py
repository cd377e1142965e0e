"""Frames of pandas whose columns are read where they are, as the arrays that the frame holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.integrations._reduce.chunks import Chunk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.stream._blocks import Array
    from elltwo.stream._columns import Columns


def in_place(chunk: Chunk, columns: Columns) -> Chunk:
    """Return the rows as arrays if none of these has to be made; as they are, otherwise.

    A slice of a frame costs a hundred times that of an array.
    """
    frame = chunk.X
    if not hasattr(type(frame), "iloc") or columns.offset:
        return chunk
    X, y, weight = _view(frame, columns.features), chunk.y, chunk.weight
    if y is None and columns.labels:
        y = frame[columns.targets[0]]
    elif y is None and (values := _view(frame, columns.targets)) is not None:
        y = values[:, 0] if columns.one_target else values
    if columns.sample_weight is not None:
        values = _view(frame, [columns.sample_weight])
        weight = None if values is None else values[:, 0]
    if X is None or y is None or (weight is None and columns.sample_weight is not None):
        return chunk
    return Chunk(X, y, weight, chunk.offset)


def _view(frame: Any, names: Sequence[str]) -> Array | None:  # noqa: ANN401
    """Return neighbouring columns as the array that holds them, None if there is no such array."""
    labels = list(frame.columns)
    if not names or names[0] not in labels:
        return None
    first = labels.index(names[0])
    last = first + len(names)
    if labels[first:last] != list(names):
        return None
    some = frame.iloc[:, first:last]
    kinds = set(some.dtypes)
    if len(kinds) > 1 or not all(isinstance(one, np.dtype) and one.kind in "biuf" for one in kinds):
        return None
    row = some.iloc[:1]
    if not np.shares_memory(row.to_numpy(), row.to_numpy()):  # each made of several blocks
        return None
    values: Array = some.to_numpy()
    return values
