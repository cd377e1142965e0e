"""Statistics of single steps: those of a fit to the rows of the window by itself."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

RNG = np.random.default_rng(11)
N = 120
X = RNG.standard_normal((N, 3)) + 2.0
Y = RNG.standard_normal((N, 2)) + X[:, :1]
y = np.ascontiguousarray(Y[:, 0])
WEIGHT = RNG.integers(0, 3, N).astype(np.float64)
TIMES = np.cumsum(RNG.integers(0, 3, N))
KINDS: dict[str, Any] = {
    "rolling": lambda **options: elltwo.ridge_rolling(X, y, window=40, **options),
    "timed": lambda **options: elltwo.ridge_rolling(X, y, window=40, times=TIMES, **options),
    "expanding": lambda **options: elltwo.ridge_expanding(X, y, **options),
    "ewm": lambda **options: elltwo.ridge_ewm(X, y, half_life=20.0, **options),
}


def window(kind: str, step: int) -> Array:
    rows = np.arange(step + 1)
    if kind == "rolling":
        return rows[-40:]
    return rows[TIMES[rows] > TIMES[step] - 40] if kind == "timed" else rows


@pytest.mark.parametrize("kind", ["rolling", "timed", "expanding"])
@pytest.mark.parametrize("alpha", [0.0, 2.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_steps_have_the_statistics_of_their_windows(
    kind: str, alpha: float, weighted: bool
) -> None:
    weight = WEIGHT if weighted else None
    factors = [1.0, 0.5, 2.0]
    fit = KINDS[kind](alpha=alpha, min_periods=9, sample_weight=weight, penalty_factors=factors)
    for step in (45, 80, N - 1):
        rows = window(kind, step)
        one = elltwo.ridge(
            X[rows],
            y[rows],
            alpha=alpha,
            sample_weight=None if weight is None else weight[rows],
            penalty_factors=factors,
        )
        got, wanted = fit.at(step).statistics, one.statistics
        np.testing.assert_allclose(got.sigma, wanted.sigma, rtol=1e-12)
        np.testing.assert_allclose(got.sigma**2, fit.residual_variance[step], rtol=1e-10)
        for kind_of_error in ("bayesian", "sandwich"):
            ours = got.standard_errors(kind_of_error).coef
            np.testing.assert_allclose(ours, wanted.standard_errors(kind_of_error).coef, rtol=1e-10)
    assert "coefficient" in str(fit.at(-1).summary())


def test_intervals_at_alpha_zero_are_those_of_statsmodels() -> None:
    api = pytest.importorskip("statsmodels.api")
    fit = KINDS["timed"](alpha=0.0)
    lower, upper = fit.coef_interval([50, -1], level=0.9)
    for place, step in enumerate((50, N - 1)):
        rows = window("timed", step)
        ols = api.OLS(y[rows], api.add_constant(X[rows])).fit()
        ends = ols.conf_int(0.1)[1:]
        np.testing.assert_allclose(lower[place], ends[:, 0], rtol=1e-9)
        np.testing.assert_allclose(upper[place], ends[:, 1], rtol=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
def test_decaying_weights_count_as_their_effective_number(weighted: bool) -> None:
    """Of a mean the interval is that of the variance of a weighted mean of equal errors."""
    weight = WEIGHT if weighted else np.ones(N)
    ones = np.ones((N, 1))
    fit = elltwo.ridge_ewm(
        ones, y, half_life=15.0, alpha=0.0, fit_intercept=False, sample_weight=weight
    )
    for step in (40, N - 1):
        decay = 0.5 ** (np.arange(step, -1, -1) / 15.0)
        w = weight[: step + 1] * decay
        effective = w.sum() ** 2 / (w * decay).sum()
        known = fit.at(step).statistics
        np.testing.assert_allclose(known.residual_df, effective - 1.0, rtol=1e-12)
        np.testing.assert_allclose(known.sigma**2, fit.residual_variance[step], rtol=1e-10)
        error = np.sqrt(fit.residual_variance[step] / effective)
        np.testing.assert_allclose(known.standard_errors().coef, error, rtol=1e-10)


def test_a_long_gap_does_not_lose_the_weights() -> None:
    gone = y[:100].copy()
    gone[50:] = np.nan
    fit = elltwo.ridge_ewm(X[:100], gone, half_life=0.04, alpha=0.0, missing="skip")
    known = fit.at(-1).statistics  # the weights of the last rows are 2^-1250 of a new one's
    assert 1.0 <= np.sum(known.row_weights) < 1.001
    assert fit.coef_interval([-1])[0].tolist() == [[-np.inf] * 3]
    pinned = elltwo.ridge_ewm(X[:100], gone, half_life=0.04, alpha=1.0, missing="skip")
    assert pinned.at(-1).statistics.edf == pytest.approx(1.0)


def test_missing_rows_are_left_out() -> None:
    holes = X.copy()
    holes[90:100, 1] = np.nan
    fit = elltwo.ridge_rolling(holes, y, window=40, alpha=1.0, min_periods=10, missing="skip")
    rows = np.r_[70:90, 100:110]
    one = elltwo.ridge(X[rows], y[rows], alpha=1.0)
    wanted = one.statistics.standard_errors().coef
    np.testing.assert_allclose(fit.at(109).statistics.standard_errors().coef, wanted, rtol=1e-10)


def test_intervals_of_steps() -> None:
    fit = elltwo.ridge_rolling(X, Y, window=40, alpha=1.0)
    lower, upper = fit.coef_interval([3, 60, -1])
    assert lower.shape == upper.shape == (3, 2, 3)
    assert np.isnan(lower[0]).all()
    assert ((lower < fit.coef[[3, 60, -1]]) | np.isnan(lower)).all()
    middle = (lower + upper)[1:] / 2.0
    np.testing.assert_allclose(middle, fit.coef[[60, -1]], rtol=1e-10)
    every, _ = fit.coef_interval()
    np.testing.assert_array_equal(every[60], lower[1])
    few = elltwo.ridge_rolling(X, y, window=4, alpha=0.0)  # as many rows as coefficients
    assert few.coef_interval([10])[1].tolist() == [[np.inf] * 3]
    with pytest.raises(IndexError):
        fit.coef_interval([N])
    with pytest.raises(ValueError, match="steps must be numbers of rows"):
        fit.coef_interval([0.5])
    with pytest.raises(ValueError, match="level must be between 0 and 1"):
        fit.coef_interval(level=95.0)


def test_copies_have_left_their_data_behind() -> None:
    fit = KINDS["timed"](alpha=1.0)
    np.testing.assert_array_equal(fit.times, TIMES)
    for other in (copy.copy(fit), pickle.loads(pickle.dumps(fit))):
        assert other.times is None
        np.testing.assert_array_equal(other.at(-1).coef, fit.coef[-1])
        with pytest.raises(ValueError, match="left its data behind"):
            other.coef_interval([-1])
