"""How rows of a table become rows of X by a formula, learned from the rows that are fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from formulaic.transforms import TRANSFORMS

from elltwo.exceptions import MissingValueError
from elltwo.formula._expressions import category_in, expressions_of, functions_in, names_in
from elltwo.formula._frame import CATEGORY, Reading, open_table
from elltwo.formula._functions import FUNCTIONS
from elltwo.formula._matrix import Side, evaluate
from elltwo.formula._terms import name_of
from elltwo.functional._base.refusals import in_column
from elltwo.functional._base.tables import column_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from elltwo.formula._frame import Column
    from elltwo.formula._matrix import States
    from elltwo.formula._terms import Factors

    Float64Array = NDArray[np.float64]
    Flags = NDArray[np.bool_]

UNSEEN = ("error", "ignore")


class Coding(NamedTuple):
    """What a formula has learned from the rows that were fitted; plain data but for `context`.

    Parameters
    ----------
    formula : str
        As it was written.
    side : Side
        The terms of the right side.
    columns : tuple of Column
        Columns of the table that they need.
    states : States
        What transformations and categories remember.
    names : tuple of str
        Names of the columns of X.
    spans : tuple of (int, int)
        First column of X of each term, and the one behind its last.
    package : str or None
        The package of the table that was fitted, in which frames are returned.
    context : mapping
        What the terms use beside columns and known functions.
    """

    formula: str
    side: Side
    columns: tuple[Column, ...]
    states: States
    names: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    package: str | None
    context: Mapping[str, Any]

    @property
    def terms(self) -> dict[str, tuple[str, ...]]:
        """Names of the columns of X by term."""
        pairs = zip(self.side.terms, self.spans, strict=True)
        return {name_of(term): self.names[first:end] for term, (first, end) in pairs}

    def matrix(
        self,
        data: Any,  # noqa: ANN401
        *,
        unseen: str = "error",
        missing: bool = False,
    ) -> tuple[Float64Array, Flags]:
        """Return X of the complete rows of a table, and which rows these are.

        Rows that are not complete are refused unless they may be `missing`.
        """
        if unseen not in UNSEEN:
            raise ValueError(f"unseen must be 'error' or 'ignore', got {unseen!r}")
        if unseen == "ignore" and not self.side.full and self._category_levels():
            raise ValueError(
                "unseen='ignore' needs the coding 'full': with a reference level a level that was "
                "not fitted would count as the reference"
            )
        table = open_table(data)
        require_columns(table, [column.name for column in self.columns], self.formula)
        reading = Reading(table, self.columns)
        if not missing:
            reading.require_complete()
        rows = ~reading.missing
        if unseen == "error":
            self._require_seen(reading, rows)
        frame = reading.frame(self.columns, rows)
        X = evaluate(self.side, frame, self.states, self.context, unseen=unseen == "ignore")
        if X.names != self.names:
            raise ValueError(
                f"the formula yields the columns {', '.join(X.names)} for data, but the fit has "
                f"{', '.join(self.names)}"
            )
        whole = require_finite(X.values, X.names, rows, drop=missing)
        rows[np.flatnonzero(rows)[~whole]] = False
        return some_rows(X.values, whole), rows

    def _category_levels(self) -> dict[str, Sequence[Any]]:
        """Return the levels by column, of columns that are categories, or that C() makes some."""
        levels: dict[str, Sequence[Any]] = {
            column.name: column.levels or () for column in self.columns if column.kind == CATEGORY
        }
        for expression in expressions_of(self.side.terms):
            name, known = category_in(expression), self.states.levels(expression)
            if name is not None and known is not None and name not in levels:
                levels[name] = known
        return levels

    def _require_seen(self, reading: Reading, rows: Flags) -> None:
        for name, levels in self._category_levels().items():
            row = reading.unseen(name, levels, rows)
            if row is not None:
                raise ValueError(
                    f"data has the level {reading.value(name, row)!r} in {in_column(name, row)}, "
                    "which no row of the fit had; unseen='ignore' predicts it by the other terms"
                )


def learn(
    formula: str, side: Side, reading: Reading, rows: Flags, context: Mapping[str, Any]
) -> tuple[Coding, Float64Array]:
    """Learn the coding of the rows that are fitted; return it with their X."""
    columns = reading.columns(used_columns(side.terms, reading.names), rows)
    X = evaluate(side, reading.frame(columns, rows), None, context)
    if not X.names:
        raise ValueError(
            f"formula must have a term beside the intercept on its right side, got {formula!r}"
        )
    used = named_in(side.terms).union(*map(functions_in, expressions_of(side.terms)))
    kept = {name: value for name, value in context.items() if name in used}
    return Coding(formula, side, columns, X.states, X.names, X.spans, None, kept), X.values


def used_columns(terms: Iterable[Factors], available: Sequence[str]) -> list[str]:
    """Return the columns of a table that terms use, in its order."""
    used = named_in(terms)
    return [name for name in available if name in used]


def named_in(terms: Iterable[Factors]) -> set[str]:
    """Return all names that terms use, but for those of functions that they call."""
    names: set[str] = set()
    for term in terms:
        for expression, method in term:
            names |= names_in(expression) if method == "python" else {expression}
    return names


def require_known_names(
    terms: Iterable[Factors], available: Sequence[str], context: Mapping[str, Any]
) -> None:
    """Refuse terms with a name that is neither a column nor known otherwise."""
    known = {*available, *FUNCTIONS, *TRANSFORMS, *context}
    unknown = sorted(named_in(terms) - known)
    if unknown:
        raise ValueError(
            f"the formula names {unknown[0]!r}, which is no column of data; its columns are "
            f"{_listed(available)}"
        )


def require_columns(table: Any, names: Sequence[str], formula: str) -> None:  # noqa: ANN401
    """Refuse a table that lacks a column which a formula needs."""
    available = column_names(table) or ()
    lacking = [name for name in names if name not in available]
    if lacking:
        raise ValueError(
            f"data has no column {lacking[0]!r}, which {formula!r} needs; its columns are "
            f"{_listed(available)}"
        )


def require_finite(values: Float64Array, names: Sequence[str], rows: Flags, *, drop: bool) -> Flags:
    """Return which rows have no NaN; refuse infinity, and NaN too unless such rows are dropped."""
    infinite = np.isinf(values)
    if infinite.any():
        i, j = np.argwhere(infinite)[0]
        where = in_column(names[j], int(np.flatnonzero(rows)[i]))
        raise ValueError(f"the formula is {values[i, j]} for data in {where}")
    missing = np.isnan(values)
    if missing.any() and not drop:
        i, j = np.argwhere(missing)[0]
        where = in_column(names[j], int(np.flatnonzero(rows)[i]))
        raise MissingValueError(
            f"the formula has no value (nan) for data in {where}; leave out such rows with "
            "missing='drop'"
        )
    return np.asarray(~missing.any(axis=1))


def some_rows(values: NDArray[Any], rows: Flags) -> NDArray[Any]:
    """Return some rows of an array, without a copy where these are all."""
    return values if rows.all() else values[rows]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:20])) + (", ..." if len(names) > 20 else "")
