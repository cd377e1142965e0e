"""Tables in files: which files a source names, and the blocks that are read from each."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from elltwo.stream._ahead import one_ahead
from elltwo.stream._arrow import ArrowFile, ParquetFile
from elltwo.stream._blocks import fill_blocks
from elltwo.stream._csv import CsvFile
from elltwo.stream._labels import LabelColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from elltwo.stream._blocks import Batch, Block, Mark
    from elltwo.stream._columns import Columns
    from elltwo.stream._labels import Kind

READERS: dict[str, Callable[[Path], Reader]] = {
    ".csv": CsvFile,
    ".csv.gz": CsvFile,
    ".parquet": ParquetFile,
    ".pq": ParquetFile,
    ".arrow": ArrowFile,
    ".feather": ArrowFile,
    ".ipc": ArrowFile,
}


_WORDS = {"number": "numbers", "bool": "booleans", "text": "text"}


class Reader(Protocol):
    """A table that yields its columns batch by batch."""

    name: str
    n_rows: int | None
    n_bytes: int | None
    column_names: list[str]

    def check_types(self, names: Sequence[str]) -> None:
        """Raise ValueError where a column is known not to hold numbers."""
        ...

    def label_kind(self, name: str) -> Kind | None:
        """Return what a column of labels holds; None where no value tells."""
        ...

    def rows_up_to(self, limit: int) -> int | None:
        """Return the number of rows, at most `limit`; None where a reader can be read once only."""
        ...

    def batches(
        self,
        names: Sequence[str],
        start: int,
        mark: Mark | None,
        n_threads: int,
        labels: LabelColumn | None = None,
    ) -> Iterator[Batch]:
        """Yield batches that begin no later than `start`, in order."""
        ...


class TablePart:
    """The columns of one table that a stream reads."""

    def __init__(self, reader: Reader, columns: Columns, labels: LabelColumn | None = None) -> None:
        self.name = reader.name
        self.n_rows = reader.n_rows
        self.n_bytes = reader.n_bytes
        self.path: Path | None = getattr(reader, "path", None)
        self._reader = reader
        self._columns = columns
        self._labels = labels

    def rows_up_to(self, limit: int) -> int | None:
        """Return what the reader knows."""
        return self._reader.rows_up_to(limit)

    def blocks(self, start: int, mark: Mark | None, n_threads: int) -> Generator[Block, None, None]:
        """Yield blocks, each of which a thread reads while the one before is used."""
        names = self._columns.names
        batches = self._reader.batches(names, start, mark, n_threads, self._labels)
        return one_ahead(fill_blocks(batches, self._columns, start, self.name))


def open_table(path: Path) -> Reader:
    """Choose the reader by the file's name.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If its name tells no format, or it is not of that format.
    """
    kind = _format(path)
    if kind is None:
        known = ", ".join(READERS)
        raise ValueError(f"{path} has none of the endings that tell a table's format: {known}")
    return READERS[kind](path)


def labels_of(readers: Sequence[Reader], name: str) -> LabelColumn:
    """Find out what a column of labels holds in all tables.

    A CSV file goes by the others. Of CSV files alone it is numbers where the first rows of all hold
    nothing else.

    Raises
    ------
    ValueError
        If two tables hold different kinds.
    """
    kinds = [(reader.label_kind(name), reader) for reader in readers]
    known = [(kind, reader) for kind, reader in kinds if kind and not isinstance(reader, CsvFile)]
    for kind, reader in known:
        if kind != known[0][0]:
            raise ValueError(
                f"{reader.name}, column {name!r} holds {_WORDS[kind]}, but that of "
                f"{known[0][1].name} holds {_WORDS[known[0][0]]}"
            )
    if known:
        return LabelColumn(name, known[0][0])
    return LabelColumn(name, "text" if any(kind == "text" for kind, _ in kinds) else "number")


def table_paths(source: str | Path | Sequence[str | Path]) -> list[Path]:
    """List files: folders stand for the tables in them, patterns with * for what they match.

    Raises
    ------
    ValueError
        If nothing is named, or a folder or pattern has no table.
    """
    given = [source] if isinstance(source, str | Path) else list(source)
    paths = [path for one in given for path in _expand(Path(one))]
    if not paths:
        raise ValueError("source names no file")
    return paths


def _expand(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(one for one in path.rglob("*") if one.is_file() and _format(one))
    elif glob.has_magic(str(path)) and not path.exists():
        found = sorted(map(Path, glob.glob(str(path), recursive=True)))  # noqa: PTH207  # any path, absolute ones too
    else:
        return [path]
    if not found:
        raise ValueError(f"{path} holds no table (a file that ends in {', '.join(READERS)})")
    return found


def _format(path: Path) -> str | None:
    name = path.name.lower()
    return next((ending for ending in READERS if name.endswith(ending)), None)
