"""Every kind of column at every entry point: numbers are read, all else is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

import elltwo
import elltwo.integrations.pandas as on_pandas
import elltwo.integrations.polars as on_polars
from elltwo import linear_model
from elltwo.cli import main
from table_kinds import EVEN, KINDS, N_ROWS, ODD, READ, REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

y = np.random.default_rng(0).standard_normal(N_ROWS)
LABELS = np.arange(N_ROWS) % 2
GROUPS = np.arange(N_ROWS) // 6
PLAIN = np.column_stack([EVEN, np.sin(np.arange(N_ROWS))])
OPTIONS: dict[str, Any] = {"alpha": 1.0}
CHOICE: dict[str, Any] = {"alphas": [0.5, 1.0, 2.0], "cv": 3}


def fitted(name: str) -> Any:  # noqa: ANN401
    """Fit an estimator to plain numbers."""
    target = LABELS if "Logistic" in name else y
    return getattr(linear_model, name)().fit(pd.DataFrame(PLAIN, columns=["even", ODD]), target)


def quiet(choice: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Choose an alpha whatever the grid."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return choice()


# Each entry point as a function of X, which returns what it computes.
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "ridge": lambda X: elltwo.ridge(X, y, **OPTIONS).coef,
    "ridge_path": lambda X: elltwo.ridge_path(X, y, [1.0]).coef,
    "ridge_cv": lambda X: quiet(lambda: elltwo.ridge_cv(X, y, **CHOICE).coef),
    "ridge_batch": lambda X: elltwo.ridge_batch(X, [y, -y], **OPTIONS).coef,
    "ridge_batch_cv": lambda X: quiet(lambda: elltwo.ridge_batch_cv(X, [y, -y], **CHOICE).coef),
    "ridge_grouped": lambda X: elltwo.ridge_grouped(X, y, GROUPS, **OPTIONS).coef,
    "ridge_grouped_cv": lambda X: quiet(
        lambda: elltwo.ridge_grouped_cv(X, y, GROUPS, **CHOICE).coef
    ),
    "ridge_rolling": lambda X: elltwo.ridge_rolling(X, y, window=5, **OPTIONS).coef[5:],
    "ridge_expanding": lambda X: elltwo.ridge_expanding(X, y, **OPTIONS).coef[5:],
    "ridge_ewm": lambda X: elltwo.ridge_ewm(X, y, half_life=3, **OPTIONS).coef[5:],
    "logistic": lambda X: elltwo.logistic(X, LABELS, **OPTIONS).coef,
    "logistic_path": lambda X: elltwo.logistic_path(X, LABELS, [1.0]).coef,
    "logistic_cv": lambda X: quiet(lambda: elltwo.logistic_cv(X, LABELS, **CHOICE).coef),
    "Moments.add": lambda X: elltwo.Moments(2).add(X, y).ridge(**OPTIONS).coef,
    "Moments.remove": lambda X: (
        elltwo.Moments(2).add(PLAIN, y).add(X, y).remove(X, y).ridge(**OPTIONS).coef
    ),
    "RidgeFit.predict": lambda X: elltwo.ridge(PLAIN, y, **OPTIONS).predict(X),
    "prediction_interval": lambda X: (
        elltwo.ridge(PLAIN, y, **OPTIONS).statistics.prediction_interval(X).lower
    ),
    "LogisticFit.predict_proba": lambda X: elltwo.logistic(PLAIN, LABELS, **OPTIONS).predict_proba(
        X
    ),
    "BatchFit.predict": lambda X: elltwo.ridge_batch(PLAIN, [y, -y], **OPTIONS).predict(X),
    "GroupedFit.predict": lambda X: elltwo.ridge_grouped(PLAIN, y, GROUPS, **OPTIONS).predict(
        X, GROUPS
    ),
    "RollingFit.predict": lambda X: elltwo.ridge_rolling(PLAIN, y, window=9, **OPTIONS).predict(X),
}
ESTIMATORS: dict[str, Callable[[Any], Any]] = {
    "Ridge": lambda X: linear_model.Ridge().fit(X, y).coef_,
    "RidgeCV": lambda X: quiet(lambda: linear_model.RidgeCV().fit(X, y).coef_),
    "RidgeClassifier": lambda X: linear_model.RidgeClassifier().fit(X, LABELS).coef_,
    "RidgeClassifierCV": lambda X: quiet(
        lambda: linear_model.RidgeClassifierCV().fit(X, LABELS).coef_
    ),
    "LogisticRegression": lambda X: linear_model.LogisticRegression().fit(X, LABELS).coef_,
    "LogisticRegressionCV": lambda X: quiet(
        lambda: linear_model.LogisticRegressionCV(use_legacy_attributes=False).fit(X, LABELS).coef_
    ),
    "Ridge.partial_fit": lambda X: linear_model.Ridge().partial_fit(X, y).coef_,
    "Ridge.partial_fit later": lambda X: (
        linear_model.Ridge()
        .partial_fit(pd.DataFrame(PLAIN, columns=["even", ODD]), y)
        .partial_fit(X, y)
        .coef_
    ),
    "Ridge.predict": lambda X: fitted("Ridge").predict(X),
    "LogisticRegression.predict_proba": lambda X: fitted("LogisticRegression").predict_proba(X),
}


STREAMS: dict[str, Callable[[Any], Any]] = {
    "chunks (X, y)": lambda X: elltwo.fit_stream([(X, y)], **OPTIONS).coef,
    "a pair": lambda X: elltwo.fit_stream((X, y), **OPTIONS).coef,
    "tables": lambda X: elltwo.fit_stream(iter([X]), target="even", **OPTIONS).coef,
    "a table": lambda X: elltwo.fit_stream(X, target="even", **OPTIONS).coef,
}
DOORS = FUNCTIONS | ESTIMATORS | STREAMS


def reference(door: str, numbers: np.ndarray[Any, Any]) -> Any:  # noqa: ANN401
    return DOORS[door](pd.DataFrame({"even": EVEN, ODD: numbers}))


@pytest.mark.filterwarnings("ignore:pandas.DataFrame with sparse columns")  # of scikit-learn
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", READ)
def test_numbers_are_read_however_they_are_stored(name: str, door: str) -> None:
    kind = KINDS[name]
    assert kind.numbers is not None
    if door in ESTIMATORS and kind.package == "batch":
        pytest.skip("scikit-learn takes a RecordBatch for a column")
    np.testing.assert_allclose(
        DOORS[door](kind.table()), reference(door, kind.numbers), rtol=1e-5, atol=1e-6
    )


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", REFUSED)
def test_all_else_is_refused_by_column_row_and_value(name: str, door: str) -> None:
    kind = KINDS[name]
    with pytest.raises((TypeError, ValueError)) as caught:
        DOORS[door](kind.table())
    text = str(caught.value)
    assert ODD in text, text
    by_schema = door == "a table" and kind.package in {"arrow", "batch"}
    if not by_schema and (door not in STREAMS or "missing" not in kind.words):
        for word in kind.words:
            assert word in text, text


# Doors of one column: y, weights, offsets.
COLUMNS: dict[str, Callable[[Any], Any]] = {
    "y": lambda column: elltwo.ridge(PLAIN, column, **OPTIONS).coef,
    "y of Moments": lambda column: elltwo.Moments(2).add(PLAIN, column).ridge(**OPTIONS).coef,
    "y of windows": lambda column: elltwo.ridge_rolling(PLAIN, column, window=5, **OPTIONS).coef[
        5:
    ],
    "sample_weight": lambda column: elltwo.ridge(PLAIN, y, sample_weight=column, **OPTIONS).coef,
    "offset": lambda column: elltwo.logistic(PLAIN, LABELS, offset=column, **OPTIONS).coef,
    "y of Ridge": lambda column: linear_model.Ridge().fit(PLAIN, column).coef_,
}


@pytest.mark.parametrize("door", COLUMNS)
@pytest.mark.parametrize("name", READ)
def test_columns_of_numbers_are_read(name: str, door: str) -> None:
    kind = KINDS[name]
    if kind.package == "batch":
        pytest.skip("its columns are those of a table")
    np.testing.assert_allclose(
        COLUMNS[door](kind.column), COLUMNS[door](kind.numbers), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("door", COLUMNS)
@pytest.mark.parametrize("name", REFUSED)
def test_columns_of_all_else_are_refused(name: str, door: str) -> None:
    kind = KINDS[name]
    with pytest.raises((TypeError, ValueError)) as caught:
        COLUMNS[door](kind.column)
    text = str(caught.value)
    assert door.split(maxsplit=1)[0] in text, text
    for word in kind.words:
        assert word in text, text


@pytest.mark.parametrize("name", KINDS)
def test_the_integrations_read_what_the_functions_read(name: str) -> None:
    kind = KINDS[name]
    if kind.package == "pandas":
        table = kind.table()

        def fit() -> Any:  # noqa: ANN401
            return on_pandas.ridge_expanding(table, pd.Series(y), **OPTIONS).coef.to_numpy()[5:]

    elif kind.package == "polars" and not name.endswith("Object"):  # which has no place in structs
        table = kind.table().with_columns(pl.Series("y", y))

        def fit() -> Any:  # noqa: ANN401
            fields = table.select(on_polars.ridge_expanding("y", "even", ODD, **OPTIONS))
            coef = fields.to_series().struct.field("coef").struct.unnest()
            return coef.to_numpy()[5:]

    else:
        pytest.skip("it has no integration")
    if kind.numbers is None:
        with pytest.raises((TypeError, ValueError, pl.exceptions.ComputeError), match=ODD):
            fit()
        return
    wanted = elltwo.ridge_expanding(np.column_stack([EVEN, kind.numbers]), y, **OPTIONS)
    np.testing.assert_allclose(fit(), wanted.coef[5:], rtol=1e-5, atol=1e-6)


ARROW_TEXTS = {
    f"arrow {kind}" for kind in ("string", "large_string", "digits", "dictionary", "binary")
}


@pytest.mark.parametrize("name", [name for name in KINDS if name.startswith("arrow ")])
def test_parquet_files_are_read_alike(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kind = KINDS[name]
    table = kind.table().append_column("y", pa.array(y))
    path = tmp_path / "table.parquet"
    parquet.write_table(table, path)
    command = ["fit", str(path), "--target", "y", "--alpha", "1"]
    if kind.numbers is None:
        with pytest.raises(ValueError, match=ODD):
            elltwo.fit_stream(path, target="y", **OPTIONS)
        ended, said = main(command), capsys.readouterr()
        if name in ARROW_TEXTS:
            assert ended == 0
            assert f"Categories: {ODD} (" in said.out
        else:
            assert ended != 0
            assert ODD in said.err
        return
    fit = elltwo.fit_stream(path, target="y", **OPTIONS)
    wanted = elltwo.ridge(np.column_stack([EVEN, kind.numbers]), y, **OPTIONS)
    np.testing.assert_allclose(fit.coef, wanted.coef, rtol=1e-6)
    assert main(command) == 0


@pytest.mark.parametrize("name", ["pandas datetime", "polars Date", "arrow string"])
def test_plots_of_estimators_refuse_alike(name: str) -> None:
    plot = pytest.importorskip("elltwo.plot")
    with pytest.raises((TypeError, ValueError), match=ODD):
        plot.RidgePathDisplay.from_estimator(linear_model.Ridge(), KINDS[name].table(), y)


ARRAYS: dict[str, tuple[Any, str]] = {
    "text": (np.full((N_ROWS, 2), "x"), "'x'"),
    "digits": (np.full((N_ROWS, 2), "1"), "'1'"),
    "bytes": (np.full((N_ROWS, 2), b"1"), "b'1'"),
    "datetime64": (np.full((N_ROWS, 2), np.datetime64("2020-01-01")), "2020-01-01"),
    "timedelta64": (np.full((N_ROWS, 2), np.timedelta64(1, "s")), "1 seconds"),
    "complex": (np.full((N_ROWS, 2), 1j), "1j"),
    "records": (np.zeros((N_ROWS, 2), dtype=[("a", "f8")]), "f8"),
    "objects": (np.full((N_ROWS, 2), "1", dtype=object), "'1'"),
    "objects of timedelta64": (
        np.array([[np.timedelta64(1, "s")] * 2] * N_ROWS, dtype=object),
        "timedelta",
    ),
    "None": (np.full((N_ROWS, 2), None), "None"),
    "NA": ([[pd.NA, 1.0]] * N_ROWS, "<NA>"),
    "lists of digits": ([["1", "2"]] * N_ROWS, "'1'"),
    "lists of dates": ([[pd.Timestamp("2020-01-01"), 1.0]] * N_ROWS, "2020-01-01"),
    "masked": (np.ma.masked_equal(np.arange(2.0 * N_ROWS).reshape(N_ROWS, 2), 5.0), "masked"),
}


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("door", FUNCTIONS | ESTIMATORS)
@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_without_numbers_are_refused_by_row_and_column(name: str, door: str) -> None:
    X, word = ARRAYS[name]
    with pytest.raises((TypeError, ValueError)) as caught:
        DOORS[door](X)
    text = str(caught.value)
    assert "X" in text
    assert word in text, text
    assert "row" in text, text


def test_a_frame_of_floats_is_read_in_place() -> None:
    from elltwo.functional._base.validate import design_matrix

    for dtype in (np.float64, np.float32):
        frame = pd.DataFrame(PLAIN.astype(dtype), columns=["a", "b"])
        matrix = design_matrix(frame)
        assert matrix.dtype == dtype
        assert np.shares_memory(matrix, frame.to_numpy())
    mixed = pd.DataFrame({"a": PLAIN[:, 0].astype(np.float32), "b": PLAIN[:, 1]})
    assert design_matrix(mixed).dtype == np.float64
    narrow = pl.DataFrame({"a": PLAIN[:, 0], "b": PLAIN[:, 1]}).cast(pl.Float32)
    assert design_matrix(narrow).dtype == np.float32


class Other:
    """A table of a package that nothing here has heard of."""

    columns = ("even", ODD)
    shape = (N_ROWS, 2)

    def __init__(self, values: Any) -> None:  # noqa: ANN401
        self.values = values

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        return self.values[:, self.columns.index(name)]

    def __len__(self) -> int:
        return N_ROWS


class WithArray(Other):
    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:  # noqa: ANN401
        return np.array(self.values, dtype=dtype, copy=copy)


class WithArrow(Other):
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:  # noqa: ANN401
        columns = {name: list(self[name]) for name in self.columns}
        return pa.table(columns).__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize("make", [Other, WithArray, WithArrow])
def test_tables_of_other_packages_are_read_by_their_columns(make: type[Other]) -> None:
    table: Any = make(PLAIN)
    fit = elltwo.ridge(table, y, **OPTIONS)
    assert fit.feature_names == ("even", ODD)
    np.testing.assert_allclose(fit.coef, elltwo.ridge(PLAIN, y, **OPTIONS).coef, rtol=1e-12)
    np.testing.assert_allclose(
        fit.predict(pd.DataFrame(PLAIN[:, ::-1], columns=[ODD, "even"])),
        fit.predict(table),
        rtol=1e-12,
    )
    words = PLAIN.astype(object)
    words[:, 1] = "x"
    refused: Any = make(words)
    with pytest.raises(TypeError, match=r"got 'x' .* in column 'odd', row 0"):
        elltwo.ridge(refused, y, **OPTIONS)


def test_queries_are_collected_by_the_caller() -> None:
    with pytest.raises(TypeError, match=r"LazyFrame.*call \.collect\(\) first"):
        elltwo.ridge(pl.LazyFrame({"a": EVEN}), y, **OPTIONS)  # type: ignore[arg-type]
