"""What is done on a partition: its rows are read once, and what is returned are sums, as bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.exceptions import StreamError
from elltwo.functional._logistic_passes.task import FirstTask, task_from_bytes
from elltwo.integrations._reduce.fault import Fault
from elltwo.integrations._reduce.piece import Piece
from elltwo.integrations._reduce.reader import PartReader, is_sparse
from elltwo.integrations._reduce.sparse_pass import SparsePass
from elltwo.integrations._reduce.task import Task
from elltwo.stream._part_moments import PartMoments, Plan
from elltwo.stream._part_pass import PartPass

if TYPE_CHECKING:
    from collections.abc import Callable

    from elltwo.stream._blocks import Block

MOST_FEATURES = 8_000  # of moments, which are then 512 MB


def run_leaf(
    part: Any,  # noqa: ANN401
    key: int,
    task: bytes,
    load: Callable[[Any], Any] | None = None,
) -> bytes:
    """Take the sums that a task asks for of partition number `key`.

    The piece depends on the partition, its number and the task alone. No error is raised: what goes
    wrong is in the piece.

    Parameters
    ----------
    part : object
        A table (pandas, polars, Arrow), ``(X, y)`` or ``(X, y, sample_weight)`` with X a table, an
        array or a sparse matrix, or a list of such chunks or an iterator over them.
    key : int
        Number of the partition, from 0 on.
    task : bytes
        What `Task.to_bytes` returned.
    load : callable, default=None
        Makes the partition of `part`, here.

    Returns
    -------
    bytes
        Those of a `Piece`.
    """
    reader = None
    try:
        wanted = Task.from_bytes(task)
        reader = PartReader(part if load is None else load(part), key, wanted.reading)
        return _KINDS[wanted.kind](reader, key, wanted).to_bytes()
    except Exception as error:  # noqa: BLE001  # raised at the driver
        layout = None if reader is None else reader.layout
        return Piece(key, "fault", layout=layout, fault=Fault.caught(error, key)).to_bytes()


def _moments_piece(reader: PartReader, key: int, task: Task) -> Piece:
    reading = task.reading
    plan = Plan(reading.n_folds, reading.fold_rows, reading.skip_missing, reading.n_threads)
    part = PartMoments(plan, key)
    for block in reader.blocks():
        _require_narrow(block)
        part.add(block, reader.names)
    folds = tuple(b"" if one is None else one.to_bytes() for one in part.moments)
    return Piece(
        key, task.kind, folds, part.rows, part.skipped, longest=part.rows, layout=reader.layout
    )


def _require_narrow(block: Block) -> None:
    if block.n_features > MOST_FEATURES:
        raise StreamError(
            f"{block.name} has {block.n_features} features, and moments of more than "
            f"{MOST_FEATURES} are too large to send (8 bytes times their square)"
        )


def _pass_piece(reader: PartReader, key: int, task: Task) -> Piece:
    reading = task.reading
    wanted = task_from_bytes(task.body)
    how = (key, reading.skip_missing, reading.n_threads)
    part: PartPass | SparsePass = PartPass(wanted, *how)
    for block in reader.blocks(keep_sparse=True):
        if is_sparse(block.X) and part.rows == 0:
            part = SparsePass(wanted, *how)
        if isinstance(part, SparsePass):
            part.add(block)
        else:
            part.add(block, reader.names)
    sums = part.result().to_bytes() if part.rows else b""
    kind = "first" if isinstance(wanted, FirstTask) else "pass"
    return Piece(
        key, kind, (sums,), part.rows, part.skipped, longest=part.rows, layout=reader.layout
    )


_KINDS: dict[str, Callable[[PartReader, int, Task], Piece]] = {
    "moments": _moments_piece,
    "pass": _pass_piece,
}
