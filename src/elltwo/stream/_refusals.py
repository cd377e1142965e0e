"""Where in a stream the value is that a chunk was refused for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.stream._labels import first_bad_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.stream._blocks import Array, Block


class _Bad(NamedTuple):
    """The first value of a table that is refused, and what is wrong with it."""

    row: int
    column: int
    what: str


def refusal(
    error: Exception,
    rows: Block,
    names: Sequence[str] | None,
    *,
    skip_nan: bool = False,
    labels: bool = False,
) -> str:
    """Say what is wrong with rows that `error` refused, naming file, row and column if one is.

    `names` are those of features, targets, weights and offsets, in this order. With `skip_nan` a
    NaN is no reason, and with `labels` y holds labels and no numbers.
    """
    try:
        where = _first_bad(rows, names, skip_nan, labels)
    except TypeError:  # no numbers at all
        where = None
    if where is None:
        last = rows.number + len(rows.X) - 1
        return f"{rows.name}, rows {rows.number} to {last}: {error}"
    row, column, what = where
    return f"{rows.name}, row {rows.number + row}, column {column!r} {what}"


def _first_bad(
    rows: Block, names: Sequence[str] | None, skip_nan: bool, labels: bool
) -> tuple[int, str, str] | None:
    """Return row and column of the first value that is refused, and what is wrong with it."""
    found = []
    columns = 0
    for values, label in (
        (rows.X, "X"),
        (rows.y, "y"),
        (rows.sample_weight, "sample_weight"),
        (rows.offset, "offset"),
    ):
        if values is None:
            continue
        table = values.reshape(len(values), -1)
        if labels and label == "y":
            bad = _bad_label(values, skip_nan)
        else:
            bad = _bad_number(table, skip_nan, is_weight=label == "sample_weight")
        if bad is not None:
            column = column_name(names, columns + bad.column)
            found.append((bad.row, column or _place(label, bad.column, table), bad.what))
        columns += table.shape[1]
    return min(found, key=lambda one: one[0], default=None)


def column_name(names: Sequence[str] | None, column: int) -> str | None:
    """Return the name of a column of a block, None where it has none."""
    return names[column] if names is not None and column < len(names) else None


def _bad_number(table: Array, skip_nan: bool, *, is_weight: bool) -> _Bad | None:
    bad = np.isinf(table) if skip_nan else ~np.isfinite(table)
    if is_weight:
        bad |= table < 0.0
    if not bad.any():
        return None
    row = int(bad.any(axis=1).argmax())
    j = int(bad[row].argmax())
    value = table[row, j]
    if np.isfinite(value):
        return _Bad(row, j, f"is negative, {value:g}")
    return _Bad(row, j, "is missing or NaN" if np.isnan(value) else "is infinite")


def _bad_label(labels: Array, skip_nan: bool) -> _Bad | None:
    found = first_bad_label(labels, skip_missing=skip_nan)
    return None if found is None else _Bad(found[0], 0, found[1])


def _place(label: str, j: int, table: Array) -> str:
    return label if label != "X" and table.shape[1] == 1 else f"{label}[{j}]"
