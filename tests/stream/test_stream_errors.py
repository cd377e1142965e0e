"""Bad input of streams is named by file, row and column, and what came before it is kept."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse

import elltwo
from elltwo.exceptions import StreamError
from stream_tables import columns, rows, write

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pyarrow")

ENDINGS = [".csv", ".csv.gz", ".parquet", ".feather"]


def fit(source: Any, **options: Any) -> elltwo.StreamFit:  # noqa: ANN401
    given: elltwo.StreamFit = elltwo.fit_stream(source, **{"target": "y", "alpha": 1.0, **options})
    return given


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", ["x1", "y", "w"])
def test_a_missing_value_is_named(tmp_path: Path, ending: str, name: str) -> None:
    table = columns(70_000)
    table[name][68_233] = np.nan
    path = write(tmp_path / f"train{ending}", table)
    with pytest.raises(StreamError, match=rf"train{ending}, row 68234, column '{name}'") as caught:
        fit(path, sample_weight="w")
    assert caught.value.n_rows == caught.value.moments.n_rows == 65_536
    X, y, weight = (values[:65_536] for values in rows(70_000))
    kept = elltwo.ridge(X, y, alpha=1.0, sample_weight=weight)
    np.testing.assert_allclose(caught.value.moments.ridge(alpha=1.0).coef, kept.coef, rtol=1e-11)


def test_infinity_is_named_even_where_gaps_are_skipped(tmp_path: Path) -> None:
    table = columns(100)
    table["x2"][7] = np.nan
    table["x2"][50] = np.inf
    path = write(tmp_path / "train.parquet", table)
    with pytest.raises(StreamError, match=r"train.parquet, row 51, column 'x2' is infinite"):
        fit(path, missing="skip")


def test_rows_of_chunks_are_named() -> None:
    X, y, weight = rows(90)
    y[77] = np.nan
    parts = [(X[i : i + 30], y[i : i + 30], weight[i : i + 30]) for i in (0, 30, 60)]
    with pytest.raises(StreamError, match=r"chunk 2, row 17, column 'y'") as caught:
        elltwo.fit_stream(parts, alpha=1.0)
    assert caught.value.n_rows == caught.value.moments.n_rows == 60
    with pytest.raises(StreamError, match=r"X, row 77, column 'y'"):
        elltwo.fit_stream((X, y), alpha=1.0)
    X[3, 1] = -np.inf
    with pytest.raises(StreamError, match=r"chunk 0, row 3, column 'X\[1\]' is infinite") as caught:
        elltwo.fit_stream(parts, alpha=1.0)
    assert caught.value.n_rows == 0


def test_the_rows_before_a_bad_fold_are_kept() -> None:
    X, y, _ = rows(1000)
    X[555, 0] = np.nan
    with pytest.raises(StreamError, match=r"row 555, column 'X\[0\]'") as caught:
        elltwo.fit_stream((X, y), cv=3, fold_rows=50)
    assert caught.value.n_rows == caught.value.moments.n_rows == 550


def test_text_among_numbers_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "train.csv", columns(3000))
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1234] = b'1,"four",3,4,5\n'
    path.write_bytes(b"".join(lines))
    with pytest.raises(StreamError, match=r"train.csv, row 1234, column 'x1' is not a .*'four'"):
        fit(path)
    assert fit(path, ignore=["x1"]).n_rows == 3000
    lines[1234] = b"1,2,3\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(StreamError, match="row 1234 has 3 cells, but the header has 5"):
        fit(path)
    lines[1234] = b"1,2,3,4,\xff\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(StreamError, match="UTF-8"):
        fit(path)


def test_columns_of_text_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "train.parquet", {**columns(3), "town": ["A", "B", "C"]})
    with pytest.raises(ValueError, match=r"column 'town' holds string values.*ignore"):
        fit(path)
    assert fit(path, ignore=["town"]).n_rows == 3


@pytest.mark.parametrize("ending", [".parquet", ".feather", ".csv.gz", ".csv"])
def test_files_that_are_not_what_they_say(tmp_path: Path, ending: str) -> None:
    good = write(tmp_path / f"good{ending}", columns(5000)).read_bytes()
    path = tmp_path / f"bad{ending}"
    broken = {"empty": b"", "cut": good[: len(good) // 2], "foreign": b"\x93NUMPY" * 50}
    if ending == ".csv":
        del broken["cut"]  # to the line, nothing tells
    for what, content in broken.items():
        path.write_bytes(content)
        with pytest.raises(ValueError, match=f"bad{ending}"):
            pytest.fail(f"{what}: {fit(path)}")


def test_damaged_pages_are_named(tmp_path: Path) -> None:
    path = write(
        tmp_path / "train.parquet", columns(50_000), row_group_size=10_000, compression="gzip"
    )
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 2000] = bytes(2000)
    path.write_bytes(data)
    with pytest.raises(StreamError, match=r"train.parquet"):
        fit(path)


def test_files_with_other_columns(tmp_path: Path) -> None:
    one = write(tmp_path / "a.csv", columns(10))
    other = columns(10)
    del other["x1"]
    two = write(tmp_path / "b.parquet", other)
    with pytest.raises(ValueError, match=r"b.parquet has no column 'x1', which .*a.csv has"):
        fit([one, two])
    three = write(tmp_path / "c.csv", {**columns(10), "z": rows(10)[1]})
    with pytest.raises(ValueError, match=r"c.csv has a column 'z' that .*a.csv has not"):
        fit([one, three])
    assert fit([one, three], features=["x0", "x1"]).n_rows == 20


def test_files_that_are_not_there_or_have_no_rows(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing.csv"):
        fit(tmp_path / "nothing.csv")
    with pytest.raises(FileNotFoundError, match=r"nothing.parquet"):
        fit(tmp_path / "nothing.parquet")
    with pytest.raises(ValueError, match="holds no table"):
        fit(tmp_path)
    with pytest.raises(ValueError, match="holds no table"):
        fit(tmp_path / "*.csv")
    with pytest.raises(ValueError, match="endings that tell"):
        fit(tmp_path / "table.txt")
    with pytest.raises(ValueError, match="no rows"):
        fit(write(tmp_path / "none.csv", columns(0)))
    with pytest.raises(ValueError, match="no rows"):
        fit(write(tmp_path / "none.parquet", columns(0)))
    packed = tmp_path / "no.csv.gz"
    packed.write_bytes(gzip.compress(b""))
    with pytest.raises(ValueError, match="empty"):
        fit(packed)


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"target": None}, ValueError, "target must name"),
        ({"target": "z"}, ValueError, "has no column 'z'; its columns are x0, x1, x2, y, w"),
        ({"target": 3}, TypeError, "target must name columns"),
        ({"features": "x0"}, TypeError, "features must name columns, in a list"),
        ({"features": []}, ValueError, "features must name at least one"),
        ({"features": ["x0", "x9"]}, ValueError, "no column 'x9'"),
        ({"features": ["x0", "y"]}, ValueError, "'y' is named twice"),
        ({"ignore": ["x0", "x1", "x2", "w"]}, ValueError, "no column to predict 'y' from"),
        ({"sample_weight": "q"}, ValueError, "no column 'q'"),
        ({"alpha": -1.0}, ValueError, "alpha must hold numbers in"),
        ({"alpha": None}, ValueError, "alpha must be given"),
        ({"cv": 3}, ValueError, "alpha is what cv chooses"),
        ({"alphas": [1.0]}, ValueError, "alphas are penalties to choose from"),
        ({"alpha": None, "cv": 1}, ValueError, "cv must be at least 2"),
        ({"alpha": None, "cv": "loo"}, ValueError, "cv must be 'gcv'"),
        ({"alpha": None, "cv": 2.5}, TypeError, "cv must be a whole number"),
        ({"alpha": None, "cv": 30}, ValueError, "smaller fold_rows"),
        ({"missing": "drop"}, ValueError, "missing must be 'raise' or 'skip'"),
        ({"fold_rows": 0}, ValueError, "fold_rows must be at least 1"),
        ({"n_jobs": 0}, ValueError, "n_jobs must be at least 1"),
        ({"n_threads": True}, ValueError, "n_threads"),
        ({"progress": "yes"}, TypeError, "progress must be"),
        ({"checkpoint": -1}, ValueError, "checkpoint"),
        ({"state": "/nowhere/at/all.state"}, ValueError, "no folder"),
    ],
)
def test_arguments(
    tmp_path: Path, options: dict[str, Any], error: type[Exception], text: str
) -> None:
    path = write(tmp_path / "train.csv", columns(20))
    with pytest.raises(error, match=text):
        fit(path, **options)


@pytest.mark.parametrize(
    ("source", "error", "text"),
    [
        (3, TypeError, "source must be tables"),
        (b"train.csv", TypeError, "source must be tables"),
        (lambda: 3, TypeError, "must make an iterator"),
        ([np.ones((2, 2))], ValueError, "source must be"),
        ((np.ones(3), np.ones(3)), ValueError, "X must be 2-D"),
        ((np.ones((3, 2)), np.ones(4)), ValueError, "same number of rows"),
        ([(np.ones((3, 2)), np.ones(4))], ValueError, "chunk 0: X has 3 rows and y has shape"),
        ([(np.ones(3), np.ones(3))], ValueError, "chunk 0: X must be 2-D"),
        ([np.ones((2, 2)), (1, 2)], ValueError, "chunk 0 must be"),
        ([("a", "b", "c", "d", 1)], ValueError, "chunk 0 must be .* got 5 items"),
        ([(np.full((2, 1), "a"), np.ones(2))], ValueError, "chunk 0, rows 0 to 1: "),
        ([], ValueError, "no rows"),
        ([(sparse.csr_array(np.eye(2)), np.ones(2))], ValueError, "chunk 0: X is sparse"),
        (iter([]), ValueError, "no rows"),
    ],
)
def test_sources(source: object, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        elltwo.fit_stream(source, alpha=1.0)


def test_chunks_of_other_shapes() -> None:
    X, y, _ = rows(10)
    for second, text in (
        ((X[:, :2], y), r"chunk 1 has 2 feature\(s\), the rows before it 3"),
        ((X, np.column_stack([y, y])), r"chunk 1 has 2 target\(s\)"),
    ):
        with pytest.raises(StreamError, match=text) as caught:
            elltwo.fit_stream([(X, y), second], alpha=1.0)
        assert caught.value.moments.n_rows == 10


def test_names_are_for_tables_only() -> None:
    X, y, _ = rows(10)
    with pytest.raises(ValueError, match="target names a column"):
        elltwo.fit_stream((X, y), target="y", alpha=1.0)


def test_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    path = write(tmp_path / "train.csv", columns(20))
    for name in [name for name in sys.modules if name.split(".")[0] == "pyarrow"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r"pip install 'elltwo\[stream\]'"):
        fit(path)
