"""Progress is shown where and when it should be, and memory stays bounded."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

import elltwo
from elltwo.stream._ahead import one_ahead
from elltwo.stream._progress import Progress, bar_text
from stream_tables import columns, rows, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look is due."""
    monkeypatch.setattr("elltwo.stream._progress.PAUSE", 0.0)


@pytest.mark.usefixtures("unhurried")
def test_a_function_sees_rows_total_and_seconds(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    seen: list[tuple[int, int | None, float]] = []
    X, y, _ = rows(1000)
    chunks = [(X, y)] * 3
    elltwo.fit_stream(chunks, alpha=1.0, progress=lambda *now: seen.append(now))
    assert [one[:2] for one in seen] == [(1000, None), (2000, None), (3000, None), (3000, 3000)]
    assert seen[-1][2] >= seen[0][2] > 0
    for ending in (".parquet", ".csv"):
        path = write(tmp_path / f"train{ending}", columns(140_000))
        seen.clear()
        options = {"target": "y", "alpha": 1.0}
        elltwo.fit_stream(path, **options, progress=lambda *now: seen.append(now))  # type: ignore[call-overload]
        totals = [total for _, total, _ in seen if total is not None]
        assert [count for count, *_ in seen] == [65_536, 131_072, 140_000, 140_000]
        assert len(totals) == 4
        assert totals[-1] == 140_000
        if ending == ".parquet":
            assert set(totals) == {140_000}
        else:  # by the bytes read, of which some are ahead
            assert all(0.4 < total / 140_000 < 1.5 for total in totals)


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_totals_of_files_of_both_kinds(tmp_path: Path, n_jobs: int) -> None:
    """Rows that a Parquet file tells, and an estimate for CSV files of the same lines."""
    pytest.importorskip("pyarrow")
    table = columns(70_000)
    for name in ("0.csv", "1.parquet", "2.csv"):
        write(tmp_path / name, table)
    seen: list[int | None] = []
    fit = elltwo.fit_stream(
        tmp_path,
        target="y",
        alpha=1.0,
        n_jobs=n_jobs,
        progress=lambda rows, total, seconds: seen.append(total),  # noqa: ARG005
    )
    assert fit.n_rows == seen[-1] == 210_000
    assert all(0.6 < total / 210_000 < 1.4 for total in seen if total is not None)
    assert len(set(seen)) > 1


def test_a_bar_appears_unasked_on_a_terminal_after_a_while(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    X, y, _ = rows(1000)

    def shown(progress: bool | None, stream: io.StringIO) -> str:
        monkeypatch.setattr(sys, "stderr", stream)
        elltwo.fit_stream([(X, y)] * 3, alpha=1.0, progress=progress)
        return stream.getvalue()

    assert shown(None, Terminal()) == ""
    assert shown(False, Terminal()) == ""
    assert "3,000 rows" in shown(True, io.StringIO())
    monkeypatch.setattr("elltwo.stream._progress.PATIENCE", 0.0)
    text = shown(None, Terminal())
    assert text.startswith("\r")
    assert text.endswith("\n")
    assert shown(None, io.StringIO()) == ""
    assert shown(False, Terminal()) == ""
    assert capsys.readouterr().out == ""


def test_without_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y, _ = rows(100)
    monkeypatch.setattr(sys, "stderr", None)
    assert elltwo.fit_stream((X, y), alpha=1.0).n_rows == 100


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ((0, None, 0.0, 0), "0 rows, 0 rows/s, 0 s"),
        ((5_000, None, 2.0, 0), "5,000 rows, 2.5k rows/s, 2 s"),
        ((250, 1000, 1.0, 0), " 25% [######                  ] 250 rows, 250 rows/s, 3 s left"),
        ((3_000_000, 9_000_000, 1.0, 1_000_000), "2.0M rows/s, 3 s left"),
        ((10, 1_000_000, 1.0, 0), "27 h 46 min left"),
        ((10, 2_000, 1.0, 0), "3 min 19 s left"),
        ((1000, 1000, 1.0, 0), "100% [########################] 1,000 rows, 1.0k rows/s"),
        ((2000, 1000, 1.0, 0), "100% [########################] 2,000 rows, 2.0k rows/s"),
        ((0, 1000, 1.0, 0), "  0% [                        ] 0 rows, 0 rows/s"),
    ],
)
def test_text_of_the_bar(state: tuple[int, int | None, float, int], text: str) -> None:
    assert bar_text(*state).endswith(text)


def test_progress_is_throttled() -> None:
    seen: list[int] = []
    progress = Progress(lambda count, *_: seen.append(count))
    for count in range(1000):
        if progress.due:
            progress.update(count, None)
    progress.finish(1000, 1000)
    assert seen[-1] == 1000
    assert len(seen) < 100


def test_one_item_ahead_and_no_more() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for i in range(10):
            made.append(i)
            yield i
        raise RuntimeError("at the end")

    reader = one_ahead(items())
    for i in range(10):
        assert next(reader) == i
        assert len(made) <= i + 2
    with pytest.raises(RuntimeError, match="at the end"):
        next(reader)


def test_items_are_closed_where_the_reader_stops_early() -> None:
    closed: list[bool] = []

    def items() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            closed.append(True)

    reader = one_ahead(items())
    assert next(reader) == 0
    reader.close()
    assert closed == [True]


MEASURED = """
import resource, sys
import numpy as np
import elltwo
{setup}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
elltwo.fit_stream(source, alpha=1.0, **options)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""
CHUNKS = """
X = np.random.default_rng(0).standard_normal((20_000, 100))
y = X[:, 0].copy()
source, options = ((X, y) for _ in range(30)), {}
"""
TABLE = """
import pyarrow.csv, pyarrow.parquet
options = {{"target": "y", "model": {model!r}}}
elltwo.fit_stream({small!r}, alpha=1.0, **options)
source = {path!r}
"""
LABELLED = """
X = np.random.default_rng(0).standard_normal((20_000, 100))
y = np.where(X[:, 0] > np.random.default_rng(1).standard_normal(20_000), "a", "b")
elltwo.fit_stream((X[:3000], y[:3000]), model="logistic", alpha=1.0)
source, options = (lambda: ((X + i, y) for i in range(40))), {"model": "logistic", "tol": 1e-6}
"""


def peak(setup: str) -> int:
    """Bytes by which the peak of memory grows during a stream, in a process of its own."""
    code = MEASURED.format(setup=setup)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="units of ru_maxrss")
def test_memory_of_chunks_is_bounded() -> None:
    assert peak(CHUNKS) < 3 * 20_000 * 100 * 8
    # Of 40 chunks two, and the sample of 200 rows for each column, with its fit.
    assert peak(LABELLED) < 12 * 20_000 * 100 * 8


@pytest.mark.skipif(sys.platform != "linux", reason="units of ru_maxrss")
@pytest.mark.parametrize("model", ["ridge", "logistic"])
@pytest.mark.parametrize("ending", [".csv", ".parquet", ".feather"])
def test_memory_of_files_is_bounded(tmp_path: Path, ending: str, model: str) -> None:
    """A table of 96 MB takes a half of it, or two thirds: blocks, and what is being decoded."""
    pytest.importorskip("pyarrow")
    rng = np.random.default_rng(0)
    n = 1_000_000 if ending != ".csv" or model == "logistic" else 300_000
    table = {f"x{j}": rng.integers(0, 100, n).astype(float) for j in range(11)}
    table["y"] = table["x0"] if model == "ridge" else np.floor(rng.random(n) + table["x0"] / 100)
    path = write(tmp_path / f"large{ending}", table)
    few = {name: values[:5] for name, values in table.items()}
    small = write(tmp_path / f"small{ending}", few)
    limit = 48e6 if model == "ridge" else 64e6
    assert peak(TABLE.format(small=str(small), path=str(path), model=model)) < limit
