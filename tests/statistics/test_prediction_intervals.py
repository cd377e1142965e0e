"""Predictions with intervals: against dense formulas, numerical gradients and refits."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from scipy import special, stats
from scipy.sparse import csr_matrix

import elltwo
from elltwo.functional._base.posterior import Posterior

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


def problem(n: int, p: int, targets: int = 0) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng([n, p])
    y = rng.normal(size=(n, targets) if targets else n)
    return rng.normal(size=(n, p)) + 3.0, y, rng.normal(size=(7, p)) + 2.0


def with_ones(X: Array) -> Array:
    return np.column_stack([X, np.ones(len(X))])


def dense(X: Array, y: Array, new: Array, alpha: float, level: float) -> tuple[Array, Array, Array]:
    """Ends and scales of intervals by the inverse of the whole system."""
    Z, z = with_ones(X), with_ones(new)
    penalty = np.diag([alpha] * X.shape[1] + [0.0])
    inverse = np.linalg.inv(Z.T @ Z + penalty)
    theta = inverse @ Z.T @ y
    smoother = Z @ inverse @ Z.T
    df = len(y) - np.trace(smoother)
    variance = np.sum((y - Z @ theta) ** 2) / df
    scale = np.sqrt(variance * (1.0 + np.einsum("ij,jk,ik->i", z, inverse, z)))
    reach = stats.t.ppf(0.5 + level / 2.0, df) * scale
    return z @ theta - reach, z @ theta + reach, scale


@pytest.mark.parametrize(("n", "p"), [(60, 4), (12, 30), (20, 25), (200, 1)])
def test_bayesian_intervals(n: int, p: int) -> None:
    X, y, new = problem(n, p)
    fit = elltwo.ridge(X, y, alpha=0.7)
    got = fit.predict(new, interval=0.8, method="bayesian")
    lower, upper, scale = dense(X, y, new, 0.7, 0.8)
    np.testing.assert_array_equal(got.mean, fit.predict(new))
    np.testing.assert_allclose(got.lower, lower, rtol=1e-8)
    np.testing.assert_allclose(got.upper, upper, rtol=1e-8)
    np.testing.assert_allclose(got.standard_error, scale, rtol=1e-8)


def test_targets_with_penalties_of_their_own() -> None:
    X, Y, new = problem(40, 3, 3)
    alphas = [0.5, 8.0, 0.5]
    got = elltwo.ridge(X, Y, alpha=alphas).predict(new, interval=0.9, method="bayesian")
    for t, alpha in enumerate(alphas):
        lower, upper, _ = dense(X, Y[:, t], new, alpha, 0.9)
        np.testing.assert_allclose(got.lower[:, t], lower, rtol=1e-9)
        np.testing.assert_allclose(got.upper[:, t], upper, rtol=1e-9)


def test_a_kept_covariance_gives_the_same_intervals() -> None:
    X, y, new = problem(40, 3)
    fit = elltwo.ridge(X, y, alpha=2.0)
    s: Any = fit.statistics
    kept = Posterior(s.covariance(), s.sigma, s.residual_df)
    for got, expected in zip(
        kept.of_targets(new, fit.predict(new), 0.9),
        fit.predict(new, interval=0.9, method="bayesian"),
        strict=True,
    ):
        np.testing.assert_allclose(got, expected, rtol=1e-10)
    without = elltwo.ridge(X, y, alpha=2.0, fit_intercept=False)
    t: Any = without.statistics
    posterior = Posterior(t.covariance(), t.sigma, t.residual_df)
    kept_ends = posterior.of_targets(new, without.predict(new), 0.9)
    ends = without.predict(new, interval=0.9, method="bayesian")
    np.testing.assert_allclose(kept_ends.upper, ends.upper, rtol=1e-10)


def test_moments_and_sparse_rows_have_them_too() -> None:
    X, y, new = problem(40, 3)
    expected = elltwo.ridge(X, y, alpha=2.0).predict(new, interval=0.9, method="bayesian")
    moments = elltwo.Moments(3).add(X, y).ridge(2.0)
    of_moments = moments.predict(new, interval=0.9, method="bayesian")
    np.testing.assert_allclose(of_moments.lower, expected.lower, rtol=1e-9)
    with pytest.raises(ValueError, match="which Moments do not keep"):
        moments.predict(new, interval=0.9)
    rows: Any = csr_matrix(new)
    of_sparse = elltwo.ridge(X, y, alpha=2.0).predict(rows, interval=0.9, method="bayesian")
    np.testing.assert_allclose(of_sparse.lower, expected.lower, rtol=1e-12)


def test_jackknife_is_the_default() -> None:
    X, y, new = problem(40, 3)
    fit = elltwo.ridge(X, y, alpha=2.0)
    got = fit.predict(new, interval=0.9)
    expected = fit.statistics.prediction_interval(new, level=0.9)
    np.testing.assert_array_equal(got.lower, expected.lower)
    np.testing.assert_array_equal(got.upper, expected.upper)
    np.testing.assert_array_equal(got.mean, fit.predict(new))
    assert got.standard_error is None


def numerical(probabilities: Callable[[Array], Array], theta: Array, covariance: Array) -> Array:
    """Standard errors by the delta method with central differences."""
    steps = 1e-6 * np.eye(theta.size)
    columns = [(probabilities(theta + h) - probabilities(theta - h)) / 2e-6 for h in steps]
    gradient = np.stack(columns, axis=-1)
    result: Array = np.sqrt(np.einsum("...i,ij,...j->...", gradient, covariance, gradient))
    return result


def test_probabilities_of_two_classes() -> None:
    X, y, new = problem(50, 3)
    fit = elltwo.logistic(X, np.where(y > 0, "b", "a"), alpha=0.5)
    got = fit.predict_proba(new, interval=0.9)
    np.testing.assert_allclose(got.mean, fit.predict_proba(new), rtol=1e-14)
    covariance, z = fit.statistics.covariance(), with_ones(new)
    theta = np.append(fit.coef, fit.intercept)

    def probabilities(theta: Array) -> Array:
        p = special.expit(z @ theta)
        return np.column_stack([1.0 - p, p])

    errors = numerical(probabilities, theta, covariance)
    np.testing.assert_allclose(got.standard_error, errors, rtol=1e-6)
    reach = stats.norm.ppf(0.95) * np.sqrt(np.einsum("ij,jk,ik->i", z, covariance, z))
    np.testing.assert_allclose(got.lower[:, 1], special.expit(z @ theta - reach), rtol=1e-9)
    np.testing.assert_allclose(got.upper[:, 1], special.expit(z @ theta + reach), rtol=1e-9)
    np.testing.assert_allclose(got.lower[:, 0], 1.0 - got.upper[:, 1], rtol=1e-9)
    kept = Posterior(covariance).of_probabilities(new, fit.linear_predictor(new), 0.9)
    np.testing.assert_allclose(kept.upper, got.upper, rtol=1e-10)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_probabilities_of_several_classes(fit_intercept: bool) -> None:
    X, y, new = problem(90, 2)
    labels = np.digitize(y, [-0.5, 0.5])
    fit = elltwo.logistic(X, labels, alpha=0.5, fit_intercept=fit_intercept)
    got = fit.predict_proba(new, interval=0.9)
    z = with_ones(new) if fit_intercept else new
    theta = np.column_stack([fit.coef, np.ravel(fit.intercept)])[:, : z.shape[1]]
    errors = numerical(
        lambda t: special.softmax(z @ t.reshape(theta.shape).T, axis=1),
        theta.ravel(),
        fit.statistics.covariance(),
    )
    np.testing.assert_allclose(got.standard_error, errors, rtol=1e-5)
    p = got.mean
    reach = stats.norm.ppf(0.95) * errors / (p * (1.0 - p))
    np.testing.assert_allclose(got.upper, special.expit(special.logit(p) + reach), rtol=1e-5)
    np.testing.assert_allclose(got.lower, special.expit(special.logit(p) - reach), rtol=1e-5)
    assert np.all((got.lower >= 0.0) & (got.lower <= p) & (p <= got.upper) & (got.upper <= 1.0))


def test_offsets_move_the_middle() -> None:
    X, y, new = problem(50, 3)
    fit = elltwo.logistic(X, y > 0.0, alpha=0.5)
    got = fit.predict_proba(new, np.full(7, 2.0), interval=0.9)
    np.testing.assert_allclose(got.mean, fit.predict_proba(new, np.full(7, 2.0)), rtol=1e-14)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_far_rows_stay_in_range(n_classes: int) -> None:
    X, y, new = problem(50, 3)
    fit = elltwo.logistic(X, np.digitize(y, [-0.4, 0.4][: n_classes - 1]), alpha=0.5)
    for rows in (1e6 * new, 1e200 * np.sign(new)):
        got = fit.predict_proba(rows, interval=0.9)
        for values in got:
            assert np.all((values >= 0.0) & (values <= 1.0))


def test_refusals() -> None:
    X, y, new = problem(40, 3)
    fit = elltwo.ridge(X, y, alpha=2.0)
    with pytest.raises(ValueError, match=r"interval must be between 0 and 1, got 1\.5"):
        fit.predict(new, interval=1.5)
    with pytest.raises(TypeError, match="interval must be a number, got 'x'"):
        fit.predict(new, interval="x")  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="method must be one of 'jackknife\\+', 'bayesian'"):
        fit.predict(new, interval=0.9, method="bootstrap")
    with pytest.raises(ValueError, match="has left its data behind"):
        copy.copy(fit).predict(new, interval=0.9)
    twice = np.column_stack([X, X[:, 0]])
    with pytest.raises(ValueError, match="X does not determine all unpenalised coefficients"):
        elltwo.ridge(twice, y, alpha=0.0).predict(twice, interval=0.9, method="bayesian")
    classes = elltwo.logistic(X, y > 0.0)
    with pytest.raises(ValueError, match="interval must be between 0 and 1, got 0"):
        classes.predict_proba(new, interval=0)
    with pytest.raises(ValueError, match="has 2 features, but the fit"):
        classes.predict_proba(new[:, :2], interval=0.9)
    some = elltwo.logistic(X, np.arange(40) % 3, sample_weight=np.arange(40) % 3 > 0)
    with pytest.raises(ValueError, match="need a row of every class"):
        some.predict_proba(new, interval=0.9)
