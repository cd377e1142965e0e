"""Workers that are lost, and interruptions: the same bits, and no task left behind."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from elltwo.integrations import ray as er
from elltwo.integrations.ray._blocks import leaf
from ray_cluster import MARKS, WAIT, Gate, dataset, lazy, local_ray, table, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = MARKS

ENGINE = "elltwo.integrations.ray._engine"

RNG = np.random.default_rng(4)
X = RNG.normal(size=(300, 5))
Y = X @ np.arange(5.0) + RNG.normal(size=300)


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    with local_ray() as started:
        yield started


def blocks() -> Any:  # noqa: ANN401
    return dataset([table(X[i : i + 50], y=Y[i : i + 50]) for i in range(0, 300, 50)])


def held_leaf(gate: Gate, held: int) -> Callable[..., Any]:
    """Return a leaf that waits at the gate on one block."""
    hold = gate.hold

    def wait(block: Any, key: int, task: bytes, load: Any) -> Any:  # noqa: ANN401
        if key == held:
            hold()
        return leaf(block, key, task, load)

    wait.__module__ = "__main__"  # pickled as it is, not by its name
    return wait


def require_free(ray: Any) -> None:  # noqa: ANN401
    """Fail if a task goes on that holds one of the two processors for longer than WAIT."""
    both = ray.remote(lambda: "free").options(num_cpus=2)
    assert ray.get(both.remote(), timeout=WAIT) == "free"


def test_a_killed_worker_changes_no_bit(
    ray: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    assert ray.is_initialized()
    wanted = er.moments(blocks(), target="y").to_bytes()
    gate = Gate(tmp_path)
    monkeypatch.setattr(f"{ENGINE}.leaf", held_leaf(gate, 3))
    killed: list[int] = []

    def kill() -> None:
        try:
            until(gate.processes, "leaf")
            killed.extend(gate.processes())
            os.kill(killed[0], signal.SIGKILL)
        finally:
            gate.open()

    thread = threading.Thread(target=kill)
    thread.start()
    found = er.moments(blocks(), target="y").to_bytes()
    thread.join(WAIT)
    assert killed
    assert len(gate.processes()) == 2  # the leaf has run twice
    assert found == wanted


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("streamed", [False, True])
def test_ctrl_c_ends_our_tasks_and_no_others(
    ray: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    streamed: bool,
) -> None:
    gate, other = Gate(tmp_path / "ours"), Gate(tmp_path / "theirs")
    wait = other.hold
    theirs = ray.remote(lambda: (wait(), "kept")[1]).options(num_cpus=0).remote()
    if streamed:
        hold = gate.hold
        data = lazy(blocks(), lambda block: (hold(), block)[1])
    else:
        data = blocks()
        monkeypatch.setattr(f"{ENGINE}.leaf", held_leaf(gate, 3))

    def interrupt() -> None:
        until(other.processes, "task of others")
        until(gate.processes, "leaf")
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        er.ridge(data, target="y")
    thread.join(WAIT)
    require_free(ray)  # while the gate is shut: a leaf that goes on holds its processor
    other.open()
    assert ray.get(theirs, timeout=WAIT) == "kept"
    monkeypatch.undo()
    assert er.moments(blocks(), target="y").n_rows == 300


def test_a_lost_leaf_is_an_error_that_names_the_partition(
    ray: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dies(block: Any, key: int, task: bytes, load: Any) -> Any:  # noqa: ANN401
        if key == 2:
            os._exit(1)
        return leaf(block, key, task, load)

    dies.__module__ = "__main__"
    monkeypatch.setattr(f"{ENGINE}.leaf", dies)
    monkeypatch.setattr(f"{ENGINE}.RETRIES", 0)
    with pytest.raises(RuntimeError, match="Ray did not run the work on partition 2"):
        er.ridge(blocks(), target="y")
    require_free(ray)


def test_a_leaf_of_another_version_is_refused(
    ray: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def older(block: Any, key: int, task: bytes, load: Any) -> Any:  # noqa: ANN401
        import elltwo

        elltwo.__version__, now = "0.0.1", elltwo.__version__
        try:
            return leaf(block, key, task, load)
        finally:
            elltwo.__version__ = now

    assert ray.is_initialized()
    older.__module__ = "__main__"
    monkeypatch.setattr(f"{ENGINE}.leaf", older)
    with pytest.raises(ImportError, match=r"0\.0\.1 on the worker"):
        er.ridge(blocks(), target="y")


@pytest.mark.parametrize("streamed", [False, True])
def test_progress_is_told_of_rows(ray: Any, streamed: bool) -> None:  # noqa: ANN401
    assert ray.is_initialized()
    seen: list[int] = []
    data = lazy(blocks()) if streamed else blocks()
    er.ridge(data, target="y", progress=lambda rows, *_: seen.append(rows))
    assert seen == sorted(seen)
    assert seen[-1] == 300


def test_a_state_file_answers_without_a_pass(tmp_path: Path, ray: Any) -> None:  # noqa: ANN401
    assert ray.is_initialized()
    state = tmp_path / "state"
    labels = dataset([table(X[i : i + 50], y=Y[i : i + 50] > 0) for i in range(0, 300, 50)])
    first = er.logistic(labels, target="y", state=state)
    again = er.logistic(labels, target="y", state=state)
    assert again.coef.tobytes() == first.coef.tobytes()
    assert again.passes.n_passes == first.passes.n_passes
