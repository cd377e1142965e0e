"""Columns of a table as a frame of pandas, which formulaic reads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from elltwo.exceptions import MissingValueError
from elltwo.functional._base.lazy import refuse_lazy
from elltwo.functional._base.refusals import in_column, is_missing
from elltwo.functional._base.tables import column_names, is_table, read_column

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Sequence

    from numpy.typing import NDArray

    AnyArray = NDArray[Any]
    Flags = NDArray[np.bool_]

NUMBER, FLAG, CATEGORY = KINDS = ("number", "flag", "category")


class Column(NamedTuple):
    """What a formula expects of a column of its table.

    Parameters
    ----------
    name : str
        Name of the column.
    kind : {"number", "flag", "category"}
        What it holds, flags being true or false.
    levels : tuple, default=None
        Levels of a category in their order, None where they are not known.
    """

    name: str
    kind: str
    levels: tuple[Hashable, ...] | None = None


def open_table(data: Any) -> Any:  # noqa: ANN401  # a table
    """Return a table of pandas, polars or Arrow, or one of the columns of a dictionary.

    Raises
    ------
    TypeError
        If it is none.
    ValueError
        If columns have other names than text, or two of them have the same.
    """
    refuse_lazy(data, "data")
    if isinstance(data, Mapping):
        data = pd.DataFrame(dict(data))
    if not is_table(data):
        raise TypeError(
            "data must be a table of pandas, polars or Arrow, or a dictionary of columns, got "
            f"{type(data).__name__}"
        )
    names = column_names(data)
    if names is None:
        raise ValueError("data must have text for the names of all columns")
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise ValueError(f"data has two columns that are named {twice!r}")
    return data


class Reading:
    """Columns of a table, with flags of the rows in which one of them has no value.

    Parameters
    ----------
    table : table
        As `open_table` returns it.
    columns : sequence of Column or str
        What is read; a name alone stands for whatever the column holds.
    categories : collection of str, default=()
        Columns that are categories, also if they hold numbers.
    """

    def __init__(
        self,
        table: Any,  # noqa: ANN401
        columns: Iterable[Column | str],
        categories: Collection[str] = (),
    ) -> None:
        self.n_rows = len(table)
        self.missing: Flags = np.zeros(self.n_rows, dtype=bool)
        self._values: dict[str, AnyArray] = {}
        self._absent: dict[str, Flags] = {}
        self._levels: dict[str, tuple[Hashable, ...]] = {}
        for column in columns:
            self._read(table, column, categories)

    def _read(self, table: Any, column: Column | str, categories: Collection[str]) -> None:  # noqa: ANN401
        name = column if isinstance(column, str) else column.name
        series = table[name]
        values, levels = _values_of(series, name)
        absent = np.isnan(values) if values.dtype.kind == "f" else _absences(values)
        if isinstance(column, Column):
            values = _as_kind(values, absent, column)
        elif name in categories and values.dtype.kind != "O":
            values, levels = _as_labels(values, absent)
        elif values.dtype.kind not in "bO":
            values = values.astype(np.float64)
        self._values[name], self._absent[name] = values, absent
        if values.dtype.kind == "O":
            self._levels[name] = levels
        self.missing |= absent

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns that were read."""
        return tuple(self._values)

    def require_complete(self) -> None:
        """Refuse a value that is missing."""
        if not self.missing.any():
            return
        row = int(self.missing.argmax())
        name = next(name for name, absent in self._absent.items() if absent[row])
        raise MissingValueError(
            f"data has a missing value in {in_column(name, row)}; impute it, or leave out such "
            "rows with missing='drop'"
        )

    def values(self, name: str, rows: Flags) -> AnyArray:
        """Return some rows of a column: numbers, or objects where they are categories."""
        return self._values[name][rows]

    def columns(self, names: Sequence[str], rows: Flags) -> tuple[Column, ...]:
        """Say what columns hold in some rows."""
        return tuple(self._column(name, rows) for name in names)

    def _column(self, name: str, rows: Flags) -> Column:
        kind = {"O": CATEGORY, "b": FLAG}.get(self._values[name].dtype.kind, NUMBER)
        if kind != CATEGORY:
            return Column(name, kind)
        present = set(self._values[name][rows].tolist())
        return Column(name, kind, tuple(one for one in self._levels[name] if one in present))

    def frame(self, columns: Sequence[Column], rows: Flags) -> pd.DataFrame:
        """Return some rows as a frame; levels that a column does not have are no value there."""
        return pd.DataFrame(
            {
                name: _categorical(self._values[name][rows], levels)
                if kind == CATEGORY and levels is not None
                else self._values[name][rows]
                for name, kind, levels in columns
            },
            index=pd.RangeIndex(int(rows.sum())),
        )

    def unseen(self, name: str, levels: Sequence[Hashable], rows: Flags) -> int | None:
        """Return the first row whose value is none of some levels, None if there is none."""
        known = set(levels)
        strange = np.array([value not in known for value in self._values[name].tolist()], bool)
        strange &= rows
        return int(strange.argmax()) if strange.any() else None

    def value(self, name: str, row: int) -> object:
        """Return one value as Python has it."""
        return self._values[name][row : row + 1].tolist()[0]


def _categorical(values: AnyArray, levels: Sequence[Hashable]) -> Any:  # noqa: ANN401  # of pandas
    places = {level: place for place, level in enumerate(levels)}
    codes = [places.get(value, -1) for value in values.tolist()]
    index: Any = pd.Index(list(levels))
    return pd.Categorical.from_codes(codes, categories=index)


def _values_of(series: Any, name: str) -> tuple[AnyArray, tuple[Hashable, ...]]:  # noqa: ANN401
    """Read a column as numbers or flags, or as objects with the order of their levels."""
    given = getattr(getattr(series, "dtype", None), "categories", None)
    error: TypeError | None = None
    if given is None:
        try:
            return read_column(series, "data", name, keep_missing=True), ()
        except TypeError as refusal:
            error = refusal
    read = next(how for how in ("to_pylist", "to_list", "tolist") if hasattr(series, how))
    items = [None if _is_absent(item) else item for item in getattr(series, read)()]
    values = np.empty(len(items), dtype=object)
    values[:] = items
    present = {item for item in items if item is not None}
    if error is not None and not all(isinstance(item, str) for item in present):
        text = next((item for item in items if isinstance(item, str)), None)
        if text is None or not any(isinstance(item, int | float) for item in present):
            raise error
        raise TypeError(
            f"data has text beside numbers in {in_column(name, items.index(text))}, {text!r}; make "
            "it a column of numbers, or all text"
        ) from error
    return values, tuple(sorted(present) if given is None else list(given))


def _as_kind(values: AnyArray, absent: Flags, column: Column) -> AnyArray:
    """Return values as those that were fitted, or say how they differ."""
    name, kind, _ = column
    is_text = values.dtype.kind == "O"
    if is_text and absent.all():
        return values if kind == CATEGORY else np.full(len(values), np.nan)
    if kind == CATEGORY:
        return values if is_text else _as_labels(values, absent)[0]
    if is_text:
        row = int((~absent).argmax())
        raise TypeError(
            f"data must hold numbers in column {name!r}, as the table of the fit did, got "
            f"{values[row]!r} in row {row}"
        )
    if kind == FLAG and np.isin(values[~absent], (0, 1)).all() and not absent.any():
        return values.astype(bool)
    return values.astype(np.float64)


def _as_labels(values: AnyArray, absent: Flags) -> tuple[AnyArray, tuple[Hashable, ...]]:
    """Return numbers as labels, whole ones as integers, and those that there are."""
    if values.dtype.kind == "f" and (values[~absent] == np.trunc(values[~absent])).all():
        whole = np.where(absent, 0.0, values)
        values = whole.astype(np.int64) if (np.abs(whole) < 2.0**53).all() else values
    labels = values.astype(object)
    labels[absent] = None
    return labels, tuple(sorted(set(labels[~absent].tolist())))


def _absences(values: AnyArray) -> Flags:
    if values.dtype.kind != "O":
        return np.zeros(len(values), dtype=bool)
    return np.array([value is None for value in values.tolist()], dtype=bool)


def _is_absent(item: object) -> bool:
    return is_missing(item) or (isinstance(item, float) and math.isnan(item))
