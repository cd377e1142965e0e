"""CSV files, plain or compressed by gzip, read in blocks of bytes that threads parse."""

from __future__ import annotations

import csv
import gzip
import zlib
from codecs import BOM_UTF8
from collections import deque
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.exceptions import StreamError
from elltwo.functional._base.workers import Workers
from elltwo.stream._blocks import Batch, Mark
from elltwo.stream._cells import NULLS, delimiter_of, first_bad_cell, is_number
from elltwo.stream._labels import LabelColumn, arrow_labels
from elltwo.stream._pyarrow import arrow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from elltwo.functional._base.workers import Ended
    from elltwo.stream._labels import Kind

BLOCK_BYTES = 1 << 20  # large enough to parse at full speed, small enough for the cache
MAX_LINE_BYTES = 1 << 30


class _Lines(NamedTuple):
    """Whole lines, the byte of the file at which they begin and the bytes read after them."""

    text: bytes
    byte: int
    read: int


class CsvFile:
    """A file with a header row and no line breaks inside of cells.

    The header tells whether commas, semicolons, tabs or bars separate the cells.
    """

    n_rows: int | None = None

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self.path = path
        self.n_bytes: int | None = path.stat().st_size
        self._packed = path.suffix == ".gz"
        header, self._header_bytes = self._read_header()
        self._delimiter = delimiter_of(header)
        names = next(csv.reader([header], delimiter=self._delimiter))
        self.column_names = [name.strip() for name in names]

    def check_types(self, names: Sequence[str]) -> None:
        """Accept: what the cells hold is seen when they are read."""

    def label_kind(self, name: str) -> Kind | None:
        """Return what a column of labels holds in the first rows, None where they hold nothing."""
        lines = next(self._lines(self._header_bytes), None)
        if lines is None:
            return None
        table = self._parse(lines.text, [name], LabelColumn(name, "text"))
        texts = {label for label in arrow_labels(table.column(name), strip=True) if label}
        if not texts:
            return None
        return "number" if all(map(is_number, texts)) else "text"

    def rows_up_to(self, limit: int) -> int | None:
        """Count the rows, but not further than `limit`."""
        found = 0
        for lines in self._lines(self._header_bytes):
            found += sum(1 for line in lines.text.splitlines() if line.strip())
            if found >= limit:
                return limit
        return found

    def batches(
        self,
        names: Sequence[str],
        start: int,
        mark: Mark | None,
        n_threads: int,
        labels: LabelColumn | None = None,
    ) -> Iterator[Batch]:
        """Yield the columns `names` of consecutive blocks; `start` is met through the mark."""
        row, byte = mark if mark is not None and not self._packed and mark.row <= start else (0, 0)
        workers: Workers[_Lines, Any] = Workers(
            lambda lines: self._parse(lines.text, names, labels)
        )
        try:
            workers.start(n_threads)
            for ended in _in_order(workers, self._lines(byte or self._header_bytes), n_threads + 1):
                yield self._batch(ended, names, row, labels)
                row += ended.result().num_rows
        finally:
            workers.close()

    def _batch(
        self, ended: Ended[_Lines, Any], names: Sequence[str], row: int, labels: LabelColumn | None
    ) -> Batch:
        lines = ended.task
        texts = labels.name if labels is not None and labels.kind == "text" else None
        try:
            table = ended.result()
        except arrow().ArrowInvalid as error:
            numbers = [name for name in names if name != texts]
            where = first_bad_cell(lines.text, self.column_names, numbers, self._delimiter)
            if where is None:
                raise StreamError(f"{self.name}, after row {row}: {error}") from error
            raise StreamError(f"{self.name}, row {row + where.row + 1}{where.what}") from error
        columns = [
            arrow_labels(column, strip=True) if name == texts else column.to_numpy()
            for name, column in ((name, table.column(name)) for name in names)
        ]
        return Batch(row, columns, lines.read, Mark(row, lines.byte))

    def _parse(self, text: bytes, names: Sequence[str], labels: LabelColumn | None = None) -> Any:  # noqa: ANN401
        reader, types = arrow("csv"), dict.fromkeys(names, arrow().float64())
        if labels is not None and labels.kind != "number":
            types[labels.name] = arrow().string() if labels.kind == "text" else arrow().bool_()
        return reader.read_csv(
            arrow().BufferReader(text),
            read_options=reader.ReadOptions(
                column_names=self.column_names, use_threads=False, block_size=len(text) + 1
            ),
            parse_options=reader.ParseOptions(delimiter=self._delimiter),
            convert_options=reader.ConvertOptions(
                column_types=types,
                include_columns=list(names),
                null_values=NULLS,
                strings_can_be_null=True,
            ),
        )

    def _read_header(self) -> tuple[str, int]:
        """Return the first line that is not empty, and the bytes up to its end."""
        with ExitStack() as stack, self._naming_the_file():
            _, file = self._open(stack)
            size = 0
            line = b"\n"
            while line and not line.removeprefix(BOM_UTF8).strip():
                line = file.readline(MAX_LINE_BYTES)
                size += len(line)
        try:
            text = line.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValueError(f"{self.name} is not UTF-8 text") from error
        if not text.strip():
            raise ValueError(f"{self.name} is empty; a header row with column names is expected")
        return text, size

    def _open(self, stack: ExitStack) -> tuple[BinaryIO, BinaryIO]:
        """Open the file as it is and as text; both are the same unless it is compressed."""
        raw = stack.enter_context(self.path.open("rb"))
        if not self._packed:
            return raw, raw
        return raw, stack.enter_context(gzip.open(raw))  # type: ignore[return-value]

    def _lines(self, byte: int) -> Iterator[_Lines]:
        """Cut the file from `byte` on into blocks of whole lines."""
        with ExitStack() as stack, self._naming_the_file():
            raw, file = self._open(stack)
            file.seek(byte)
            rest = b""
            while piece := file.read(BLOCK_BYTES):
                end = piece.rfind(b"\n") + 1
                if end == 0:
                    rest = self._join(rest, piece)
                    continue
                text = self._join(rest, piece[:end])
                if not text.isspace():
                    yield _Lines(text, byte, raw.tell())
                byte += len(text)
                rest = piece[end:]
            if rest and not rest.isspace():
                yield _Lines(rest, byte, raw.tell())

    @contextmanager
    def _naming_the_file(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise StreamError(f"{self.name} is not a complete gzip file: {error}") from error

    def _join(self, start: bytes, rest: bytes) -> bytes:
        if len(start) > MAX_LINE_BYTES:
            raise StreamError(f"{self.name} has a line of more than {MAX_LINE_BYTES} bytes")
        return start + rest if start else rest


def _in_order(
    workers: Workers[_Lines, Any], blocks: Iterator[_Lines], ahead: int
) -> Iterator[Ended[_Lines, Any]]:
    """Yield blocks that have been worked on in their order; so many are begun at a time."""
    begun: deque[int] = deque()
    ended: dict[int, Ended[_Lines, Any]] = {}
    while True:
        for block in islice(blocks, ahead - len(begun)):
            workers.begin(block)
            begun.append(block.byte)
        if not begun:
            return
        first = begun.popleft()
        while first not in ended:
            one = workers.ended()
            ended[one.task.byte] = one
        yield ended.pop(first)
