"""Tables in files: in memory whatever their format, or block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.cli.csv_tables import CsvOptions, read_csv
from elltwo.cli.errors import CommandError
from elltwo.cli.text_files import STANDARD_INPUT
from elltwo.stream._pyarrow import arrow
from elltwo.stream._tables import open_table
from elltwo.tabular._frame_table import FrameTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from elltwo.tabular._columns import Columns

LARGE = 1 << 25  # bytes of a CSV file that is not read into memory unless asked to
PACKED = 4  # how much larger a table is than the compressed or binary file that holds it
_PACKED_ENDINGS = (".gz", ".bz2", ".xz")
BINARY = (".parquet", ".pq", ".arrow", ".feather", ".ipc")


def is_small(path: Path) -> bool:
    """Whether a file is read into memory."""
    if path.is_dir() or "*" in path.name:
        return False
    if str(path) == STANDARD_INPUT or not path.is_file():
        return True  # what cannot be read is told there
    ending = path.name.lower()
    packed = PACKED if ending.endswith((*_PACKED_ENDINGS, *BINARY)) else 1
    return packed * path.stat().st_size <= LARGE


def read_columns(path: Path, options: CsvOptions) -> tuple[Columns, list[str]]:
    """Read a table into memory; return it and what should be said of how it was read.

    Raises
    ------
    CommandError
        For a file that cannot be read, or is no table.
    """
    if not path.name.lower().endswith(BINARY):
        return read_csv(path, options)
    try:
        table = _read_binary(path)
        numbers = range(1, table.num_rows + 1)
        if table.num_rows == 0:
            raise CommandError(f"{path} has no rows of data")
        return FrameTable(table, str(path), numbers), []
    except OSError as error:
        text = error.strerror or " ".join(str(error).split())
        raise CommandError(f"cannot read {path}: {text}") from error
    except (ImportError, TypeError, ValueError) as error:
        raise CommandError(" ".join(str(error).split())) from error


def _read_binary(path: Path) -> Any:  # noqa: ANN401  # a table of Arrow
    content = path.read_bytes()
    buffer = arrow().BufferReader(content)
    if path.name.lower().endswith((".parquet", ".pq")):
        return arrow("parquet").read_table(buffer)
    if content.startswith((b"ARROW1", b"FEA1")):
        return arrow("feather").read_table(buffer)
    return arrow("ipc").open_stream(buffer).read_all()


def blocks_of(path: Path, columns: Sequence[str]) -> Iterator[Columns]:
    """Yield the rows of a table of numbers that need not fit in memory, columns found by name.

    Raises
    ------
    CommandError
        For a table that cannot be read, lacks a column, or holds text or infinity.
    """
    try:
        reader = open_table(path)
        _require(reader.column_names, columns, str(path))
        reader.check_types(columns)
        for batch in reader.batches(columns, 0, None, n_threads=1):
            values = [np.asarray(one, dtype=float) for one in batch.columns]
            block = arrow().table(dict(zip(columns, values, strict=True)))
            first = batch.row + 1
            yield FrameTable(block, str(path), range(first, first + block.num_rows))
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror or error}") from error
    except (ImportError, ValueError) as error:
        text = " ".join(str(error).split())
        raise CommandError(text.removesuffix(", or leave it out with ignore")) from error


def _require(names: Sequence[str], wanted: Sequence[str], source: str) -> None:
    missing = [repr(name) for name in wanted if name not in names]
    if missing:
        raise CommandError(
            f"{source} has no column {', '.join(missing)}; its columns are {', '.join(names)}"
        )
