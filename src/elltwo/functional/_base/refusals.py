"""What is refused where numbers are expected, and the texts that say what, where and what to do."""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.exceptions import MissingValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import numpy.typing as npt

    AnyArray = npt.NDArray[Any]
    Float64Array = npt.NDArray[np.float64]

_REPR = reprlib.Repr()
_REPR.maxother = 60
_TEXT = (str, bytes, bytearray, memoryview)
_NO_NUMBERS = (*_TEXT, complex, np.complexfloating, np.timedelta64, np.ndarray, np.character)

ENCODE = "encode it as numbers, or drop it"
COUNT = "turn it into a number of days or seconds, or drop it"
SPLIT = "take its real and imaginary parts, or drop it"
EXPAND = "expand it into columns of numbers, or drop it"
DROP = "turn it into numbers, or drop it"

_ADVICE = {"U": ENCODE, "S": ENCODE, "M": COUNT, "m": COUNT, "c": SPLIT, "V": EXPAND}


def in_column(label: Hashable, row: int) -> str:
    """Name a place of a table."""
    return f"column {label!r}, row {row}" if label is not None else f"row {row}"


def missing_value(argument: str, value: str, place: str) -> MissingValueError:
    """Return the error of a value that is not there."""
    text = f"{argument} has a missing value ({value}) in {place}; drop or impute it"
    return MissingValueError(text)


def no_number(argument: str, value: object, kind: str, place: str, advice: str) -> TypeError:
    """Return the error of a value that is there and is no real number."""
    at = f" in {place}" if place else ""
    return TypeError(
        f"{argument} must hold real numbers, got {_short(value)} ({kind}){at}; {advice}"
    )


def _short(value: Any) -> str:  # noqa: ANN401
    """Write a value in one short line."""
    if isinstance(value, np.generic):
        value = value.item() if value.dtype.kind in "USc" else _Written(value)
    elif hasattr(value, "to_list"):
        value = value.to_list()
    return _REPR.repr(value)


class _Written:
    """A value whose text says more than how it is made."""

    def __init__(self, value: object) -> None:
        self._text = str(value)

    def __repr__(self) -> str:
        return self._text


def refuse_kind(array: AnyArray, argument: str, place: Callable[[int], str]) -> None:
    """Refuse an array whose type holds no real numbers, showing its first value.

    `place` names the place of an entry from its number in the order of rows.
    """
    kind = array.dtype.kind
    if kind in "biufO":
        return
    if array.size == 0:
        raise TypeError(f"{argument} must hold real numbers, got dtype {array.dtype}")
    missing = np.isnat(array).ravel() if kind in "mM" else np.zeros(array.size, bool)
    first = int(np.argmin(missing))
    value = array.ravel()[first]
    advice = _ADVICE.get(kind, DROP)
    raise no_number(argument, value, f"dtype {array.dtype}", place(first), advice)


def object_numbers(
    array: AnyArray, argument: str, place: Callable[[int], str], holder: str = ""
) -> Float64Array:
    """Convert an array of objects that are real numbers, exact ones among them, to float64.

    `holder` says in errors what they were found in, where that is not plain from `place`.

    Raises
    ------
    TypeError
        If one is missing (None, or the NA or NaT of pandas), text, a date, a complex number, a
        container or anything else that is no number.
    ValueError
        If one is a sequence in an array, or beyond the range of float64.
    """
    items = array.ravel().tolist()
    if not all(map(_is_number, set(map(type, items)))):
        row = next(i for i, item in enumerate(items) if not _is_number(type(item)))
        raise _of_object(items[row], argument, place(row), holder)
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        for row, item in enumerate(items):
            try:
                float(item)
            except (TypeError, ValueError) as error:
                kind = f"{type(item).__name__}{holder}: {error}"
                raise no_number(argument, item, kind, place(row), DROP) from error
            except OverflowError as error:
                raise ValueError(
                    f"{argument} must hold numbers in the range of float64, got "
                    f"{reprlib.repr(item)} in {place(row)}: {error}"
                ) from error
        raise


def _is_number(kind: type) -> bool:
    """Whether float() takes objects of a type for what they are."""
    if issubclass(kind, _NO_NUMBERS):
        return False
    if issubclass(kind, np.generic):
        return issubclass(kind, np.number | np.bool_)
    return hasattr(kind, "__float__") or hasattr(kind, "__index__")


def is_missing(item: object) -> bool:
    """Whether an object stands for a value that is not there."""
    return item is None or type(item).__name__ in {"NAType", "NaTType"}


def _of_object(item: Any, argument: str, place: str, holder: str) -> Exception:  # noqa: ANN401
    if is_missing(item):
        return missing_value(argument, str(item), place)
    kind = f"{type(item).__name__}{holder}"
    if holder and isinstance(item, list | tuple | np.ndarray):
        return ValueError(
            f"{argument} must hold real numbers in equally long rows, got {_short(item)} ({kind})"
        )
    if isinstance(item, _TEXT):
        advice = ENCODE
    elif isinstance(item, complex | np.complexfloating):
        advice = SPLIT
    elif hasattr(item, "year") or "time" in kind.lower():
        advice = COUNT
    else:
        advice = EXPAND if hasattr(type(item), "__len__") else DROP
    return no_number(argument, item, kind, place, advice)
