"""Every statistic of a ridge fit equals brute force, whatever the options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import elltwo
import statistics_reference as reference
from statistics_reference import Case

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

KINDS = ["bayesian", "sampling", "sandwich", "sandwich_hc0"]
RTOL = 1e-10
ROUNDING = 1e-20  # of variances where a fit is perfect


def examples(count: int) -> settings:
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    n, p = draw(st.integers(4, 12)), draw(st.integers(1, 15))
    X = rng.standard_normal((n, p)) * rng.uniform(0.5, 2.0, p) + rng.standard_normal(p)
    if draw(st.booleans()):
        X[:, 0] = 2.0
    if p > 1 and draw(st.booleans()):
        X[:, -1] = X[:, 0]
    factors = np.ones(p)
    if draw(st.booleans()):
        factors = rng.choice([0.0, 0.5, 1.0, 2.0, np.inf], p)
        factors[np.flatnonzero(factors == 0.0)[2:]] = 1.0
    intercept = draw(st.booleans())
    s = np.linalg.svd((X - X.mean(axis=0) * intercept)[:, np.isfinite(factors)], compute_uv=False)
    assume(s.size == 0 or s[0] < 20 * s[s > 1e-10 * s[0]].min(initial=np.inf))
    return Case(
        X,
        rng.standard_normal(n),
        draw(st.sampled_from([0.0, 0.01, 1.0, 100.0, np.inf])),
        factors,
        rng.uniform(0.5, 2.0, n) if draw(st.booleans()) else np.ones(n),
        rng.standard_normal(p) if draw(st.booleans()) else np.zeros(p),
        intercept,
        draw(st.booleans()),
    )


def assert_close(value: Any, expected: Any, size: Any = 0.0) -> None:  # noqa: ANN401
    """Equal to 1e-10 of themselves, or of `size`; infinities where they are expected."""
    value, expected = np.asarray(value, float), np.asarray(expected, float)
    assert not np.isnan(value).any()
    np.testing.assert_array_equal(np.isinf(value), np.isinf(expected))
    finite = np.isfinite(expected)
    error = np.abs(value[finite] - expected[finite])
    allowed = RTOL * np.maximum(np.abs(expected[finite]), size) + ROUNDING
    assert (error <= allowed).all(), (value, expected)


def times(values: Array, sigma2: float) -> Array:
    with np.errstate(invalid="ignore"):
        return np.where(values == 0.0, 0.0, values * sigma2)


@examples(150)
@given(cases(), st.sampled_from(KINDS))
def test_standard_errors(case: Case, kind: str) -> None:
    expected, known = reference.covariance(case, kind)
    assume(not np.isnan(expected).any())
    sigma2 = 1.0 if kind.startswith("sandwich") else reference.variance(case)
    variances = np.diag(expected).copy()
    variances[variances < ROUNDING] = 0.0
    variances = times(variances, sigma2)
    if kind == "bayesian":
        variances[~known] = np.inf
    statistics = case.fit().statistics
    errors = statistics.standard_errors(kind)
    got = np.append(errors.coef, errors.intercept) ** 2
    assert_close(got, variances, 1e-6 * variances[np.isfinite(variances)].max(initial=0.0))


@examples(60)
@given(cases(), st.sampled_from(KINDS))
def test_covariances(case: Case, kind: str) -> None:
    expected, known = reference.covariance(case, kind)
    assume(not np.isnan(expected).any())
    statistics = case.fit().statistics
    if kind == "bayesian" and not known.all():
        with pytest.raises(ValueError, match="does not determine all unpenalised"):
            statistics.covariance(kind)
        return
    sigma2 = 1.0 if kind.startswith("sandwich") else reference.variance(case)
    assume(bool(np.isfinite(sigma2)))
    expected = sigma2 * expected if case.fit_intercept else sigma2 * expected[:-1, :-1]
    got = statistics.covariance(kind)
    assert_close(got, expected, np.abs(expected).max(initial=0.0))
    np.testing.assert_allclose(got, got.T, rtol=0, atol=1e-14 * np.abs(got).max(initial=0.0))


@examples(60)
@given(cases())
def test_measures_of_fit(case: Case) -> None:
    fit, w = case.fit(), case.weight
    statistics = fit.statistics
    residuals = case.y - fit.predict(case.X)
    rss, edf = w @ residuals**2, reference.edf(case)
    assume(bool(np.isfinite(edf)))
    size = w @ case.y**2
    mean = w @ case.y / w.sum() if case.fit_intercept else 0.0
    assert_close(statistics.residuals, residuals, 1.0)
    assert_close(statistics.rss, rss, 1e-6 * size)
    assert_close(statistics.edf, edf)
    assert_close(statistics.residual_df, w.sum() - edf, 1.0)
    assert_close(statistics.sigma**2, reference.variance(case), 1e-6)
    assert_close(statistics.r_squared, 1.0 - rss / (w @ (case.y - mean) ** 2), 1.0)
    assert_close(statistics.leverages.sum(), edf)
    assert_close(statistics.loo_residuals, reference.left_out(case, case.X)[0], 1.0)
    path = elltwo.ridge_path(case.X, case.y, [case.alpha], **case.options)
    if rss > 1e-6 * size and case.alpha > 0.0:
        assert_close(statistics.gcv, path.gcv[0], 1.0)
        assert_close(statistics.aic, path.aic[0], 1.0)
        assert_close(statistics.bic, path.bic[0], 1.0)


@examples(60)
@given(cases())
def test_variance_inflation_is_that_of_a_feature_alone(case: Case) -> None:
    """Marquardt's (1970) diagonal, in units of the variance of a simple regression."""
    sampling, known = reference.covariance(case, "sampling")
    assume(not np.isnan(sampling).any())
    w = case.weight
    mean = w @ case.X / w.sum() if case.fit_intercept else 0.0
    expected = np.diag(sampling)[:-1] * (w @ (case.X - mean) ** 2)
    expected[~known[:-1]] = np.inf
    assert_close(case.fit().statistics.vif, expected, 1e-3)


def test_vif_without_penalty_is_that_of_the_regression_on_the_others() -> None:
    rng = np.random.default_rng(3)
    X = rng.standard_normal((40, 5)) @ rng.standard_normal((5, 5)) + 7.0
    X = np.column_stack([X, X[:, 0] - 2.0 * X[:, 1], np.full(40, 3.0)])
    vif = elltwo.ridge(X, rng.standard_normal(40), alpha=0.0).statistics.vif
    for j in (2, 3, 4):
        others = np.delete(X, j, axis=1)
        left = X[:, j] - elltwo.ridge(others, X[:, j], alpha=0.0).predict(others)
        r2 = 1.0 - left @ left / ((X[:, j] - X[:, j].mean()) ** 2).sum()
        assert_close(vif[j], 1.0 / (1.0 - r2))
    assert np.isinf(vif[[0, 1, 5, 6]]).all()


def test_vif_with_squared_lengths_as_factors_is_marquardts() -> None:
    rng = np.random.default_rng(4)
    X = rng.standard_normal((30, 4)) @ rng.standard_normal((4, 4))
    squares = ((X - X.mean(axis=0)) ** 2).sum(axis=0)
    fit = elltwo.ridge(X, rng.standard_normal(30), alpha=0.2, penalty_factors=squares)
    R = np.corrcoef(X, rowvar=False)
    inner = np.linalg.inv(R + 0.2 * np.eye(4))
    assert_close(fit.statistics.vif, np.diag(inner @ R @ inner))


@examples(40)
@given(cases())
def test_condition_indices_are_singular_values_of_unit_columns(case: Case) -> None:
    w = case.weight
    mean = w @ case.X / w.sum() if case.fit_intercept else 0.0
    Z = np.sqrt(w)[:, np.newaxis] * (case.X - mean)
    length = np.linalg.norm(Z, axis=0)
    Z /= np.where(length > 1e-12, length, np.inf)
    s = np.zeros(Z.shape[1])
    s[: min(Z.shape)] = np.linalg.svd(Z, compute_uv=False)
    statistics = case.fit().statistics
    with np.errstate(divide="ignore"):
        expected = np.where(s > 1e-12, (s[0] or 1.0) / s, np.inf)
    assert_close(statistics.condition_indices, expected)
    assert statistics.condition_number == statistics.condition_indices[-1]


@examples(60)
@given(cases(), st.sampled_from([0.5, 0.8, 0.9]))
def test_jackknife_plus_equals_refits(case: Case, level: float) -> None:
    X_new = np.random.default_rng(5).standard_normal((4, case.X.shape[1])) * 2.0
    expected = reference.jackknife_plus(case, X_new, level)
    interval = case.fit().statistics.prediction_interval(X_new, level)
    for got, end in zip(interval, expected, strict=True):
        assert_close(got, end, np.abs(end[np.isfinite(end)]).max(initial=1.0))
