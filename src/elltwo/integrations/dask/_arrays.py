"""Which arrays of dask have partitions that can be read, and belong to those of X."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import dask.array as da
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN = 6  # lengths of chunks in a message


def is_array(value: object) -> bool:
    """Whether a value is an array of dask."""
    return isinstance(value, da.Array)


def require_rows(X: Any) -> None:  # noqa: ANN401
    """Refuse an X that is no matrix, or whose blocks do not hold whole rows of numbers."""
    if X.ndim != 2:
        raise ValueError(f"X must be 2-D with shape (n_samples, n_features), got shape {X.shape}")
    require_one_column_chunk(X, "X")
    require_readable(X, "X")


def require_one_column_chunk(value: Any, name: str) -> None:  # noqa: ANN401
    """Refuse an array whose rows are divided among blocks."""
    if value.ndim == 2 and value.numblocks[1] != 1:
        raise ValueError(
            f"{name} has {value.numblocks[1]} chunks of columns, and whole rows are needed in a "
            f"block; pass {name}.rechunk({{1: -1}})"
        )


def require_readable(value: Any, name: str) -> None:  # noqa: ANN401
    """Refuse blocks that are masked or in the memory of a GPU."""
    kind = type(value._meta)
    if issubclass(kind, np.ma.MaskedArray):
        raise ValueError(  # noqa: TRY004  # as elltwo.ridge does
            f"{name} has masked blocks; fill them with dask.array.ma.filled, or leave rows out"
        )
    if kind.__module__.partition(".")[0] in {"cupy", "cupyx", "cudf"}:
        raise TypeError(
            f"{name} has blocks of {kind.__module__}.{kind.__name__}, and those in the memory of a "
            f"GPU cannot be read; pass {name}.map_blocks(lambda block: block.get())"
        )


def require_aligned(X: Any, value: Any, name: str) -> None:  # noqa: ANN401
    """Refuse an array without the rows of X in the same chunks, as far as these are known."""
    chunks = X.chunks[0]
    if value.ndim not in {1, 2}:
        raise ValueError(f"{name} must be 1-D or 2-D, got shape {value.shape}")
    require_one_column_chunk(value, name)
    require_readable(value, name)
    other = value.chunks[0]
    if len(other) == len(chunks) and all(
        one == two or math.isnan(one) or math.isnan(two)
        for one, two in zip(chunks, other, strict=True)
    ):
        return
    total, here = sum(chunks), sum(other)
    if not (math.isnan(total) or math.isnan(here)) and total != here:
        raise ValueError(
            f"X and {name} must have the same number of rows, got {total} in X and {here} in {name}"
        )
    advice = f"pass {name}.rechunk({{0: X.chunks[0]}})"
    if math.isnan(total) or math.isnan(here):
        advice = "call .compute_chunk_sizes() on both and rechunk one"
    raise ValueError(
        f"X and {name} must have the same chunks of rows, got {_shown(chunks)} and "
        f"{_shown(other)}; {advice}"
    )


def known(size: float) -> int | None:
    """Return a length, None for one that is not known."""
    return None if math.isnan(size) else int(size)


def largest(X: Any) -> int | None:  # noqa: ANN401
    """Return the bytes of the largest block, None where it is not known."""
    rows = max(X.chunks[0], default=0)
    bytes_ = rows * X.shape[1] * X.dtype.itemsize
    return None if any(map(math.isnan, X.chunks[0])) else known(bytes_)


def _shown(chunks: Sequence[float]) -> str:
    text = ", ".join(map(str, chunks[:SHOWN]))
    return f"({text}, ...)" if len(chunks) > SHOWN else f"({text})"
