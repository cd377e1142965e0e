"""What weights mean to the statistics of a fit: repetition, and rows left out as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
from reference import relative_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

KINDS = ["bayesian", "sampling", "sandwich", "sandwich_hc0"]


def data(n: int = 30, p: int = 4) -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p)) + 2.0
    return X, rng.standard_normal(n) + X[:, 0]


def repeated(alpha: float, p: int) -> tuple[elltwo.RidgeFit, elltwo.RidgeFit, Array]:
    """The same fit by integer weights and by rows that are repeated, and which row is which."""
    X, y = data(20, p)
    weight = np.random.default_rng(1).integers(0, 4, 20).astype(float)
    rows = np.repeat(np.arange(20), weight.astype(int))
    weighted = elltwo.ridge(X, y, alpha=alpha, sample_weight=weight)
    return weighted, elltwo.ridge(X[rows], y[rows], alpha=alpha), rows


@pytest.mark.parametrize("alpha", [0.0, 0.7])
@pytest.mark.parametrize("p", [4, 40])
def test_integer_weights_are_repeated_rows(alpha: float, p: int) -> None:
    weighted, rows, _ = repeated(alpha, p)
    a, b = weighted.statistics, rows.statistics
    for name in ("edf", "residual_df", "rss", "sigma", "r_squared", "vif", "n_observations"):
        value, expected = np.asarray(getattr(a, name)), np.asarray(getattr(b, name))
        np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-12, err_msg=name)
    for kind in ("bayesian", "sampling"):
        got, expected = a.standard_errors(kind).coef, b.standard_errors(kind).coef
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("p", [4, 40])
def test_sandwich_errors_take_repeated_rows_as_clusters(p: int) -> None:
    """Scores of the copies of a row are added first: CR0 errors, from dense matrices."""
    weighted, fit, row = repeated(0.7, p)
    X, y = data(20, p)
    Z, residuals = np.column_stack([X, np.ones(20)])[row], y[row] - fit.predict(X[row])
    inverse = np.linalg.inv(Z.T @ Z + 0.7 * np.diag([1.0] * p + [0.0]))
    scores = Z * residuals[:, np.newaxis]
    sums = np.array([scores[row == c].sum(axis=0) for c in np.unique(row)])
    expected = np.sqrt(np.diag(inverse @ sums.T @ sums @ inverse))
    errors = weighted.statistics.standard_errors("sandwich_hc0")
    assert relative_error(errors.coef, expected[:-1]) < 1e-10
    assert errors.intercept == pytest.approx(expected[-1], rel=1e-10)


@pytest.mark.parametrize("p", [4, 40])
def test_rows_without_weight_do_not_count(p: int) -> None:
    """Whatever finite numbers stand in them."""
    X, y = data(20, p)
    weight = np.ones(20)
    weight[[3, 8]] = 0.0
    X[3], y[3], X[8], y[8] = 1e200, -1e200, -1e9, 7.0
    kept = weight > 0.0
    a = elltwo.ridge(X, y, alpha=1.0, sample_weight=weight).statistics
    b = elltwo.ridge(X[kept], y[kept], alpha=1.0).statistics
    assert a.n_samples == b.n_samples == 18
    for name in ("edf", "sigma", "r_squared", "gcv", "aic", "bic", "vif"):
        assert relative_error(getattr(a, name), getattr(b, name)) < 1e-10
    assert relative_error(a.condition_indices[:3], b.condition_indices[:3]) < 1e-10
    for name in ("leverages", "loo_residuals"):
        assert relative_error(getattr(a, name)[kept], getattr(b, name)) < 1e-10
    for kind in KINDS:
        assert relative_error(a.standard_errors(kind).coef, b.standard_errors(kind).coef) < 1e-10
    ends = a.prediction_interval(X[kept]), b.prediction_interval(X[kept])
    assert relative_error(ends[0].lower, ends[1].lower) < 1e-10


def test_sandwich_errors_do_not_know_the_unit_of_the_weights() -> None:
    X, y = data()
    weight = np.random.default_rng(1).uniform(0.5, 2.0, 30)
    one = elltwo.ridge(X, y, alpha=2.0, sample_weight=weight).statistics
    other = elltwo.ridge(X, y, alpha=14.0, sample_weight=7.0 * weight).statistics
    a, b = one.standard_errors("sandwich"), other.standard_errors("sandwich")
    assert relative_error(a.coef, b.coef) < 1e-12
    assert other.standard_errors().coef[0] < 0.6 * one.standard_errors().coef[0]
