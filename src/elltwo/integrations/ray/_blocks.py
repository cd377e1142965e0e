"""What is done on a worker: blocks as partitions, leaves, merges, and predictions of blocks."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.tables import read_table
from elltwo.integrations._reduce.leaf import run_leaf
from elltwo.integrations._reduce.piece import merge_pieces, rows_in
from elltwo.integrations._reduce.predicting import require_width

if TYPE_CHECKING:
    from collections.abc import Sequence


class Told(NamedTuple):
    """What the driver is told of a leaf while the piece stays where it is."""

    n_bytes: int
    n_rows: int


@dataclass(frozen=True)
class Tensor:
    """A column of tensors as X, with the columns beside it; as a function it reads a block."""

    X: str
    target: str | tuple[str, ...]
    sample_weight: str | None = None
    offset: str | tuple[str, ...] | None = None

    def __call__(self, block: Any) -> Any:  # noqa: ANN401
        """Return (X, y, sample_weight, offset) of a block."""
        y = _beside(block, self.target)
        weight = None if self.sample_weight is None else column(block, self.sample_weight)
        offset = None if self.offset is None else _beside(block, self.offset)
        return matrix(block, self.X), y, weight, offset


def matrix(block: Any, name: str) -> Any:  # noqa: ANN401
    """Return a column of tensors as an array of two dimensions."""
    array = np.asarray(column(block, name))
    if array.dtype.kind == "O":  # tensors as objects, as pandas keeps them
        array = np.stack([np.asarray(item) for item in array]) if len(array) else np.empty((0, 0))
    return array.reshape(len(array), prod(array.shape[1:]))


def column(block: Any, name: str) -> Any:  # noqa: ANN401
    """Return a column of an Arrow or pandas table as an array."""
    if not hasattr(type(block), "column_names"):
        return block[name].to_numpy()
    chunks = [_of_chunk(chunk) for chunk in block.column(name).chunks]
    if not chunks:
        return np.empty(0)
    return chunks[0] if len(chunks) == 1 else np.concatenate(chunks)


def _of_chunk(chunk: Any) -> Any:  # noqa: ANN401
    if hasattr(chunk, "to_numpy_ndarray"):  # Arrow's own tensors of fixed shape
        return chunk.to_numpy_ndarray()
    return chunk.to_numpy(zero_copy_only=False)


def _beside(block: Any, names: str | Sequence[str]) -> Any:  # noqa: ANN401
    if isinstance(names, str):
        return column(block, names)
    return np.column_stack([column(block, name) for name in names])


def leaf(block: Any, key: int, task: bytes, load: Tensor | None) -> tuple[bytes, Told]:  # noqa: ANN401
    """Return the piece of a block, and what the driver is told of it."""
    piece = run_leaf(block, key, task, load)
    return piece, Told(len(piece), rows_in(piece))


def merge(*pieces: bytes) -> bytes:
    """Merge neighbouring pieces."""
    return merge_pieces(pieces)


@dataclass(frozen=True)
class StreamedLeaf:
    """The leaf of a block whose number is not known yet, as `map_batches` calls it."""

    task: bytes
    load: Tensor | None
    key: int

    def __call__(self, block: Any) -> dict[str, list[Any]]:  # noqa: ANN401
        """Return the piece as the only row."""
        return {"piece": [run_leaf(block, self.key, self.task, self.load)]}


@dataclass(frozen=True)
class Predictor:
    """Adds the columns of a fit's predictions to a block."""

    fit: Any
    method: str
    features: tuple[str, ...]
    n_features: int
    names: tuple[str, ...]

    def __call__(self, block: Any) -> Any:  # noqa: ANN401
        """Return the block with the columns added."""
        X = self._matrix(block)
        if len(X):
            require_width(X.shape[1], self.n_features)
        values = np.asarray(getattr(self.fit, self.method)(X)) if len(X) else np.empty(0)
        values = values.reshape(len(X), len(self.names))
        for name, predicted in zip(self.names, values.T, strict=True):
            block = block.append_column(name, [np.ascontiguousarray(predicted)])
        return block

    def _matrix(self, block: Any) -> Any:  # noqa: ANN401
        if len(self.features) == 1:
            return matrix(block, self.features[0])
        return read_table(block, "block", self.features)
