"""Quantiles and tails of Student's t against SciPy and mpmath."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from scipy import stats

from elltwo.functional._base.distributions import p_values, quantile

DEGREES = [0.3, 1.0, 1.5, 2.0, 5.0, 37.7, 399.0, 401.0, 1e5, 1e6 - 1, 1e6 + 1, 1e9]


def tail(t: float, df: float) -> float:
    """The regularised incomplete beta function in 50 digits."""
    with mpmath.workdps(50):
        x = mpmath.mpf(df) / (mpmath.mpf(df) + mpmath.mpf(t) ** 2)
        if x > 0.99:  # from the other side, where the series converges
            return float(1 - mpmath.betainc(0.5, df / 2, 0, 1 - x, regularized=True))
        return float(mpmath.betainc(df / 2, 0.5, 0, x, regularized=True))


@pytest.mark.parametrize("df", DEGREES[:8])
def test_tails(df: float) -> None:
    t = np.array([1e-3, 0.1, 0.5, 1.0, 1.7, 2.0, 3.0, 8.0, -8.0, 40.0])
    expected = [tail(abs(value), df) for value in t]
    np.testing.assert_allclose(p_values(t, df), expected, rtol=2e-12)


@pytest.mark.parametrize("df", DEGREES)
def test_tails_and_quantiles_are_those_of_scipy(df: float) -> None:
    t = np.array([0.5, 1.0, 1.7, 2.0, 3.0, 6.0])
    np.testing.assert_allclose(p_values(t, df), 2.0 * stats.t.sf(t, df), rtol=1e-10)
    for level in [0.01, 0.5, 0.8, 0.95, 0.9999]:
        expected = stats.t.ppf(0.5 + 0.5 * level, df)
        assert quantile(level, df) == pytest.approx(expected, rel=1e-10)
        assert p_values(quantile(level, df), df) == pytest.approx(1.0 - level, rel=1e-10)


def test_normal_limit() -> None:
    assert quantile(0.95) == pytest.approx(1.959963984540054, rel=1e-14)
    z = [0.0, 1.0, 9.0]
    np.testing.assert_allclose(p_values(z), 2.0 * stats.norm.sf(z), rtol=1e-13)


def test_ends() -> None:
    assert math.isinf(quantile(0.95, 0.0))
    assert math.isinf(quantile(0.95, -1.0))
    values = p_values([np.nan, np.inf, 0.0], 3.0)
    assert np.isnan(values[0])
    assert values[1:].tolist() == [0.0, 1.0]
    assert p_values(np.zeros((2, 3))).shape == (2, 3)
