"""Tables of pandas, polars and Arrow, read column by column without importing a package."""

from __future__ import annotations

import math
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.lazy import refuse_lazy
from elltwo.functional._base.refusals import in_column, is_missing
from elltwo.functional._base.tables import column_names, is_table, read_column
from elltwo.tabular._columns import Columns, level_of, refuse_infinity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from elltwo.tabular._columns import Flags, Float64Array, Kind

_EPOCH = datetime(1970, 1, 1)  # of dates without a zone
_SECONDS = 86_400.0


class FrameTable(Columns):
    """A table of pandas, polars or Arrow whose columns have text for names.

    Parameters
    ----------
    table : table
        Of which columns are read.
    source : str
        What errors call it.
    numbers : sequence of int, default=None
        Numbers of the rows that errors name; None stands for 0, 1 and so on.
    """

    def __init__(self, table: Any, source: str, numbers: Sequence[int] | None = None) -> None:  # noqa: ANN401
        self.source = source
        self.names = _names(table, source)
        self.n_rows = len(table)
        self._table = table
        self._row_numbers = numbers
        self._read: dict[str, Float64Array | None] = {}
        self._lists: dict[str, list[Any]] = {}

    def kind(self, name: str) -> Kind:
        if self.gaps(name).all():
            return "empty"
        if self._numbers(name) is not None:
            return "number"
        values = [value for value in self._values(name) if not _absent(value)]
        if all(isinstance(value, date) for value in values):
            return "date"
        if all(isinstance(value, str | bytes) for value in values):
            return "text"
        n_text = sum(isinstance(value, str) for value in values)
        return "mixed" if n_text < len(values) else "text"

    def numbers(self, name: str) -> Float64Array:
        values = self._numbers(name)
        if values is None:
            for i, value in enumerate(self._values(name)):
                if not (_absent(value) or isinstance(value, int | float)):
                    raise ValueError(f"{self.cell(i, name)} is not a finite number: {value!r}")
            raise ValueError(f"{self.source}, column {name!r} does not hold numbers")
        return refuse_infinity(self, name, values)

    def days(self, name: str) -> Float64Array:
        days = np.full(self.n_rows, np.nan)
        for i, value in enumerate(self._values(name)):
            if _absent(value):
                continue
            if not isinstance(value, date):
                text = f"{self.cell(i, name)} is not a date: {value!r}"
                raise ValueError(text)  # noqa: TRY004  # as of a table of text
            days[i] = (_as_datetime(value) - _EPOCH).total_seconds() / _SECONDS
        return days

    def texts(self, name: str) -> list[str | None]:
        values = self._values(name)
        return [None if _absent(value) else level_of(_text(value).strip()) for value in values]

    def gaps(self, name: str) -> Flags:
        numbers = self._numbers(name)
        if numbers is not None:
            return np.isnan(numbers)
        return np.array([_absent(value) for value in self._values(name)], dtype=bool)

    def labels(self, name: str) -> NDArray[Any]:
        gaps = self.gaps(name)
        numbers = self._numbers(name)
        if numbers is None:
            return np.array([text or "" for text in self.texts(name)])
        first = next((value for value in self._values(name) if not _absent(value)), 0)
        if isinstance(first, bool | np.bool_):
            truth: NDArray[Any] = numbers == 1.0
            return truth
        return self.whole_labels(name, self.numbers(name), gaps)

    def ordered_levels(self, name: str) -> list[str] | None:
        kind = getattr(self._table[name], "dtype", None)
        levels = getattr(kind, "categories", None)  # of pandas, or an Enum of polars
        if levels is None or not getattr(kind, "ordered", True):
            return None
        return [level_of(str(level)) for level in levels]

    def cell(self, i: int, name: str) -> str:
        row = i if self._row_numbers is None else self._row_numbers[i]
        return f"{self.source}, {in_column(name, row)}"

    def shown(self, i: int, name: str) -> str:
        return f"is missing ({self._values(name)[i]})"

    def take(self, rows: NDArray[np.intp]) -> FrameTable:
        table = self._table
        old = self._row_numbers
        numbers = [i if old is None else old[i] for i in rows.tolist()]
        if hasattr(table, "iloc"):
            part = table.iloc[rows]
        elif hasattr(table, "get_columns"):
            part = table[rows]
        else:
            part = table.take(rows)
        return FrameTable(part, self.source, numbers)

    def _numbers(self, name: str) -> Float64Array | None:
        """Return a column as numbers, None if it does not hold them."""
        if name not in self._read:
            try:
                values = read_column(self._table[name], self.source, name, keep_missing=True)
                self._read[name] = np.asarray(values, dtype=np.float64)
            except TypeError:
                self._read[name] = None
        return self._read[name]

    def _values(self, name: str) -> list[Any]:
        if name not in self._lists:
            column = self._table[name]
            read = next(
                getattr(column, how)
                for how in ("to_pylist", "to_list", "tolist")
                if hasattr(column, how)
            )
            self._lists[name] = list(read())
        return self._lists[name]


def columns_of(table: Any, source: str = "table") -> Columns:  # noqa: ANN401
    """Return a table as `Columns`.

    Raises
    ------
    TypeError
        If it is no table, or a query that has not been run.
    ValueError
        If a column has no text for a name.
    """
    if isinstance(table, Columns):
        return table
    refuse_lazy(table, source)
    if not is_table(table):
        raise TypeError(
            f"{source} must be a table of pandas, polars or Arrow, got {type(table).__name__}"
        )
    return FrameTable(table, source)


def _names(table: Any, source: str) -> tuple[str, ...]:  # noqa: ANN401
    names = column_names(table)
    if names is None:
        raise ValueError(f"{source} must have text for the names of all columns")
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise ValueError(f"{source}: two columns are named {twice!r}")
    return names


def _absent(value: object) -> bool:
    return is_missing(value) or (isinstance(value, float) and math.isnan(value))


def _text(value: object) -> str:
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else str(value)


def _as_datetime(value: date) -> datetime:
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    if value.tzinfo is not None:
        value = value.astimezone(timezone.utc)
    return value.replace(tzinfo=None)
