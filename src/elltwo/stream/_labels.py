"""Columns of labels: what they hold, and the first value that is no label."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    AnyArray = npt.NDArray[Any]
    Flags = npt.NDArray[np.bool_]

_EXACT = 2.0**53  # floats represent every integer up to here

Kind = Literal["number", "bool", "text"]


class LabelColumn(NamedTuple):
    """The column of a table that holds labels, and what is read of it."""

    name: str
    kind: Kind


def label_array(column: Any) -> AnyArray:  # noqa: ANN401  # of any package
    """Return labels in memory as an array, of objects where another type would change them."""
    if isinstance(column, np.ndarray):
        return column
    if hasattr(type(column), "null_count") and hasattr(type(column), "type"):
        return arrow_labels(column)
    array = np.asarray(column)
    items = column if isinstance(column, list | tuple) else ()
    if array.dtype.kind not in "US" or all(isinstance(item, str | bytes) for item in items):
        return array
    mixed = np.empty(len(items), dtype=object)  # NumPy has converted numbers to text
    mixed[:] = items
    return mixed


def arrow_labels(column: Any, *, strip: bool = False) -> AnyArray:  # noqa: ANN401
    """Return a column of Arrow: numbers, booleans, or texts with None where one is missing.

    With `strip` texts lose the blanks around them, and those that have nothing else are missing.
    """
    arrow = sys.modules["pyarrow"]
    types = arrow.types
    if types.is_dictionary(column.type) and not is_text(column.type):
        column = column.cast(column.type.value_type)
    if not is_text(column.type):
        if types.is_decimal(column.type) or types.is_null(column.type):
            column = column.cast(arrow.float64(), safe=False)
        numbers: AnyArray = column.to_numpy(zero_copy_only=False)
        return numbers
    if isinstance(column, arrow.ChunkedArray):
        if column.num_chunks != 1:
            return _joined([arrow_labels(chunk, strip=strip) for chunk in column.chunks])
        column = column.chunk(0)
    coded = column if types.is_dictionary(column.type) else column.dictionary_encode()
    texts = [_stripped(text) if strip else text for text in coded.dictionary.to_pylist()]
    values = np.empty(len(texts) + 1, dtype=object)  # each text once, the last for none
    values[: len(texts)] = texts
    values[len(texts)] = None
    labels: AnyArray = values[coded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)]
    return labels


def is_text(kind: Any) -> bool:  # noqa: ANN401  # a type of Arrow
    """Whether a type of Arrow holds texts, also by a dictionary."""
    types = sys.modules["pyarrow"].types
    if types.is_dictionary(kind):
        kind = kind.value_type
    return bool(types.is_string(kind) or types.is_large_string(kind) or _is_view(types, kind))


def file_classes(classes: AnyArray) -> AnyArray:
    """Return the classes of a table's labels by one type: numbers as integers, texts as text.

    Blocks with gaps have floats where others have integers, and texts are objects.
    """
    if classes.dtype.kind == "f" and (np.abs(classes) < _EXACT).all():
        return classes.astype(np.int64)
    if classes.dtype.kind == "O" and all(isinstance(label, str) for label in classes.tolist()):
        return np.array(classes.tolist(), dtype=str)
    if classes.dtype.kind == "O" and all(isinstance(label, bool) for label in classes.tolist()):
        return classes.astype(np.bool_)
    return classes


def missing_flags(values: AnyArray) -> Flags:
    """Flag the values of an array of any type that are not there."""
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind in "mM":
        return np.isnat(values)
    if values.dtype.kind != "O":
        return np.zeros(values.shape, dtype=bool)
    found = np.fromiter(map(_is_missing, values.ravel().tolist()), dtype=bool, count=values.size)
    return found.reshape(values.shape)


def first_bad_label(labels: AnyArray, *, skip_missing: bool) -> tuple[int, str] | None:
    """Return the first row whose value is no label, and what is wrong with it; None for none."""
    missing = missing_flags(labels)
    found: list[tuple[int, str]] = []
    if missing.any() and not skip_missing:
        found.append((int(missing.argmax()), "is missing or NaN"))
    if labels.dtype.kind == "f":
        broken = ~missing & ((labels != np.trunc(labels)) | np.isinf(labels))
        if broken.any():
            row = int(broken.argmax())
            what = f"holds {labels[row].item()!r}, but labels that are numbers must be whole"
            found.append((row, what))
    return min(found, default=None)


def _joined(pieces: list[AnyArray]) -> AnyArray:
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=object)


def _stripped(text: str | None) -> str | None:
    return None if text is None else text.strip() or None


def _is_view(types: Any, kind: Any) -> bool:  # noqa: ANN401  # views came with pyarrow 16
    return hasattr(types, "is_string_view") and bool(types.is_string_view(kind))


def _is_missing(label: object) -> bool:
    """Whether a label is None, or does not equal itself, as NaN, NaT and NA do not."""
    if label is None:
        return True
    try:
        return not bool(label == label)  # noqa: PLR0124
    except TypeError:  # pandas.NA has no truth value
        return True
