"""pandas and polars: the core's numbers under the tables' own labels."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars import selectors

import elltwo
import elltwo.integrations.pandas as on_pandas
import elltwo.integrations.polars as on_polars

RNG = np.random.default_rng(8)
N = 90
X = RNG.standard_normal((N, 2))
y = X @ [1.0, -1.0] + RNG.standard_normal(N)
KEYS = np.array(["a", "b", "c"])[RNG.integers(0, 3, N)]
WEIGHT = RNG.uniform(0.5, 1.5, N)
INDEX = pd.date_range("2020-01-01", periods=N, freq="D")
FRAME = pd.DataFrame(X, index=INDEX, columns=["u", "v"])
SERIES = pd.Series(y, index=INDEX, name="y")
TABLE = pl.DataFrame({"u": X[:, 0], "v": X[:, 1], "y": y, "key": KEYS, "w": WEIGHT})
KINDS: dict[str, dict[str, Any]] = {
    "ridge_rolling": {"window": 12, "min_periods": 5},
    "ridge_expanding": {},
    "ridge_ewm": {"half_life": 6.0},
}
each_kind = pytest.mark.parametrize("kind", KINDS)


def wanted(kind: str, rows: Any = slice(None)) -> elltwo.RollingFit:  # noqa: ANN401
    fit: elltwo.RollingFit = getattr(elltwo, kind)(
        X[rows],
        y[rows],
        alpha=0.5,
        sample_weight=WEIGHT[rows],
        **KINDS[kind],
    )
    return fit


@each_kind
def test_pandas_keeps_the_labels(kind: str) -> None:
    fit = getattr(on_pandas, kind)(FRAME, SERIES, alpha=0.5, sample_weight=WEIGHT, **KINDS[kind])
    core = wanted(kind)
    assert fit.coef.index.equals(INDEX)
    assert list(fit.coef.columns) == ["u", "v"]
    np.testing.assert_array_equal(fit.coef.to_numpy(), core.coef)
    for name in ("intercept", "prediction", "residual_variance", "n_rows"):
        series = getattr(fit, name)
        assert series.index.equals(INDEX)
        assert series.name == name
        np.testing.assert_array_equal(series.to_numpy(), getattr(core, name))


@each_kind
def test_pandas_groups_have_their_own_windows(kind: str) -> None:
    by = KEYS.astype(object)
    by[3] = None
    fit = getattr(on_pandas, kind)(
        FRAME, SERIES, alpha=0.5, by=by, sample_weight=WEIGHT, **KINDS[kind]
    )
    for key in "abc":
        rows = by == key
        np.testing.assert_array_equal(fit.coef.to_numpy()[rows], wanted(kind, rows).coef)
        np.testing.assert_array_equal(fit.n_rows.to_numpy()[rows], wanted(kind, rows).n_rows)
    assert fit.coef.iloc[3].isna().all()


def test_pandas_missing_values() -> None:
    frame = FRAME.astype("Float64")
    frame.iloc[4, 0] = pd.NA
    fit = on_pandas.ridge_expanding(frame, SERIES, alpha=0.5, missing="skip")
    assert fit.n_rows.iloc[-1] == N - 1
    text = r"X has a missing value \(<NA>\) in column 'u', row 4"
    with pytest.raises((TypeError, ValueError), match=text):
        on_pandas.ridge_expanding(frame, SERIES, alpha=0.5)


@pytest.mark.parametrize("argument", ["y", "sample_weight", "by"])
def test_pandas_labels_must_agree(argument: str) -> None:
    """Equal labels in another order are not guessed at, whichever argument has them."""
    given: dict[str, Any] = {
        "y": SERIES,
        "sample_weight": pd.Series(WEIGHT, index=INDEX),
        "by": pd.Series(KEYS, index=INDEX),
    }
    wanted = on_pandas.ridge_ewm(FRAME, half_life=5.0, alpha=0.5, **given)
    turned = {**given, argument: given[argument].iloc[::-1]}
    with pytest.raises(ValueError, match=f"X and {argument} must have the same index"):
        on_pandas.ridge_ewm(FRAME, half_life=5.0, alpha=0.5, **turned)
    aligned = {**turned, argument: turned[argument].reindex(INDEX)}
    again = on_pandas.ridge_ewm(FRAME, half_life=5.0, alpha=0.5, **aligned)
    pd.testing.assert_frame_equal(again.coef, wanted.coef)
    if argument != "y":  # arrays have no labels and go by position
        by_position = {**given, argument: given[argument].to_numpy()}
        again = on_pandas.ridge_ewm(FRAME, half_life=5.0, alpha=0.5, **by_position)
        pd.testing.assert_frame_equal(again.coef, wanted.coef)


def test_pandas_says_what_it_takes() -> None:
    with pytest.raises(TypeError, match="X must be a DataFrame or a Series, got ndarray"):
        on_pandas.ridge_expanding(X, SERIES, alpha=0.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="y must be a Series or a DataFrame of one column"):
        on_pandas.ridge_expanding(FRAME, y, alpha=0.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="y must have one column, got 2"):
        on_pandas.ridge_expanding(FRAME, FRAME, alpha=0.5)
    with pytest.raises(ValueError, match="by must have one key for each of the 90 rows"):
        on_pandas.ridge_expanding(FRAME, SERIES, alpha=0.5, by=KEYS[1:])
    with pytest.raises(ValueError, match=r"by names no column of X .*'ticker'"):
        on_pandas.ridge_expanding(FRAME, SERIES, alpha=0.5, by="ticker")
    with pytest.raises(ValueError, match="same number of rows, got 90 and 89"):
        on_pandas.ridge_expanding(FRAME, SERIES.iloc[1:], alpha=0.5)
    with pytest.raises(ValueError, match="sample_weight must have shape"):
        on_pandas.ridge_expanding(FRAME, SERIES, alpha=0.5, sample_weight=WEIGHT[1:])


def test_pandas_keys_by_name() -> None:
    """A column or a level of the index, or two of them, are keys and no features."""
    sides = np.arange(N) % 2
    table = FRAME.assign(key=KEYS, side=sides)
    wanted = on_pandas.ridge_expanding(FRAME, SERIES, alpha=0.5, by=KEYS)
    cases: list[tuple[pd.DataFrame, Any]] = [
        (FRAME.assign(key=KEYS), "key"),
        (FRAME.assign(key=KEYS), ["key"]),
        (FRAME.assign(key=pd.Categorical(KEYS)), "key"),
        (FRAME, pd.Categorical(KEYS)),
        (FRAME, list(KEYS)),
        (FRAME, pd.DataFrame({"key": KEYS}, index=INDEX)),
    ]
    for X_, by in cases:
        fit = on_pandas.ridge_expanding(X_, SERIES, alpha=0.5, by=by)
        pd.testing.assert_frame_equal(fit.coef, wanted.coef)
    pairs = [f"{key}{side}" for key, side in zip(KEYS, sides, strict=True)]
    wanted = on_pandas.ridge_expanding(FRAME, SERIES, alpha=0.5, by=pairs)
    cases = [
        (table, ["key", "side"]),
        (FRAME, [KEYS, sides]),
        (FRAME, [pd.Series(KEYS, index=INDEX), pd.Series(sides, index=INDEX)]),
        (FRAME, list(zip(KEYS, sides, strict=True))),
        (FRAME, table[["key", "side"]]),
        (FRAME, np.column_stack([KEYS, sides])),
    ]
    for X_, by in cases:
        fit = on_pandas.ridge_expanding(X_, SERIES, alpha=0.5, by=by)
        pd.testing.assert_frame_equal(fit.coef, wanted.coef)
    turned: list[Any] = [KEYS, SERIES.iloc[::-1]]
    with pytest.raises(ValueError, match="X and by must have the same index"):
        on_pandas.ridge_expanding(FRAME, SERIES, alpha=0.5, by=turned)
    levels = FRAME.assign(key=KEYS).set_index("key", append=True)
    target = pd.Series(y, index=levels.index)
    fit = on_pandas.ridge_expanding(levels, target, alpha=0.5, by="key")
    assert fit.coef.index.equals(levels.index)
    wanted = on_pandas.ridge_expanding(FRAME, SERIES, alpha=0.5, by=KEYS)
    np.testing.assert_array_equal(fit.coef.to_numpy(), wanted.coef.to_numpy())


def test_pandas_one_column() -> None:
    """A Series is one feature, and a frame of one column a target."""
    wanted = on_pandas.ridge_expanding(FRAME[["u"]], SERIES, alpha=0.5)
    fit = on_pandas.ridge_expanding(FRAME["u"], SERIES.to_frame(), alpha=0.5)
    pd.testing.assert_frame_equal(fit.coef, wanted.coef)


@pytest.mark.parametrize(
    "column",
    [
        pd.date_range("2020-01-01", periods=N),
        pd.timedelta_range("1D", periods=N),
        X[:, 0] + 1j,
        [str(i) for i in range(N)],
        pd.Categorical(["a", "b"] * (N // 2)),
    ],
    ids=["dates", "durations", "complex", "digits", "categories"],
)
def test_pandas_takes_numbers_alone(column: Any) -> None:  # noqa: ANN401
    table = FRAME.assign(c=column)
    with pytest.raises(TypeError, match=r"X must hold real numbers.*column 'c'"):
        on_pandas.ridge_expanding(table, SERIES, alpha=0.5)
    with pytest.raises(TypeError, match="y must hold real numbers"):
        on_pandas.ridge_expanding(FRAME, table["c"], alpha=0.5)


@each_kind
@pytest.mark.parametrize("lazy", [False, True])
def test_polars_expression(kind: str, lazy: bool) -> None:
    expression = getattr(on_polars, kind)(
        "y", "u", pl.col("v"), alpha=0.5, sample_weight="w", **KINDS[kind]
    ).alias("fit")
    frame = TABLE.lazy().with_columns(expression).collect() if lazy else TABLE.select(expression)
    fit = frame["fit"].struct.unnest()
    core = wanted(kind)
    coef = fit["coef"].struct.unnest()
    assert coef.columns == ["u", "v"]
    np.testing.assert_array_equal(coef.to_numpy(), core.coef)
    for name in ("intercept", "prediction", "residual_variance", "n_rows"):
        np.testing.assert_array_equal(fit[name].to_numpy(), getattr(core, name))
    assert fit["prediction"].null_count() == np.isnan(core.prediction).sum()


@each_kind
def test_polars_groups_have_their_own_windows(kind: str) -> None:
    expression = getattr(on_polars, kind)(
        "y", "u", "v", alpha=0.5, sample_weight="w", **KINDS[kind]
    )
    fit = TABLE.select(expression.over("key").alias("fit"))["fit"].struct.unnest()
    coef = fit["coef"].struct.unnest().to_numpy()
    for key in "abc":
        rows = key == KEYS
        np.testing.assert_array_equal(coef[rows], wanted(kind, rows).coef)


def test_polars_fit_of_each_group() -> None:
    table = TABLE.with_columns(pl.when(pl.col("u") > -1.0).then("u"))
    expression = on_polars.ridge("y", "u", "v", alpha=0.5, missing="skip").alias("fit")
    fits = table.group_by("key", maintain_order=True).agg(expression)
    for key, fit in fits.iter_rows():
        rows = (key == KEYS) & (X[:, 0] > -1.0)
        core = elltwo.ridge(X[rows], y[rows], alpha=0.5)
        assert list(fit["coef"].values()) == core.coef.tolist()
        assert fit["intercept"] == core.intercept


def test_polars_says_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="different names"):
        on_polars.ridge_expanding("y", "u", "u", alpha=1.0)
    with pytest.raises(ValueError, match="missing must be one of"):
        on_polars.ridge("y", "u", alpha=1.0, missing="drop")
    holes = TABLE.with_columns(pl.when(pl.col("u") > -1.0).then("u"))
    text = r"X has a missing value \(null\) in column 'u', row"
    with pytest.raises((TypeError, ValueError, pl.exceptions.ComputeError), match=text):
        holes.select(on_polars.ridge_expanding("y", "u", alpha=1.0))


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize(
    "features",
    [[pl.col("u", "v")], [selectors.starts_with("u", "v")], ["u", pl.col("^v$")]],
    ids=["names", "selector", "pattern"],
)
def test_polars_expressions_of_several_columns(features: list[pl.Expr], lazy: bool) -> None:
    options: dict[str, Any] = {"alpha": 0.5, "sample_weight": "w"}
    wanted = TABLE.select(on_polars.ridge_expanding("y", "u", "v", **options).alias("fit"))
    expression = on_polars.ridge_expanding("y", *features, **options).alias("fit")
    frame = TABLE.lazy().select(expression) if lazy else TABLE.select(expression)
    assert frame.collect_schema() == wanted.schema
    frame = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    assert frame.equals(wanted)
    with pytest.raises(ValueError, match="y must be one column"):
        on_polars.ridge_expanding(pl.col("u", "v"), "y", alpha=1.0)
    with pytest.raises(TypeError, match="names or expressions of polars, got Series"):
        on_polars.ridge_expanding("y", TABLE["u"], alpha=1.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("features", [["u", "v"], [pl.col("u", "v")]])
def test_polars_coefficients_beside_the_features(features: list[Any]) -> None:
    expression = on_polars.ridge_expanding("y", *features, alpha=0.5, suffix="_coef")
    table = TABLE.with_columns(expression.alias("fit")).unnest("fit").unnest("coef")
    assert {"u", "v", "u_coef", "v_coef", "intercept", "prediction"} <= set(table.columns)
    core = elltwo.ridge_expanding(X, y, alpha=0.5)
    np.testing.assert_array_equal(table[["u_coef", "v_coef"]].to_numpy(), core.coef)
    one = TABLE.select(on_polars.ridge("y", *features, alpha=0.5, suffix="_b"))
    assert one.to_series().struct.unnest()["coef"].struct.unnest().columns == ["u_b", "v_b"]


@pytest.mark.parametrize("kind", [pl.Date, pl.Datetime, pl.Duration, pl.Time, pl.String])
def test_polars_takes_numbers_alone(kind: Any) -> None:  # noqa: ANN401
    table = TABLE.with_columns(pl.Series("c", range(N)).cast(pl.Int64).cast(kind))
    for expression, text in (
        (on_polars.ridge("y", "u", "c", alpha=1.0), "X must hold real numbers.*column 'c'"),
        (on_polars.ridge_ewm("c", "u", half_life=2.0, alpha=1.0), "y must hold real numbers"),
        (on_polars.ridge("y", "u", alpha=1.0, sample_weight="c"), "sample_weight must hold real"),
    ):
        with pytest.raises((TypeError, pl.exceptions.ComputeError), match=text):
            table.select(expression)


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_missing_peer_names_the_extra(name: str) -> None:
    call = {
        "pandas": "module.ridge_expanding(None, None, alpha=1.0)",
        "polars": "module.ridge('y', 'x', alpha=1.0)",
    }[name]
    script = f"""
import sys
sys.modules["{name}"] = None
import elltwo.integrations.{name} as module
try:
    {call}
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert f"pip install 'elltwo[{name}]'" in done.stdout
