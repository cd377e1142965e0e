"""Columns of a table that lie in memory as those of a matrix do, and the matrix that they are.

So do the columns of a record batch of Arrow that was read or mapped in one piece, those of a table
that was made from a matrix in order of columns, and any one column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    AnyArray = npt.NDArray[Any]

_KINDS = (np.dtype(np.float64), np.dtype(np.float32))


def columns_in_place(read: Iterator[AnyArray]) -> tuple[list[AnyArray], list[AnyArray]]:
    """Take columns as long as they are at equal distances in memory that is not their own.

    Returned are these, and in a list the one that ended the series, if one did.
    """
    series: list[AnyArray] = []
    for values in read:
        if not _continues(series, values):
            return series, [values]
        series.append(values)
    return series, []


def _continues(series: list[AnyArray], values: AnyArray) -> bool:
    if values.dtype not in _KINDS or values.flags.owndata or not values.flags.c_contiguous:
        return False
    if not series:
        return values.size > 0 and values.flags.aligned
    first = series[0]
    if values.dtype != first.dtype or values.size != first.size:
        return False
    step = _step(first, (series[1:] or [values])[0])
    return step >= first.nbytes and _step(series[-1], values) == step


def _step(first: AnyArray, second: AnyArray) -> int:
    return second.ctypes.data - first.ctypes.data


def as_matrix(series: list[AnyArray]) -> AnyArray:
    """Return the matrix of a series of columns, a view that keeps all of them alive."""
    return np.asarray(_Held(series))


class _Held:
    """Columns as one array by NumPy's array interface."""

    def __init__(self, series: list[AnyArray]) -> None:
        first = series[0]
        step = _step(first, series[1]) if len(series) > 1 else first.nbytes
        self._series = series
        self.__array_interface__ = {
            "version": 3,
            "typestr": first.dtype.str,
            "shape": (first.size, len(series)),
            "strides": (first.itemsize, step),
            "data": (first.ctypes.data, True),
        }
