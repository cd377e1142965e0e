"""An interrupted stream goes on from its state file, to the bits of an uninterrupted one."""

from __future__ import annotations

import _thread
import shutil
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
from elltwo.exceptions import StreamError
from elltwo.stream._part_moments import PartMoments
from paths import SUPPORT
from stream_tables import columns, rows, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elltwo.stream._blocks import Block

pytest.importorskip("pyarrow")

# Reads `stream.source()` and never ends: after some blocks it says so and waits to be killed.
KILLED = """
import sys, time
sys.path[:0] = {folders!r}
import elltwo, test_stream_resume as here
blocks = 0
def shown(rows, total, seconds):
    global blocks
    blocks += 1
    if rows >= {rows}:
        print("waiting", flush=True)
        time.sleep(60)
import elltwo.stream._progress as progress
progress.PAUSE = 0.0
source, options = here.sources({folder!r})[{kind!r}]
elltwo.fit_stream(source, **options, state={state!r}, checkpoint=0.0, progress=shown)
"""


def chunks(n: int = 12, size: int = 500) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    X, y, _ = rows(n * size)
    for first in range(0, n * size, size):
        yield X[first : first + size], y[first : first + size]


def sources(folder: str) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Sources of every kind, and what `fit_stream` is to do with them."""
    table: dict[str, Any] = {"target": "y", "sample_weight": "w"}
    folds = {"cv": 3, "fold_rows": 300}
    return {
        "chunks": (chunks, {"alpha": 1.0}),
        "folds of chunks": (chunks(), folds),
        "csv": (f"{folder}/0.csv", {**table, "alpha": 1.0}),
        "folds of csv": (f"{folder}/0.csv", {**table, **folds}),
        "files": (folder, {**table, **folds}),
        "jobs": (folder, {**table, **folds, "n_jobs": 2}),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables of 400 000 rows in all."""
    path = tmp_path_factory.mktemp("tables")
    write(path / "0.csv", columns(200_000, 0))
    write(path / "1.parquet", columns(200_000, 1), row_group_size=30_000)
    return path


def bits(fit: elltwo.StreamFit) -> list[bytes]:
    return [moments.to_bytes() for moments in fit.fold_moments]


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("chunks", 2500),
        ("folds of csv", 100_000),
        ("files", 300_000),
        ("jobs", 150_000),
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
    source, options = sources(str(folder))[kind]
    fit = elltwo.fit_stream(
        source, **options, state=state, progress=lambda rows, *_: counts.append(rows)
    )
    whole = elltwo.fit_stream(source if kind != "chunks" else chunks, **options)
    assert bits(fit) == bits(whole)
    assert fit.coef.tobytes() == whole.coef.tobytes()


@pytest.mark.parametrize("kind", sorted(sources("")))
def test_stopped_anywhere_and_resumed(
    folder: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the user's function stops the stream again and again; it always saves."""
    monkeypatch.setattr("elltwo.stream._progress.PAUSE", 0.0)
    state = tmp_path / "stream.state"
    whole = elltwo.fit_stream(**arguments(folder, kind))
    stops = 0
    reached = 0

    def stop(count: int, total: int | None, seconds: float) -> None:  # noqa: ARG001
        nonlocal reached
        if count > reached + 1000 and stops < 4:
            reached = count
            raise RuntimeError

    while True:
        try:
            fit = elltwo.fit_stream(**arguments(folder, kind), state=state, progress=stop)
            break
        except RuntimeError:
            stops += 1
            assert state.exists()
    assert stops > 1
    assert bits(fit) == bits(whole)
    assert fit.n_rows == whole.n_rows


def arguments(folder: Path, kind: str) -> dict[str, Any]:
    source, options = sources(str(folder))[kind]
    return {"source": source, **options}


def test_a_finished_stream_is_not_read_again(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "stream.state"
    copy = tmp_path / "copy.csv"
    shutil.copy(folder / "0.csv", copy)
    first = elltwo.fit_stream(copy, target="y", alpha=1.0, state=state)
    size = copy.stat().st_size
    copy.write_bytes(copy.read_bytes()[:100].ljust(size, b"?"))
    again = elltwo.fit_stream(copy, target="y", alpha=10.0, state=state)
    np.testing.assert_allclose(again.coef, first.moments.ridge(alpha=10.0).coef, rtol=1e-12)
    assert again.n_rows == 200_000


@pytest.mark.alone
@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_saves_what_was_read(tmp_path: Path) -> None:
    state = tmp_path / "stream.state"
    X, y, _ = rows(1000)
    ended = threading.Event()

    def endless() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for _ in range(20):
            yield X, y
        _thread.interrupt_main()
        while not ended.wait(0.01):
            yield X, y

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        elltwo.fit_stream(endless(), alpha=1.0, state=state)
    assert time.monotonic() - start < 30
    resumed = elltwo.fit_stream(((X, y) for _ in range(50)), alpha=1.0, state=state)
    assert bits(resumed) == bits(elltwo.fit_stream(((X, y) for _ in range(50)), alpha=1.0))


@pytest.mark.alone
@pytest.mark.parametrize("added", [True, False])
def test_ctrl_c_within_an_addition(
    tmp_path: Path, added: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows count if they are in, though Ctrl-C comes before they could be counted."""
    state = tmp_path / "stream.state"
    add = PartMoments._call
    calls = 0

    def interrupted(self: PartMoments, moments: elltwo.Moments, block: Block) -> None:
        nonlocal calls
        calls += 1
        if calls != 5 or added:
            add(self, moments, block)
        if calls == 5:
            raise KeyboardInterrupt

    options: dict[str, Any] = {"cv": 3, "fold_rows": 300}
    monkeypatch.setattr(PartMoments, "_call", interrupted)
    with pytest.raises(KeyboardInterrupt):
        elltwo.fit_stream(chunks, **options, state=state)
    fit = elltwo.fit_stream(chunks, **options, state=state)
    assert bits(fit) == bits(elltwo.fit_stream(chunks, **options))
    assert fit.n_rows == 6000


@pytest.mark.alone
@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("delay", [0.0, 0.002, 0.02])
def test_ctrl_c_while_files_are_read(
    folder: Path, tmp_path: Path, n_jobs: int, delay: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever Ctrl-C falls, no row is counted twice and none is lost."""
    monkeypatch.setattr("elltwo.stream._progress.PAUSE", 0.0)
    state = tmp_path / "stream.state"
    options = {**arguments(folder, "files"), "n_jobs": n_jobs}
    timer = threading.Timer(delay, _thread.interrupt_main)

    def begin(*_: object) -> None:
        if timer.ident is None:
            timer.start()

    with pytest.raises(KeyboardInterrupt):  # noqa: PT012  # it may come after the end
        elltwo.fit_stream(**options, state=state, progress=begin)
        timer.join()
        time.sleep(1)
    assert state.exists()
    assert bits(elltwo.fit_stream(**options, state=state)) == bits(elltwo.fit_stream(**options))


def test_a_bad_chunk_saves_what_came_before(tmp_path: Path) -> None:
    state = tmp_path / "stream.state"
    table = columns(70_000)
    path = tmp_path / "train.csv"
    good = write(path, table).read_bytes()
    lines = good.splitlines(keepends=True)
    lines[68_000] = b"NA" + lines[68_000][lines[68_000].index(b",") :]
    path.write_bytes(b"".join(lines).ljust(len(good), b"\n"))
    with pytest.raises(StreamError, match="row 68000, column 'x0'") as caught:
        elltwo.fit_stream(path, target="y", alpha=1.0, state=state)
    path.write_bytes(good)
    fit = elltwo.fit_stream(path, target="y", alpha=1.0, state=state)
    assert caught.value.n_rows == 65_536
    assert bits(fit) == bits(elltwo.fit_stream(path, target="y", alpha=1.0))


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"cv": 4}, "its folds is 3, here it is 4"),
        ({"fold_rows": 7}, "its fold_rows is 300, here it is 7"),
        ({"missing": "skip"}, "its missing is 'raise', here it is 'skip'"),
        ({"features": ["x0"]}, "its features are 3, here they are 1"),
        ({"sample_weight": None, "ignore": "w"}, "its sample_weight is 'w', here it is None"),
        ({"target": "x0"}, "its features 0 is 'x0', here it is 'x1'"),
        ({"source": "0.csv"}, "its sources are 2, here they are 1"),
    ],
)
def test_state_of_another_stream(
    folder: Path, tmp_path: Path, changed: dict[str, Any], text: str
) -> None:
    state = tmp_path / "stream.state"
    elltwo.fit_stream(**arguments(folder, "files"), state=state)
    if "source" in changed:
        changed = {"source": folder / changed["source"]}
    with pytest.raises(ValueError, match=f"holds another stream: {text}"):
        elltwo.fit_stream(**{**arguments(folder, "files"), **changed}, state=state)


def test_damaged_state(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "stream.state"
    elltwo.fit_stream(**arguments(folder, "csv"), state=state)
    whole = state.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    for content, text in (
        (b"", "is not a saved stream"),
        (b"x,y\n1,2\n", "is not a saved stream"),
        (whole[:20], "cut off or damaged"),
        (whole[:-1], "cut off or damaged"),
        (whole + b"\n", "cut off or damaged"),
        (bytes(flipped), "cut off or damaged"),
    ):
        state.write_bytes(content)
        with pytest.raises(ValueError, match=text):
            elltwo.fit_stream(**arguments(folder, "csv"), state=state)


def test_chunks_shorter_than_the_state(tmp_path: Path) -> None:
    state = tmp_path / "stream.state"

    def failing() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        yield from chunks(6)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        elltwo.fit_stream(failing, alpha=1.0, state=state)
    with pytest.raises(StreamError, match="ends after 1000 rows, but the state holds 3000"):
        elltwo.fit_stream(chunks(2), alpha=1.0, state=state)
