"""pandas and polars: the core's numbers under the tables' own labels."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

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
    with pytest.raises(ValueError, match="X contains NaN at row 4, column 0"):
        on_pandas.ridge_expanding(frame, SERIES, alpha=0.5)


def test_pandas_labels_must_agree() -> None:
    with pytest.raises(ValueError, match="same index"):
        on_pandas.ridge_expanding(FRAME, SERIES.iloc[::-1], alpha=0.5)
    with pytest.raises(TypeError, match="X must be a DataFrame, got ndarray"):
        on_pandas.ridge_expanding(X, SERIES, alpha=0.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="y must be a Series, got ndarray"):
        on_pandas.ridge_expanding(FRAME, y, alpha=0.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="by must have one key for each of the 90 rows"):
        on_pandas.ridge_expanding(FRAME, SERIES, alpha=0.5, by=KEYS[1:])


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
    with pytest.raises((ValueError, pl.exceptions.ComputeError), match="X contains NaN at row"):
        holes.select(on_polars.ridge_expanding("y", "u", alpha=1.0))


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
