"""What a formula reads of a table to be fitted: X, the left side, and what belongs to the rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from elltwo.formula._coding import (
    learn,
    named_in,
    require_finite,
    require_known_names,
    some_rows,
    used_columns,
)
from elltwo.formula._expressions import category_in
from elltwo.formula._frame import Reading, open_table
from elltwo.formula._matrix import Side, evaluate
from elltwo.formula._terms import name_of, parse
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.tables import column_names, package_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from elltwo.formula._coding import Coding
    from elltwo.formula._terms import Parsed

    AnyArray = NDArray[Any]
    Flags = NDArray[np.bool_]

MISSING = ("error", "drop")


class Request(NamedTuple):
    """What is to be read.

    Parameters
    ----------
    formula : str
        With both sides.
    full : bool
        How categories are coded, see `Side`.
    classes : bool
        Whether the left side holds labels of classes.
    missing : str
        "error" or "drop".
    context : mapping or None
        What the formula may use beside columns and known functions.
    """

    formula: str
    full: bool
    classes: bool
    missing: str
    context: Mapping[str, Any] | None


class Rows(NamedTuple):
    """The rows to be fitted; `beside` holds what belongs to them, by argument."""

    X: pd.DataFrame
    y: Any
    beside: dict[str, AnyArray]
    coding: Coding


def read_rows(data: Any, request: Request, beside: Mapping[str, Any]) -> Rows:  # noqa: ANN401
    """Read a table.

    Parameters
    ----------
    data : table
        With the columns that the formula names.
    request : Request
        What is read.
    beside : mapping
        What belongs to the rows, by argument: names of columns of the table, or arrays with an
        entry for each of its rows.
    """
    if request.missing not in MISSING:
        raise ValueError(f"missing must be 'error' or 'drop', got {request.missing!r}")
    if not isinstance(request.context, Mapping | None):
        raise TypeError(
            "context must be a dictionary of names and what they stand for, got "
            f"{type(request.context).__name__}"
        )
    table = open_table(data)
    names = column_names(table) or ()
    parsed, context = parse(request.formula, names), request.context or {}
    require_known_names([*parsed.response, *parsed.terms], names, context)
    given = {argument: value for argument, value in beside.items() if value is not None}
    columns = [value for value in given.values() if isinstance(value, str)]
    _require_columns(given, names)
    wanted = {*named_in([*parsed.response, *parsed.terms]), *columns}
    reading = Reading(table, [one for one in names if one in wanted], _categories(parsed, request))
    if request.missing == "error":
        reading.require_complete()
    rows = ~reading.missing
    _require_rows(rows, request)
    side = Side(parsed.terms, parsed.intercept, request.full)
    coding, X = learn(request.formula, side, reading, rows, context)
    y, targets = (_labels if request.classes else _numbers)(parsed, reading, rows, context)
    whole = require_finite(X, coding.names, rows, drop=request.missing == "drop")
    if not request.classes:
        whole &= require_finite(y, targets, rows, drop=request.missing == "drop")
    rows[np.flatnonzero(rows)[~whole]] = False
    _require_rows(rows, request)
    frame = pd.DataFrame(some_rows(X, whole), columns=list(coding.names), copy=False)
    taken = {name: _taken(table, name, value, reading, rows) for name, value in given.items()}
    return Rows(
        frame,
        _named(some_rows(y, whole), targets),
        taken,
        coding._replace(package=package_of(data)),
    )


def _require_rows(rows: Flags, request: Request) -> None:
    if not rows.any():
        what = "of which no value is missing " if request.missing == "drop" and rows.size else ""
        raise ValueError(f"data has no row {what}to fit".replace("  ", " "))


def _categories(parsed: Parsed, request: Request) -> set[str]:
    """Return the columns that are categories alone: labels, and those that are only in C()."""
    names: set[str] = set()
    others: set[str] = set()
    for term in (*parsed.response, *parsed.terms):
        for expression, method in term:
            name = category_in(expression) if method == "python" else None
            (names if name else others).update(
                {name} if name else named_in([((expression, method),)])
            )
    return names - others | (named_in(parsed.response) if request.classes else set())


def _numbers(
    parsed: Parsed, reading: Reading, rows: Flags, context: Mapping[str, Any]
) -> tuple[AnyArray, tuple[str, ...]]:
    """Return the columns of the left side and their names."""
    columns = reading.columns(used_columns(parsed.response, reading.names), rows)
    side = Side(parsed.response, intercept=False, full=True)
    if not parsed.response:
        raise ValueError(f"formula must name what is predicted, got {parsed.text!r}")
    Y = evaluate(side, reading.frame(columns, rows), None, context)
    text = next(
        (expr for expr, (kind, _) in Y.states.encodings.items() if kind != "numerical"), None
    )
    if text is not None:
        raise TypeError(
            f"the left side {text!r} holds categories, not numbers; elltwo.formula.logistic fits "
            "classes"
        )
    return Y.values, Y.names


def _labels(
    parsed: Parsed,
    reading: Reading,
    rows: Flags,
    context: Mapping[str, Any],  # noqa: ARG001  # as `_numbers`
) -> tuple[AnyArray, tuple[str, ...]]:
    """Return the labels of the one column that the left side is."""
    only = parsed.response[0] if len(parsed.response) == 1 else ()
    if len(only) != 1 or only[0][1] != "lookup":
        raise ValueError(
            "the left side must be one column, which holds the classes, got "
            f"{' + '.join(map(name_of, parsed.response))!r}"
        )
    name = only[0][0]
    labels = reading.values(name, rows)
    return np.array(labels.tolist()), (name,)


def _named(y: AnyArray, names: tuple[str, ...]) -> Any:  # noqa: ANN401
    """Return the left side with its names; labels and single targets are one-dimensional."""
    if y.ndim == 1:
        return pd.Series(y, name=names[0], dtype=object if y.dtype.kind in "US" else None)
    if y.shape[1] == 1:
        return pd.Series(y[:, 0], name=names[0])
    return pd.DataFrame(y, columns=list(names))


def _require_columns(given: Mapping[str, Any], names: Sequence[str]) -> None:
    for argument, value in given.items():
        if isinstance(value, str) and value not in names:
            raise ValueError(f"{argument} names {value!r}, which is no column of data")


def _taken(
    table: Any,  # noqa: ANN401
    argument: str,
    value: Any,  # noqa: ANN401
    reading: Reading,
    rows: Flags,
) -> AnyArray:
    """Return what belongs to the rows that are fitted."""
    if isinstance(value, str):
        return reading.values(value, rows)
    require_same_labels(table, **{argument: value})
    array = np.asarray(value)
    if array.ndim == 0 or len(array) != len(rows):
        raise ValueError(
            f"{argument} must have an entry for each of the {len(rows)} rows of data, got shape "
            f"{array.shape}"
        )
    return array[rows]
