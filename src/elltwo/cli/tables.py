"""Tables of numbers: CSV files in memory, and all files that a stream reads, block by block."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.cli.errors import CommandError
from elltwo.stream._cells import NULLS, delimiter_of, is_number
from elltwo.stream._tables import open_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from numpy.typing import NDArray

LARGE = 1 << 25  # bytes of a CSV file that is not read into memory unless asked to
_EXACT = 2.0**53  # floats represent every integer up to here
STREAMED = (".parquet", ".pq", ".arrow", ".feather", ".ipc", ".csv.gz")


class Rows(NamedTuple):
    """Consecutive rows of a table: numbers (rows, columns), NaN where a value is missing."""

    first: int  # row of the table, from 0 on
    values: NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Text cells with what an error message needs to point at one of them."""

    source: str
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]  # of the file, at which the rows end

    def require(self, columns: Sequence[str]) -> None:
        """Raise CommandError unless there are columns of these names."""
        require_columns(self.names, columns, self.source)

    def numbers(self, columns: Sequence[str]) -> NDArray[np.float64]:
        """Convert some columns, found by name, to an array (rows, columns), missing values to NaN.

        Raises
        ------
        CommandError
            Where a cell holds text or infinity; it names row and column.
        """
        self.require(columns)
        at = [self.names.index(name) for name in columns]
        values = np.empty((len(self.rows), len(at)))
        for i, row in enumerate(self.rows):
            for k, j in enumerate(at):
                values[i, k] = self._number(row[j], i, j)
        return values

    def labels(self, column: str) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Return the labels in a column, whole numbers where all are, and flags of missing ones."""
        self.require([column])
        j = self.names.index(column)
        texts = [row[j] for row in self.rows]
        gaps = np.array([text in NULLS for text in texts])
        if not all(map(is_number, texts)):
            return np.array(texts), gaps
        values = self.numbers([column])[:, 0]
        whole = gaps | (values == np.trunc(values))
        if not whole.all():
            i = int(whole.argmin())
            raise CommandError(
                f"{self._cell(i, j)} holds {texts[i]}, but labels that are numbers must be whole"
            )
        labels: NDArray[Any] = np.where(gaps, 0.0, values)
        exact = np.abs(labels) < _EXACT
        return labels.astype(np.int64) if exact.all() else labels, gaps

    def missing(self, i: int, column: str) -> str:
        """Say which cell of row i is missing, and what stands in its place."""
        j = self.names.index(column)
        text = self.rows[i][j]
        return f"{self._cell(i, j)} is empty" if not text else f"{self._cell(i, j)} is {text!r}"

    def _number(self, text: str, i: int, j: int) -> float:
        if text in NULLS:
            return math.nan
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
    """Read a CSV file with a header row; empty lines are skipped.

    The header tells whether commas, semicolons, tabs or bars separate the cells.

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


def rows_of(path: Path, columns: Sequence[str]) -> Iterator[Rows]:
    """Yield the rows of a table of any format, found by name.

    A CSV file of up to 32 MB is one block, and needs no pyarrow.

    Raises
    ------
    CommandError
        For a table that cannot be read, lacks a column, or holds text or infinity.
    """
    if is_small_csv(path):
        yield Rows(0, read_table(path).numbers(columns))
        return
    try:
        reader = open_table(path)
        require_columns(reader.column_names, columns, str(path))
        reader.check_types(columns)
        for batch in reader.batches(columns, 0, None, n_threads=1):
            values = np.column_stack([np.asarray(one, dtype=float) for one in batch.columns])
            _refuse_infinity(values, columns, f"{path}", batch.row)
            yield Rows(batch.row, values)
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror or error}") from error
    except (ImportError, ValueError) as error:
        text = " ".join(str(error).split())
        raise CommandError(text.removesuffix(", or leave it out with ignore")) from error


def is_small_csv(path: Path) -> bool:
    """Whether a file is read into memory as text."""
    if path.is_dir() or path.name.lower().endswith(STREAMED):
        return False
    return not path.is_file() or path.stat().st_size <= LARGE


def require_columns(names: Sequence[str], wanted: Sequence[str], source: str) -> None:
    """Raise CommandError unless a table has columns of these names."""
    missing = [repr(name) for name in wanted if name not in names]
    if missing:
        raise CommandError(
            f"{source} has no column {', '.join(missing)}; its columns are {', '.join(names)}"
        )


def _refuse_infinity(
    values: NDArray[np.float64], columns: Sequence[str], source: str, first: int
) -> None:
    infinite = np.argwhere(np.isinf(values))
    if infinite.size:
        i, j = infinite[0]
        raise CommandError(f"{source}, row {first + i + 1}, column {columns[j]!r} is infinite")


def _records(path: Path | Traversable) -> list[tuple[int, tuple[str, ...]]]:
    """Line number and stripped cells of every row that is not empty."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"cannot read {path}: it is not UTF-8 text") from error
    header = next((line for line in text.splitlines() if line.strip()), "")
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, strict=True, delimiter=delimiter_of(header))
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
