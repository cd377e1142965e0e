"""Windows of a duration: the times of the rows, and the first row of each window."""

from __future__ import annotations

import math
from datetime import date, timezone
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.options import positive
from elltwo.functional._base.tables import is_column, read_column
from elltwo.functional._rolling.durations import UNITS, attoseconds, is_duration

if TYPE_CHECKING:
    import numpy.typing as npt

    _Array = npt.NDArray[Any]

_TEMPORAL = ("date", "timestamp", "duration", "timedelta")


class TimedWindow(NamedTuple):
    """A window as long as `width`, in time: (t - width, t] at a row of time t."""

    width: Any  # a number or a duration
    times: npt.ArrayLike

    def starts(self, n: int) -> npt.NDArray[np.intp]:
        """Return the first row of the window of each of n rows.

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
            return _starts_of_numbers(times, float(_number(self.width)))
        if times.dtype.kind in "mM":
            return _starts_of_integers(times.view(np.int64), _ticks(self.width, times.dtype))
        return _starts_of_integers(times, math.ceil(_number(self.width)))


def read_times(times: Any) -> _Array:  # noqa: ANN401
    """Return times as dates or durations of NumPy in units of fixed length, or as numbers."""
    array = _as_array(times)
    kind = array.dtype.kind
    if kind in "mM" and np.datetime_data(array.dtype)[0] not in UNITS:
        if kind == "m":
            raise TypeError(f"times must be in units of fixed length, got dtype {array.dtype}")
        array = array.astype("datetime64[D]")  # of months or years
    elif kind == "f":
        array = array.astype(np.float64, copy=False)
    elif kind not in "iumM":
        shown = f", such as {array.ravel()[0]!r}" if array.size else ""
        raise TypeError(
            f"times must be dates (datetime64) or numbers, got dtype {array.dtype}{shown}"
        )
    return np.ascontiguousarray(array.astype(array.dtype.newbyteorder("="), copy=False))


def require_order(times: _Array) -> None:
    """Refuse times that are missing, not finite or decreasing."""
    kind = times.dtype.kind
    if kind in "fmM":
        absent = ~np.isfinite(times)
        if absent.any():
            row = int(absent.argmax())
            raise ValueError(f"times must be finite and not missing, got {times[row]} at row {row}")
    falls = times[1:] < times[:-1]
    if falls.any():
        row = int(falls.argmax()) + 1
        raise ValueError(
            f"times must not decrease, got {times[row]} at row {row} after {times[row - 1]}; sort "
            "the rows by time"
        )


def _as_array(times: Any) -> _Array:  # noqa: ANN401
    own = getattr(times, "dtype", None)
    if not is_column(times) or isinstance(own, np.dtype):
        return _of_objects(np.asarray(times))
    kind = str(getattr(times, "type", None) if own is None else own).lower()
    if not any(word in kind for word in _TEMPORAL):
        try:
            return read_column(times, "times")
        except TypeError as error:
            raise TypeError(f"times must be dates (datetime64) or numbers, got {kind}") from error
    if hasattr(times, "isna"):  # of pandas, with a time zone or in Arrow: as UTC
        return np.asarray(times, dtype=f"datetime64[{getattr(own, 'unit', 'ns')}]")
    return np.asarray(times)


def _of_objects(array: _Array) -> _Array:
    """Return an array of Python's own dates as one of NumPy's; all else as it is."""
    items = array.ravel().tolist() if array.dtype.kind == "O" else []
    if not items or not all(isinstance(item, date) for item in items):
        return array
    plain = [
        item.astimezone(timezone.utc).replace(tzinfo=None)
        if getattr(item, "tzinfo", None)
        else item
        for item in items
    ]
    return np.array(plain, dtype="datetime64[us]").reshape(array.shape)


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
