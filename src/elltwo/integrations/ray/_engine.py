"""The engine on the blocks of a Dataset: leaves and merges are tasks, pieces stay in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ray
from ray.exceptions import RayError

from elltwo.integrations._reduce.piece import merge_pieces
from elltwo.integrations._reduce.tree import grow
from elltwo.integrations.ray._blocks import leaf, merge
from elltwo.integrations.ray._data import quiet

if TYPE_CHECKING:
    from elltwo.integrations._reduce.engine import Watch
    from elltwo.integrations.ray._data import Rows

LOOK = 0.1  # seconds between two looks at what has ended
RETRIES = 3  # of a task whose worker is lost, Ray's own default


class RayEngine:
    """Tasks on the blocks of a Dataset, which is computed once and numbers them in order.

    A lazy Dataset is computed into Ray's object store, which goes on to disk where memory ends:
    every pass has to see the same blocks. It is given back with the engine.
    """

    name = "ray"

    def __init__(self, rows: Rows) -> None:
        self.schema = rows.schema
        self._rows = rows
        self._data: Any = None
        self._blocks: list[Any] | None = None

    @property
    def n_parts(self) -> int:
        """Number of blocks; a lazy Dataset is computed when it is first asked for."""
        return len(self._all_blocks())

    def reduce(self, task: bytes, fan_in: int, watch: Watch) -> bytes:
        """Return the merged piece of all blocks; tasks that have not ended are cancelled if not."""
        blocks = self._all_blocks()
        if not blocks:
            return merge_pieces([])
        work = _Work(self._rows.options.get("n_threads", 1))
        try:
            sent = ray.put(task)
            for key, block in enumerate(blocks):
                work.add_leaf(block, key, sent, self._rows.load)
            root = grow(work.pieces, fan_in, work.join)
            work.wait(watch, len(task))
            return work.result(root)
        except BaseException:
            work.cancel()
            raise

    def close(self) -> None:
        """Let go of blocks that were computed for this run."""
        self._blocks = self._data = None

    def _all_blocks(self) -> list[Any]:
        """Return references to the blocks as Arrow tables, in order."""
        if self._blocks is None:
            with quiet(self._rows.dataset):
                self._data = self._rows.dataset.materialize()
                self._blocks = self._data.to_arrow_refs()
        return self._blocks


class _Work:
    """The tasks of a pass."""

    def __init__(self, n_cpus: int) -> None:
        options = {"num_cpus": n_cpus, "max_retries": RETRIES, "retry_exceptions": False}
        self._leaf = ray.remote(leaf).options(num_returns=2, **options)
        self._merge = ray.remote(merge).options(**options)
        self._told: list[Any] = []
        self._merges: list[Any] = []
        self.pieces: list[Any] = []

    def add_leaf(self, *arguments: Any) -> None:  # noqa: ANN401
        """Submit the leaf of the next block."""
        piece, told = self._leaf.remote(*arguments)
        self.pieces.append(piece)
        self._told.append(told)

    def join(self, pieces: list[Any]) -> Any:  # noqa: ANN401
        """Submit the merge of some pieces, which begins when they are there."""
        merged = self._merge.remote(*pieces)
        self._merges.append(merged)
        return merged

    def wait(self, watch: Watch, n_bytes: int) -> None:
        """Wait until all leaves have ended, and tell of those that have; `n_bytes` go to each."""
        keys = {told: key for key, told in enumerate(self._told)}
        pending, done, moved, rows = self._told, 0, 0, 0
        while pending:
            ended, pending = ray.wait(pending, num_returns=len(pending), timeout=LOOK)
            for told in ended:
                one = self._get(told, f"partition {keys[told]}")
                moved, rows = moved + n_bytes + one.n_bytes, rows + one.n_rows
            done += len(ended)
            watch.done(done, moved, rows)

    def result(self, root: Any) -> bytes:  # noqa: ANN401
        """Wait for the root of the tree and return it."""
        while not ray.wait([root], timeout=LOOK)[0]:
            pass
        merged: bytes = self._get(root, "merged partitions")
        return merged

    def cancel(self) -> None:
        """Cancel what has not ended, and nothing else on the cluster."""
        for task in (*self._merges, *self._told):
            ray.cancel(task)

    def _get(self, task: Any, what: str) -> Any:  # noqa: ANN401
        try:
            return ray.get(task)
        except RayError as error:
            raise lost(what, error) from error


def lost(what: str, error: RayError) -> RuntimeError:
    """Return the error of work that Ray did not run, with the last line of what Ray says."""
    lines = str(error).strip().splitlines()
    return RuntimeError(
        f"Ray did not run the work on {what}: {type(error).__name__}: {lines[-1] if lines else ''}"
    )
