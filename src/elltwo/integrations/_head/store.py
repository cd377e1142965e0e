"""Features of many rows, in memory or in a temporary file."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from elltwo.integrations._head.batches import joined_weights, with_constant

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from elltwo.integrations._head.batches import HeadRows
    from elltwo.integrations._head.weights import Float64Array


class Store:
    """Rows as they come; features as float32, beyond `max_memory` bytes in a temporary file."""

    def __init__(self, max_memory: int, *, with_ones: bool) -> None:
        self._max_memory = max_memory
        self._with_ones = with_ones
        self._blocks: list[NDArray[np.float32]] = []
        self._file: IO[bytes] | None = None
        self._targets: list[NDArray[Any]] = []
        self._weights: list[Float64Array | None] = []
        self._width = 0
        self.n_rows = 0

    def add(self, rows: HeadRows) -> None:
        """Append rows."""
        X = rows.X
        if self._with_ones:
            X = with_constant(X)
        self._width = X.shape[1]
        self.n_rows += len(X)
        self._targets.append(rows.y)
        self._weights.append(rows.weight)
        if self._file is None and 4 * self.n_rows * self._width <= self._max_memory:
            self._blocks.append(X)
            return
        if self._file is None:
            self._file = TemporaryFile(prefix="elltwo-features-")  # noqa: SIM115  # closed below
            for block in self._blocks:
                self._file.write(block.data)
            self._blocks.clear()
        self._file.write(np.ascontiguousarray(X).data)

    def features(self) -> NDArray[np.float32]:
        """Return all features, (n_rows, n_features); blocks are freed as they are copied."""
        shape = (self.n_rows, self._width)
        if self._file is not None:
            self._file.flush()
            return np.memmap(self._file, np.float32, mode="r", shape=shape)
        X = np.empty(shape, np.float32)
        end = self.n_rows
        while self._blocks:
            block = self._blocks.pop()
            X[end - len(block) : end] = block
            end -= len(block)
        return X

    def targets(self) -> NDArray[Any]:
        """Return the targets of all rows."""
        return np.concatenate(self._targets)

    def weights(self) -> Float64Array | None:
        """Return the weights of all rows; None if no row has one."""
        return joined_weights(self._weights, self._targets)

    def close(self) -> None:
        """Free everything."""
        self._blocks.clear()
        if self._file is not None:
            self._file.close()
