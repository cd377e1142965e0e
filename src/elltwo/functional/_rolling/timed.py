"""Windows of a duration: the first row of each."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.options import positive
from elltwo.functional._base.times import UNITS, read_times, require_order
from elltwo.functional._rolling.durations import attoseconds, is_duration

if TYPE_CHECKING:
    import numpy.typing as npt

    _Array = npt.NDArray[Any]


class TimedWindow(NamedTuple):
    """A window as long as `width`, in time: (t - width, t] at a row of time t."""

    width: Any  # a number or a duration
    times: npt.ArrayLike

    def starts(self, n: int) -> tuple[npt.NDArray[np.intp], _Array]:
        """Return the first row of the window of each of n rows, and the times as they were read.

        Raises
        ------
        TypeError
            If times are neither dates nor numbers, or the width is not of their kind.
        ValueError
            If there are not n times, or one is missing, not finite or below the one before it.
        """
        times = read_times(self.times)
        if times.shape != (n,):
            raise ValueError(f"times must have shape ({n},), got {times.shape}")
        require_order(times)
        if times.dtype.kind == "f":
            return _starts_of_numbers(times, float(_number(self.width))), times
        if times.dtype.kind in "mM":
            ticks = _ticks(self.width, times.dtype)
            return _starts_of_integers(times.view(np.int64), ticks), times
        return _starts_of_integers(times, math.ceil(_number(self.width))), times


def _number(width: object) -> float:
    if is_duration(width):
        raise TypeError(f"window must be a number where times are numbers, got {str(width)!r}")
    return positive(width, "window")


def _ticks(width: Any, dtype: np.dtype[Any]) -> int:  # noqa: ANN401
    """Return the least number of the dtype's units that is not below the width."""
    if not is_duration(width):
        kind = "a number" if isinstance(width, Real) else type(width).__name__
        raise TypeError(
            f"window must be a duration such as '30d' where times are dates, got {kind} {width!r}"
        )
    unit, count = np.datetime_data(dtype)
    return -(-attoseconds(width, "window") // (UNITS[unit] * count))


def _starts_of_integers(times: _Array, width: int) -> npt.NDArray[np.intp]:
    # A difference of two is less than the width as it was given if it is less than its ceiling.
    since = times.astype(np.uint64) - times[:1].astype(np.uint64)  # which wraps to what it is
    if width > int(since[-1]):
        return np.zeros(len(times), np.intp)
    step = np.uint64(width)
    starts = np.searchsorted(since, since - step, side="right")
    return np.where(since < step, 0, starts).astype(np.intp)


def _starts_of_numbers(times: _Array, width: float) -> npt.NDArray[np.intp]:
    with np.errstate(over="ignore"):  # to -inf, which is before all times
        left = times - width
    starts = np.searchsorted(times, left, side="right").astype(np.intp)
    return np.minimum(starts, np.arange(len(times), dtype=np.intp))  # its own row, always
