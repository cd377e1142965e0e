"""Fits on a cluster of two processes: the same bytes whatever fails, and nothing left behind."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import elltwo
from dask_cluster import Reads, our_tasks, received_bytes, rows, until, worker_pids

if TYPE_CHECKING:
    from pathlib import Path

dask: Any = pytest.importorskip("dask")
da: Any = pytest.importorskip("dask.array")
dd: Any = pytest.importorskip("dask.dataframe")
pytest.importorskip("distributed")

from elltwo.integrations import dask as ed  # noqa: E402
from elltwo.integrations.dask._engine import DaskEngine, sums_of  # noqa: E402

X, Y = rows()
CHUNKS = (100,) * 20


def target() -> Any:  # noqa: ANN401
    return da.from_array(Y, chunks=(CHUNKS,))


def delayed_parts(reads: Reads | None = None) -> list[Any]:
    """Return partitions, each of which is a task of its own."""

    def load(i: int) -> Any:  # noqa: ANN401
        part = X[i : i + 100], Y[i : i + 100]
        return part if reads is None else reads(part)

    return [dask.delayed(load)(i) for i in range(0, 2000, 100)]


def persisted(client: Any) -> Any:  # noqa: ANN401
    from distributed import wait

    arrays = client.persist([da.from_array(X, chunks=(CHUNKS, 4)), target()])
    wait(arrays, timeout=60)
    return arrays[0]


def test_the_same_bytes_in_five_runs_and_in_process(dask_client: Any) -> None:  # noqa: ANN401
    with dask.config.set(scheduler="synchronous"):
        expected = ed.moments(delayed_parts()).to_bytes()
    found = {ed.moments(delayed_parts(), n_threads=n).to_bytes() for n in (1, 1, 1, 2, 4)}
    assert found == {expected}
    until(lambda: not our_tasks(dask_client))


def test_a_killed_worker_changes_nothing(dask_client: Any, tmp_path: Path) -> None:  # noqa: ANN401
    expected = ed.moments(delayed_parts()).to_bytes()
    reads = Reads(tmp_path, seconds=0.1)
    victim = worker_pids(dask_client)[0]

    def kill() -> None:
        until(lambda: reads.number >= 8)
        os.kill(victim, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    found = ed.moments(delayed_parts(reads)).to_bytes()
    killer.join()
    assert found == expected
    assert reads.number > 20  # what the worker had was done again
    dask_client.wait_for_workers(2, timeout=60)
    until(lambda: len(worker_pids(dask_client)) == 2 and victim not in worker_pids(dask_client))


def test_a_leaf_that_runs_twice_gives_the_same_piece(dask_client: Any) -> None:  # noqa: ANN401
    pieces: list[bytes] = []

    class Caught(DaskEngine):
        def reduce(self, task: bytes, fan_in: int, watch: Any) -> bytes:  # noqa: ANN401
            pieces.extend(sums_of(3, task, 1, (X[:100], Y[:100])) for _ in range(2))
            pieces.append(
                dask_client.submit(sums_of, 3, task, 1, (X[:100], Y[:100])).result(timeout=60)
            )
            return super().reduce(task, fan_in, watch)

    from elltwo.integrations._reduce import fits
    from elltwo.integrations.dask._data import read_data

    data, options = read_data(delayed_parts(), None, {})
    fits.moments(Caught(data), options)
    assert len(set(pieces)) == 1


def test_persisted_data_are_read_where_they_are(dask_client: Any, tmp_path: Path) -> None:  # noqa: ANN401
    from distributed import wait

    reads = Reads(tmp_path)
    wide = np.random.default_rng(0).normal(size=(16_000, 40))
    lazy = da.from_array(wide, chunks=(1000, 40)).map_blocks(reads, meta=np.empty((0, 0)))
    stays = dask_client.persist(lazy)
    wait(stays, timeout=60)
    y = dask_client.persist(stays[:, 0])  # beside the rows that it belongs to
    wait(y, timeout=60)
    assert reads.number == 16
    piece = len(ed.moments(stays[:1000], y[:1000]).to_bytes())
    assert piece < 1.3 * 8 * 40**2
    before = received_bytes(dask_client)
    fit = ed.ridge(stays, y, fan_in=2)
    moved = received_bytes(dask_client) - before
    assert reads.number == 16
    n_pieces = 16 + 8 + 4 + 2  # each goes to where it is merged, if it is not there
    assert moved < n_pieces * (piece + 1000) + y.nbytes < wide.nbytes / 8
    expected = elltwo.ridge(wide, wide[:, 0], alpha=1.0)
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-11, atol=1e-12)


@pytest.mark.usefixtures("dask_client")
def test_small_partitions_share_a_task() -> None:
    tiny = da.from_array(X, chunks=(CHUNKS, 4)), target()
    assert ed.moments(*tiny).to_bytes() == ed.moments(delayed_parts()).to_bytes()
    from elltwo.integrations.dask._data import read_data
    from elltwo.integrations.dask._engine import plan

    data, _ = read_data(*tiny, {})
    assert [plan(data, b"", fan_in, {}).sizes[0] for fan_in in (2, 8)] == [2, 8]
    large = data._replace(n_bytes=1 << 22)
    assert set(plan(large, b"", 8, {}).sizes) == {1}


@pytest.mark.alone
@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_cancels_what_is_ours_alone(dask_client: Any, tmp_path: Path) -> None:  # noqa: ANN401
    stays = persisted(dask_client)
    reads = Reads(tmp_path, seconds=0.2)
    sent = []

    def interrupt() -> None:
        until(lambda: reads.number >= 4)
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    sender = threading.Thread(target=interrupt)
    sender.start()
    with pytest.raises(KeyboardInterrupt):
        ed.moments(delayed_parts(reads))
    late = time.monotonic() - sent[0]
    sender.join()
    until(lambda: not our_tasks(dask_client))
    time.sleep(0.5)
    left = reads.number
    time.sleep(0.5)
    assert reads.number == left < 20
    assert late < 5.0  # 0.01 s on an idle machine
    assert {future.status for future in dask_client.futures_of(stays)} == {"finished"}
    assert float(stays.sum().compute()) == pytest.approx(X.sum())


@pytest.mark.usefixtures("dask_client")
def test_progress_as_leaves_end() -> None:
    seen: list[tuple[int, int | None]] = []
    options: Any = {"progress": lambda done, total, _: seen.append((done, total))}
    ed.moments(delayed_parts(), **options)
    assert seen[-1] == (2000, 2000)


class Noted:
    """A watch that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []

    def done(self, n_leaves: int, n_bytes: int = 0, n_rows: int | None = None) -> None:  # noqa: ARG002
        self.told.append((n_leaves, n_bytes))


@pytest.mark.usefixtures("dask_client")
def test_a_watch_is_told_of_every_leaf_and_of_bytes() -> None:
    from elltwo.integrations._reduce.task import Reading, Task
    from elltwo.integrations.dask._data import read_data
    from elltwo.stream._columns import Roles

    task = Task("moments", Reading(Roles(None, None, (), None))).to_bytes()
    data, _ = read_data(delayed_parts(), None, {})
    for scheduler in ("threads", None):
        watch = Noted()
        with dask.config.set(scheduler=scheduler):
            piece = DaskEngine(data).reduce(task, 8, watch)
        assert [leaves for leaves, _ in watch.told] == [*range(1, 21), 20]
        assert watch.told[-1][1] == 20 * len(task) + len(piece)


@pytest.mark.usefixtures("dask_client")
def test_large_tasks_are_sent_to_each_worker_once(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = ed.moments(delayed_parts()).to_bytes()
    monkeypatch.setattr("elltwo.integrations.dask._engine.SCATTERED", 10)
    assert ed.moments(delayed_parts()).to_bytes() == expected


def test_a_partition_that_cannot_be_computed_is_named(dask_client: Any) -> None:  # noqa: ANN401
    def load(i: int) -> Any:  # noqa: ANN401
        if i == 7:
            raise FileNotFoundError("no such shard")
        return X[i::20], Y[i::20]

    with pytest.raises(RuntimeError, match=r"^partition 7 failed: FileNotFoundError: no such"):
        ed.moments([dask.delayed(load)(i) for i in range(20)])
    until(lambda: not our_tasks(dask_client))


def test_lost_work_is_an_error(dask_client: Any, tmp_path: Path) -> None:  # noqa: ANN401
    reads = Reads(tmp_path, seconds=0.1)

    def cancel() -> None:
        until(lambda: reads.number >= 2)
        from distributed import Client

        with Client(dask_client.scheduler.address, set_as_default=False) as other:
            keys = [key for key in our_tasks(other) if "leaf" in key]
            other.run_on_scheduler(_forget, keys=keys)

    other = threading.Thread(target=cancel)
    other.start()
    with pytest.raises(RuntimeError, match="the cluster has lost the work on"):
        ed.moments(delayed_parts(reads))
    other.join()


def _forget(keys: list[str], dask_scheduler: Any) -> None:  # noqa: ANN401
    """Cancel tasks whoever wants them, as a closing cluster does."""
    for name, client in dict(dask_scheduler.clients).items():
        if client.wants_what:
            dask_scheduler.client_releases_keys(keys, name, "test")
    for comm in dask_scheduler.client_comms.values():
        for key in keys:
            comm.send({"op": "cancelled-keys", "keys": [key], "reason": "test", "msg": None})


def test_a_cluster_without_workers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from elltwo.integrations.dask import _cluster

    class Gone:
        status = "running"

        def __init__(self) -> None:
            self.workers: dict[str, object] = {}

        def scheduler_info(self) -> dict[str, object]:
            return {"workers": self.workers}

    monkeypatch.setattr(_cluster, "PATIENCE", 0.05)
    client = Gone()
    waiting = _cluster.Watchdog(client)
    for _ in range(5):  # workers may yet come
        time.sleep(0.03)
        waiting.look()
    client.workers = {"one": object()}
    time.sleep(0.03)
    waiting.look()
    client.workers = {}

    def keep_looking() -> None:
        for _ in range(500):
            time.sleep(0.01)
            waiting.look()

    with pytest.raises(RuntimeError, match="has had no workers for"):
        keep_looking()
    client.status = "connecting"
    with pytest.raises(RuntimeError, match="has been out of reach"):
        keep_looking()


def test_within_a_task_of_the_cluster(dask_client: Any) -> None:  # noqa: ANN401
    def inner() -> bytes:
        from elltwo.integrations import dask as here

        return here.moments(delayed_parts()).to_bytes()

    expected = ed.moments(delayed_parts()).to_bytes()
    assert dask_client.submit(inner).result(timeout=60) == expected


@pytest.mark.usefixtures("dask_client")
def test_predictions_on_the_cluster() -> None:
    frame = pd.DataFrame(X, columns=list("abcd")).assign(y=Y)
    table = dd.from_pandas(frame, npartitions=5)
    fit = ed.ridge(table, target="y")
    predicted = ed.predict(fit, table)
    np.testing.assert_allclose(predicted.compute(), fit.predict(frame), rtol=1e-14)
    assert dask.base.tokenize(fit) == dask.base.tokenize(pickle.loads(pickle.dumps(fit)))
