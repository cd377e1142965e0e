"""A session of Spark on this machine alone, DataFrames with given partitions, and its processes."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LIMIT = 60.0  # seconds that a test waits for what another process does

SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "5",
}


@contextmanager
def local_session() -> Iterator[Any]:
    """Start a session with two threads, which tries a task four times, and stop it after."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        sql = pytest.importorskip("pyspark.sql")
        pytest.importorskip("pyarrow")
    here = {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    with mock.patch.dict(os.environ, here):
        builder = sql.SparkSession.builder.master("local[2,4]").appName("elltwo's tests")
        for name, value in SETTINGS.items():
            builder = builder.config(name, value)
        interrupt = signal.getsignal(signal.SIGINT)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        signal.signal(signal.SIGINT, interrupt)  # Spark's own handler cancels all jobs
        try:
            yield session
        finally:
            session.stop()


def frame_of(session: Any, parts: Sequence[Sequence[Any]], schema: str) -> Any:  # noqa: ANN401
    """Return a DataFrame with a partition for each list of rows."""
    held = [list(part) for part in parts]
    rows = session.sparkContext.parallelize(range(len(held)), len(held)).flatMap(held.__getitem__)
    return session.createDataFrame(rows, schema)


def mapped(
    df: Any,  # noqa: ANN401
    function: Callable[[Iterator[Any]], Iterator[Any]],
    schema: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Return what a function makes of the batches of each partition."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        return df.mapInArrow(function, schema)


def held_up(df: Any, folder: Path, schema: Any) -> Any:  # noqa: ANN401
    """Let the fourth partition say in a folder that it has started, and wait there for "go"."""
    place, limit = str(folder), LIMIT

    def hold(batches: Iterator[Any]) -> Iterator[Any]:
        from pyspark import TaskContext

        context = TaskContext.get()
        if context is not None and context.partitionId() == 3:
            Path(place, "started").touch()
            last = time.monotonic() + limit
            while not Path(place, "go").exists() and time.monotonic() < last:
                time.sleep(0.01)
        yield from batches

    return mapped(df, hold, schema)


@contextmanager
def killing_workers(folder: Path) -> Iterator[list[int]]:
    """Kill all of Spark's Python workers once a partition is held up, then let it go on."""
    killed: list[int] = []

    def kill() -> None:
        wait_for((folder / "started").exists, "leaf")
        for worker in python_workers():
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
                killed.append(worker)
        (folder / "go").touch()

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        thread.join(2 * LIMIT)


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Wait until a condition holds; fail after LIMIT."""
    last = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > last:
            pytest.fail(f"no {what} within {LIMIT} s")
        time.sleep(0.01)


def python_workers() -> list[int]:
    """Return the processes that Spark runs Python in: the children of its daemons."""
    parents = {int(p.name): _parent(p) for p in Path("/proc").iterdir() if p.name.isdigit()}
    ours = {os.getpid()}
    for _ in range(4):  # the session's JVM, a daemon, and its workers
        ours |= {pid for pid, parent in parents.items() if parent in ours}
    daemons = {pid for pid in ours if b"pyspark.daemon" in _command(pid)}
    return [pid for pid in ours if parents.get(pid) in daemons]


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):  # it has ended
        return 0


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
