"""What statistics say of the features alone, and of the same data without a penalty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)) * [1.0, 30.0, 0.2] + [5.0, -7.0, 0.0]
X[:, 2] += 0.1 * X[:, 0]
Y = np.column_stack([X @ [1.0, -0.1, 0.0], X @ [0.0, 0.0, 2.0]]) + RNG.normal(size=(40, 2))
WEIGHT = RNG.integers(0, 4, 40)
ROWS = np.repeat(np.arange(40), WEIGHT)
LABELS = np.where(Y[:, 0] - Y[:, 0].mean() + 2.0 * RNG.normal(size=40) > 0.0, "yes", "no")


def data(kind: str) -> Any:  # noqa: ANN401  # arrays, sparse or moments
    if kind == "sparse":
        return pytest.importorskip("scipy.sparse").csr_array(X)
    return X


@pytest.mark.parametrize("kind", ["dense", "sparse"])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_correlations_and_deviations_are_those_of_repeated_rows(
    kind: str, fit_intercept: bool
) -> None:
    fit = elltwo.ridge(data(kind), Y, alpha=2.0, sample_weight=WEIGHT, fit_intercept=fit_intercept)
    Z = X[ROWS] - (X[ROWS].mean(axis=0) if fit_intercept else 0.0)
    products = Z.T @ Z / len(Z)
    sd = np.sqrt(np.diag(products))
    np.testing.assert_allclose(fit.statistics.feature_sd, sd, rtol=1e-12)
    expected = products / np.outer(sd, sd)
    np.testing.assert_allclose(fit.statistics.correlations, expected, rtol=1e-10, atol=1e-14)


def test_moments_know_the_same() -> None:
    exact = elltwo.ridge(X, Y, alpha=2.0, sample_weight=WEIGHT).statistics
    moments = elltwo.Moments(3, 2).add(X, Y, sample_weight=WEIGHT).ridge(2.0).statistics
    np.testing.assert_allclose(moments.correlations, exact.correlations, rtol=1e-10)
    np.testing.assert_allclose(moments.feature_sd, exact.feature_sd, rtol=1e-10)
    np.testing.assert_allclose(moments.least_squares, exact.least_squares, rtol=1e-8)
    with pytest.raises(ValueError, match="need the rows"):
        _ = moments.fitted_values


def test_a_constant_feature_has_no_correlations() -> None:
    Z = np.column_stack([X, np.full(40, 0.1)])
    r = elltwo.ridge(Z, Y, alpha=2.0).statistics.correlations
    assert r[3].tolist() == r[:, 3].tolist() == [0.0, 0.0, 0.0, 1.0]
    np.testing.assert_allclose(r[:3, :3], np.corrcoef(X.T), rtol=1e-10)


def test_fitted_values_are_predictions() -> None:
    for y in (Y, Y[:, 0]):
        fit = elltwo.ridge(X, y, alpha=2.0, penalty_factors=[1.0, 0.0, 3.0])
        np.testing.assert_allclose(fit.statistics.fitted_values, fit.predict(X), rtol=1e-12)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_least_squares_have_no_penalty_at_all(fit_intercept: bool) -> None:
    fit = elltwo.ridge(
        X,
        Y,
        alpha=[2.0, 5.0],
        penalty_factors=[1.0, np.inf, 3.0],
        prior_mean=[1.0, 2.0, 3.0],
        sample_weight=WEIGHT,
        fit_intercept=fit_intercept,
    )
    Z = np.column_stack([X, np.ones(40)]) if fit_intercept else X
    expected = np.linalg.lstsq(Z[ROWS], Y[ROWS], rcond=None)[0][:3].T
    np.testing.assert_allclose(fit.statistics.least_squares, expected, rtol=1e-9)
    np.testing.assert_allclose(fit.statistics.of_target(1).least_squares, expected[1], rtol=1e-9)


def test_what_data_do_not_determine_is_nan() -> None:
    twice = np.column_stack([X, X[:, 1]])
    found = elltwo.ridge(twice, Y[:, 0], alpha=2.0).statistics.least_squares
    assert np.isnan(found).tolist() == [False, True, False, True]
    wide = elltwo.ridge(RNG.normal(size=(10, 20)), RNG.normal(size=10), alpha=2.0)
    assert np.isnan(wide.statistics.least_squares).all()
    logit = elltwo.logistic(twice, LABELS, alpha=2.0).statistics.maximum_likelihood
    assert np.isnan(logit).tolist() == [False, True, False, True]


def test_maximum_likelihood() -> None:
    api = pytest.importorskip("statsmodels.api")
    fit = elltwo.logistic(X, LABELS, alpha=3.0, prior_mean=1.0, tol=1e-12)
    expected = api.Logit(LABELS == "yes", api.add_constant(X)).fit(disp=0, tol=1e-12)
    found = fit.statistics.maximum_likelihood
    np.testing.assert_allclose(found, expected.params[1:], rtol=1e-8)
    np.testing.assert_allclose(fit.statistics.feature_sd, X.std(axis=0), rtol=1e-12)
    kinds = RNG.integers(0, 3, 40)
    several = elltwo.logistic(X, kinds, alpha=3.0, tol=1e-12).statistics.maximum_likelihood
    expected = api.MNLogit(kinds, api.add_constant(X)).fit(disp=0, tol=1e-12)
    np.testing.assert_allclose(several[1:] - several[0], expected.params[1:].T, rtol=1e-6)


def test_separated_classes_have_no_maximum() -> None:
    fit = elltwo.logistic(X, X[:, 1] > 0.0, alpha=3.0)
    assert np.isnan(fit.statistics.maximum_likelihood).all()
