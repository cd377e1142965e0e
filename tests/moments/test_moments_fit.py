"""Fits from moments: those of the rows, as long as these have no more to tell."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo import Moments

if TYPE_CHECKING:
    from elltwo import RidgeFit
    from elltwo.functional._base.validate import Float64Array

RNG = np.random.default_rng(8)
X = RNG.normal(size=(300, 6)) * [1.0, 2.0, 0.1, 10.0, 1.0, 1.0] + [0.0, 1e6, 3.0, -5.0, 1.0, 0.0]
Y = np.column_stack([X @ RNG.normal(size=6) + RNG.normal(size=300), RNG.normal(size=300) + 7.0])
y = np.ascontiguousarray(Y[:, 0])
WEIGHT = RNG.integers(0, 4, 300).astype(np.float64)
FACTORS = [0.0, 1.0, 2.0, np.inf, 0.5, 1.0]


def moments(X: Float64Array, y: Float64Array, weight: Float64Array | None = None) -> Moments:
    m = Moments(X.shape[1], None if y.ndim == 1 else y.shape[1])
    for i in range(0, len(X), 70):
        part = None if weight is None else weight[i : i + 70]
        m.add(X[i : i + 70], y[i : i + 70], sample_weight=part)
    return m


def assert_same(a: RidgeFit, b: RidgeFit, rtol: float = 1e-11) -> None:
    np.testing.assert_allclose(a.coef, b.coef, rtol=rtol, atol=1e-14)
    np.testing.assert_allclose(a.intercept, b.intercept, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("alpha", [0.0, 1e-3, 1.0, 1e6, np.inf])
@pytest.mark.parametrize(
    "options", [{}, {"penalty_factors": FACTORS}, {"prior_mean": 0.3}, {"penalize_intercept": True}]
)
def test_ridge(alpha: float, options: dict[str, Any]) -> None:
    Z = X - [0.0, 1e6, 0.0, 0.0, 0.0, 0.0] if "penalize_intercept" in options else X
    fit = moments(Z, Y, WEIGHT).ridge(alpha, **options)
    expected = elltwo.ridge(Z, Y, alpha=alpha, sample_weight=WEIGHT, **options)
    assert_same(fit, expected)
    assert fit.info.status == "converged"
    assert fit.info.optimality < 1e-14
    np.testing.assert_allclose(fit.predict(Z), expected.predict(Z), rtol=1e-8, atol=1e-6)


def test_no_intercept() -> None:
    Z = X - X.mean(axis=0) + 1.0
    fit = moments(Z, y).ridge(0.5, fit_intercept=False)
    assert_same(fit, elltwo.ridge(Z, y, alpha=0.5, fit_intercept=False))


def test_alpha_per_target() -> None:
    fit = moments(X, Y).ridge([0.5, 50.0])
    expected = elltwo.ridge(X, Y, alpha=[0.5, 50.0])
    assert_same(fit, expected)
    np.testing.assert_allclose(fit.edf, expected.statistics.edf, rtol=1e-12)
    np.testing.assert_allclose(fit.rss, expected.statistics.rss, rtol=1e-10)


def test_rank_deficient_problems_have_the_shortest_solution() -> None:
    Z = np.column_stack([X, X[:, 0] + X[:, 4], np.full(300, 0.1)])
    fit, expected = moments(Z, y).ridge(0.0), elltwo.ridge(Z, y, alpha=0.0)
    assert fit.info.rank == expected.info.rank == 6
    assert "singular" in str(fit.info.fallback)
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-9, atol=1e-12)
    few = moments(X[:4], y[:4])
    np.testing.assert_allclose(
        few.ridge(0.0).coef, elltwo.ridge(X[:4], y[:4], alpha=0.0).coef, rtol=1e-8, atol=1e-10
    )
    fit, expected = few.ridge(2.0), elltwo.ridge(X[:4], y[:4], alpha=2.0)
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-9, atol=1e-12)
    assert fit.edf == pytest.approx(expected.statistics.edf, rel=1e-10)


def test_the_error_is_about_eps_over_rcond() -> None:
    base = RNG.normal(size=(300, 4))
    for gap in (1e-1, 1e-2, 1e-3, 1e-4):
        Z = np.column_stack([base, base[:, 0] + gap * RNG.normal(size=300)])
        fit, expected = moments(Z, y).ridge(0.0), elltwo.ridge(Z, y, alpha=0.0)
        error = np.abs(fit.coef - expected.coef).max() / np.abs(expected.coef).max()
        assert error < 20 * np.finfo(float).eps / fit.info.rcond


@pytest.mark.parametrize("options", [{}, {"penalty_factors": FACTORS}])
def test_statistics(options: dict[str, Any]) -> None:
    fit = moments(X, Y, WEIGHT).ridge([0.5, 5.0], **options)
    expected = elltwo.ridge(X, Y, alpha=[0.5, 5.0], sample_weight=WEIGHT, **options).statistics
    got = fit.statistics
    for name in ("edf", "residual_df", "rss", "sigma", "r_squared", "gcv", "aic", "bic"):
        np.testing.assert_allclose(getattr(got, name), getattr(expected, name), rtol=1e-9)
    assert got.n_samples == expected.n_samples
    assert got.n_observations == expected.n_observations
    for kind in ("bayesian", "sampling"):
        a, b = fit.stderr(kind), expected.standard_errors(kind)
        np.testing.assert_allclose(a.coef, b.coef, rtol=1e-9)
        np.testing.assert_allclose(a.intercept, b.intercept, rtol=1e-9)
        np.testing.assert_allclose(
            got.covariance(kind, target=1), expected.covariance(kind, target=1), rtol=1e-8
        )
    np.testing.assert_allclose(got.vif, expected.vif, rtol=1e-9)
    np.testing.assert_allclose(got.condition_indices, expected.condition_indices, rtol=1e-9)
    one = got.of_target(1)
    assert one.rss == pytest.approx(expected.of_target(1).rss, rel=1e-9)


def test_errors_that_the_penalty_alone_determines() -> None:
    Z = np.column_stack([X[:30], X[:30, 0] - X[:30, 5], np.ones(30)])
    factors = [0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0]
    fit = moments(Z, y[:30]).ridge(2.0, penalty_factors=factors)
    expected = elltwo.ridge(Z, y[:30], alpha=2.0, penalty_factors=factors)
    errors = expected.statistics.standard_errors()
    np.testing.assert_allclose(fit.stderr().coef, errors.coef, rtol=1e-7)


def test_summary_leaves_out_what_needs_rows() -> None:
    summary = moments(X, y).ridge(1.0).summary()
    assert np.isnan(summary.sandwich_se).all()
    expected = elltwo.ridge(X, y, alpha=1.0).summary()
    np.testing.assert_allclose(summary.bayesian_se, expected.bayesian_se, rtol=1e-9)


@pytest.mark.parametrize(
    "options", [{}, {"penalty_factors": FACTORS}, {"penalize_intercept": True}]
)
def test_path(options: dict[str, Any]) -> None:
    alphas = [0.0, 1.0, 1e3, np.inf]
    Z = X - [0, 1e6, 0, 0, 0, 0]
    T = Y - Y.mean(axis=0) + 1.0
    path = moments(Z, T).path(alphas, **options)
    expected = elltwo.ridge_path(Z, T, alphas, **options)
    np.testing.assert_allclose(path.coef, expected.coef, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(path.edf, expected.edf, rtol=1e-12)
    np.testing.assert_allclose(path.rss, expected.rss, rtol=1e-9)
    np.testing.assert_allclose(path.gcv, expected.gcv, rtol=1e-9)
    np.testing.assert_allclose(path.at(0.5).coef, expected.at(0.5).coef, rtol=1e-9)
    errors = path.statistics(1.0).standard_errors().coef
    np.testing.assert_allclose(errors, expected.statistics(1.0).standard_errors().coef, rtol=1e-8)


def test_automatic_grid_and_gcv() -> None:
    m = moments(X, Y)
    np.testing.assert_allclose(m.path().alphas, elltwo.ridge_path(X, Y).alphas, rtol=1e-10)
    for per_target in (False, True):
        fit = m.gcv(per_target=per_target)
        expected = elltwo.ridge_cv(X, Y, cv="gcv", per_target=per_target)
        np.testing.assert_allclose(fit.alpha, expected.alpha, rtol=1e-9)
        np.testing.assert_allclose(fit.cv_mse, expected.cv_mse, rtol=1e-9)
        assert_same(fit, expected, rtol=1e-9)


def test_fits_pickle() -> None:
    fit = moments(X, Y).ridge(1.0)
    again = pickle.loads(pickle.dumps(fit))
    np.testing.assert_array_equal(again.coef, fit.coef)
    with pytest.raises(ValueError, match="left its data behind"):
        again.stderr()


@pytest.mark.parametrize("select", ["min", "1se"])
@pytest.mark.parametrize(
    "options",
    [{}, {"per_target": True}, {"penalty_factors": FACTORS}, {"prior_mean": 0.5}],
)
def test_cross_validation_is_that_of_the_rows(select: str, options: dict[str, Any]) -> None:
    folds = [Moments(6, 2).add(X[i : i + 60], Y[i : i + 60]) for i in range(0, 300, 60)]
    fit = elltwo.moments_cv(folds, select=select, **options)
    expected = elltwo.ridge_cv(X, Y, cv=5, select=select, **options)
    np.testing.assert_allclose(fit.alphas, expected.alphas, rtol=1e-9)
    np.testing.assert_allclose(fit.alpha, expected.alpha, rtol=1e-9)
    np.testing.assert_allclose(fit.cv_mse, expected.cv_mse, rtol=1e-10)
    np.testing.assert_allclose(fit.cv_se, expected.cv_se, rtol=1e-9)
    np.testing.assert_allclose(fit.fold_mse, expected.fold_mse, rtol=1e-10)
    assert_same(fit, expected, rtol=1e-9)


def test_cross_validation_with_weights_and_a_grid_that_goes_on() -> None:
    folds = [
        Moments(6).add(X[i : i + 100], y[i : i + 100], sample_weight=WEIGHT[i : i + 100])
        for i in range(0, 300, 100)
    ]
    before = [fold.to_bytes() for fold in folds]
    fit = elltwo.moments_cv(folds, [1e3, 1e4], extend=True)
    expected = elltwo.ridge_cv(X, y, alphas=[1e3, 1e4], cv=3, extend=True, sample_weight=WEIGHT)
    np.testing.assert_allclose(fit.cv_mse, expected.cv_mse, rtol=1e-9)
    assert fit.alpha == pytest.approx(expected.alpha, rel=1e-9)
    assert [fold.to_bytes() for fold in folds] == before
    with pytest.warns(UserWarning, match="edge of the grid"):
        elltwo.moments_cv(folds, [1e3, 1e4])


@pytest.mark.parametrize(("mean", "error"), [(1e2, 1e-14), (1e4, 1e-14), (1e6, 1e-8)])
def test_large_means_cost_few_digits_without_an_intercept(mean: float, error: float) -> None:
    rng = np.random.default_rng(3)
    Z = rng.normal(size=(500, 3)) + mean
    z = Z @ [1.0, 2.0, 3.0] + rng.normal(size=500)
    fit = moments(Z, z).ridge(1.0, fit_intercept=False)
    reference = elltwo.ridge(Z, z, alpha=1.0, fit_intercept=False)
    np.testing.assert_allclose(fit.coef, reference.coef, rtol=error)


def test_constant_columns_count_without_an_intercept() -> None:
    Z = np.column_stack([np.full(40, 3.0), np.arange(40.0)])
    z = 2.0 * Z[:, 0] - Z[:, 1]
    fit = moments(Z, z).ridge(0.0, fit_intercept=False)
    np.testing.assert_allclose(fit.coef, [2.0, -1.0], rtol=1e-13)
    assert fit.info.rank == 2
