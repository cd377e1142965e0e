"""An interrupted logistic regression goes on from its state file, to the same bits."""

from __future__ import annotations

import _thread
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.stream._part_pass import PartPass
from paths import SUPPORT
from stream_classes import class_chunks, class_columns
from stream_tables import write

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("pyarrow")

pytestmark = pytest.mark.filterwarnings("ignore:alpha.* lies on:UserWarning")

# Fits and never ends: after some rows of all passes it says so and waits to be killed.
KILLED = """
import sys, time
sys.path[:0] = {folders!r}
import elltwo, test_stream_logistic_resume as here
import elltwo.stream._progress as progress
progress.PAUSE = 0.0
here.short_runs()
def shown(rows, total, seconds):
    if rows >= {rows}:
        print("waiting", flush=True)
        time.sleep(60)
source, options = here.sources({folder!r})[{kind!r}]
elltwo.fit_stream(
    source, model="logistic", **options, state={state!r}, checkpoint=0.0, progress=shown
)
"""
N = 20_000  # of each file


def short_runs() -> None:
    """Let parts be gone on with after every block of 1 024 rows."""
    import elltwo.stream._blocks as blocks
    import elltwo.stream._part_pass as part_pass

    part_pass.RUN_BLOCKS = 1
    blocks.MAX_BLOCK_ROWS = 1 << 10


def sources(folder: str) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Sources of every kind, and what `fit_stream` is to do with them."""
    table: dict[str, Any] = {"target": "y", "sample_weight": "w", "ignore": "o", "alpha": 1.0}
    return {
        "chunks": (class_chunks, {"alpha": 1.0}),
        "csv": (f"{folder}/0.csv", table),
        "files": (folder, table),
        "jobs": (folder, {**table, "n_jobs": 2}),
        "folds": (folder, {**table, "alpha": None, "alphas": [0.1, 10.0], "cv": 2}),
        "alo": (folder, {**table, "alpha": None, "alphas": [0.1, 10.0], "cv": "alo"}),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables of 40 000 rows in all."""
    path = tmp_path_factory.mktemp("tables")
    write(path / "0.csv", class_columns(N, 2, 0))
    write(path / "1.parquet", class_columns(N, 2, 1), row_group_size=3000)
    return path


@pytest.fixture(autouse=True)
def runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("elltwo.stream._part_pass.RUN_BLOCKS", 1)
    monkeypatch.setattr("elltwo.stream._blocks.MAX_BLOCK_ROWS", 1 << 10)
    monkeypatch.setattr("elltwo.stream._progress.PAUSE", 0.0)


def fitted(folder: Path, kind: str, **options: Any) -> elltwo.LogisticStreamFit:  # noqa: ANN401
    source, given = sources(str(folder))[kind]
    fit: elltwo.LogisticStreamFit = elltwo.fit_stream(
        source, model="logistic", **{**given, **options}
    )
    return fit


def bits(fit: elltwo.LogisticStreamFit) -> bytes:
    return fit.coef.tobytes() + np.asarray(fit.intercept).tobytes()


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("chunks", 2500),  # in the first pass
        ("chunks", 14_500),  # in the third
        ("csv", 27_000),
        ("csv", 51_000),
        ("files", 10_000),
        ("files", 75_000),
        ("jobs", 130_000),
        ("folds", 130_000),
        ("alo", 230_000),
    ],
)
def test_killed_and_resumed(folder: Path, tmp_path: Path, kind: str, seen: int) -> None:
    state = tmp_path / "stream.state"
    code = KILLED.format(
        folders=[str(SUPPORT), str(Path(__file__).parent)],
        rows=seen,
        folder=str(folder),
        kind=kind,
        state=str(state),
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "waiting\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    counts: list[int] = []
    fit = fitted(folder, kind, state=state, progress=lambda rows, *_: counts.append(rows))
    each = {"chunks": 6000, "csv": N}.get(kind, 2 * N)
    if seen > each:  # passes that were complete are not made again
        assert counts[0] > each
    assert bits(fit) == bits(fitted(folder, kind))


@pytest.mark.parametrize("kind", sorted(sources("")))
def test_stopped_anywhere_and_resumed(folder: Path, tmp_path: Path, kind: str) -> None:
    """An error of the user's function stops the stream again and again; it always saves."""
    state = tmp_path / "stream.state"
    stops = reached = 0

    def stop(count: int, total: int | None, seconds: float) -> None:  # noqa: ARG001
        nonlocal reached
        if count > reached + 3000 and stops < 8:
            reached = count
            raise RuntimeError

    while True:
        try:
            fit = fitted(folder, kind, state=state, progress=stop)
            break
        except RuntimeError:
            stops += 1
            assert state.exists()
    assert stops > 3
    assert bits(fit) == bits(fitted(folder, kind))


def test_a_finished_fit_is_not_read_again(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "stream.state"
    calls = []

    def source() -> Iterator[Any]:
        calls.append(1)
        return class_chunks()

    first = elltwo.fit_stream(source, model="logistic", alpha=1.0, state=state)
    made = len(calls)
    again = elltwo.fit_stream(source, model="logistic", alpha=1.0, state=state)
    assert len(calls) == made == first.passes.n_passes
    assert bits(again) == bits(first)
    assert again.info == first.info
    assert (again.n_rows, again.classes.tolist()) == (first.n_rows, first.classes.tolist())
    with pytest.raises(ValueError, match=r"stream: its alpha is 1\.0, here it is 2\.0"):
        elltwo.fit_stream(source, model="logistic", alpha=2.0, state=state)
    with pytest.raises(ValueError, match="holds another stream: its tol"):
        elltwo.fit_stream(source, model="logistic", alpha=1.0, tol=1e-6, state=state)
    y = [(X, np.arange(len(X))) for X, _ in class_chunks()]
    with pytest.raises(ValueError, match="the passes of a fit, not the moments of a stream"):
        elltwo.fit_stream(y, alpha=1.0, state=state)
    other = tmp_path / "other.state"
    elltwo.fit_stream(y, alpha=1.0, state=other)
    with pytest.raises(ValueError, match="the moments of a stream, not the passes of a fit"):
        elltwo.fit_stream(source, model="logistic", alpha=1.0, state=other)
    assert fitted(folder, "csv", state=tmp_path / "csv.state").n_rows == N
    (tmp_path / "csv.state").write_bytes(b"?")
    with pytest.raises(ValueError, match="is not a saved stream"):
        fitted(folder, "csv", state=tmp_path / "csv.state")


@pytest.mark.alone
@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # between `open` and `with`
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("delay", [0.0, 0.01, 0.2])
def test_ctrl_c_while_files_are_read(
    folder: Path, tmp_path: Path, n_jobs: int, delay: float
) -> None:
    """Wherever Ctrl-C falls, no row is counted twice and none is lost."""
    state = tmp_path / "stream.state"
    timer = threading.Timer(delay, _thread.interrupt_main)

    def begin(*_: object) -> None:
        if timer.ident is None:
            timer.start()

    with pytest.raises(KeyboardInterrupt):  # noqa: PT012  # it may come after the end
        fitted(folder, "files", n_jobs=n_jobs, state=state, progress=begin)
        timer.join()
        time.sleep(1)
    fit = fitted(folder, "files", n_jobs=n_jobs, state=state)
    assert bits(fit) == bits(fitted(folder, "files", n_jobs=n_jobs))


@pytest.mark.alone
@pytest.mark.parametrize("added", [True, False])
@pytest.mark.parametrize("call", [3, 9, 21])
def test_ctrl_c_within_an_addition(
    tmp_path: Path, added: bool, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "stream.state"
    add = PartPass._call
    calls = 0

    def interrupted(self: PartPass, *arguments: Any) -> None:  # noqa: ANN401
        nonlocal calls
        calls += 1
        if calls != call or added:
            add(self, *arguments)
        if calls == call:
            raise KeyboardInterrupt

    monkeypatch.setattr(PartPass, "_call", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fitted(tmp_path, "chunks", state=state)
    assert bits(fitted(tmp_path, "chunks", state=state)) == bits(fitted(tmp_path, "chunks"))


@pytest.mark.alone
@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_an_endless_pass() -> None:
    ended = threading.Event()
    X, y = next(class_chunks())

    def endless() -> Iterator[tuple[Any, Any]]:
        for _ in range(20):
            yield X, y
        _thread.interrupt_main()
        while not ended.wait(0.01):
            yield X, y

    with pytest.raises(KeyboardInterrupt):
        elltwo.fit_stream(endless, model="logistic", alpha=1.0)
