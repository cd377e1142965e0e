"""CSV, Parquet and Arrow tables give the fit of the same rows in memory."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from stream_tables import columns, rows, write

if TYPE_CHECKING:
    from pathlib import Path

pa = pytest.importorskip("pyarrow")

ENDINGS = [".csv", ".csv.gz", ".parquet", ".feather", ".arrow"]


def assert_fits(fit: elltwo.StreamFit, n: int, seed: int = 0) -> None:
    """Hold a fit with alpha 2 and weights against that of `rows`."""
    X, y, weight = rows(n, seed)
    expected = elltwo.ridge(X, y, alpha=2.0, sample_weight=weight)
    assert fit.n_rows == n
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-11)
    np.testing.assert_allclose(fit.intercept, expected.intercept, rtol=1e-11)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("n", [1, 5, 70_000])
def test_formats(tmp_path: Path, ending: str, n: int) -> None:
    path = write(tmp_path / f"table{ending}", columns(n))
    fit = elltwo.fit_stream(path, target="y", sample_weight="w", alpha=2.0)
    assert fit.feature_names == ["x0", "x1", "x2"]
    assert_fits(fit, n)


def test_csv_without_last_line_break_with_blanks_and_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xef\xbb\xbf\r\n a , b,y\r\n1, 2.5,3\r\n\r\n4,5e-1 ,6\r\n7,8,10")
    fit = elltwo.fit_stream(path, target="y", alpha=1.0)
    X = np.array([[1, 2.5], [4, 0.5], [7, 8]])
    expected = elltwo.ridge(X, [3.0, 6.0, 10.0], alpha=1.0)
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-12)
    assert fit.feature_names == ["a", "b"]


def test_row_groups_of_any_size(tmp_path: Path) -> None:
    fits = [
        elltwo.fit_stream(
            write(tmp_path / f"{size}.parquet", columns(150_000), row_group_size=size),
            target="y",
            sample_weight="w",
            alpha=2.0,
        )
        for size in (7_777, 150_000)
    ]
    assert_fits(fits[0], 150_000)
    assert fits[0].moments.to_bytes() == fits[1].moments.to_bytes()


def test_formats_give_the_same_bits(tmp_path: Path) -> None:
    rounded = {name: np.round(values, 3) for name, values in columns(80_000).items()}
    fits = [
        elltwo.fit_stream(write(tmp_path / f"t{ending}", rounded), target="y", alpha=2.0)
        for ending in ENDINGS
    ]
    assert len({fit.moments.to_bytes() for fit in fits}) == 1


def test_columns_of_other_types_are_converted() -> None:
    table = pa.table(
        {
            "int": pa.array([1, 2, 3, 5], pa.int8()),
            "flag": [True, False, True, True],
            "gaps": pa.array([1, None, 3, 4], pa.int64()),
            "half": pa.array(np.array([1, 2, 4, 8], np.float16)),
            "money": pa.array([1, 2, 1, 2], pa.int32()).cast(pa.decimal128(12, 2)),
            "code": pa.array([0.5, 1.5, 0.5, 1.5]).dictionary_encode(),
            "y": pa.array([1, 2, 3, 9], pa.float32()),
        }
    )
    fit = elltwo.fit_stream(table, target="y", ignore="gaps", alpha=1.0)
    X = np.array([[1, 1, 1, 1, 0.5], [2, 0, 2, 2, 1.5], [3, 1, 4, 1, 0.5], [5, 1, 8, 2, 1.5]])
    y = np.array([1.0, 2.0, 3.0, 9.0])
    np.testing.assert_allclose(fit.coef, elltwo.ridge(X, y, alpha=1.0).coef)
    skipping = elltwo.fit_stream(
        table, target="y", features=["gaps", "flag"], alpha=1.0, missing="skip"
    )
    kept = np.array([[1.0, 1.0], [3.0, 1.0], [4.0, 1.0]])
    expected = elltwo.ridge(kept, y[[0, 2, 3]], alpha=1.0)
    np.testing.assert_allclose(skipping.coef, expected.coef, atol=1e-15)


def test_pyarrow_objects(tmp_path: Path) -> None:
    from pyarrow import dataset

    table = pa.table(columns(3000))
    write(tmp_path / "a.parquet", columns(3000))
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=100))
    for source in (table, reader, dataset.dataset(tmp_path)):
        fit = elltwo.fit_stream(source, target="y", sample_weight="w", alpha=2.0)
        assert_fits(fit, 3000)


def test_columns_by_name() -> None:
    table = pa.table(columns(50))
    X, y, _ = rows(50)
    fit = elltwo.fit_stream(table, target=["y", "x0"], features=["x2", "x1"], alpha=1.0)
    expected = elltwo.ridge(X[:, [2, 1]], np.column_stack([y, X[:, 0]]), alpha=1.0)
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-9)
    assert fit.feature_names == ["x2", "x1"]
    ignoring = elltwo.fit_stream(table, target="y", ignore=["w", "x1"], alpha=1.0)
    assert ignoring.feature_names == ["x0", "x2"]
    assert elltwo.fit_stream(table, target="y", ignore="w", alpha=1.0).coef.shape == (3,)
    assert elltwo.fit_stream(table, target=["y"], ignore="w", alpha=1.0).coef.shape == (1, 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of several formats that hold 9000 rows, in the order of their names."""
    table = columns(9000)
    cuts = [(0, 4000, "a.csv"), (4000, 4500, "b.parquet"), (4500, 9000, "deep/c.feather")]
    (tmp_path / "deep").mkdir()
    for first, last, name in cuts:
        write(tmp_path / name, {key: values[first:last] for key, values in table.items()})
    (tmp_path / "notes.txt").write_text("not a table")
    return tmp_path


@pytest.mark.parametrize("n_jobs", [1, 2, 5])
def test_files_in_parallel_give_the_same_bits(folder: Path, n_jobs: int) -> None:
    options: Any = {"target": "y", "sample_weight": "w"}
    fit = elltwo.fit_stream(folder, alpha=2.0, n_jobs=n_jobs, **options)
    assert_fits(fit, 9000)
    alone = elltwo.fit_stream(folder, alpha=2.0, n_threads=1, **options)
    assert fit.moments.to_bytes() == alone.moments.to_bytes()
    listed = [folder / "a.csv", str(folder / "b.parquet"), folder / "deep"]
    again = elltwo.fit_stream(listed, alpha=2.0, n_jobs=n_jobs, **options)
    assert fit.moments.to_bytes() == again.moments.to_bytes()


def test_patterns(folder: Path) -> None:
    options: Any = {"target": "y", "sample_weight": "w", "alpha": 2.0}
    assert elltwo.fit_stream(str(folder / "*.[cp]*"), **options).n_rows == 4500
    assert elltwo.fit_stream(folder / "**" / "*.feather", **options).n_rows == 4500


def test_folds_of_files_follow_the_rule(tmp_path: Path) -> None:
    """Row i of file j belongs to fold (i // fold_rows + j) % cv."""
    X, y, weight = rows(5000)
    starts = [0, 1700, 2000, 5000]
    fold = np.empty(5000, dtype=int)
    for j, (first, last) in enumerate(pairwise(starts)):
        table = {name: values[first:last] for name, values in columns(5000).items()}
        write(tmp_path / f"{j}.parquet", table)
        fold[first:last] = (np.arange(last - first) // 100 + j) % 4
    splits = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(4)]
    grid = np.geomspace(1e-2, 1e5, 9)
    expected = elltwo.ridge_cv(X, y, alphas=grid, cv=splits, sample_weight=weight)
    for n_jobs in (1, 3):
        fit = elltwo.fit_stream(
            tmp_path,
            target="y",
            sample_weight="w",
            alphas=grid,
            cv=4,
            fold_rows=100,
            n_jobs=n_jobs,
        )
        assert fit.scores is not None
        np.testing.assert_allclose(fit.scores.cv_mse, expected.cv_mse, rtol=1e-10)
        np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-11)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_missing_values_are_skipped_if_asked_to(tmp_path: Path, ending: str) -> None:
    table: dict[str, list[float | None]] = {
        name: [float(value) for value in values] for name, values in columns(400).items()
    }
    X, y, weight = rows(400)
    kept = np.ones(400, dtype=bool)
    for name, row, value in (("x0", 3, None), ("y", 77, None), ("w", 200, float("nan"))):
        table[name][row] = value
        kept[row] = False
    path = write(tmp_path / f"gaps{ending}", table)
    fit = elltwo.fit_stream(path, target="y", sample_weight="w", alpha=2.0, missing="skip")
    expected = elltwo.ridge(X[kept], y[kept], alpha=2.0, sample_weight=weight[kept])
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-11)
    assert (fit.n_rows, fit.n_skipped) == (397, 3)
