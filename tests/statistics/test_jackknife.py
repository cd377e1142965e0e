"""Prediction intervals by the jackknife+: hard rows, coverage, and the limits of small samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
from reference import relative_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


def data(n: int, p: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p)) + 2.0
    return X, rng.standard_normal(n) + X[:, 0]


@pytest.mark.parametrize("p", [3, 30])
def test_jackknife_plus_knows_rows_that_decide_a_direction_alone(p: int) -> None:
    X, y = data(12, p)
    X[:, 2] = 0.0
    X[4, 2] = 1.0
    factors = np.ones(p)
    factors[2] = 0.0
    fit = elltwo.ridge(X, y, alpha=1.0, penalty_factors=factors)
    assert fit.statistics.leverages[4] == pytest.approx(1.0, abs=1e-12)
    X_new = data(2, p)[0]
    ends = []
    for i in range(12):
        weight = np.ones(12)
        weight[i] = 0.0
        other = elltwo.ridge(X, y, alpha=1.0, penalty_factors=factors, sample_weight=weight)
        residual = y[i] - other.predict(X[[i]])[0]
        assert fit.statistics.loo_residuals[i] == pytest.approx(residual, rel=1e-9)
        ends.append(other.predict(X_new) + abs(residual))
    expected = np.sort(ends, axis=0)[9]  # ceil(0.75 * 13) = 10
    got = fit.statistics.prediction_interval(X_new, 0.75)
    assert relative_error(got.upper, expected) < 1e-11


def test_jackknife_plus_covers() -> None:
    """Of heavy-tailed errors too, on 40 data sets of 25 rows: 2000 new targets."""
    rng = np.random.default_rng(7)
    hits = []
    for _ in range(40):
        X = rng.standard_normal((75, 10))
        y = X[:, 0] + rng.standard_t(2.5, 75)
        fit = elltwo.ridge(X[:25], y[:25], alpha=3.0)
        lower, upper = fit.statistics.prediction_interval(X[25:], 0.8)
        hits.append(((lower <= y[25:]) & (y[25:] <= upper)).mean())
    assert 0.77 < np.mean(hits) < 0.87


def test_too_few_rows_for_the_level_have_infinite_intervals() -> None:
    X, y = data(8, 2)
    lower, upper = elltwo.ridge(X, y, alpha=1.0).statistics.prediction_interval(X, 0.9)
    assert (lower == -np.inf).all()
    assert (upper == np.inf).all()
    assert np.isfinite(elltwo.ridge(X, y, alpha=1.0).statistics.prediction_interval(X, 8 / 9)).all()
