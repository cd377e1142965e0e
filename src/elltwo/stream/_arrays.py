"""Sources in memory or mapped into it: arrays, and iterators over chunks of rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.exceptions import StreamError
from elltwo.stream._blocks import Block, block_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from elltwo.stream._blocks import Array, Mark

ARRAY_BLOCKS = 8  # of a file's blocks at a time, as nothing is copied


class ArrayPart:
    """Arrays of rows, cut into views."""

    n_bytes: int | None = None

    def __init__(self, arrays: Sequence[Array | None], name: str) -> None:
        X, y, weight = (*arrays, None)[:3]
        if X is None or X.ndim != 2 or y is None:
            raise ValueError(
                f"X must be 2-D with shape (n_samples, n_features), got {_shape_of(X)}"
            )
        for other, what in ((y, "y"), (weight, "sample_weight")):
            if other is not None and (other.ndim == 0 or len(other) != len(X)):
                raise ValueError(
                    f"X and {what} must have the same number of rows, got {len(X)} in X "
                    f"and {_shape_of(other)} of {what}"
                )
        self.name = name
        self.n_rows: int | None = len(X)
        self._arrays = X, y, weight

    def rows_up_to(self, limit: int) -> int | None:
        """Return the number of rows, at most `limit`."""
        return min(len(self._arrays[0]), limit)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of X."""
        return self._arrays[0].shape

    def blocks(self, start: int, mark: Mark | None, n_threads: int) -> Generator[Block, None, None]:  # noqa: ARG002
        """Yield views of the arrays."""
        X, y, weight = self._arrays
        rows = ARRAY_BLOCKS * block_rows(max(X.shape[1], 1))
        for first in range(start - start % rows, len(X), rows):
            part = slice(first, first + rows)
            cut = None if weight is None else weight[part]
            yield Block(first, X[part], y[part], cut, self.name, first)


class ChunkPart:
    """Chunks (X, y) or (X, y, sample_weight) that an iterator yields."""

    name = "the stream"
    n_rows: int | None = None
    n_bytes: int | None = None

    def __init__(self, source: Iterable[Any] | Callable[[], Iterable[Any]]) -> None:
        self._source = source
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
            X, y, weight = self._read(chunk, name)
            if row + len(X) > start:
                yield Block(row, X, y, weight, name, 0)
            row += len(X)
        if row < start:
            raise StreamError(f"the stream ends after {row} rows, but the state holds {start}")

    def _read(self, chunk: Any, name: str) -> tuple[Array, Array, Array | None]:  # noqa: ANN401
        if not isinstance(chunk, tuple | list) or len(chunk) not in {2, 3}:
            what = (
                f"{len(chunk)} items" if isinstance(chunk, tuple | list) else type(chunk).__name__
            )
            raise StreamError(f"{name} must be (X, y) or (X, y, sample_weight), got {what}")
        if hasattr(chunk[0], "tocsr"):
            raise StreamError(f"{name}: X is sparse, which only Moments.add takes")
        self._check_names(chunk[0], name)
        X, y, *rest = map(_as_array, chunk)
        if X.ndim != 2:
            raise StreamError(f"{name}: X must be 2-D, got shape {X.shape}")
        weight = rest[0] if rest and chunk[2] is not None else None
        for other, what in ((y, "y"), (weight, "sample_weight")):
            if other is not None and (other.ndim == 0 or len(other) != len(X)):
                raise StreamError(f"{name}: X has {len(X)} rows and {what} has shape {other.shape}")
        return X, y, weight

    def _check_names(self, X: object, name: str) -> None:
        columns = getattr(X, "columns", None)
        if columns is None or not hasattr(X, "shape"):
            return
        names = [str(column) for column in columns]
        if self.column_names is None:
            self.column_names = names
        elif names != self.column_names:
            raise StreamError(f"{name} has columns {names}, those before {self.column_names}")


def mapped(paths: Sequence[str | Path]) -> list[Array]:
    """Map .npy files into memory."""
    arrays = []
    for path in paths:
        try:
            arrays.append(np.load(path, mmap_mode="r", allow_pickle=False))
        except (ValueError, EOFError) as error:
            raise ValueError(f"{path} is not a .npy file: {error}") from error
    return arrays


def _as_array(value: Any) -> Array:  # noqa: ANN401
    return value if isinstance(value, np.ndarray) else np.asarray(value)


def _shape_of(value: Array | None) -> str:
    return "None" if value is None else f"shape {value.shape}"
