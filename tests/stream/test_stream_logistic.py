"""Logistic regression of a stream is that of the same rows in memory, whatever they come from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.exceptions import StreamError
from stream_classes import TEXTS, class_chunks, class_columns, class_rows
from stream_tables import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Source = Callable[[Path, dict[str, Any]], Any]

N = 6000
pytestmark = pytest.mark.filterwarnings("ignore:alpha.* lies on:UserWarning")
fit_stream: Any = partial(elltwo.fit_stream, model="logistic")


def assert_same(
    fit: elltwo.LogisticStreamFit, expected: elltwo.LogisticFit, rtol: float = 1e-9
) -> None:
    """Coefficients agree relative to the largest of their feature's class, which may be near 0."""
    coef = np.atleast_2d(expected.coef)
    scale = np.abs(coef).max(axis=0)
    np.testing.assert_allclose(np.atleast_2d(fit.coef) / scale, coef / scale, atol=rtol, rtol=0)
    intercept = np.atleast_1d(expected.intercept)
    np.testing.assert_allclose(
        np.atleast_1d(fit.intercept), intercept, atol=rtol * np.abs(intercept).max()
    )
    assert fit.info.status == "converged"
    assert fit.info.optimality <= fit.info.tolerance


def files(folder: Path, table: dict[str, Any], ending: str) -> Path:
    """Three files of unlike lengths."""
    n = len(table["y"])
    for i, part in enumerate((slice(0, n // 2), slice(n // 2, n // 2 + 7), slice(n // 2 + 7, n))):
        write(folder / f"{i}{ending}", {name: values[part] for name, values in table.items()})
    return folder


def frame(kind: str, table: dict[str, Any]) -> Any:  # noqa: ANN401
    return pytest.importorskip(kind).DataFrame(table)


TABLES: dict[str, Source] = {
    ".csv": partial(files, ending=".csv"),
    ".csv.gz": partial(files, ending=".csv.gz"),
    ".parquet": partial(files, ending=".parquet"),
    ".feather": partial(files, ending=".feather"),
    ".arrow": partial(files, ending=".arrow"),
    "pandas": lambda _, table: frame("pandas", table),
    "polars": lambda _, table: frame("polars", table),
    "category": lambda _, table: frame("pandas", table).astype({"y": "category"}),
    "Table": lambda _, table: pytest.importorskip("pyarrow").table(table),
    "Dataset": lambda folder, table: pytest.importorskip("pyarrow.dataset").dataset(
        files(folder, table, ".parquet")
    ),
    "list of frames": lambda _, table: [
        frame("pandas", {name: values[part] for name, values in table.items()})
        for part in (slice(0, 4000), slice(4000, None))
    ],
}


@pytest.mark.parametrize("kind", sorted(TABLES))
@pytest.mark.parametrize("n_classes", [2, 3])
def test_tables(tmp_path: Path, kind: str, n_classes: int) -> None:
    pytest.importorskip("pyarrow")
    source = TABLES[kind](tmp_path, class_columns(N, n_classes))
    fit = fit_stream(source, target="y", ignore="o", sample_weight="w", alpha=2.0)
    X, y, weight = class_rows(N, n_classes)
    assert_same(fit, elltwo.logistic(X, y, alpha=2.0, sample_weight=weight))
    assert fit.classes.tolist() == list(TEXTS[:n_classes])
    assert fit.feature_names == ["x0", "x1", "x2"]
    assert (fit.n_rows, fit.n_skipped) == (N, 0)


def npy(folder: Path, X: Any, y: Any) -> list[Path]:  # noqa: ANN401
    np.save(folder / "X.npy", X)
    np.save(folder / "y.npy", y)
    return [folder / "X.npy", folder / "y.npy"]


def memmap(folder: Path, X: Any, y: Any) -> Any:  # noqa: ANN401
    np.save(folder / "X.npy", X)
    return np.load(folder / "X.npy", mmap_mode="r"), y


ARRAYS: dict[str, Callable[[Path, Any, Any], Any]] = {
    "arrays": lambda _, X, y: (X, y),
    "columns": lambda _, X, y: (np.asfortranarray(X), y),
    "list of labels": lambda _, X, y: (X, y.tolist()),
    ".npy": npy,
    "memmap": memmap,
    "chunks": lambda _, X, y: [(X[:100], y[:100]), (X[100:100], y[100:100]), (X[100:], y[100:])],
    "function": lambda _, X, y: lambda: iter([(X[:5000], y[:5000]), (X[5000:], y[5000:])]),
}


@pytest.mark.parametrize("kind", sorted(ARRAYS))
@pytest.mark.parametrize("labels", ["text", "int8", "float", "bool"])
def test_arrays(tmp_path: Path, kind: str, labels: str) -> None:
    X, text, _ = class_rows(N)
    y: Any = text
    if labels != "text":
        y = (text == TEXTS[1]).astype(labels)
    fit = fit_stream(ARRAYS[kind](tmp_path, X, y), alpha=2.0)
    expected = elltwo.logistic(X, y, alpha=2.0)
    assert_same(fit, expected)
    assert fit.classes.tolist() == expected.classes.tolist()
    np.testing.assert_array_equal(fit.predict(X[:50]), expected.predict(X[:50]))
    np.testing.assert_allclose(
        fit.predict_proba(X[:50]), expected.predict_proba(X[:50]), rtol=1e-8, atol=1e-12
    )


@pytest.mark.parametrize(
    "options",
    [
        {"penalty_factors": [1.0, 0.0, 3.0]},
        {"prior_mean": [5.0, 0.1, -0.01]},
        {"fit_intercept": False},
        {"alpha": 0.0},
        {"alpha": 1e4},
    ],
    ids=str,
)
def test_options(options: dict[str, Any]) -> None:
    X, y, _ = class_rows(N)
    given = {"alpha": 2.0, **options}
    assert_same(fit_stream([(X, y)], **given), elltwo.logistic(X, y, **given))


def test_offsets(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    table = class_columns(N)
    X, y, _ = class_rows(N)
    expected = elltwo.logistic(X, y, alpha=1.0, offset=table["o"])
    path = write(tmp_path / "t.parquet", table)
    options = {"target": "y", "ignore": "w", "offset": "o"}
    assert_same(fit_stream(path, **options, alpha=1.0), expected)
    assert_same(fit_stream([(X, y, None, table["o"])], alpha=1.0), expected)
    assert_same(fit_stream((X, y, np.ones(N), table["o"]), alpha=1.0), expected)
    with pytest.raises(ValueError, match="offset"):
        fit_stream(path, **{**options, "offset": ["o", "w"], "ignore": ()}, alpha=1.0)


def test_weights_and_features_with_strides() -> None:
    X, y, weight = class_rows(2 * N)
    source = (X[::2, ::-1], y[::2], np.column_stack([weight, weight])[::2, 1])
    expected = elltwo.logistic(X[::2, ::-1], y[::2], alpha=1.0, sample_weight=weight[::2])
    assert_same(fit_stream(source, alpha=1.0), expected)


def test_several_offsets(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    X, y, _ = class_rows(N, 3)
    shift = np.random.default_rng(5).standard_normal((N, 3))
    table = {**class_columns(N, 3), **{f"o{k}": shift[:, k] for k in range(3)}}
    path = write(tmp_path / "t.csv", table)
    fit = fit_stream(path, target="y", ignore=["w", "o"], offset=["o0", "o1", "o2"], alpha=1.0)
    assert_same(fit, elltwo.logistic(X, y, alpha=1.0, offset=shift))


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_rows_with_gaps_are_left_out(tmp_path: Path, ending: str) -> None:
    pytest.importorskip("pyarrow")
    table = class_columns(N)
    table["x1"][[5, 4000]] = np.nan
    table["y"][77] = None
    table["w"][5999] = np.nan
    path = write(tmp_path / f"t{ending}", table)
    options = {"target": "y", "ignore": "o", "sample_weight": "w", "alpha": 1.0}
    with pytest.raises(StreamError, match="row 6, column 'x1' is missing or NaN"):
        fit_stream(path, **options)
    fit = fit_stream(path, **options, missing="skip")
    X, y, weight = class_rows(N)
    kept = np.delete(np.arange(N), [5, 77, 4000, 5999])
    expected = elltwo.logistic(X[kept], y[kept], alpha=1.0, sample_weight=weight[kept])
    assert_same(fit, expected)
    assert (fit.n_rows, fit.n_skipped) == (N - 4, 4)


@pytest.mark.parametrize("kind", ["arrays", "files"])
def test_bits_depend_neither_on_jobs_nor_on_threads(tmp_path: Path, kind: str) -> None:
    pytest.importorskip("pyarrow")
    X, y, _ = class_rows(N)
    source: Any = (X, y)
    options: dict[str, Any] = {"alpha": 1.0}
    if kind == "files":
        source = files(tmp_path, class_columns(N), ".parquet")
        options |= {"target": "y", "ignore": ["o", "w"]}
    fits = [
        fit_stream(source, **options, n_jobs=jobs, n_threads=threads)
        for jobs, threads in ((1, 1), (1, 2), (2, 2), (3, 4))
    ]
    assert len({fit.coef.tobytes() + np.float64(fit.intercept).tobytes() for fit in fits}) == 1


def test_few_passes_and_their_record() -> None:
    fit = fit_stream(list(class_chunks()), alpha=1.0)
    assert 3 <= fit.passes.n_passes <= 7
    assert fit.info.n_passes <= fit.passes.n_passes
    assert repr(fit).startswith("LogisticStreamFit(")


def test_one_part_for_each_class(tmp_path: Path) -> None:
    """Files sorted by label: each knows one class."""
    pytest.importorskip("pyarrow")
    X, y, _ = class_rows(N, 3)
    order = np.argsort(y, kind="stable")
    table = {f"x{j}": X[order, j] for j in range(3)} | {"y": y[order]}
    for label in TEXTS:
        own = {name: values[y[order] == label] for name, values in table.items()}
        write(tmp_path / f"{label}.parquet", {**own, "y": own["y"].tolist()})
    fit = fit_stream(tmp_path, target="y", alpha=1.0)
    assert_same(fit, elltwo.logistic(X, y, alpha=1.0))


def test_numbers_in_files_are_whole_labels(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    table = class_columns(N)
    table["y"] = [7 if label == TEXTS[0] else -3 for label in table["y"]]
    for ending in (".csv", ".parquet"):
        path = write(tmp_path / f"t{ending}", table)
        fit = fit_stream(path, target="y", ignore=["o", "w"], alpha=1.0)
        assert fit.classes.tolist() == [-3, 7]
        assert fit.classes.dtype == np.int64
        assert fit.predict(class_rows(3)[0]).dtype == np.int64


def test_frames_are_predicted_by_names() -> None:
    pd = pytest.importorskip("pandas")
    table = class_columns(N)
    fit = fit_stream(pd.DataFrame(table), target="y", ignore=["o", "w"], alpha=1.0)
    X = class_rows(N)[0][:20]
    turned = pd.DataFrame({"x2": X[:, 2], "x0": X[:, 0], "x1": X[:, 1]})
    np.testing.assert_allclose(fit.predict_proba(turned), fit.predict_proba(X), rtol=1e-13)
    factors = pd.Series({"x2": 0.0, "x0": 1.0, "x1": 2.0})
    pa = pytest.importorskip("pyarrow")
    labelled = fit_stream(
        pa.table(table), target="y", ignore=["o", "w"], alpha=1.0, penalty_factors=factors
    )
    X, y, _ = class_rows(N)
    assert_same(labelled, elltwo.logistic(X, y, alpha=1.0, penalty_factors=[1.0, 2.0, 0.0]))


def splits_of(n: int, fold_rows: int, n_folds: int) -> list[tuple[Any, Any]]:
    """Training and test rows of the folds of one part."""
    fold = np.arange(n) // fold_rows % n_folds
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(n_folds)]


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("alphas", [None, [0.1, 3.0, 100.0]])
def test_alpha_by_folds(n_classes: int, alphas: list[float] | None) -> None:
    """Rows are dealt to folds by their places, as the same splits in memory do."""
    X, y, weight = class_rows(N, n_classes)
    options: dict[str, Any] = {"alphas": alphas}
    fit = fit_stream((X, y, weight), **options, cv=4, fold_rows=300)
    splits = splits_of(N, 300, 4)
    expected = elltwo.logistic_cv(X, y, **options, cv=splits, sample_weight=weight)
    np.testing.assert_allclose(fit.alpha, expected.alpha, rtol=1e-10)
    assert fit.alpha == fit.scores.alpha
    assert_same(fit, expected)
    if alphas is not None:
        assert fit.scores.alphas.tolist() == alphas
        np.testing.assert_allclose(fit.scores.cv_score, expected.cv_score, rtol=1e-7)
        assert fit.scores.fold_scores.shape == (4, 3)


def test_folds_of_files(tmp_path: Path) -> None:
    """Row i of file j is in fold (i // fold_rows + j) % cv."""
    pytest.importorskip("pyarrow")
    folder = files(tmp_path, class_columns(N), ".parquet")
    options = {"target": "y", "ignore": ["o", "w"], "alphas": [1.0, 10.0]}
    fit = fit_stream(folder, **options, cv=3, fold_rows=100, n_jobs=2)
    X, y, _ = class_rows(N)
    sizes = [N // 2, 7, N - N // 2 - 7]
    parts = [(np.arange(n) // 100 + j) % 3 for j, n in enumerate(sizes)]
    fold = np.concatenate(parts)
    splits = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(3)]
    expected = elltwo.logistic_cv(X, y, alphas=[1.0, 10.0], cv=splits)
    assert fit.alpha == expected.alpha
    np.testing.assert_allclose(fit.scores.cv_score, expected.cv_score, rtol=1e-8)


def test_folds_without_rows() -> None:
    X, y, _ = class_rows(50)
    with pytest.raises(ValueError, match="fold_rows"):
        fit_stream([(X, y)], cv=5)
    fit = fit_stream((X, y), cv=5)  # arrays tell their rows: 10 for a fold
    assert fit.scores.fold_scores.shape[0] == 5
