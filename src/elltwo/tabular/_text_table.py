"""Cells of text, as CSV files hold them."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.tabular._columns import Columns, level_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from elltwo.tabular._columns import Flags, Float64Array, Kind

_TRUTH = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}([T ]\S+)?|\d{4}/\d{1,2}/\d{1,2}.*|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*"
    r"|\d{1,2}[- ]?[A-Za-z]{3}[- ]?\d{2,4}|[A-Za-z]{3,9}[- ]\d{1,2},?[- ]\d{4}"
    r"|\d{1,2}:\d{2}(:\d{2}.*)?"
)
_EPOCH = datetime(1970, 1, 1)  # of dates without a zone
_SECONDS = 86_400.0


class Layout(NamedTuple):
    """How cells are to be read: what separates decimals, and what stands for a missing value."""

    decimal: str = "."
    nulls: frozenset[str] = frozenset({""})


class _Numbers(NamedTuple):
    """A column read as numbers: NaN where it is none, and flags of those cells that hold text."""

    values: Float64Array
    text: Flags


class TextTable(Columns):
    """Columns of text with what an error message needs to point at one cell.

    Parameters
    ----------
    source : str
        The file.
    columns : dict of lists of str
        The cells, by name.
    lines : sequence of int
        Line of the file at which each row ends.
    layout : Layout
        How cells are read.
    numbers : sequence of int, default=None
        Numbers of the rows in the file, from 1 on; None stands for all.
    """

    def __init__(
        self,
        source: str,
        columns: dict[str, Sequence[str]],
        lines: Sequence[int],
        layout: Layout,
        numbers: Sequence[int] | None = None,
    ) -> None:
        self.source = source
        self.names = tuple(columns)
        self.n_rows = len(lines)
        self._columns = columns
        self._lines = lines
        self._layout = layout
        self._row_numbers = numbers
        self._read: dict[str, _Numbers] = {}

    def kind(self, name: str) -> Kind:
        text = self._numbers(name).text
        n_filled = self.n_rows - int(self.gaps(name).sum())
        if n_filled == 0:
            return "empty"
        n_text = int(text.sum())
        if n_text == 0:
            return "number"
        column = self._columns[name]
        words = {column[i] for i in np.flatnonzero(text).tolist()}
        if 2 * n_text <= n_filled or (len(words) == 1 and n_filled - n_text > 2):
            return "mixed"
        return "date" if n_text == n_filled and all(map(_DATE.fullmatch, words)) else "text"

    def numbers(self, name: str) -> Float64Array:
        values, text = self._numbers(name)
        bad = text | np.isinf(values)
        if bad.any():
            i = int(bad.argmax())
            raise ValueError(
                f"{self.cell(i, name)} is not a finite number: {self._columns[name][i]!r}"
            )
        return values

    def days(self, name: str) -> Float64Array:
        values = np.full(self.n_rows, np.nan)
        for i, text in enumerate(self._columns[name]):
            if text in self._layout.nulls:
                continue
            try:
                date = datetime.fromisoformat(text)
            except ValueError:
                raise ValueError(
                    f"{self.cell(i, name)} is not a date such as 2004-12-31: {text!r}"
                ) from None
            values[i] = (date.replace(tzinfo=None) - _EPOCH).total_seconds() / _SECONDS
        return values

    def texts(self, name: str) -> list[str | None]:
        nulls = self._layout.nulls
        return [None if text in nulls else level_of(text) for text in self._columns[name]]

    def gaps(self, name: str) -> Flags:
        nulls = self._layout.nulls
        return np.array([text in nulls for text in self._columns[name]], dtype=bool)

    def labels(self, name: str) -> NDArray[Any]:
        values, text = self._numbers(name)
        gaps = self.gaps(name)
        column = self._columns[name]
        if text.any() or self.is_truth(name):
            return np.array(column)
        self.numbers(name)  # infinity is no label
        return self.whole_labels(name, values, gaps)

    def is_truth(self, name: str) -> bool:
        """Whether a column holds true and false."""
        words = {text.lower() for text in self._columns[name]} - self._layout.nulls
        return bool(words) and words <= {"true", "false"}

    def ordered_levels(self, name: str) -> list[str] | None:  # noqa: ARG002
        return None

    def cell(self, i: int, name: str) -> str:
        row = i + 1 if self._row_numbers is None else self._row_numbers[i]
        return f"{self.source}, row {row} (line {self._lines[i]}), column {name!r}"

    def shown(self, i: int, name: str) -> str:
        text = self._columns[name][i]
        return f"is {text!r}" if text else "is empty"

    def take(self, rows: NDArray[np.intp]) -> TextTable:
        at = rows.tolist()
        columns: dict[str, Sequence[str]] = {
            name: [column[i] for i in at] for name, column in self._columns.items()
        }
        lines = [self._lines[i] for i in at]
        old = self._row_numbers
        numbers = [i + 1 if old is None else old[i] for i in at]
        return TextTable(self.source, columns, lines, self._layout, numbers)

    def _numbers(self, name: str) -> _Numbers:
        if name not in self._read:
            self._read[name] = _read_numbers(self._columns[name], self._layout)
        return self._read[name]


def _read_numbers(column: Sequence[str], layout: Layout) -> _Numbers:
    values = np.full(len(column), np.nan)
    text = np.zeros(len(column), dtype=bool)
    for i, cell in enumerate(column):
        if cell in layout.nulls:
            continue
        value = number_of(cell, layout.decimal)
        if value is None:
            text[i] = True
        else:
            values[i] = value
    if text.any():
        filled = [cell.lower() for cell in column if cell not in layout.nulls]
        if all(cell in _TRUTH for cell in filled):
            values = np.array(
                [np.nan if cell in layout.nulls else _TRUTH[cell.lower()] for cell in column]
            )
            text[:] = False
    return _Numbers(values, text)


def number_of(cell: str, decimal: str) -> float | None:
    """Read a number, None where a cell holds none."""
    if decimal == ",":
        if "." in cell:
            return None
        cell = cell.replace(",", ".")
    try:
        value = float(cell)
    except ValueError:
        return None
    return None if "_" in cell or math.isnan(value) else value
