"""CSV files in memory: which cells they have, and how these are to be read."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, NamedTuple

from elltwo.cli.errors import CommandError
from elltwo.cli.text_files import read_text
from elltwo.stream._cells import NULLS, delimiter_of
from elltwo.tabular._text_table import Layout, TextTable, number_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    Row = tuple[int, list[str]]  # line of the file at which a row ends, and its cells

_LOOKED_AT = 1000  # rows that tell the decimal separator
_COMMA = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")


class CsvOptions(NamedTuple):
    """What the user says of CSV files; None is found out.

    Parameters
    ----------
    delimiter : str, default=None
        What separates cells; a blank stands for any number of blanks.
    decimal : str, default=None
        What separates decimals: "." or ",".
    na : tuple of str, default=()
        Texts that stand for a missing value, beside the usual ones.
    """

    delimiter: str | None = None
    decimal: str | None = None
    na: tuple[str, ...] = ()


class CsvTable(NamedTuple):
    """A table, and what should be said of how it was read."""

    table: TextTable
    notes: list[str]


def read_csv(path: Path | Traversable, options: CsvOptions = CsvOptions()) -> CsvTable:  # noqa: B008
    """Read a CSV file with a header row; empty lines are skipped.

    The header tells whether commas, semicolons, tabs or bars separate the cells, or blanks if there
    is none of them. Decimal commas are found where commas do not separate cells. A first column
    without a name holds names of rows, and is left out with a note.

    Raises
    ------
    CommandError
        For a file that cannot be read, has no rows, rows of unequal length, or column names
        that are empty or given twice.
    """
    content, notes = read_text(path)
    delimiter = options.delimiter or _delimiter(content)
    records = _records(content, delimiter, str(path))
    if not records:
        raise CommandError(f"{path} is empty; a header row with column names is expected")
    (_, names), *rows = records
    if not rows:
        raise CommandError(f"{path} has a header row but no rows of data")
    names, rows = _without_row_names(names, rows, path, notes)
    _check(names, rows, str(path))
    nulls = frozenset((*NULLS, *options.na))
    cells = list(zip(*(row for _, row in rows), strict=True))
    decimal = options.decimal
    if decimal is None:
        decimal = _decimal(cells, delimiter, nulls)
        if decimal == ",":
            notes.append("Decimal commas were found (--decimal . reads points)")
    columns: dict[str, Sequence[str]] = dict(zip(names, cells, strict=True))
    lines = [line for line, _ in rows]
    return CsvTable(TextTable(str(path), columns, lines, Layout(decimal, nulls)), notes)


def _delimiter(content: str) -> str:
    lines = (line for line in io.StringIO(content) if line.strip())
    header = next(lines, "")
    found = delimiter_of(header)
    if found in header or " " not in header.strip():
        return found
    widths = {len(line.split()) for line, _ in zip(lines, range(20), strict=False)}
    n_names = len(header.split())
    return " " if widths and widths <= {n_names, n_names + 1} else found


def _records(content: str, delimiter: str, source: str) -> list[Row]:
    """Return the line number and the stripped cells of every row that is not empty."""
    lines = io.StringIO(content, newline="")
    blanks = delimiter == " "
    quote = "'" if content.lstrip().startswith("'") else '"'
    reader = csv.reader(
        lines, strict=True, delimiter=delimiter, skipinitialspace=blanks, quotechar=quote
    )
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if row]
    except csv.Error as error:
        raise CommandError(f"{source}, line {reader.line_num}: {error}") from error
    if blanks:  # at the ends of lines
        rows = [(line, row[:-1] if len(row) > 1 and not row[-1] else row) for line, row in rows]
    return rows


def _without_row_names(
    names: list[str], rows: list[Row], path: Path | Traversable, notes: list[str]
) -> tuple[list[str], list[Row]]:
    """Leave out a first column without a name, and an empty last one, which R and Excel write."""
    widths = {len(row) for _, row in rows}
    if widths == {len(names) + 1}:
        names = ["", *names]
    if widths == {len(names)} and len(names) > 1:
        if not names[0]:
            notes.append(f"The first column of {path} has no name, and was left out as row names")
            names, rows = names[1:], [(line, row[1:]) for line, row in rows]
        if len(names) > 1 and not names[-1] and not any(row[-1] for _, row in rows):
            names, rows = names[:-1], [(line, row[:-1]) for line, row in rows]
    return names, rows


def _check(names: Sequence[str], rows: Sequence[Row], source: str) -> None:
    for i, (line, row) in enumerate(rows):
        if len(row) != len(names):
            raise CommandError(
                f"{source}, row {i + 1} (line {line}) has {len(row)} cells, "
                f"but the header has {len(names)}"
            )
    for j, name in enumerate(names):
        if not name:
            raise CommandError(f"{source}: column {j + 1} has no name in the header row")
        if name in names[:j]:
            raise CommandError(f"{source}: two columns are named {name!r}")


def _decimal(cells: Sequence[Sequence[str]], delimiter: str, nulls: frozenset[str]) -> str:
    """Return the separator of decimals: a comma if a column is numbers with it and none without."""
    if delimiter == ",":
        return "."
    commas = False
    for column in cells:
        filled = [cell for cell in column[:_LOOKED_AT] if cell not in nulls]
        if any("." in cell and number_of(cell, ".") is not None for cell in filled):
            return "."
        with_comma = [cell for cell in filled if "," in cell]
        commas = commas or (
            bool(with_comma)
            and all(map(_COMMA.fullmatch, with_comma))
            and all(number_of(cell, ",") is not None for cell in filled)
        )
    return "," if commas else "."
