"""A session of Spark on this machine alone, DataFrames with given partitions, and its processes."""

from __future__ import annotations

import os
import signal
import sys
import time
import warnings
from contextlib import contextmanager
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
