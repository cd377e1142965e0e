"""Degrees of freedom and criteria of logistic regressions with an L1 penalty."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


def draw(n_classes: int = 2, seed: int = 0) -> tuple[Array, Array]:
    n_samples, n_features = 150, 8
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_samples, n_features)) + 3.0
    scores = 2.0 * X[:, :n_classes] + rng.gumbel(size=(n_samples, n_classes))
    return X, scores.argmax(axis=1)


def information(fit: elltwo.LogisticFit, X: Array, weight: Array, fit_intercept: bool) -> Array:
    """The Fisher information of all coefficients and intercepts, output by output, from its sum."""
    Z = np.column_stack([X, np.ones(len(X))]) if fit_intercept else X
    p = fit.predict_proba(X)
    p = p[:, 1:] if p.shape[1] == 2 else p
    k, width = p.shape[1], Z.shape[1]
    F = np.zeros((k * width, k * width))
    for z, q, w in zip(Z, p, weight, strict=True):
        F += w * np.kron(np.diag(q) - np.outer(q, q), np.outer(z, z))
    return F


def wanted(
    fit: elltwo.LogisticFit,
    X: Array,
    alpha: float,
    l1_ratio: float,
    *,
    weight: Array | None = None,
    factors: Array | None = None,
    fit_intercept: bool = True,
) -> float:
    weight = np.ones(len(X)) if weight is None else weight
    factors = np.ones(X.shape[1]) if factors is None else factors
    coef = np.atleast_2d(fit.coef)
    free = (coef != 0.0) | (factors == 0.0)
    ridge = np.broadcast_to(alpha * (1 - l1_ratio) * factors, coef.shape)
    if fit_intercept:
        free = np.column_stack([free, np.ones(len(coef), dtype=bool)])
        ridge = np.column_stack([ridge, np.zeros(len(coef))])
    kept = free.ravel()
    F = information(fit, X, weight, fit_intercept)[np.ix_(kept, kept)]
    inverse = np.linalg.pinv(F + np.diag(ridge.ravel()[kept]), rcond=1e-12, hermitian=True)
    return float(np.trace(F @ inverse))


@pytest.mark.parametrize("n_classes", [2, 3, 4])
@pytest.mark.parametrize("l1_ratio", [1.0, 0.6])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_edf_is_the_trace(n_classes: int, l1_ratio: float, fit_intercept: bool) -> None:
    X, y = draw(n_classes)
    for alpha in (1.0, 6.0, 25.0):
        fit = elltwo.logistic(X, y, alpha=alpha, l1_ratio=l1_ratio, fit_intercept=fit_intercept)
        direct = wanted(fit, X, alpha, l1_ratio, fit_intercept=fit_intercept)
        assert fit.edf == pytest.approx(direct, rel=1e-8)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_edf_of_a_lasso_counts(n_classes: int) -> None:
    X, y = draw(n_classes, seed=3)
    fit = elltwo.logistic(X, y, alpha=8.0, l1_ratio=1.0)
    assert 0 < fit.n_active < fit.coef.size
    assert fit.edf == fit.n_active + n_classes - 1


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("l1_ratio", [1.0, 0.4])
def test_edf_with_weights_and_factors(n_classes: int, l1_ratio: float) -> None:
    X, y = draw(n_classes, seed=5)
    rng = np.random.default_rng(1)
    weight = rng.uniform(0.2, 2.0, len(y))
    factors = np.array([0.0, 1.0, 2.0, 0.5, 1.0, 1.0, 3.0, 1.0])
    fit = elltwo.logistic(
        X, y, alpha=4.0, l1_ratio=l1_ratio, sample_weight=weight, penalty_factors=factors
    )
    direct = wanted(fit, X, 4.0, l1_ratio, weight=weight, factors=factors)
    assert fit.edf == pytest.approx(direct, rel=1e-8)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_edf_tends_to_that_of_a_ridge(n_classes: int) -> None:
    X, y = draw(n_classes, seed=7)
    ridge = elltwo.logistic(X, y, alpha=5.0)
    net = elltwo.logistic(X, y, alpha=5.0, l1_ratio=1e-9)
    assert net.n_active == net.coef.size
    assert net.edf == pytest.approx(ridge.edf, rel=1e-6)


def test_coefficients_at_bounds_are_not_free() -> None:
    X, y = draw(seed=9)
    free = elltwo.logistic(X, y, alpha=2.0, l1_ratio=1.0)
    largest = np.abs(free.coef).max()
    held = elltwo.logistic(X, y, alpha=2.0, l1_ratio=1.0, bounds=(-0.5 * largest, 0.5 * largest))
    at_bound = np.abs(held.coef) == 0.5 * largest
    assert at_bound.any()
    assert held.edf == held.n_active - at_bound.sum() + 1


def test_coefficients_at_prior_means_are_not_free() -> None:
    X, y = draw(seed=11)
    prior = np.linspace(-0.5, 0.5, X.shape[1])
    fit = elltwo.logistic(X, y, alpha=15.0, l1_ratio=1.0, prior_mean=prior)
    at_prior = fit.coef == prior
    assert 0 < at_prior.sum() < prior.size
    assert fit.edf == (~at_prior).sum() + 1


@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_criteria_of_a_path(l1_ratio: float, n_classes: int) -> None:
    X, y = draw(n_classes, seed=13)
    weight = np.random.default_rng(2).uniform(0.5, 1.5, len(y))
    alphas = [30.0, 8.0, 2.0, 0.5]
    path = elltwo.logistic_path(X, y, alphas, l1_ratio=l1_ratio, sample_weight=weight)
    fits = [
        elltwo.logistic(X, y, alpha=alpha, l1_ratio=l1_ratio, sample_weight=weight)
        for alpha in alphas
    ]
    edf = np.array([fit.edf for fit in fits])
    own = [fit.predict_proba(X)[np.arange(len(y)), y] for fit in fits]
    deviance = np.array([-2.0 * weight @ np.log(p) for p in own])
    np.testing.assert_allclose(path.edf, edf, rtol=1e-7)
    np.testing.assert_allclose(path.aic, deviance + 2.0 * edf, rtol=1e-7)
    np.testing.assert_allclose(path.bic, deviance + np.log(weight.sum()) * edf, rtol=1e-7)


def test_edf_needs_the_data() -> None:
    X, y = draw()
    fit = copy.copy(elltwo.logistic(X, y, alpha=5.0, l1_ratio=1.0))
    with pytest.raises(ValueError, match="left its data behind"):
        _ = fit.edf


def test_summary_says_what_is_not_given() -> None:
    X, y = draw()
    fit = elltwo.logistic(X, y, alpha=5.0, l1_ratio=0.5)
    with pytest.raises(ValueError, match=r"no standard errors, z values or intervals .* summary"):
        fit.summary()
