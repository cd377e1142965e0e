"""Rolling, expanding and exponentially weighted fits equal refits of every step."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import elltwo
import reference
from rolling_reference import Steps, worst_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

KINDS: dict[str, dict[str, Any]] = {
    "rolling": {"window": 40, "min_periods": 12},
    "expanding": {},
    "ewm": {"half_life": 15.0},
}
each_kind = pytest.mark.parametrize("kind", KINDS)


def table(n: int, p: int, seed: int = 0, n_targets: int | None = None) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) * rng.uniform(0.5, 2.0, p) + rng.standard_normal(p)
    B = rng.standard_normal((p, n_targets or 1))
    Y = X @ B + rng.standard_normal((n, n_targets or 1)) + 2.0
    return X, (Y if n_targets else Y[:, 0])


def clean_steps(burst: Array, window: int, n: int) -> Array:
    """Steps from the first full window on that hold no row of a burst."""
    dirty = np.convolve(burst, np.ones(window))[:n] > 0.0
    return np.flatnonzero(~dirty & (np.arange(n) >= window))


@st.composite
def step_problems(draw: st.DrawFn) -> Steps:
    n, p = draw(st.integers(1, 90)), draw(st.integers(1, 11))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X, y = table(n, p, int(rng.integers(2**31)), draw(st.sampled_from([None, 1, 3])))
    X[:, rng.random(p) < 0.1] = 1.5  # constant
    kind: dict[str, Any] = draw(
        st.sampled_from([{"window": draw(st.integers(1, 100))}, {}, {"half_life": 4.0}])
    )
    periods = draw(st.integers(1, min(kind.get("window", 20), 20)))
    weight = rng.integers(0, 3, n).astype(np.float64)
    weight[0] = 1.0
    return Steps(
        X,
        y,
        alpha=draw(st.sampled_from([0.0, 0.1, 5.0])),
        min_periods=periods,
        weight=draw(st.sampled_from([None, weight])),
        factors=draw(st.sampled_from([None, rng.uniform(0.25, 4.0, p)])),
        fit_intercept=draw(st.booleans()),
        **kind,
    )


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(step_problems())
def test_every_step_is_a_refit(steps: Steps) -> None:
    fit = steps.fit()
    assert worst_error(steps, fit, np.arange(len(steps.X))) < 1e-9
    assert fit.n_rows.tolist() == [len(steps.rows(i)) for i in range(len(steps.X))]
    assert fit.info.status == "converged"


@each_kind
@pytest.mark.parametrize("offset", [0.0, 1e6, 1e8])
def test_many_steps_equal_refits(kind: str, offset: float) -> None:
    X, y = table(4_000, 8)
    steps = Steps(X + offset, y + offset, 0.3, **KINDS[kind])
    which = np.r_[np.arange(15), np.random.default_rng(1).integers(15, 4_000, 150)]
    assert worst_error(steps, steps.fit(), which) < 1e-10


def test_outliers_leave_no_trace() -> None:
    n, window = 3_000, 100
    X, y = table(n, 5)
    burst = np.zeros(n)
    for start in (0, 37, 950, 2_111):
        burst[start : start + 12] = 1.0
    wild = burst > 0.0
    X[wild], y[wild] = 1e8 * X[wild], -1e8 * y[wild]
    fit = elltwo.ridge_rolling(X, y, window=window, alpha=1.0)
    clean = clean_steps(burst, window, n)
    calm_X, calm_y = X.copy(), y.copy()
    calm_X[wild], calm_y[wild] = 0.0, 0.0
    calm = elltwo.ridge_rolling(calm_X, calm_y, window=window, alpha=1.0)
    assert len(clean) > 2_000
    assert fit.coef[clean].tobytes() == calm.coef[clean].tobytes()
    assert worst_error(Steps(X, y, 1.0, window=window), fit, clean[::40]) < 1e-10


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_all_of_many_windows_equal_fits_in_extended_precision(offset: float) -> None:
    n, p, window, alpha = 20_000, 3, 50, 1.0
    X, y = table(n, p)
    X, y = X + offset, y + offset
    fit = elltwo.ridge_rolling(X, y, window=window, alpha=alpha)
    Z = np.column_stack([X, y]).astype(np.longdouble)
    views = np.lib.stride_tricks.sliding_window_view(Z, window, axis=0)
    centred = views - views.mean(axis=2, keepdims=True)
    gram = np.einsum("nik,njk->nij", centred, centred)
    system, right = gram[:, :p, :p] + alpha * np.eye(p), gram[:, :p, p]
    coef = np.linalg.solve(system.astype(np.float64), right.astype(np.float64)[..., np.newaxis])
    residual = right - np.einsum("nij,nj->ni", system, coef[..., 0].astype(np.longdouble))
    correction = np.linalg.solve(
        system.astype(np.float64), residual.astype(np.float64)[..., np.newaxis]
    )
    wanted = (coef + correction)[..., 0]
    error = np.abs(fit.coef[window - 1 :] - wanted).max(axis=1) / np.abs(wanted).max(axis=1)
    assert error.max() < 1e-12


@each_kind
def test_rows_with_nan_take_part_in_no_window(kind: str) -> None:
    X, y = table(300, 4)
    rng = np.random.default_rng(2)
    X[rng.integers(0, 300, 30), rng.integers(0, 4, 30)] = np.nan
    y[rng.integers(0, 300, 30)] = np.nan
    X[100:160] = np.nan  # longer than the window
    steps = Steps(X, y, 0.5, **KINDS[kind])
    fit = steps.fit(missing="skip")
    assert worst_error(steps, fit, np.arange(300)) < 1e-11
    assert fit.n_rows.tolist() == [len(steps.rows(i)) for i in range(300)]
    only_y_missing = np.isnan(y) & np.isfinite(X).all(axis=1)
    fitted = np.r_[False, fit.n_rows[:-1] >= steps.min_periods]
    assert np.isfinite(fit.prediction[only_y_missing & fitted]).all()
    assert np.isnan(fit.prediction[np.isnan(X).any(axis=1)]).all()


@each_kind
@pytest.mark.parametrize("alpha", [0.0, 0.7, 30.0])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_residual_variance(kind: str, alpha: float, fit_intercept: bool) -> None:
    X, y = table(120, 3)
    weight = np.random.default_rng(3).uniform(0.0, 2.0, 120)
    weight[::9] = 0.0
    factors = np.array([1.0, 0.0, 3.0])
    several: list[dict[str, Any]] = [{}, {"weight": weight, "factors": factors}]
    for options in several:
        steps = Steps(X, y, alpha, fit_intercept=fit_intercept, **options, **KINDS[kind])
        fit = steps.fit()
        wanted = [
            steps.variance(i) if n >= steps.min_periods else np.nan
            for i, n in enumerate(fit.n_rows)
        ]
        few = fit.n_rows <= 6  # next to no degrees of freedom
        np.testing.assert_allclose(fit.residual_variance[~few], np.array(wanted)[~few], rtol=1e-9)


def test_residual_variance_is_least_squares_in_a_window() -> None:
    X, y = table(60, 3)
    fit = elltwo.ridge_rolling(X, y, window=20, alpha=0.0)
    Z = np.column_stack([np.ones(20), X[40:]])
    rss = np.linalg.lstsq(Z, y[40:], rcond=None)[1][0]
    assert fit.residual_variance[-1] == pytest.approx(rss / (20 - 4), rel=1e-12)


def test_no_features_to_speak_of_is_the_variance_of_pandas() -> None:
    y = table(50, 1)[1]
    zeros = np.zeros((50, 1))
    ewm = elltwo.ridge_ewm(zeros, y, half_life=5.0, alpha=1.0)
    rolling = elltwo.ridge_rolling(zeros, y, window=7, alpha=1.0)
    expanding = elltwo.ridge_expanding(zeros, y, alpha=1.0)
    series = pd.Series(y)
    for fit, windows in (
        (ewm, series.ewm(halflife=5.0)),
        (rolling, series.rolling(7)),
        (expanding, series.expanding()),
    ):
        np.testing.assert_allclose(fit.residual_variance, windows.var(), rtol=1e-9)
        np.testing.assert_allclose(fit.intercept, windows.mean(), rtol=1e-12)


@each_kind
@pytest.mark.parametrize("alpha", [0.0, 1e-3])
def test_what_does_not_determine_its_window(kind: str, alpha: float) -> None:
    X, y = table(80, 6)
    X[:, 3] = X[:, 1] - X[:, 2]
    X[20:60, 4] = 7.0
    options = {**KINDS[kind], "min_periods": 1}
    steps = Steps(X, y, alpha, **options)
    fit = steps.fit()
    assert worst_error(steps, fit, np.arange(80)) < 1e-9
    variance = fit.residual_variance[30:]
    np.testing.assert_allclose(variance, [steps.variance(i) for i in range(30, 80)], rtol=1e-7)
    assert np.all(variance > 0.0)


@each_kind
def test_infinite_penalties_pin(kind: str) -> None:
    X, y = table(60, 3)
    for alpha, factors in ((np.inf, None), (1.0, [1.0, np.inf, 0.0]), (np.inf, [1.0, 0.0, 1.0])):
        pinned = None if factors is None else np.array(factors)
        steps = Steps(X, y, alpha, factors=pinned, **KINDS[kind])
        assert worst_error(steps, steps.fit(), np.arange(60)) < 1e-11


@each_kind
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_layouts_change_nothing(kind: str, dtype: type) -> None:
    X, y = table(200, 9)
    X = X.astype(dtype)
    wide: Array = np.zeros((400, 18), dtype)
    wide[::2, ::2] = X
    plain = Steps(X, y, 0.5, **KINDS[kind]).fit()
    for other in (np.asfortranarray(X), wide[::2, ::2], X[::-1].copy()[::-1]):
        fit = Steps(other, y, 0.5, **KINDS[kind]).fit()
        assert fit.coef.tobytes() == plain.coef.tobytes()
    exact = Steps(X.astype(np.float64), y, 0.5, **KINDS[kind]).fit()
    assert exact.coef.tobytes() == plain.coef.tobytes()


@pytest.mark.parametrize(("p", "n_targets"), [(8, 2), (9, None), (20, None), (70, 2)])
def test_more_features_and_targets(p: int, n_targets: int | None) -> None:
    X, y = table(400, p, n_targets=n_targets)
    steps = Steps(X, y, 2.0, window=150, min_periods=10)
    fit = steps.fit()
    assert fit.coef.shape == ((400, p) if n_targets is None else (400, n_targets, p))
    assert worst_error(steps, fit, np.arange(0, 400, 7)) < 1e-10


def test_so_many_features_that_moments_would_not_fit() -> None:
    X, y = table(130, 1_100)
    steps = Steps(X, y, 20.0, window=128)
    assert worst_error(steps, steps.fit(), np.array([127, 129])) < 1e-10


def test_a_window_longer_than_the_table() -> None:
    X, y = table(30, 2)
    assert np.isnan(elltwo.ridge_rolling(X, y, window=31, alpha=1.0).coef).all()
    long = elltwo.ridge_rolling(X, y, window=10**12 // 10**4, alpha=1.0, min_periods=1)
    np.testing.assert_allclose(
        long.coef, elltwo.ridge_expanding(X, y, alpha=1.0).coef, rtol=1e-11, atol=1e-13
    )


def test_windows_of_one_row() -> None:
    X, y = table(9, 2)
    fit = elltwo.ridge_rolling(X, y, window=1, alpha=1.0)
    assert not fit.coef.any()
    np.testing.assert_array_equal(fit.intercept, y)
    np.testing.assert_array_equal(fit.prediction[1:], y[:-1])
    assert np.isnan(fit.residual_variance).all()


def test_windows_of_weight_zero_have_no_fit() -> None:
    X, y = table(30, 2)
    weight = np.ones(30)
    weight[10:20] = 0.0
    fit = elltwo.ridge_rolling(X, y, window=5, alpha=1.0, min_periods=1, sample_weight=weight)
    assert np.isnan(fit.coef[14:20]).all()
    assert np.isfinite(np.delete(fit.coef, np.s_[14:20], axis=0)).all()


def test_half_lives_outlast_long_gaps() -> None:
    X, y = table(3_000, 2)
    X[50:2_950] = np.nan
    for alpha in (0.0, 1.0):
        fit = elltwo.ridge_ewm(X, y, half_life=0.9, alpha=alpha, missing="skip")
        assert np.isfinite(fit.coef).all()
        steps = Steps(X, y, alpha, half_life=0.9)
        assert worst_error(steps, fit, np.r_[40:60, 2_940:3_000]) < 1e-9


def test_record() -> None:
    X, y = table(50, 3)
    out = np.empty((50, 3))
    fit = elltwo.ridge_rolling(X, y, window=10, alpha=1.0, out=out)
    assert fit.coef is out
    one = fit.at(20)
    np.testing.assert_array_equal(one.coef, out[20])
    np.testing.assert_allclose(one.predict(X[21:22])[0], fit.prediction[21], rtol=1e-13)
    np.testing.assert_allclose(fit.predict(X), X @ out[-1] + fit.intercept[-1], rtol=1e-13)
    assert "n_fitted=41" in repr(fit)
    with pytest.raises(ValueError, match="step 3 has no fit"):
        fit.at(3)
    with pytest.raises(IndexError):
        fit.at(50)
    again = pickle.loads(pickle.dumps(fit))
    assert again.coef.tobytes() == out.tobytes()
    assert again.info == fit.info


@pytest.mark.parametrize("offset", [0.0, 1e6, 1e8])
@pytest.mark.parametrize("kind", ["rolling", "expanding", "ewm"])
def test_a_large_mean_costs_no_digits(kind: str, offset: float) -> None:
    """Against 50 digits on the same numbers, after several chunks of rows."""
    rng = np.random.default_rng(3)
    X = rng.standard_normal((1000, 3)) + offset
    y = X @ [1.0, 2.0, 3.0] + rng.standard_normal(1000)
    weight = np.ones(1000)
    if kind == "rolling":
        fit = elltwo.ridge_rolling(X, y, window=250, alpha=1.0)
        weight[:750] = 0.0
    elif kind == "expanding":
        fit = elltwo.ridge_expanding(X, y, alpha=1.0)
    else:
        fit = elltwo.ridge_ewm(X, y, half_life=50.0, alpha=1.0)
        weight = 0.5 ** (np.arange(1000)[::-1] / 50.0)
    coef, intercept = reference.ridge(X, y, 1.0, sample_weight=weight)
    assert reference.relative_error(fit.coef[-1], coef) <= 5e-15
    assert fit.intercept[-1] == pytest.approx(intercept, rel=1e-14, abs=1e-14 * (10.0 + offset))
