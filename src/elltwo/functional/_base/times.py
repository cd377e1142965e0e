"""Times of rows: dates of NumPy, Python, pandas, polars or Arrow, and numbers."""

from __future__ import annotations

from datetime import date, timezone
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.tables import is_column, read_column

if TYPE_CHECKING:
    import numpy.typing as npt

    _Array = npt.NDArray[Any]

_SECOND = 10**18
# Units of NumPy that have a fixed length, in attoseconds, the finest of them.
UNITS = {
    "W": 604_800 * _SECOND,
    "D": 86_400 * _SECOND,
    "h": 3_600 * _SECOND,
    "m": 60 * _SECOND,
    "s": _SECOND,
    "ms": 10**15,
    "us": 10**12,
    "ns": 10**9,
    "ps": 10**6,
    "fs": 10**3,
    "as": 1,
}
_TEMPORAL = ("date", "timestamp", "duration", "timedelta")


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
