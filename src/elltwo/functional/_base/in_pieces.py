"""Work of NumPy on large arrays in pieces, between which Python can answer Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    AnyArray = npt.NDArray[Any]
    Float64Array = npt.NDArray[np.float64]

_NUMBERS = 1 << 22  # read or written by a piece, about 0.08 s where memory is new to the process
_OPERATIONS = 2e9  # multiplications of a piece, 0.1 to 0.2 s on one core
_ROWS = 256  # pieces are multiples of it, so that the library groups rows as it would all of them


def product(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return ``a @ b`` for a matrix a and a matrix or vector b."""
    pieces = max(a.shape[0] * b.size / _OPERATIONS, a.size / _NUMBERS)
    if pieces <= 1.0:
        whole: npt.NDArray[Any] = a @ b
        return whole
    out = np.empty((a.shape[0], *b.shape[1:]), dtype=np.result_type(a, b))
    for rows in _pieces(len(out), pieces, _ROWS):
        np.matmul(a[rows], b, out=out[rows])
    return out


def stacked_product(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return ``a @ b`` for a stack b of matrices, and a stack or a matrix a."""
    size = a.size * (1 if a.ndim == 3 else len(b))
    pieces = max(size * b.shape[-1] / _OPERATIONS, size / _NUMBERS)
    out = np.empty((len(b), a.shape[-2], b.shape[-1]), dtype=np.result_type(a, b))
    for some in _pieces(len(b), pieces, 1):
        np.matmul(a[some] if a.ndim == 3 else a, b[some], out=out[some])
    return out


def as_float64(array: AnyArray) -> Float64Array:
    """Return a float64 copy of an array, of the same order in memory."""
    if array.size <= _NUMBERS:
        return array.astype(np.float64)
    out = np.empty_like(array, dtype=np.float64, subok=False)
    axis = int(np.argmax(np.abs(out.strides)))
    source, target = np.moveaxis(array, axis, 0), np.moveaxis(out, axis, 0)
    for rows in _pieces(len(target), array.size / _NUMBERS, 1):
        target[rows] = source[rows]
    return out


def _pieces(n: int, number: float, unit: int) -> Iterator[slice]:
    """Cut n rows into about so many pieces of multiples of `unit`."""
    step = max(1, int(n / max(number, 1.0)) // unit) * unit
    for first in range(0, n, step):
        yield slice(first, min(first + step, n))
