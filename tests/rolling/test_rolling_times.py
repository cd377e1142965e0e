"""Windows of a duration equal refits of the rows in each."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import elltwo
from rolling_reference import Steps, worst_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

DAY = np.timedelta64(1, "D")


def table(n: int, p: int, seed: int = 0, n_targets: int | None = None) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) * rng.uniform(0.5, 2.0, p) + rng.standard_normal(p)
    Y = X @ rng.standard_normal((p, n_targets or 1)) + rng.standard_normal((n, n_targets or 1))
    return X, (Y if n_targets else Y[:, 0])


def bits(fit: elltwo.RollingFit) -> bytes:
    arrays = fit.coef, fit.intercept, fit.prediction, fit.residual_variance, fit.n_rows
    return b"".join(array.tobytes() for array in arrays)


def random_times(rng: np.random.Generator, n: int, kind: str) -> Array:
    """Times with ties, bursts and long gaps."""
    steps = {
        "ties": rng.integers(0, 3, n),
        "gaps": rng.integers(0, 2, n) + 40 * (rng.random(n) < 0.1),
        "bursts": 25 * (rng.random(n) < 0.2),
        "regular": np.ones(n, np.int64),
    }[kind]
    return np.asarray(np.cumsum(steps) - 50)


@st.composite
def timed_problems(draw: st.DrawFn) -> Steps:
    n, p = draw(st.integers(1, 90)), draw(st.integers(1, 10))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X, y = table(n, p, int(rng.integers(2**31)), draw(st.sampled_from([None, 1, 3])))
    X[:, rng.random(p) < 0.1] = 1.5  # constant
    weight = rng.integers(0, 3, n).astype(np.float64)
    weight[0] = 1.0
    return Steps(
        X,
        y,
        alpha=draw(st.sampled_from([0.0, 0.1, 5.0])),
        window=draw(st.integers(1, 120)),
        min_periods=draw(st.integers(1, 20)),
        weight=draw(st.sampled_from([None, weight])),
        factors=draw(st.sampled_from([None, rng.uniform(0.25, 4.0, p)])),
        fit_intercept=draw(st.booleans()),
        times=random_times(
            rng, n, draw(st.sampled_from(["ties", "gaps", "bursts", "regular"]))
        ).astype(draw(st.sampled_from([np.int64, np.float64]))),
    )


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(timed_problems())
def test_every_step_is_a_refit(steps: Steps) -> None:
    fit = steps.fit()
    assert worst_error(steps, fit, np.arange(len(steps.X))) < 1e-9
    assert fit.n_rows.tolist() == [len(steps.rows(i)) for i in range(len(steps.X))]
    assert fit.info.status == "converged"


@pytest.mark.parametrize("kind", ["ties", "gaps", "bursts", "regular"])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_many_steps_equal_refits(kind: str, offset: float) -> None:
    n = 4_000
    X, y = table(n, 8)
    times = random_times(np.random.default_rng(4), n, kind)
    width = int(40 * (times[-1] - times[0]) / n)  # some forty rows
    steps = Steps(X + offset, y + offset, 0.3, window=width, times=times)
    fit = steps.fit()
    assert fit.n_rows.max() >= 39
    which = np.r_[np.arange(15), np.random.default_rng(1).integers(15, n, 150)]
    assert worst_error(steps, fit, which) < 1e-10


@pytest.mark.parametrize("p", [3, 8, 12])
@pytest.mark.parametrize("window", [1, 37, 250])
def test_times_one_apart_give_the_bits_of_rows(p: int, window: int) -> None:
    X, y = table(1_500, p)
    rows = elltwo.ridge_rolling(X, y, window=window, alpha=1.0, min_periods=1)
    times = elltwo.ridge_rolling(X, y, window=window, alpha=1.0, times=np.arange(1_500))
    assert bits(times) == bits(rows)


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_thread_count_changes_no_bit(alpha: float) -> None:
    X, y = table(6_000, 5)
    X[500:700, 1] = 3.0
    times = random_times(np.random.default_rng(2), 6_000, "gaps")
    runs = [
        elltwo.ridge_rolling(X, y, window=60, times=times, alpha=alpha, n_threads=k)
        for k in (1, 2, 3, None)
    ]
    assert len({bits(run) for run in runs}) == 1


def test_rows_that_have_left_leave_no_trace() -> None:
    n = 2_000
    X, y = table(n, 4)
    times = random_times(np.random.default_rng(7), n, "ties")
    wild = np.zeros(n, bool)
    wild[[50, 51, 52, 700, 1_200, 1_201]] = True
    loud_X, loud_y = X.copy(), y.copy()
    loud_X[wild], loud_y[wild] = 1e8 * X[wild], -1e8 * y[wild]
    calm = Steps(X, y, 1.0, window=70, times=times)
    loud = Steps(loud_X, loud_y, 1.0, window=70, times=times)
    clean = np.array([not wild[calm.rows(i)].any() for i in range(n)])
    assert clean.sum() > 1_000
    one, other = calm.fit(), loud.fit()
    assert one.coef[clean].tobytes() == other.coef[clean].tobytes()


def test_rows_with_nan_take_part_in_no_window() -> None:
    X, y = table(300, 4)
    rng = np.random.default_rng(2)
    X[rng.integers(0, 300, 30), rng.integers(0, 4, 30)] = np.nan
    y[rng.integers(0, 300, 30)] = np.nan
    X[0] = np.nan
    X[100:160] = np.nan
    steps = Steps(X, y, 0.5, window=45, min_periods=6, times=random_times(rng, 300, "ties"))
    fit = steps.fit(missing="skip")
    assert worst_error(steps, fit, np.arange(300)) < 1e-11
    assert fit.n_rows.tolist() == [len(steps.rows(i)) for i in range(300)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_layouts_change_nothing(dtype: type) -> None:
    X, y = table(400, 6)
    X = X.astype(dtype)
    times = random_times(np.random.default_rng(9), 400, "gaps")
    options: dict[str, Any] = {"window": 30, "times": times, "alpha": 0.5}
    plain = elltwo.ridge_rolling(X, y, **options)
    for other in (np.asfortranarray(X), X[::-1].copy()[::-1], X.astype(np.float64)):
        assert bits(elltwo.ridge_rolling(other, y, **options)) == bits(plain)
    factors = np.array([1.0, np.inf, 1.0, 1.0, 1.0, 1.0])
    X = X.astype(np.float64)
    pinned = Steps(X, y, 0.5, window=30, times=times, factors=factors)
    assert worst_error(pinned, pinned.fit(), np.arange(400)) < 1e-11


def test_so_many_features_that_moments_would_not_fit() -> None:
    X, y = table(40, 1_100)
    steps = Steps(X, y, 20.0, window=30, min_periods=28, times=np.arange(40))
    assert worst_error(steps, steps.fit(), np.array([3, 28, 39])) < 1e-10


def test_windows_are_those_of_pandas() -> None:
    rng = np.random.default_rng(0)
    seconds = np.cumsum(rng.integers(0, 50_000, 300))
    index = pd.Timestamp("2024-02-25") + pd.to_timedelta(seconds, unit="s")
    values = pd.Series(rng.standard_normal(300), index=index)
    for window in ("1d", "36h", "90min", "7d", "2d3h"):
        rolling = values.rolling(window.replace("d", "D"))
        fit = elltwo.ridge_rolling(
            np.zeros((300, 1)), values.to_numpy(), window=window, times=index, alpha=1.0
        )
        np.testing.assert_array_equal(fit.n_rows, rolling.count())
        np.testing.assert_allclose(fit.intercept, rolling.mean(), rtol=1e-12)
        np.testing.assert_allclose(fit.residual_variance, rolling.var(), rtol=1e-9, atol=1e-15)


DAYS = np.array(["2024-02-27", "2024-02-28", "2024-03-01", "2024-03-01", "2024-03-09"], "M8[D]")
SMALL_X, SMALL_Y = table(5, 1)
SAME_TIMES: dict[str, Any] = {
    "days": DAYS,
    "nanoseconds": DAYS.astype("M8[ns]"),
    "big-endian": DAYS.astype(">M8[s]"),
    "strided": np.repeat(DAYS, 2)[::2],
    "Python": DAYS.tolist(),
    "Python with time zone": [
        dt.datetime(day.year, day.month, day.day, tzinfo=dt.timezone.utc) for day in DAYS.tolist()
    ],
    "pandas index": pd.DatetimeIndex(DAYS),
    "pandas with time zone": pd.Series(pd.DatetimeIndex(DAYS, tz="Europe/Berlin")),
    "pandas in Arrow": pd.Series(DAYS.astype("M8[us]")).astype("timestamp[us][pyarrow]"),
    "polars dates": pl.Series("t", DAYS.tolist()),
    "polars times": pl.Series("t", DAYS.astype("M8[us]")),
    "Arrow": pa.array(DAYS.tolist()),
    "Arrow chunks": pa.chunked_array([pa.array(DAYS.astype("M8[us]"))]),
    "elapsed": DAYS - DAYS[0],
}


@pytest.mark.parametrize("kind", SAME_TIMES)
@pytest.mark.parametrize(
    "window",
    ["3d", "72h", "3D", "2d24h", " 3 days", dt.timedelta(3), 3 * DAY, pd.Timedelta("3D")],
    ids=str,
)
def test_dates_and_durations_of_all_kinds(kind: str, window: Any) -> None:  # noqa: ANN401
    fit = elltwo.ridge_rolling(SMALL_X, SMALL_Y, window=window, times=SAME_TIMES[kind], alpha=1.0)
    # 2024 has a 29th of February: the first of March is three days after the 27th, which is out.
    assert fit.n_rows.tolist() == [1, 2, 2, 3, 1]


@pytest.mark.parametrize(
    ("window", "n_rows"),
    [
        ("1ns", [1, 1, 1, 2, 1]),
        ("24h", [1, 1, 1, 2, 1]),
        ("25h", [1, 2, 1, 2, 1]),
        ("0.5d", [1, 1, 1, 2, 1]),
        ("1.5d", [1, 2, 1, 2, 1]),
        ("72h1ns", [1, 2, 3, 4, 1]),
        ("1w", [1, 2, 3, 4, 1]),
        ("8d1s", [1, 2, 3, 4, 3]),
        ("100000000w", [1, 2, 3, 4, 5]),
    ],
)
def test_a_row_as_old_as_the_window_is_outside(window: str, n_rows: list[int]) -> None:
    """On days a window of 25 hours holds the day before, exactly."""
    for times in (DAYS, DAYS.astype("M8[ns]"), DAYS.astype("M8[s]")):
        fit = elltwo.ridge_rolling(SMALL_X, SMALL_Y, window=window, times=times, alpha=1.0)
        assert fit.n_rows.tolist() == n_rows


def test_months_are_the_days_they_begin_with() -> None:
    months = np.array(["2023-12", "2024-01", "2024-02", "2024-03", "2024-04"], "M8[M]")
    fit = elltwo.ridge_rolling(SMALL_X, SMALL_Y, window="31d", times=months, alpha=1.0)
    assert fit.n_rows.tolist() == [1, 1, 1, 2, 1]  # February 2024 has 29 days


@pytest.mark.parametrize(
    ("times", "window", "n_rows"),
    [
        ([-(2**63), -(2**63) + 1, 0, 2**63 - 2, 2**63 - 1], 2, [1, 2, 1, 1, 2]),
        ([-(2**63), -(2**63) + 1, 0, 2**63 - 2, 2**63 - 1], 2**63, [1, 2, 2, 2, 3]),
        (np.array([0, 1, 2, 2**64 - 2, 2**64 - 1], np.uint64), 2, [1, 2, 2, 1, 2]),
        (np.array([0, 1, 2, 2**64 - 2, 2**64 - 1], np.uint64), 1e30, [1, 2, 3, 4, 5]),
        ([0, 1, 2, 3, 4], 2.5, [1, 2, 3, 3, 3]),
        (np.array([0, 1, 2, 3, 4], np.int8), 2, [1, 2, 2, 2, 2]),
        ([0.0, 0.5, 1.0, 1.0, 9.0], 0.5, [1, 1, 1, 2, 1]),
        (np.array([0.0, 0.5, 1.0, 1.0, 9.0], np.float32), 0.75, [1, 2, 2, 3, 1]),
        ([1e300, 1e300, 1e300, 1.1e300, 1.2e300], 1e-300, [1, 1, 1, 1, 1]),
        (pd.Series([0, 1, 2, 3, 4], dtype="Int64"), 3, [1, 2, 3, 3, 3]),
    ],
)
def test_times_may_be_numbers(times: Any, window: float, n_rows: list[int]) -> None:  # noqa: ANN401
    fit = elltwo.ridge_rolling(SMALL_X, SMALL_Y, window=window, times=times, alpha=1.0)
    assert fit.n_rows.tolist() == n_rows


def test_the_widest_differences_of_float64_do_not_overflow() -> None:
    times = [-1.7e308, -1e308, 0.0, 1e308, 1.7e308]
    fit = elltwo.ridge_rolling(SMALL_X, SMALL_Y, window=1.7e308, times=times, alpha=1.0)
    assert fit.n_rows.tolist() == [1, 2, 2, 2, 2]


def rolling(**changes: Any) -> elltwo.RollingFit:  # noqa: ANN401
    arguments: dict[str, Any] = {"window": "2d", "times": DAYS, "alpha": 1.0, **changes}
    return elltwo.ridge_rolling(SMALL_X, SMALL_Y, **arguments)


NAT = DAYS.copy()
NAT[3] = "NaT"
CASES: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"times": None}, ValueError, "times must be given where window is a duration"),
    ({"times": DAYS[:4]}, ValueError, "times must have shape (5,), got (4,)"),
    ({"times": DAYS[:, None]}, ValueError, "times must have shape (5,), got (5, 1)"),
    ({"times": DAYS[::-1]}, ValueError, "must not decrease, got 2024-03-01 at row 1 after 2024-03"),
    ({"times": NAT}, ValueError, "times must be finite and not missing, got NaT at row 3"),
    (
        {"times": [0.0, 1.0, np.nan, 3.0, 4.0], "window": 2},
        ValueError,
        "times must be finite and not missing, got nan at row 2",
    ),
    ({"times": DAYS.astype(str)}, TypeError, "times must be dates (datetime64) or numbers, got"),
    ({"times": DAYS[0] < DAYS}, TypeError, "times must be dates (datetime64) or numbers, got dty"),
    ({"times": np.arange(5)}, TypeError, "window must be a number where times are numbers"),
    ({"window": 3}, TypeError, "window must be a duration such as '30d' where times are dates"),
    ({"window": [3]}, TypeError, "window must be a duration such as '30d' where times are dates"),
    ({"window": "3 moons"}, ValueError, "window must be a duration of fixed length such as '30d'"),
    ({"window": "1M"}, ValueError, "window must be a duration of fixed length such as '30d'"),
    ({"window": "1mo"}, ValueError, "window must be a duration of fixed length such as '30d'"),
    ({"window": "-3d"}, ValueError, "window must be a duration of fixed length such as '30d'"),
    ({"window": "3"}, ValueError, "window must be a duration of fixed length such as '30d'"),
    ({"window": ""}, ValueError, "window must be a duration of fixed length such as '30d'"),
    ({"window": "0d"}, ValueError, "window must be positive, got '0d'"),
    ({"window": -DAY}, ValueError, "window must be positive, got '-1 days'"),
    ({"window": np.timedelta64(1, "M")}, ValueError, "window must be a duration in units of fixed"),
    ({"window": np.timedelta64("NaT")}, ValueError, "window must be a duration in units of fixed"),
    ({"times": np.arange(5), "window": 0}, ValueError, "window must be positive and finite, got 0"),
    ({"times": np.arange(5), "window": np.inf}, ValueError, "window must be positive and finite"),
    ({"times": np.arange(5), "window": True}, TypeError, "window must be a number, got True"),
    ({"min_periods": 0}, ValueError, "min_periods must be an integer in [1, "),
]


@pytest.mark.parametrize(
    ("changes", "error", "message"), CASES, ids=[f"{i}" for i in range(len(CASES))]
)
def test_bad_input_is_named(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        rolling(**changes)


def test_times_with_other_labels_are_refused() -> None:
    frame = pd.DataFrame(SMALL_X, index=list("abcde"))
    times = pd.Series(DAYS, index=list("abced"))
    with pytest.raises(ValueError, match="X and times must have the same index"):
        elltwo.ridge_rolling(frame, SMALL_Y, window="2d", times=times, alpha=1.0)


@pytest.mark.parametrize("named", [True, False])
def test_missing_values_are_refused_with_the_option_that_skips_them(named: bool) -> None:
    X: Any = np.array([[1.0, 2.0], [3.0, np.nan], [4.0, 5.0]])
    column = "'b'" if named else "1"
    X = pd.DataFrame(X, columns=["a", "b"]) if named else X
    wanted = f"X contains NaN at row 1, column {column}; drop or impute it, or leave out such rows "
    calls: list[Callable[[], object]] = [
        lambda: elltwo.ridge_rolling(X, [1.0, 2.0, 3.0], window=2, alpha=1.0),
        lambda: elltwo.ridge_expanding(X, [1.0, 2.0, 3.0], alpha=1.0),
        lambda: elltwo.ridge_ewm(X, [1.0, 2.0, 3.0], half_life=2.0, alpha=1.0),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=re.escape(wanted + 'by missing="skip"')):
            call()


def test_missing_targets_and_nulls_are_refused_likewise() -> None:
    X = np.ones((3, 1))
    advice = 'drop or impute it, or leave out such rows by missing="skip"'
    with pytest.raises(ValueError, match=re.escape(f"y contains NaN at row 1; {advice}")):
        elltwo.ridge_rolling(X, [1.0, np.nan, 3.0], window=2, alpha=1.0)
    null = pd.Series([1, None, 3], dtype="Int64", name="z")
    message = f"y has a missing value (<NA>) in column 'z', row 1; {advice}"
    with pytest.raises(ValueError, match=re.escape(message)):
        elltwo.ridge_rolling(X, null, window=2, alpha=1.0)
