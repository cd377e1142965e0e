"""Windows of a duration on tables of pandas and polars: the rows that these take themselves."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import elltwo
import elltwo.integrations.pandas as on_pandas
import elltwo.integrations.polars as on_polars

RNG = np.random.default_rng(3)
N = 120
X = RNG.standard_normal((N, 2))
y = X @ [1.0, -1.0] + RNG.standard_normal(N)
KEYS = np.array(["a", "b"])[RNG.integers(0, 2, N)]
TIMES = np.datetime64("2024-02-20", "us") + np.cumsum(RNG.integers(0, 40, N)) * np.timedelta64(
    1, "h"
)
INDEX = pd.DatetimeIndex(TIMES, name="when")
FRAME = pd.DataFrame(X, index=INDEX, columns=["u", "v"])
SERIES = pd.Series(y, index=INDEX, name="y")
TABLE = pl.DataFrame({"u": X[:, 0], "v": X[:, 1], "y": y, "key": KEYS, "when": TIMES})
SKIP = 'drop or impute it, or leave out such rows by missing="skip"'


def refits(rows: Any = slice(None), days: int = 7) -> list[elltwo.RidgeFit]:  # noqa: ANN401
    """Fit the window of each row by itself."""
    times, own_X, own_y = TIMES[rows], X[rows], y[rows]
    width = np.timedelta64(days, "D")
    fits = []
    for i in range(len(times)):
        window = np.flatnonzero(times[: i + 1] > times[i] - width)
        fits.append(elltwo.ridge(own_X[window], own_y[window], alpha=0.5))
    return fits


def require_same(coef: Any, fits: list[elltwo.RidgeFit]) -> None:  # noqa: ANN401
    wanted = np.array([fit.coef for fit in fits])
    np.testing.assert_allclose(np.asarray(coef), wanted, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(
    "window",
    ["7D", "168h", dt.timedelta(7), np.timedelta64(7, "D"), pd.Timedelta("7D"), pd.offsets.Day(7)],
    ids=str,
)
def test_pandas_windows_of_the_index(window: Any) -> None:  # noqa: ANN401
    fit = on_pandas.ridge_rolling(FRAME, SERIES, window=window, alpha=0.5)
    require_same(fit.coef, refits())
    counts = SERIES.rolling("7D").count()
    np.testing.assert_array_equal(fit.n_rows, counts)
    assert fit.coef.index.equals(INDEX)
    least = on_pandas.ridge_rolling(FRAME, SERIES, window=window, alpha=0.5, min_periods=5)
    assert least.coef["u"].isna().tolist() == (counts < 5).tolist()


def test_pandas_times_in_a_column_or_level() -> None:
    wanted = on_pandas.ridge_rolling(FRAME, SERIES, window="7D", alpha=0.5)
    plain = SERIES.reset_index(drop=True)
    cases: list[tuple[pd.DataFrame, pd.Series]] = [
        (FRAME.reset_index(), plain),
        (FRAME, SERIES),
        (FRAME.reset_index().assign(when=INDEX.tz_localize("UTC")), plain),
    ]
    for frame, target in cases:
        fit = on_pandas.ridge_rolling(frame, target, window="7D", on="when", alpha=0.5)
        assert list(fit.coef.columns) == ["u", "v"]
        np.testing.assert_array_equal(fit.coef, wanted.coef)


def test_pandas_groups_have_their_own_windows_in_time() -> None:
    levels = FRAME.set_index(pd.Index(KEYS, name="key"), append=True)
    by_level = on_pandas.ridge_rolling(
        levels, pd.Series(y, levels.index), window="7D", on="when", by="key", alpha=0.5
    )
    by_array = on_pandas.ridge_rolling(FRAME, SERIES, window="7D", by=KEYS, alpha=0.5)
    np.testing.assert_array_equal(by_level.coef, by_array.coef)
    for key in "ab":
        rows = key == KEYS
        require_same(by_array.coef[rows], refits(rows))
    counts = SERIES.groupby(KEYS).rolling("7D").count()
    np.testing.assert_array_equal(by_array.n_rows[KEYS == "b"], counts["b"])


def test_pandas_says_what_times_must_be() -> None:
    def fit(frame: Any = FRAME, **options: Any) -> None:  # noqa: ANN401
        target = pd.Series(y[: len(frame)], frame.index)
        on_pandas.ridge_rolling(frame, target, **{"window": "7D", "alpha": 0.5, **options})

    with pytest.raises(ValueError, match="the index of X must hold dates where window is a dura"):
        fit(FRAME.reset_index(drop=True))
    with pytest.raises(ValueError, match="'u' must hold dates where window is a duration, got fl"):
        fit(on="u")
    with pytest.raises(ValueError, match="on names no column of X and no level of its index"):
        fit(on="date")
    with pytest.raises(TypeError, match="on must be the name of a column"):
        fit(on=3)
    with pytest.raises(ValueError, match="on is for windows of a duration such as '30D', got win"):
        fit(on="when", window=3)
    with pytest.raises(ValueError, match="window must be a duration of fixed length"):
        fit(window="2MS")
    turned = FRAME.iloc[[0, 1, 2, 9, 4, 5]]
    with pytest.raises(ValueError, match=r"times must not decrease, got .* at row 4 after"):
        fit(turned)


def test_pandas_names_the_row_of_the_table_in_groups() -> None:
    frame = FRAME.copy()
    frame.iloc[77, 1] = np.nan
    message = f"X contains NaN at row 77, column 'v'; {SKIP}"
    cases: list[dict[str, Any]] = [{"by": KEYS}, {}]
    for options in cases:
        with pytest.raises(ValueError, match=re.escape(message)):
            on_pandas.ridge_rolling(frame, SERIES, window="7D", alpha=0.5, **options)
        with pytest.raises(ValueError, match=re.escape(message)):
            on_pandas.ridge_expanding(frame, SERIES, alpha=0.5, **options)
        on_pandas.ridge_ewm(frame, SERIES, half_life=3.0, alpha=0.5, missing="skip", **options)
    null = frame.astype("Float64")
    null.iloc[77, 1] = pd.NA
    message = f"X has a missing value (<NA>) in column 'v', row 77; {SKIP}"
    with pytest.raises(ValueError, match=re.escape(message)):
        on_pandas.ridge_rolling(null, SERIES, window=7, alpha=0.5)
    late = FRAME.index.to_series().reset_index(drop=True)
    last_of_a, before = np.flatnonzero(KEYS == "a")[[-1, -2]]
    late[last_of_a] = late[0] - pd.Timedelta("1D")
    with pytest.raises(ValueError, match=f"must not decrease, got .* at row {last_of_a} after"):
        on_pandas.ridge_rolling(
            FRAME.reset_index(drop=True).assign(when=late),
            pd.Series(y),
            window="7D",
            on="when",
            by=KEYS,
            alpha=0.5,
        )
    assert before < last_of_a


@pytest.mark.parametrize("window", ["7d", "168h", dt.timedelta(7)], ids=str)
def test_polars_windows_of_a_column(window: Any) -> None:  # noqa: ANN401
    fit = on_polars.ridge_rolling("y", "u", "v", window=window, times="when", alpha=0.5)
    found = TABLE.select(fit.alias("fit")).unnest("fit")
    require_same(found["coef"].struct.unnest().to_numpy(), refits())
    grouped = TABLE.select(fit.over("key").alias("fit"), "key").unnest("fit")
    for key in "ab":
        coef = grouped.filter(pl.col("key") == key)["coef"].struct.unnest().to_numpy()
        require_same(coef, refits(key == KEYS))


def test_polars_counts_the_rows_that_polars_counts() -> None:
    distinct = TABLE.unique("when", keep="first", maintain_order=True)
    fit = on_polars.ridge_rolling("y", "u", window="3d", times=pl.col("when"), alpha=0.5)
    found = distinct.select(fit.alias("fit"))["fit"].struct.field("n_rows")
    rolling = distinct.rolling("when", period="3d", closed="right").agg(pl.len().alias("n"))
    assert found.to_list() == rolling["n"].to_list()
    hours = distinct.with_columns(
        ((pl.col("when") - pl.col("when").min()).dt.total_hours()).alias("hours")
    )
    by_number = on_polars.ridge_rolling("y", "u", window=72, times="hours", alpha=0.5)
    found = hours.select(by_number.alias("fit"))["fit"].struct.field("n_rows")
    assert found.to_list() == rolling["n"].to_list()


def test_polars_names_what_it_refuses() -> None:
    def refused(table: pl.DataFrame, message: str, **options: Any) -> None:  # noqa: ANN401
        options = {"window": "7d", "times": "when", "alpha": 0.5, **options}
        fit = on_polars.ridge_rolling("y", "u", "v", **options)
        with pytest.raises(Exception, match=re.escape(message)):  # polars chooses the type
            table.select(fit.alias("fit"))

    row = pl.int_range(pl.len()) == 9
    nan = TABLE.with_columns(pl.when(row).then(float("nan")).otherwise("v").alias("v"))
    refused(nan, f"X contains NaN at row 9, column 'v'; {SKIP}")
    null = TABLE.with_columns(pl.when(row).then(None).otherwise("v").alias("v"))
    refused(null, f"X has a missing value (null) in column 'v', row 9; {SKIP}")
    timeless = TABLE.with_columns(pl.when(row).then(None).otherwise("when").alias("when"))
    refused(timeless, "times must be finite and not missing, got NaT at row 9")
    refused(TABLE.reverse(), "times must not decrease")
    refused(TABLE, "window must be a duration of fixed length", window="1mo")
    refused(TABLE, "times must be dates (datetime64) or numbers", times="key")
