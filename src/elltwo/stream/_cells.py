"""Cells of CSV files: what separates them, and the one that pyarrow could not read."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# What is read as a missing value.
NULLS = ("", "NA", "N/A", "n/a", "#N/A", "#NA", "NaN", "-NaN", "nan", "-nan", "NULL", "null")

# What may separate cells; of separators that are equally frequent in a header the first is taken.
_DELIMITERS = ",;\t|"


def delimiter_of(header: str) -> str:
    """Return the separator that occurs most often in a header row, quoted names left out."""
    bare = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=bare.count)


class BadCell(NamedTuple):
    """A row of the lines looked at, from 0 on, and what is wrong in it."""

    row: int
    what: str


def first_bad_cell(
    text: bytes, column_names: Sequence[str], wanted: Sequence[str], delimiter: str
) -> BadCell | None:
    """Find the first row with a wrong number of cells, or with text among the `wanted` columns."""
    try:
        rows = csv.reader(io.StringIO(text.decode(), newline=""), delimiter=delimiter)
        places = [column_names.index(name) for name in wanted]
        for i, row in enumerate(row for row in rows if row):
            if len(row) != len(column_names):
                return BadCell(i, f" has {len(row)} cells, but the header has {len(column_names)}")
            for j in places:
                if not is_number(row[j]):
                    return BadCell(i, f", column {column_names[j]!r} is not a number: {row[j]!r}")
    except UnicodeDecodeError:
        return BadCell(0, " or a later one is not UTF-8 text")
    except csv.Error:
        return None
    return None


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, or nothing."""
    if cell.strip() in NULLS:
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell
