"""Workers that are lost, and interruptions: the same bits, and no job left behind."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from elltwo.integrations import spark
from elltwo.integrations.spark import _engine
from spark_session import LIMIT, frame_of, held_up, killing_workers, local_session, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.clusters, pytest.mark.alone]

SCHEMA = "a double, b double, y double"


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    with local_session() as started:
        yield started


@pytest.fixture(scope="module")
def df(session: Any) -> Any:  # noqa: ANN401
    rng = np.random.default_rng(4)
    return frame_of(session, [rng.normal(size=(50, 3)).tolist() for _ in range(6)], SCHEMA)


def active_jobs(session: Any) -> list[int]:  # noqa: ANN401
    return list(session.sparkContext.statusTracker().getActiveJobsIds())


def test_a_killed_worker_changes_no_bit(df: Any, tmp_path: Path) -> None:  # noqa: ANN401
    wanted = spark.moments(df, target="y").to_bytes()
    with killing_workers(tmp_path) as killed:
        found = spark.moments(held_up(df, tmp_path, SCHEMA), target="y").to_bytes()
    assert killed
    assert found == wanted


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_our_jobs_and_no_others(
    session: Any,  # noqa: ANN401
    df: Any,  # noqa: ANN401
    tmp_path: Path,
) -> None:
    from pyspark import InheritableThread

    ours, others = tmp_path / "ours", tmp_path / "others"
    ours.mkdir()
    others.mkdir()
    counts: list[int] = []
    other = InheritableThread(target=lambda: counts.append(held_up(df, others, SCHEMA).count()))
    other.start()
    wait_for((others / "started").exists, "job of somebody else's")
    theirs = active_jobs(session)

    def interrupt() -> None:
        wait_for((ours / "started").exists, "leaf")
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        spark.ridge(held_up(df, ours, SCHEMA), target="y")
    thread.join(LIMIT)
    wait_for(lambda: active_jobs(session) == theirs, "end of our job")
    assert not (ours / "go").exists()
    (others / "go").touch()
    other.join(LIMIT)
    assert counts == [300]
    assert spark.moments(df, target="y").n_rows == 300


def test_workers_without_elltwo_are_an_import_error(
    df: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lost(_: Iterator[Any], **__: object) -> Iterator[Any]:
        raise ModuleNotFoundError("No module named 'elltwo'", name="elltwo")

    lost.__module__ = "__main__"  # pickled as it is, not by its name
    monkeypatch.setattr(_engine, "piece_of_partition", lost)
    with pytest.raises(ImportError, match="Spark's workers cannot import elltwo"):
        spark.ridge(df, target="y")


def test_a_piece_beyond_the_driver_is_refused_before_it_is_made(
    df: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_engine, "result_limit", lambda _: 1 << 10)
    with pytest.raises(ValueError, match=r"larger than spark\.driver\.maxResultSize"):
        spark.ridge(df, target="y")
    monkeypatch.undo()
    monkeypatch.setattr(_engine, "COLLECTED", 1)
    monkeypatch.setattr(_engine, "CELL", 1 << 10)
    with pytest.raises(ValueError, match=r"fan_in=8 pieces of .* pass a smaller fan_in"):
        spark.ridge(df, target="y")
