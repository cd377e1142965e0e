"""A cluster of dask on this machine, and what tests ask of it."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

WAIT = 60.0  # seconds that anything here may take


@contextmanager
def local_cluster() -> Iterator[Any]:
    """Start two processes with a thread each on the loopback device, and yield a client.

    Tasks stay where their data are: a worker that takes them from another one moves these.
    """
    import dask
    from distributed import Client, LocalCluster

    with (
        dask.config.set({"distributed.scheduler.work-stealing": False}),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            memory_limit=0,
            silence_logs=50,
        ) as cluster,
        Client(cluster, timeout=WAIT) as client,
    ):
        client.wait_for_workers(2, timeout=WAIT)
        yield client


def until(condition: Callable[[], object]) -> None:
    """Wait until something is so, and fail where it does not become so."""
    limit = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.02)


def worker_pids(client: Any) -> list[int]:  # noqa: ANN401
    """Return the processes of the workers."""
    return sorted(client.run(os.getpid).values())


def our_tasks(client: Any) -> list[str]:  # noqa: ANN401
    """Return the tasks of elltwo that the scheduler knows."""

    def names(dask_scheduler: Any) -> list[str]:  # noqa: ANN401
        return [str(key) for key in dask_scheduler.tasks if "elltwo" in str(key)]

    found: list[str] = client.run_on_scheduler(names)
    return found


def received_bytes(client: Any) -> int:  # noqa: ANN401
    """Return the bytes that workers have had from each other."""

    def received(dask_worker: Any) -> int:  # noqa: ANN401
        return sum(one["total"] for one in dask_worker.transfer_incoming_log)

    return sum(client.run(received).values())


class Reads:
    """Counts how often blocks are read, in whatever process, and slows them down."""

    def __init__(self, folder: Path, seconds: float = 0.0) -> None:
        self.path = folder / "reads"
        self.path.touch()
        self.seconds = seconds

    def __call__(self, block: Any) -> Any:  # noqa: ANN401
        """Return a block as it is."""
        with self.path.open("ab") as file:
            file.write(b".")
        time.sleep(self.seconds)
        return block

    @property
    def number(self) -> int:
        """Blocks that have been read."""
        return self.path.stat().st_size


def rows(n: int = 2_000, p: int = 4) -> tuple[Array, Array]:
    """Return X with means far from zero, and y."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(n, p)) + np.arange(p)
    return X, X @ np.arange(1.0, p + 1.0) + rng.normal(size=n)
