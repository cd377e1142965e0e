"""Where in a stream the value is that a chunk was refused for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.stream._blocks import Array, Block


def refusal(
    error: Exception, rows: Block, names: Sequence[str] | None, *, skip_nan: bool = False
) -> str:
    """Say what is wrong with rows that `error` refused, naming file, row and column if one is.

    `names` are those of features, targets and weights, in this order. With `skip_nan` a NaN is no
    reason.
    """
    try:
        where = _first_bad(rows, names, skip_nan)
    except TypeError:  # no numbers at all
        where = None
    if where is None:
        last = rows.number + len(rows.X) - 1
        return f"{rows.name}, rows {rows.number} to {last}: {error}"
    row, column, value = where
    what = "is missing or NaN" if np.isnan(value) else "is infinite"
    return f"{rows.name}, row {rows.number + row}, column {column!r} {what}"


def _first_bad(
    rows: Block, names: Sequence[str] | None, skip_nan: bool
) -> tuple[int, str, float] | None:
    found = []
    columns = 0
    for values, label in ((rows.X, "X"), (rows.y, "y"), (rows.sample_weight, "sample_weight")):
        if values is None:
            continue
        table = values.reshape(len(values), -1)
        bad = np.isinf(table) if skip_nan else ~np.isfinite(table)
        if bad.any():
            row = int(bad.any(axis=1).argmax())
            j = int(bad[row].argmax())
            found.append((row, _name(names, columns, j, label, table), float(table[row, j])))
        columns += table.shape[1]
    return min(found, key=lambda one: one[0], default=None)


def _name(names: Sequence[str] | None, columns: int, j: int, label: str, table: Array) -> str:
    if names is not None and columns + j < len(names):
        return names[columns + j]
    return label if label != "X" and table.shape[1] == 1 else f"{label}[{j}]"
