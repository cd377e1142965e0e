"""What runs in Spark's Python workers: leaves over Arrow batches, and merges of their pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.exceptions import StreamError
from elltwo.integrations._peers import peer
from elltwo.integrations._reduce.leaf import run_leaf
from elltwo.integrations._reduce.piece import merge_pieces
from elltwo.integrations.spark._packed import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from elltwo.integrations.spark._packed import Held, Packed

# Arrow writes the integers of NumPy and Python in 64 bits, and a column that Spark believes to have
# 32 fails within Spark.
PIECES = "part long, piece binary"


def piece_of_partition(
    batches: Iterator[Any],
    task: Any,  # noqa: ANN401  # a broadcast of bytes
    packing: Sequence[Held],
) -> Iterator[Any]:
    """Yield one row for a partition: its number, and the piece that a leaf makes of it."""
    key = _partition()
    yield _row(key, run_leaf(_tables(batches, packing, key), key, task.value))


def with_predictions(
    batches: Iterator[Any],
    predict: Callable[[npt.NDArray[np.float64]], npt.ArrayLike],
    packing: Sequence[Held],
    features: Sequence[str],
    names: Sequence[str],
) -> Iterator[Any]:
    """Yield the columns of batches after the packed ones, and those of predictions with them.

    Raises
    ------
    ValueError
        If a feature is missing or infinite.
    """
    pa = peer("pyarrow", extra="spark")
    source = f"partition {_partition()}"
    start = 0
    for batch in batches:
        table = unpacked(batch, packing, source, start)
        places = [table.columns.index(name) for name in features]
        X = np.asarray(table)[:, places]
        _require_finite(X, features, source, start)
        values = np.asarray(predict(X)).reshape(len(X), -1)
        added = [_array(values[:, j]) for j in range(values.shape[1])]
        kept = range(len(packing), batch.num_columns)
        yield pa.RecordBatch.from_arrays(
            [*(batch.column(place) for place in kept), *added],
            names=[*(batch.schema.names[place] for place in kept), *names],
        )
        start += len(X)


def _array(values: npt.NDArray[Any]) -> Any:  # noqa: ANN401  # of Arrow
    pa = peer("pyarrow", extra="spark")
    if values.dtype.kind in "iu":
        return pa.array(values.astype(np.int64))
    return pa.array(values.astype(np.float64) if values.dtype.kind == "f" else values.tolist())


def _require_finite(
    X: npt.NDArray[np.float64], features: Sequence[str], source: str, start: int
) -> None:
    bad = ~np.isfinite(X)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        what = "is missing or NaN" if np.isnan(X[row, column]) else "is infinite"
        raise ValueError(f"{source}, row {start + row}, column {features[column]!r} {what}")


def _partition() -> int:
    from pyspark import TaskContext

    context = TaskContext.get()
    assert context is not None  # there is one on a worker
    return int(context.partitionId())


def merged_pieces(pieces: Any) -> Any:  # noqa: ANN401  # tables of Arrow
    """Merge the pieces of one parent into a row of the next level of the tree."""
    pa = peer("pyarrow", extra="spark")
    ordered = sorted(zip(pieces["part"].to_pylist(), pieces["piece"].to_pylist(), strict=True))
    found = [piece for _, piece in ordered]
    merged = merge_pieces(found) if len(found) > 1 else found[0]
    return pa.Table.from_batches([_row(pieces["parent"][0].as_py(), merged)])


def _row(part: int, piece: bytes) -> Any:  # noqa: ANN401  # a batch of Arrow
    pa = peer("pyarrow", extra="spark")
    columns = [pa.array([part], pa.int64()), pa.array([piece], pa.binary())]
    return pa.RecordBatch.from_arrays(columns, names=["part", "piece"])


def _tables(batches: Iterator[Any], packing: Sequence[Held], key: int) -> Iterator[Packed]:
    start = 0
    for batch in batches:
        if not hasattr(batch, "num_rows"):
            raise StreamError(
                f"partition {key}: Spark passed rows as {type(batch).__name__}, not as batches of "
                "Arrow, as 3.5 does after window functions; persist the DataFrame first"
            )
        yield unpacked(batch, packing, f"partition {key}", start)
        start += batch.num_rows
