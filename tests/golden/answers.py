"""What a call returns, warns and raises, down to the last bit."""

from __future__ import annotations

import hashlib
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from entry_points import bits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# The number of threads is a setting, statistics have problems of their own.
LEFT_OUT = {"n_threads", "statistics"}
REFUSALS = (AttributeError, TypeError, ValueError, ArithmeticError, RuntimeError)
LEAVES = (str, bytes, int, np.bool_, np.integer, type(None))


def digest(call: Callable[[], object]) -> str:
    """Return sixteen digits of all that a call returns, warns and raises."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            answer = everything(call())
        except REFUSALS as error:
            answer = _text(error)
    answer += b"".join(_text(warning.message) for warning in caught)
    return hashlib.sha256(answer).hexdigest()[:16]


def everything(value: Any) -> bytes:  # noqa: ANN401
    """Return what a value holds, by the exact bits of numbers; of records the public attributes.

    Attributes that a record refuses to give are represented by what it says. All NaNs are alike.
    """
    if isinstance(value, np.ndarray | float | np.floating):
        return _array(np.asarray(value))
    if isinstance(value, LEAVES):
        return bits(value)
    return b"(" + b",".join(everything(part) for part in _parts(value)) + b")"


def _parts(value: Any) -> Iterable[object]:  # noqa: ANN401
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        named = zip(value._fields, value, strict=True)
        return [(name, part) for name, part in named if name not in LEFT_OUT]
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, set | frozenset):
        return sorted(value)
    return [type(value).__name__, *_attributes(value)]


def _array(array: np.ndarray[Any, Any]) -> bytes:
    if array.dtype == object:
        return everything(array.tolist())
    if np.issubdtype(array.dtype, np.floating):
        array = np.where(np.isnan(array), array.dtype.type(np.nan), array)
    return bits(array)


def _attributes(record: object) -> Iterator[tuple[str, object]]:
    kind = type(record)
    names = {name for name in dir(kind) if not callable(getattr(kind, name))}
    for name in sorted(names.union(getattr(record, "__dict__", ()))):
        if name.startswith("_") or name in LEFT_OUT:
            continue
        try:
            value = getattr(record, name)
        except REFUSALS as error:
            yield name, _text(error)
        else:
            if not callable(value):
                yield name, value


def _text(error: object) -> bytes:
    return f"{type(error).__name__}: {error}".encode()
