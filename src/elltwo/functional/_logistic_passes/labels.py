"""Labels of classes that are found part by part, and their way between machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.classes import find_labels, object_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from elltwo.functional._base.classes import Codes
    from elltwo.functional._base.validate import AnyArray

_TRAVEL = {bool: "bool", int: "int", float: "float", str: "str"}
_SHOWN = 5  # labels in a message


def labels_to_json(classes: AnyArray) -> dict[str, Any]:
    """Return labels as JSON holds them.

    Raises
    ------
    TypeError
        If a label is neither text nor a number nor a boolean.
    """
    labels = classes.tolist()
    for label in labels:
        if type(label) not in _TRAVEL:
            raise TypeError(
                "labels must be text, integers, floats or booleans to be sent between processes, "
                f"got {label!r} of type {type(label).__name__}; pass them as text"
            )
    return {"dtype": classes.dtype.str, "labels": labels}


def labels_from_json(held: dict[str, Any]) -> AnyArray:
    """Return what `labels_to_json` was given."""
    dtype = np.dtype(held["dtype"])
    if dtype.kind == "O":
        return object_array(held["labels"])
    return np.array(held["labels"], dtype=dtype)


def union_of(parts: Sequence[AnyArray]) -> AnyArray:
    """Return the labels that any part has, sorted, or in order of appearance if that fails."""
    parts = [part for part in parts if part.size]
    if not parts:
        return np.empty(0)
    kinds = {part.dtype.kind for part in parts}
    if (len(kinds) == 1 and kinds != {"O"}) or kinds <= {"i", "u", "f"}:
        together: AnyArray = np.concatenate(parts)
    else:
        together = object_array(label for part in parts for label in part.tolist())
    return find_labels(together, together.size).classes


def places_in(classes: AnyArray, labels: AnyArray) -> Codes:
    """Return the positions of labels in classes; -1 for a label that is not there."""
    number = {label: k for k, label in enumerate(classes.tolist())}
    return np.array([number.get(label, -1) for label in labels.tolist()], dtype=np.int32)


def codes_of(y: Any, n_samples: int, classes: AnyArray) -> Codes:  # noqa: ANN401
    """Return the positions of the labels of rows in `classes`.

    Raises
    ------
    TypeError, ValueError
        If y does not hold labels, see `elltwo.logistic`, or one that is not among the classes; the
        message names the row.
    """
    found = find_labels(y, n_samples)
    place = places_in(classes, found.classes)
    codes: Codes = place[found.codes]
    unknown = np.flatnonzero(codes < 0)
    if unknown.size:
        label = found.classes.tolist()[found.codes[unknown[0]]]
        raise ValueError(
            f"y holds {label!r} at row {unknown[0]}, which is not one of the classes "
            f"{_listed(classes.tolist())}"
        )
    return codes


def _listed(labels: Iterable[object]) -> str:
    labels = list(labels)
    shown = ", ".join(repr(label) for label in labels[:_SHOWN])
    return shown if len(labels) <= _SHOWN else f"{shown} and {len(labels) - _SHOWN} more"
