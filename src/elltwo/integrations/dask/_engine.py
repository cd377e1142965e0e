"""Leaves and merges as tasks of dask, on whichever of its schedulers is in use."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from dask import annotate, delayed
from dask.base import get_scheduler
from dask.callbacks import Callback

from elltwo.integrations._reduce.leaf import run_leaf
from elltwo.integrations._reduce.piece import merge_pieces
from elltwo.integrations._reduce.tree import grow
from elltwo.integrations.dask._cluster import homes_of, run_on_cluster
from elltwo.integrations.dask._work import Work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from elltwo.integrations._reduce.engine import Schema, Watch
    from elltwo.integrations.dask._rows import Rows

SCATTERED = 1 << 20  # bytes of a task from which on each worker gets it once
SMALL = 1 << 17  # bytes of a partition that move in less than the 1 ms a task takes to schedule


class DaskEngine:
    """Partitions of collections; nothing of it outlives a pass."""

    name = "dask"

    def __init__(self, rows: Rows) -> None:
        self.n_parts = len(rows.parts)
        self.schema: Schema = rows.schema
        self._rows = rows

    def reduce(self, task: bytes, fan_in: int, watch: Watch) -> bytes:
        """Return the merged piece of all partitions, and leave no task behind."""
        client = client_in_use()
        sent: Any = task
        if client is not None and len(task) >= SCATTERED:
            sent = client.scatter(task, broadcast=True, hash=False)
        homes = {} if client is None else homes_of(client, self._rows.source)
        work = plan(self._rows, sent, fan_in, homes)
        n_bytes = len(task) * len(work.leaves)
        piece = run_here(work, watch) if client is None else run_on_cluster(client, work, watch)
        watch.done(self.n_parts, n_bytes + len(piece))
        return piece

    def close(self) -> None:
        """Do nothing: what was computed for a pass has gone with it."""


def client_in_use() -> Any:  # noqa: ANN401  # of distributed, or None
    """Return the client that collections are computed with, None if dask works in this process."""
    owner = getattr(get_scheduler(), "__self__", None)
    distributed: Any = sys.modules.get("distributed")
    return owner if distributed is not None and isinstance(owner, distributed.Client) else None


def plan(
    rows: Rows,
    task: Any,  # noqa: ANN401  # bytes, or a future of them
    fan_in: int,
    homes: Mapping[int, Sequence[str]],
) -> Work:
    """Return the tasks of a pass.

    A leaf takes the sums of one partition, or of all that are merged first where these are small.
    It goes to a worker that holds its rows, by `homes`, as long as there is one.
    """
    run = uuid4().hex  # the scheduler would take an equal name for the same result
    small = rows.n_bytes is not None and rows.n_bytes <= SMALL
    step = fan_in if small else 1
    groups = [range(i, min(i + step, len(rows.parts))) for i in range(0, len(rows.parts), step)]
    leaf, merge = delayed(sums_of), delayed(merged)
    leaves = []
    for keys in groups:
        blocks = [block for key in keys for block in rows.parts[key]]
        workers = homes.get(keys.start)
        place = {} if workers is None else {"workers": workers, "allow_other_workers": True}
        with annotate(**place):
            name = f"elltwo-leaf-{run}-{keys.start}"
            leaves.append(leaf(keys.start, task, rows.width, *blocks, dask_key_name=name))
    n_merges = 0

    def join(nodes: Sequence[Any]) -> Any:  # noqa: ANN401
        nonlocal n_merges
        n_merges += 1
        return merge(*nodes, dask_key_name=f"elltwo-merge-{run}-{n_merges}")

    return Work(leaves, [len(keys) for keys in groups], grow(leaves, fan_in, join))


def sums_of(first: int, task: bytes, width: int, *blocks: Any) -> bytes:  # noqa: ANN401
    """Return the merged piece of partitions numbered from `first`, of `width` blocks each."""
    pieces = []
    for key, start in enumerate(range(0, len(blocks), width), first):
        part = blocks[start] if width == 1 else blocks[start : start + width]
        pieces.append(run_leaf(part, key, task))
    return merged(*pieces)


def merged(*pieces: bytes) -> bytes:
    """Merge pieces; one alone stays as it is."""
    return pieces[0] if len(pieces) == 1 else merge_pieces(pieces)


def run_here(work: Work, watch: Watch) -> bytes:
    """Compute the root with the scheduler of this process that dask is set to."""
    sizes = dict(zip((leaf.key for leaf in work.leaves), work.sizes, strict=True))
    done = 0

    def count(key: Any, *_: object) -> None:  # noqa: ANN401
        nonlocal done
        if key in sizes:
            done += sizes[key]
            watch.done(done)

    with Callback(posttask=count):
        try:
            root: bytes = work.root.compute()
        except Exception as error:  # leaves raise none
            text = f"the data of a partition cannot be computed: {type(error).__name__}: {error}"
            raise RuntimeError(text) from error
    return root
