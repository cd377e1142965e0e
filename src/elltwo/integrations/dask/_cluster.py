"""A pass on a cluster: submitted, watched, and given up whatever ends it early."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from elltwo.integrations._reduce.engine import Watch
    from elltwo.integrations.dask._work import Work

LOOK = 0.1  # seconds between two looks at Ctrl-C, where the system does not end the wait
PATIENCE = 30.0  # seconds that a cluster may be without workers, or out of reach


def homes_of(client: Any, source: Any) -> dict[int, list[str]]:  # noqa: ANN401
    """Return which workers hold the partitions of a collection that is persisted, by number.

    Left to itself the scheduler sends rows to whichever worker is idle. A collection may be made of
    a persisted one with the same partitions; of several there is no saying which rows are large.
    """
    from distributed import futures_of

    futures = [] if source is None else futures_of(source)
    keys = [future.key for future in futures]
    if not keys or any(not isinstance(key, tuple) or key[0] != keys[0][0] for key in keys):
        return {}
    return {
        int(key[1]): list(workers)
        for key, workers in client.who_has(futures).items()
        if isinstance(key, tuple) and workers
    }


def run_on_cluster(client: Any, work: Work, watch: Watch) -> bytes:  # noqa: ANN401
    """Compute the root.

    Leaves are held until they end, so that they can be counted, and then left to the scheduler,
    which keeps a piece until it has been merged. Whatever ends the wait releases the rest: futures
    of this pass alone, so that persisted data stay.

    Raises
    ------
    RuntimeError
        If the cluster has lost the work, or the data of a partition cannot be computed.
    ImportError
        If workers lack elltwo.
    """
    leaves = [leaf for leaf in work.leaves if leaf is not work.root]
    with apart():
        futures = dict(enumerate(client.compute([*leaves, work.root])))
        root = len(leaves)
        done = 0
        try:
            for number in ended(client, futures):
                what = "the merged sums" if leaves and number == root else named(work, number)
                require_success(futures[number], what)
                if number == root:
                    break
                release([futures.pop(number)])
                done += work.sizes[number]
                watch.done(done)
            piece: bytes = futures[root].result()
        finally:
            release(futures.values())
        return piece


def ended(client: Any, futures: dict[int, Any]) -> Iterator[int]:  # noqa: ANN401
    """Yield the number of every future once it has ended, in whatever way."""
    queue: SimpleQueue[int] = SimpleQueue()
    for number, future in futures.items():
        future.add_done_callback(partial(_put, queue, number))
    watchdog = Watchdog(client)
    for _ in range(len(futures)):
        while True:
            try:
                number = queue.get(timeout=LOOK)
                break
            except Empty:
                watchdog.look()
        yield number


def _put(queue: SimpleQueue[int], number: int, _: object) -> None:
    queue.put(number)


class Watchdog:
    """Ends the wait for a cluster that has gone: its scheduler, or all of its workers."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401
        self._client = client
        self._had_workers = False
        self._good = self._looked = time.monotonic()

    def look(self) -> None:
        """Raise RuntimeError if the cluster has been gone for long."""
        now = time.monotonic()
        if now - self._looked < PATIENCE / 10:
            return
        self._looked = now
        reached = self._client.status == "running"
        workers = len(self._client.scheduler_info()["workers"]) if reached else 0
        self._had_workers |= workers > 0
        if workers or (reached and not self._had_workers):  # it may yet be given workers
            self._good = now
        elif now - self._good > PATIENCE:
            what = "has had no workers" if reached else "has been out of reach"
            raise RuntimeError(
                f"the cluster of {self._client!r} {what} for {PATIENCE:.0f} s; the pass was given "
                "up, and can be made again once it is back"
            )


def require_success(future: Any, what: str) -> None:  # noqa: ANN401
    """Raise what has gone wrong with a future that has ended."""
    if future.status == "finished":
        return
    if future.status != "error":
        raise RuntimeError(
            f"the cluster has lost the work on {what}, which is {future.status}; were the futures "
            "cancelled, or the cluster closed?"
        )
    error = future.exception()
    kind = ImportError if isinstance(error, ImportError) else RuntimeError
    raise kind(f"{what} failed: {type(error).__name__}: {error}") from error


def named(work: Work, leaf: int) -> str:
    """Return what errors call a leaf."""
    first, size = sum(work.sizes[:leaf]), work.sizes[leaf]
    return f"partition {first}" if size == 1 else f"partitions {first} to {first + size - 1}"


def release(futures: Iterable[Any]) -> None:
    """Let the scheduler forget futures, and with them the tasks that have not begun.

    ``Client.cancel`` would go on to their dependents, which nobody has asked for; some releases of
    distributed then drop the client's connection, and all that it had persisted.
    """
    for future in futures:
        with suppress(Exception):  # a cluster that has gone has nothing to forget
            future.release()


class apart:  # noqa: N801  # used as a function
    """Leaves the threads of a worker while this is called within a task, as `Client.get` does."""

    def __enter__(self) -> None:
        from distributed import secede

        self._inside = False
        with suppress(KeyError, ValueError):
            secede()
            self._inside = True

    def __exit__(self, *_: object) -> None:
        if self._inside:
            from distributed import rejoin

            rejoin()
