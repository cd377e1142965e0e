"""Parquet and Arrow files, and pyarrow's own tables, readers and datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.exceptions import StreamError
from elltwo.stream._blocks import Batch, block_rows
from elltwo.stream._labels import arrow_labels, is_text
from elltwo.stream._pyarrow import arrow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from elltwo.stream._blocks import Array, Mark
    from elltwo.stream._labels import Kind, LabelColumn

# Bytes read at a time, of all columns and of each: large row groups are never held whole.
READ_BYTES = 1 << 24
MIN_READ_BYTES, MAX_READ_BYTES = 1 << 16, 1 << 20


class _ArrowPart:
    """What has an Arrow schema."""

    n_rows: int | None = None

    def __init__(self, name: str, schema: Any, n_bytes: int | None) -> None:  # noqa: ANN401
        self.name = name
        self.n_bytes = n_bytes
        self.column_names: list[str] = schema.names
        self._schema = schema

    def check_types(self, names: Sequence[str]) -> None:
        """Raise ValueError unless the columns hold numbers."""
        for name in names:
            kind = self._schema.field(name).type
            if not _holds_numbers(kind):
                raise ValueError(
                    f"{self.name}, column {name!r} holds {_value_type(kind)} values, not numbers; "
                    "encode it as numbers, or leave it out with ignore"
                )

    def label_kind(self, name: str) -> Kind | None:
        """Return what a column of labels holds, None where it has no value.

        Raises
        ------
        ValueError
            If its values are no labels.
        """
        kind = self._schema.field(name).type
        if is_text(kind):
            return "text"
        types, value = arrow("types"), _value_type(kind)
        if types.is_null(value):
            return None
        if types.is_boolean(value):
            return "bool"
        if not _holds_numbers(kind):
            raise ValueError(
                f"{self.name}, column {name!r} holds {value} values, which are no labels; "
                "turn them into text or whole numbers"
            )
        return "number"

    def rows_up_to(self, limit: int) -> int | None:
        """Return the number of rows, at most `limit`, where it is known beforehand."""
        return None if self.n_rows is None else min(self.n_rows, limit)

    def batches(
        self,
        names: Sequence[str],
        start: int,
        mark: Mark | None,  # noqa: ARG002
        n_threads: int,
        labels: LabelColumn | None = None,
    ) -> Iterator[Batch]:
        """Yield the columns `names` from a row on that is not after `start`."""
        row, records = self._records(list(names), start, n_threads)
        label = None if labels is None else labels.name

        def read(batch: Any, name: str) -> Array:  # noqa: ANN401
            column = batch.column(name)
            return arrow_labels(column) if name == label else _numbers(column)

        try:
            for batch in records:
                yield Batch(row, [read(batch, name) for name in names])
                row += batch.num_rows
        except (arrow().ArrowInvalid, OSError) as error:
            raise StreamError(f"{self.name} cannot be read after row {row}: {error}") from error

    def _records(self, names: list[str], start: int, n_threads: int) -> tuple[int, Iterable[Any]]:
        raise NotImplementedError


class ParquetFile(_ArrowPart):
    """A Parquet file, read by row groups."""

    def __init__(self, path: Path) -> None:
        try:
            metadata = arrow("parquet").read_metadata(path)
        except (arrow().ArrowInvalid, OSError) as error:
            raise _unreadable(path, "Parquet", error) from error
        super().__init__(str(path), metadata.schema.to_arrow_schema(), path.stat().st_size)
        self.path = path
        self.n_rows = metadata.num_rows
        self._groups = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]

    def _records(self, names: list[str], start: int, n_threads: int) -> tuple[int, Iterable[Any]]:
        row, group = 0, 0
        while group < len(self._groups) and row + self._groups[group] <= start:
            row, group = row + self._groups[group], group + 1
        each = min(max(READ_BYTES // len(names), MIN_READ_BYTES), MAX_READ_BYTES)
        file = arrow("parquet").ParquetFile(
            self.path, buffer_size=each, pre_buffer=False, page_checksum_verification=True
        )
        return row, file.iter_batches(
            block_rows(len(names)),
            row_groups=range(group, len(self._groups)),
            columns=names,
            use_threads=n_threads > 1,
        )


class ArrowFile(_ArrowPart):
    """An Arrow file (Feather, version 2) or a file with an Arrow stream."""

    def __init__(self, path: Path) -> None:
        try:
            with self._open(path) as file:
                schema = file.schema
        except (arrow().ArrowInvalid, OSError) as error:
            raise _unreadable(path, "Arrow", error) from error
        super().__init__(str(path), schema, path.stat().st_size)
        self.path = path

    def rows_up_to(self, limit: int) -> int | None:
        """Count the rows of the batches, but not further than `limit`."""
        found = 0
        for batch in self._read(self.column_names[:1]):
            found += batch.num_rows
            if found >= limit:
                return limit
        return found

    def _records(
        self,
        names: list[str],
        start: int,  # noqa: ARG002
        n_threads: int,  # noqa: ARG002
    ) -> tuple[int, Iterable[Any]]:
        return 0, self._read(names)

    def _read(self, names: list[str]) -> Iterator[Any]:
        with self._open(self.path) as file:
            if hasattr(file, "num_record_batches"):
                batches = (file.get_batch(i) for i in range(file.num_record_batches))
            else:
                batches = iter(file)
            for batch in batches:
                yield batch.select(names)

    @staticmethod
    def _open(path: Path) -> Any:  # noqa: ANN401
        source = arrow().memory_map(str(path))
        ipc = arrow("ipc")
        try:
            return ipc.open_file(source)
        except arrow().ArrowInvalid:
            source.seek(0)
            return ipc.open_stream(source)


class ArrowTable(_ArrowPart):
    """A pyarrow Table, RecordBatch, RecordBatchReader or Dataset."""

    def __init__(self, source: Any) -> None:  # noqa: ANN401
        super().__init__(f"the {type(source).__name__}", source.schema, None)
        self._source = source
        self.n_rows = getattr(source, "num_rows", None)

    def _records(
        self,
        names: list[str],
        start: int,  # noqa: ARG002
        n_threads: int,
    ) -> tuple[int, Iterable[Any]]:
        source = self._source
        if hasattr(source, "get_fragments"):
            rows = block_rows(len(names))
            return 0, source.to_batches(columns=names, batch_size=rows, use_threads=n_threads > 1)
        if hasattr(source, "to_batches"):
            return 0, source.to_batches()
        return 0, [source] if hasattr(source, "columns") else source  # one batch, or a reader


def is_arrow(source: object) -> bool:
    """Whether `source` is a table, reader or dataset of pyarrow."""
    return type(source).__module__.split(".")[0] == "pyarrow" and hasattr(source, "schema")


def _value_type(kind: Any) -> Any:  # noqa: ANN401
    """Return a type, or that of the values where it is a dictionary."""
    return kind.value_type if arrow("types").is_dictionary(kind) else kind


def _holds_numbers(kind: Any) -> bool:  # noqa: ANN401
    types, value = arrow("types"), _value_type(kind)
    return bool(
        types.is_integer(value)
        or types.is_floating(value)
        or types.is_decimal(value)
        or types.is_boolean(value)
        or types.is_null(value)
    )


def _numbers(column: Any) -> Array:  # noqa: ANN401
    """Return a column as an array of numbers, NaN where it is null, in place where possible."""
    types = arrow("types")
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not (types.is_integer(column.type) or types.is_floating(column.type)):
        column = column.cast(arrow().float64(), safe=False)
    values: Array = column.to_numpy(zero_copy_only=False)
    return values


def _unreadable(path: Path, kind: str, error: Exception) -> Exception:
    if isinstance(error, OSError) and error.errno is not None:  # not there, not allowed
        return error
    return ValueError(f"{path} is not a readable {kind} file: {error}")
