"""Durations as exact numbers of attoseconds."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction
from typing import Any

import numpy as np

from elltwo.functional._base.times import UNITS

_SPELLINGS = {
    "W": ("w", "week", "weeks"),
    "D": ("d", "day", "days"),
    "h": ("H", "hour", "hours"),
    "m": ("min", "minute", "minutes"),
    "s": ("S", "sec", "second", "seconds"),
    "us": ("µs",),
}
_BY_NAME = UNITS | {name: UNITS[unit] for unit, names in _SPELLINGS.items() for name in names}
_PART = re.compile(r"\s*(\d+(?:\.\d+)?|)\s*([A-Za-zµ]+)")


def is_duration(value: object) -> bool:
    """Whether a value stands for a duration: text, or one of Python, NumPy or pandas."""
    return isinstance(value, str | timedelta | np.timedelta64)


def attoseconds(value: Any, name: str) -> int:  # noqa: ANN401  # for which is_duration is true
    """Return a positive duration.

    Raises
    ------
    ValueError
        If it is not positive, or has a unit of no fixed length, or text is none.
    """
    if hasattr(value, "to_timedelta64"):  # of pandas, which has nanoseconds
        value = value.to_timedelta64()
    if isinstance(value, str):
        length = _of_text(value, name)
    elif isinstance(value, np.timedelta64):
        length = _of_numpy(value, name)
    else:
        length = (value // timedelta(microseconds=1)) * UNITS["us"]
    if length <= 0:
        raise ValueError(f"{name} must be positive, got {str(value)!r}")
    return length


def _of_text(text: str, name: str) -> int:
    length, place = Fraction(0), 0
    while place < len(text) and (part := _PART.match(text, place)) and part[2] in _BY_NAME:
        length += Fraction(part[1] or 1) * _BY_NAME[part[2]]
        place = part.end()
    if place < len(text.rstrip()) or place == 0:
        raise ValueError(
            f"{name} must be a duration of fixed length such as '30d', '12h', '90min', '1d12h', "
            f"'15s' or '500ms', got {text!r}"
        )
    return int(length)


def _of_numpy(value: np.timedelta64, name: str) -> int:
    unit, count = np.datetime_data(value.dtype)
    if np.isnat(value) or unit not in UNITS:
        raise ValueError(
            f"{name} must be a duration in units of fixed length, of weeks or less, got {value!r}"
        )
    return int(value.astype(np.int64)) * count * UNITS[unit]
