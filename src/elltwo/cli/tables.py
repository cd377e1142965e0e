"""CSV tables: a header row, then rows of numbers."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elltwo.cli.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Table:
    """Text cells with what an error message needs to point at one of them."""

    source: str
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]  # of the file, at which the rows end

    def require(self, columns: Sequence[str]) -> None:
        """Raise CommandError unless there are columns of these names."""
        missing = [repr(name) for name in columns if name not in self.names]
        if missing:
            raise CommandError(
                f"{self.source} has no column {', '.join(missing)}; "
                f"its columns are {', '.join(self.names)}"
            )

    def numbers(self, columns: Sequence[str]) -> NDArray[np.float64]:
        """Convert some columns, found by name, to an array (rows, columns)."""
        self.require(columns)
        at = [self.names.index(name) for name in columns]
        values = np.empty((len(self.rows), len(at)))
        for i, row in enumerate(self.rows):
            for k, j in enumerate(at):
                values[i, k] = self._number(row[j], i, j)
        return values

    def _number(self, text: str, i: int, j: int) -> float:
        if not text:
            raise CommandError(f"{self._cell(i, j)} is empty")
        try:
            value = math.nan if "_" in text else float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise CommandError(f"{self._cell(i, j)} is not a finite number: {text!r}")
        return value

    def _cell(self, i: int, j: int) -> str:
        return f"{self.source}, row {i + 1} (line {self.lines[i]}), column {self.names[j]!r}"


def read_table(path: Path | Traversable) -> Table:
    """Read a CSV file with commas and a header row; empty lines are skipped.

    Raises
    ------
    CommandError
        For a file that cannot be read, has no rows, rows of unequal length, or column names
        that are empty or given twice.
    """
    records = _records(path)
    if not records:
        raise CommandError(f"{path} is empty; a header row with column names is expected")
    (_, names), *body = records
    _check_names(names, str(path))
    if not body:
        raise CommandError(f"{path} has a header row but no rows of data")
    for i, (line, row) in enumerate(body):
        if len(row) != len(names):
            raise CommandError(
                f"{path}, row {i + 1} (line {line}) has {len(row)} cells, "
                f"but the header has {len(names)}"
            )
    lines, rows = zip(*body, strict=True)
    return Table(str(path), names, rows, lines)


def _records(path: Path | Traversable) -> list[tuple[int, tuple[str, ...]]]:
    """Line number and stripped cells of every row that is not empty."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"cannot read {path}: it is not UTF-8 text") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [(reader.line_num, tuple(cell.strip() for cell in row)) for row in reader if row]
    except csv.Error as error:
        raise CommandError(f"{path}, line {reader.line_num}: {error}") from error


def _check_names(names: Sequence[str], source: str) -> None:
    for j, name in enumerate(names):
        if not name:
            raise CommandError(f"{source}: column {j + 1} has no name in the header row")
        if name in names[:j]:
            raise CommandError(f"{source}: two columns are named {name!r}")
