"""What a pass has given is kept in a file, from which the same call goes on; progress is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import elltwo
from elltwo.integrations._reduce import fits
from elltwo.integrations._reduce.serial import SerialEngine
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
    with pytest.raises(ValueError, match="holds a stream, not a run over partitions"):
        fits.ridge(SerialEngine(PARTS), {"state": tmp_path / "stream"}, alpha=1.0)
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
