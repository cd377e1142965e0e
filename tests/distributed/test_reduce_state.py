"""What a pass has given is kept in a file, from which the same call goes on; progress is shown."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import elltwo
from elltwo.integrations._reduce import fits
from elltwo.integrations._reduce.leaf import run_leaf
from elltwo.integrations._reduce.serial import SerialEngine
from elltwo.integrations._reduce.task import Reading, Task
from elltwo.integrations._reduce.watch import Passes, PassWatch
from elltwo.stream._columns import Roles
from elltwo.stream._progress import Progress
from partitions import Anything, cut_rows, linear_rows

if TYPE_CHECKING:
    from pathlib import Path

N = 300
X, Y, _ = linear_rows(N)
PARTS = cut_rows([0, 100, 200, N], X, Y)


class Counting(SerialEngine):
    passes = 0

    def reduce(self, *arguments: Anything) -> bytes:
        self.passes += 1
        return super().reduce(*arguments)


def test_the_same_call_reads_nothing_again(tmp_path: Path) -> None:
    engine = Counting(PARTS)
    state = tmp_path / "run"
    first = fits.ridge_cv(engine, {"state": state}, cv=3, alphas=[0.0, np.inf])
    made = engine.passes
    again = fits.ridge_cv(engine, {"state": state}, cv=3, alphas=[0.0, np.inf])
    assert engine.passes == made
    assert again.coef.tolist() == first.coef.tolist()


def test_another_run_does_not_go_on(tmp_path: Path) -> None:
    state = tmp_path / "run"
    fits.ridge(SerialEngine(PARTS), {"state": state}, alpha=1.0)
    with pytest.raises(ValueError, match="holds another run: its parts is 3, here it is 2"):
        fits.ridge(SerialEngine(PARTS[:2]), {"state": state}, alpha=1.0)
    with pytest.raises(ValueError, match="holds another run: its n_folds is 1, here it is 3"):
        fits.ridge_cv(SerialEngine(PARTS), {"state": state}, cv=3, alphas=None)
    elltwo.fit_stream((X, Y), alpha=1.0, state=tmp_path / "stream")
    with pytest.raises(ValueError, match="holds the moments of a stream, not a run over"):
        fits.ridge(SerialEngine(PARTS), {"state": tmp_path / "stream"}, alpha=1.0)
    with pytest.raises(ValueError, match="holds a run over partitions, not the "):
        elltwo.fit_stream((X, Y), alpha=1.0, state=state)
    with pytest.raises(ValueError, match="holds a run over partitions, not the "):
        elltwo.fit_stream((X, Y > 0.0), model="logistic", alpha=1.0, state=state)
    data = bytearray(state.read_bytes())
    data[-1] ^= 1
    state.write_bytes(bytes(data))
    with pytest.raises(ValueError, match="cut off or damaged"):
        fits.ridge(SerialEngine(PARTS), {"state": state}, alpha=1.0)
    with pytest.raises(ValueError, match="state: there is no folder"):
        fits.ridge(SerialEngine(PARTS), {"state": tmp_path / "no" / "run"}, alpha=1.0)


def test_progress_is_told_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    calls: list[tuple[int, int | None]] = []
    fits.ridge(
        SerialEngine(PARTS),
        {"progress": lambda rows, total, _: calls.append((rows, total))},
        alpha=1.0,
    )
    assert calls[-1] == (N, N)
    fits.ridge(SerialEngine(PARTS), {"progress": True}, alpha=1.0)
    assert "300 rows" in capsys.readouterr().err
    fits.ridge(SerialEngine(PARTS), {"progress": False}, alpha=1.0)
    assert capsys.readouterr().err == ""


def test_progress_of_partitions_where_rows_are_not_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Progress(True)
    progress._next = 0.0
    watch = PassWatch(progress, 16, Passes(0, 6))
    watch.done(5, 1_000)
    assert "pass 1 of about 6, 5 of 16 partitions, 0 s" in capsys.readouterr().err
    progress._next = 0.0
    PassWatch(progress, 16, Passes(2, 6, 1_600)).done(5, 1_000)
    assert "pass 3 of about 6,  39% [#########" in capsys.readouterr().err
    assert watch.n_bytes == 1_000


def test_a_leaf_holds_two_blocks_beyond_its_partition() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"x{j}": rng.normal(size=300_000) for j in range(20)})
    frame = frame.assign(count=np.arange(300_000) % 7, t=rng.normal(size=300_000))
    task = Task("moments", Reading(Roles("t", None, (), None))).to_bytes()
    tracemalloc.start()
    try:
        run_leaf(frame, 0, task)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2.5 * 8 * (1 << 20)  # of 53 MB
