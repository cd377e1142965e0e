"""The engine for one pass over a lazy Dataset: blocks are read, summed and dropped as they come."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ray.data.dataset import MaterializedDataset
from ray.exceptions import RayError

from elltwo.integrations._reduce.fault import partition_name
from elltwo.integrations._reduce.piece import Piece, merge_pieces
from elltwo.integrations.ray._blocks import StreamedLeaf
from elltwo.integrations.ray._data import quiet
from elltwo.integrations.ray._engine import RayEngine, lost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elltwo.integrations._reduce.engine import Engine, Watch
    from elltwo.integrations.ray._data import Rows

UNNUMBERED = -1  # the key of a block while its place among the others is not known


def one_pass_engine(rows: Rows) -> Engine:
    """Return the engine of a run of one pass without folds; blocks that exist are not copied."""
    if isinstance(rows.dataset, MaterializedDataset):
        return RayEngine(rows)
    return StreamedEngine(rows)


class StreamedEngine:
    """`map_batches` of whole blocks, one row each, numbered as they arrive in order.

    It serves sums that do not depend on a block's number: those of one pass without folds. The
    pieces are merged here, at most ``(fan_in - 1) * depth + 1`` of them at a time.
    """

    name = "ray"
    n_parts = 0  # how many blocks a lazy Dataset has is known when it has been read

    def __init__(self, rows: Rows) -> None:
        self.schema = rows.schema
        self._rows = rows

    def reduce(self, task: bytes, fan_in: int, watch: Watch) -> bytes:
        """Return the merged piece of all blocks."""
        levels = _Levels(fan_in)
        moved = rows = 0
        for key, piece in enumerate(self._pieces(task)):
            one = _numbered(piece, key)
            moved, rows = moved + len(piece), rows + one.n_rows
            levels.put(one.to_bytes())
            watch.done(key + 1, moved, rows)
        return levels.result()

    def close(self) -> None:
        """Do nothing: nothing is kept."""

    def _pieces(self, task: bytes) -> Iterator[bytes]:
        dataset = self._rows.dataset
        leaf = StreamedLeaf(task, self._rows.load, UNNUMBERED)
        with quiet(dataset):
            out = dataset.map_batches(
                leaf,
                batch_size=None,
                batch_format="pyarrow",
                zero_copy_batch=True,
                num_cpus=self._rows.options.get("n_threads", 1),
            )
            try:
                for row in out.iter_rows():
                    yield row["piece"]
            except RayError as error:
                raise lost("a block", error) from error


class _Levels:
    """The tree of `grow` over pieces that come in order, how many being unknown until the end."""

    def __init__(self, fan_in: int) -> None:
        self._fan_in = fan_in
        self._waiting: list[list[bytes]] = []  # of each level, fewer than a group

    def put(self, piece: bytes) -> None:
        """Add the next piece, and merge the groups that it completes."""
        for level in range(len(self._waiting) + 1):
            if level == len(self._waiting):
                self._waiting.append([])
            group = self._waiting[level]
            group.append(piece)
            if len(group) < self._fan_in:
                return
            piece = merge_pieces(group)
            group.clear()

    def result(self) -> bytes:
        """Merge what is left, and return the root."""
        risen: list[bytes] = []  # the last node of the level below, if its group was not full
        for group in self._waiting:
            left = [*group, *risen]
            risen = [merge_pieces(left)] if len(left) > 1 else left
        return risen[0] if risen else merge_pieces([])


def _numbered(data: bytes, key: int) -> Piece:
    """Return the piece of a block with the block's number, which its fault names as well."""
    piece = Piece.from_bytes(data)
    fault, layout = piece.fault, piece.layout
    if fault is not None:
        text = fault.message.replace(partition_name(UNNUMBERED), partition_name(key))
        fault = replace(fault, partition=key, message=text)
    if layout is not None:
        first = layout.first.replace(partition_name(UNNUMBERED), partition_name(key))
        layout = replace(layout, first=first)
    return replace(piece, key=key, fault=fault, layout=layout)
