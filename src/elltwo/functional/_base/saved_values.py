"""Plain data and arrays as values of JSON, and back.

What JSON has is written as it is, but for four things, each an object of its own: an infinite or
undefined number is ``{"number": "inf"}``, a tuple ``{"tuple": [...]}``, a dictionary whose keys are
not plain text ``{"pairs": [[key, value], ...]}``, and an array ``{"dtype": ..., "shape": [...]}``
with ``"values"``, nested lists as people and other languages read them, or, of many entries,
``"base64"``, the bytes in little-endian order, the last axis running fastest. Not a number and
infinity are text among values.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._base.validate import AnyArray

FEW = 2000  # entries of an array that are written as numbers
RESERVED = frozenset({"kind", "dtype", "tuple", "number", "pairs"})
_NUMBERS = tuple(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64))
_DTYPES = frozenset({"bool", "float32", "float64", *_NUMBERS})
_TIMES = re.compile(r"(datetime64|timedelta64)(\[(\d{1,9})?(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?")
_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_MOST_AXES = 16
_LONGEST = 1 << 48  # axis
_MOST_TEXT = 1 << 24  # characters of an array of text, beyond those of its entries


class SavedValueError(ValueError):
    """A file holds something else than its kind of model has there."""


def written_number(value: float) -> float | dict[str, str]:
    """Return a number as JSON has it."""
    return value if math.isfinite(value) else {"number": str(value)}


def read_number(value: object, where: str) -> float:
    """Return what `written_number` was given."""
    if isinstance(value, dict) and value.keys() == {"number"}:
        return _not_finite(value["number"], where)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SavedValueError(f"{where} is not a number")
    try:
        return float(value)
    except OverflowError:
        raise SavedValueError(f"{where} is out of range") from None


def _not_finite(text: object, where: str) -> float:
    if not isinstance(text, str) or text not in _NOT_FINITE:
        raise SavedValueError(f"{where} is not a number")
    return _NOT_FINITE[text]


def written_array(array: AnyArray, where: str) -> dict[str, Any]:
    """Return an array as an object of JSON.

    Raises
    ------
    TypeError
        If a file has no form for its type.
    """
    shape = {"shape": list(array.shape)}
    if array.flags.f_contiguous and not array.flags.c_contiguous:
        shape["order"] = "F"  # type: ignore[assignment]  # products with it may depend on it
    if array.dtype.kind == "U":
        return {"dtype": "text", **shape, "values": array.tolist()}
    if array.dtype.kind == "O":
        flat = [_written_entry(entry, where) for entry in array.ravel().tolist()]
        return {"dtype": "object", **shape, "values": _nested(flat, array.shape)}
    name = array.dtype.name
    if name not in _DTYPES and not _TIMES.fullmatch(name):
        raise TypeError(
            f"{where} is an array of {array.dtype}, for which a saved model has no form"
        )
    plain = array.view(np.int64) if array.dtype.kind in "mM" else array
    if array.size > FEW:
        content = plain.astype(plain.dtype.newbyteorder("<"), copy=False).tobytes()
        return {"dtype": name, **shape, "base64": base64.b64encode(content).decode("ascii")}
    if array.dtype.kind == "f" and not np.isfinite(plain).all():
        flat = [value if math.isfinite(value) else str(value) for value in plain.ravel().tolist()]
        return {"dtype": name, **shape, "values": _nested(flat, array.shape)}
    return {"dtype": name, **shape, "values": plain.tolist()}


def _written_entry(entry: object, where: str) -> object:
    if isinstance(entry, np.generic):
        entry = entry.item()
    if isinstance(entry, float):
        return written_number(entry)
    if entry is None or isinstance(entry, str | bool | int):
        return entry
    raise TypeError(
        f"{where} holds a {type(entry).__name__}, for which a saved model has no form; text, "
        "numbers and True and False have one"
    )


def _nested(flat: list[Any], shape: Sequence[int]) -> Any:  # noqa: ANN401
    for length in reversed(shape[1:]):
        count = len(flat) // length if length else math.prod(shape[: len(shape) - 1])
        flat = [flat[i * length : (i + 1) * length] for i in range(count)]
    return flat if shape else flat[0]


def is_written_array(value: object) -> bool:
    """Whether a value of JSON stands for an array."""
    return isinstance(value, dict) and "dtype" in value


def read_array(value: object, where: str) -> AnyArray:
    """Return what `written_array` was given, of a size that the text accounts for."""
    if not isinstance(value, dict) or not value.keys() >= {"dtype", "shape"}:
        raise SavedValueError(f"{where} is not an array")
    extra = value.keys() - {"dtype", "shape", "order"}
    if extra not in ({"values"}, {"base64"}) or value.get("order", "F") != "F":
        raise SavedValueError(f"{where} is not an array")
    shape = _shape(value["shape"], where)
    name = value["dtype"]
    if not isinstance(name, str):
        raise SavedValueError(f"{where} is an array of no known type")
    is_time = name[:1] in {"d", "t"} and _TIMES.fullmatch(name) is not None
    if name not in _DTYPES and name not in {"text", "object"} and not is_time:
        raise SavedValueError(f"{where} is an array of no known type")
    dtype = np.dtype(np.int64 if is_time else object if name in {"text", "object"} else name)
    if "base64" in value:
        array = _of_bytes(value["base64"], dtype, shape, where)
    elif name == "text":
        array = _of_text(_flat(value["values"], shape, where), where).reshape(shape)
    else:
        array = _of_numbers(_flat(value["values"], shape, where), dtype, where).reshape(shape)
    array = array.view(np.dtype(name)) if is_time else array
    return np.asfortranarray(array) if "order" in value else array


def _shape(value: object, where: str) -> tuple[int, ...]:
    if (
        not isinstance(value, list)
        or len(value) > _MOST_AXES
        or not all(type(length) is int and 0 <= length < _LONGEST for length in value)
    ):
        raise SavedValueError(f"{where} has no shape")
    if math.prod(max(length, 1) for length in value) >= _LONGEST:
        raise SavedValueError(f"{where} has a shape that is too large")
    return tuple(value)


def _flat(values: object, shape: tuple[int, ...], where: str) -> list[Any]:
    level = [values]
    for length in shape:
        if not all(isinstance(row, list) and len(row) == length for row in level):
            raise SavedValueError(f"{where} does not have the shape {shape}")
        level = [entry for row in level for entry in row]  # type: ignore[attr-defined]
    return level


def _of_numbers(flat: list[Any], dtype: np.dtype[Any], where: str) -> AnyArray:
    if dtype.kind == "O":
        array = np.empty(len(flat), dtype=object)
        array[:] = [_entry(entry, where) for entry in flat]
        return array
    allowed = (bool,) if dtype.kind == "b" else (int,) if dtype.kind in "iu" else (int, float, str)
    if any(type(entry) not in allowed for entry in flat):
        raise SavedValueError(f"{where} holds something that is not of type {dtype}")
    if dtype.kind == "f":
        flat = [_not_finite(entry, where) if type(entry) is str else entry for entry in flat]
    try:
        with np.errstate(over="ignore"):
            return np.array(flat, dtype=dtype)
    except (OverflowError, ValueError):
        raise SavedValueError(f"{where} holds a number out of the range of {dtype}") from None


def _entry(entry: object, where: str) -> object:
    if isinstance(entry, dict):
        return read_number(entry, where)
    if entry is None or isinstance(entry, str | bool | int | float):
        return entry
    raise SavedValueError(f"{where} holds something that is neither text nor a number")


def _of_text(flat: list[Any], where: str) -> AnyArray:
    if not all(type(entry) is str for entry in flat):
        raise SavedValueError(f"{where} holds something that is not text")
    lengths = [len(entry) for entry in flat]
    if len(flat) * max(lengths, default=0) > _MOST_TEXT + 16 * sum(lengths):
        raise SavedValueError(f"{where} holds text of too different lengths for an array")
    return np.array(flat, dtype=np.str_)


def _of_bytes(text: object, dtype: np.dtype[Any], shape: tuple[int, ...], where: str) -> AnyArray:
    n_bytes = math.prod(shape) * dtype.itemsize
    if dtype.kind == "O" or not isinstance(text, str) or len(text) != 4 * -(-n_bytes // 3):
        raise SavedValueError(f"{where} does not have the bytes of its shape {shape}")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SavedValueError(f"{where} is not written in base64") from None
    if len(content) != n_bytes:
        raise SavedValueError(f"{where} does not have the bytes of its shape {shape}")
    stored = np.dtype(np.uint8) if dtype.kind == "b" else dtype.newbyteorder("<")
    return np.frombuffer(content, dtype=stored).astype(dtype).reshape(shape)
