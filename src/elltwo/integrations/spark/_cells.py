"""Rows that are kept between passes, as bytes of their numbers: cells of a few rows each.

Spark hands a column of bytes to Python as it is, and builds rows of numbers one by one. Cells are
small, because Spark puts as many rows into a batch of Arrow as it is set to, whatever they hold;
the bytes of a batch lie one after another, and are one matrix again where they arrive.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.exceptions import StreamError
from elltwo.integrations._peers import peer
from elltwo.integrations.spark._frames import quiet
from elltwo.integrations.spark._packed import (
    Packed,
    partition_number,
    require_batch,
    unpacked,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from elltwo.integrations.spark._input import Rows
    from elltwo.integrations.spark._packed import Held, Matrix

BATCH = 64 << 20  # bytes of cells in a batch of Arrow
RECORDS = "spark.sql.execution.arrow.maxRecordsPerBatch"


def cells_of(rows: Rows) -> Any:  # noqa: ANN401  # a DataFrame
    """Return a DataFrame with a row for some rows: numbers as bytes, and arrays of what else."""
    from pyspark.sql.types import ArrayType, BinaryType, StringType, StructType

    width = sum(len(held.elements) for held in rows.packing)
    set_to = int(rows.frame.sparkSession.conf.get(RECORDS))
    records = set_to if set_to > 0 else 10_000
    cell_rows = max(BATCH // records // (8 * max(width, 1)), 1)
    schema = StructType().add("numbers", BinaryType()).add("fault", StringType())
    for j, field in enumerate(rows.frame.schema.fields[len(rows.packing) :]):
        schema = schema.add(f"other{j}", ArrayType(field.dataType))
    with quiet():
        return rows.frame.mapInArrow(
            partial(_cells, packing=rows.packing, cell_rows=cell_rows), schema
        )


def tables_of_cells(
    batches: Iterator[Any], key: int, names: Sequence[str], others: Sequence[str]
) -> Iterator[Packed]:
    """Yield the tables that cells were made of, in larger portions.

    Raises
    ------
    StreamError
        If there was something wrong with rows when partition number `key` was made cells.
    """
    assert key >= 0  # faults name it already
    for batch in batches:
        faults = batch.column(1)
        if faults.null_count < len(faults):
            raise StreamError(faults.drop_null()[0].as_py())
        held = {name: batch.column(2 + j).flatten() for j, name in enumerate(others)}
        n_rows = len(held[others[0]]) if others else -1
        yield Packed(_numbers_of(batch.column(0)).reshape(n_rows, len(names)), names, held)


def _cells(batches: Iterator[Any], packing: Sequence[Held], cell_rows: int) -> Iterator[Any]:
    """Yield batches of cells; what is wrong with rows is a cell of its own, and the last."""
    pa = peer("pyarrow", extra="spark")
    source, start = f"partition {partition_number()}", 0
    for batch in batches:
        require_batch(batch, source)
        try:
            table = unpacked(batch, packing, source, start)
        except StreamError as error:
            kinds = batch.schema.types[len(packing) :]
            columns = [pa.nulls(1, pa.list_(kind)) for kind in kinds]
            yield _batch(pa.array([b""]), pa.array([str(error)]), columns)
            return
        start += len(batch)
        ends = np.append(np.arange(0, len(batch), cell_rows), len(batch))
        cells = _cells_of_matrix(np.ascontiguousarray(table), ends)
        columns = [
            pa.ListArray.from_arrays(pa.array(ends, pa.int32()), column)
            for column in batch.columns[len(packing) :]
        ]
        yield _batch(cells, pa.nulls(len(cells), pa.string()), columns)


def _batch(cells: Any, faults: Any, others: Sequence[Any]) -> Any:  # noqa: ANN401  # of Arrow
    pa = peer("pyarrow", extra="spark")
    names = ["numbers", "fault", *(f"other{j}" for j in range(len(others)))]
    return pa.RecordBatch.from_arrays([cells, faults, *others], names=names)


def _cells_of_matrix(matrix: Matrix, ends: npt.NDArray[np.int64]) -> Any:  # noqa: ANN401
    """Return the bytes of rows between `ends`, in place."""
    pa = peer("pyarrow", extra="spark")
    offsets = (ends * (8 * matrix.shape[1])).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(matrix)]
    return pa.Array.from_buffers(pa.binary(), len(ends) - 1, buffers)


def _numbers_of(cells: Any) -> Matrix:  # noqa: ANN401
    """Return the numbers of a column of cells, in place."""
    _, offsets, data = cells.buffers()
    wide = str(cells.type).startswith("large")
    ends = np.frombuffer(offsets, np.int64 if wide else np.int32)
    ends = ends[cells.offset : cells.offset + len(cells) + 1]
    if data is None:
        return np.empty(0)
    return np.frombuffer(data, np.uint8)[ends[0] : ends[-1]].view(np.float64)
