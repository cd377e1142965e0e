"""Fits of about as many rows as features, which begin without a Hessian."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import elltwo

SHAPES = [(600, 1000), (800, 800), (1000, 600), (450, 1500)]


def problem(n: int, p: int, correlation: float = 0.9, seed: int = 0) -> tuple[Any, Any]:
    """AR(1) features with means and deviations of their own, and labels of a logistic model."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p))
    for j in range(1, p):
        X[:, j] = correlation * X[:, j - 1] + np.sqrt(1 - correlation**2) * X[:, j]
    z = X @ rng.standard_normal(p)
    label = (2 * z / z.std() + rng.logistic(size=n) > 0).astype(int)
    return X * rng.uniform(0.3, 3, p) + rng.standard_normal(p), label


def optimality(X: Any, label: Any, fit: Any, alpha: float) -> float:  # noqa: ANN401
    """The largest cosine between the centred columns, or ones, and the residuals."""
    Z = X - X.mean(axis=0)
    z = Z @ fit.coef.ravel() + (fit.intercept + X.mean(axis=0) @ fit.coef.ravel())
    r = label - 1 / (1 + np.exp(-z))
    g = Z.T @ r - alpha * fit.coef.ravel()
    worst = np.abs(g / np.linalg.norm(Z, axis=0)).max()
    return float(max(worst, abs(r.sum()) / np.sqrt(len(r))) / np.linalg.norm(r))


@pytest.mark.parametrize(("n", "p"), SHAPES)
@pytest.mark.parametrize("alpha", [1e-3, 1.0, 100.0])
def test_minimum_is_that_of_newton_steps(n: int, p: int, alpha: float) -> None:
    X, label = problem(n, p)
    fit = elltwo.logistic(X, label, alpha=alpha)
    newton = elltwo.logistic(X, label, alpha=alpha, solver="newton_cholesky")
    assert fit.info.status == newton.info.status == "converged"
    assert optimality(X, label, fit, alpha) <= 1.1e-10
    assert fit.info.objective == pytest.approx(newton.info.objective, rel=1e-12)
    np.testing.assert_allclose(fit.coef, newton.coef, rtol=1e-5, atol=1e-7 * np.abs(fit.coef).max())


@pytest.mark.parametrize(("n", "p"), SHAPES)
def test_loose_tolerance_is_kept_and_the_gap_is_a_bound(n: int, p: int) -> None:
    X, label = problem(n, p)
    fit = elltwo.logistic(X, label, tol=1e-3)
    least = elltwo.logistic(X, label).info.objective
    assert fit.info.status == "converged"
    assert optimality(X, label, fit, 1.0) <= 1.001e-3
    assert 0 <= fit.info.objective / least - 1 <= fit.info.gap
    assert 0 < fit.info.rcond < 1


@pytest.mark.parametrize(("n", "p"), SHAPES)
@pytest.mark.parametrize("tol", [1e-3, 1e-10])
def test_bits_do_not_depend_on_threads(n: int, p: int, tol: float) -> None:
    X, label = problem(n, p)
    fits = [elltwo.logistic(X, label, tol=tol, n_threads=t) for t in (1, 2, 3)]
    assert all((f.coef == fits[0].coef).all() for f in fits)


@pytest.mark.parametrize("layout", ["F", "float32", "strided"])
def test_layouts(layout: str) -> None:
    X, label = problem(600, 700)
    X = X.astype(np.float32).astype(float)
    fit = elltwo.logistic(X, label)
    other: Any = {
        "F": np.asfortranarray(X),
        "float32": X.astype(np.float32),
        "strided": np.repeat(X, 2, axis=1)[:, ::2],
    }[layout]
    # Coefficients of float data are floats.
    rtol = 1e-5 if layout == "float32" else 1e-7
    found = elltwo.logistic(other, label).coef
    np.testing.assert_allclose(found, fit.coef, rtol=rtol, atol=rtol * np.abs(fit.coef).max())


def test_rows_without_weight_are_left_out() -> None:
    X, label = problem(900, 700)
    weight = np.ones(900)
    weight[::3] = 0
    fit = elltwo.logistic(X, label, sample_weight=weight)
    kept = elltwo.logistic(X[weight > 0], label[weight > 0])
    np.testing.assert_allclose(fit.coef, kept.coef, atol=1e-8 * np.abs(kept.coef).max())


@pytest.mark.parametrize(("n", "p"), [(600, 900), (900, 600)])
def test_path_is_that_of_single_fits(n: int, p: int) -> None:
    X, label = problem(n, p, 0.5)
    alphas = [100.0, 10.0, 1.0]
    path = elltwo.logistic_path(X, label, alphas=alphas)
    for coef, alpha in zip(path.coef, path.alphas, strict=True):
        one = elltwo.logistic(X, label, alpha=float(alpha))
        scale = np.abs(one.coef).max()
        np.testing.assert_allclose(np.ravel(coef), np.ravel(one.coef), atol=1e-6 * scale)


def test_prior_means_and_factors() -> None:
    X, label = problem(600, 800)
    rng = np.random.default_rng(5)
    options: dict[str, Any] = {
        "prior_mean": 0.1 * rng.standard_normal(800),
        "penalty_factors": np.r_[np.inf, rng.uniform(0.5, 2, 799)],
    }
    fit = elltwo.logistic(X, label, **options)
    newton = elltwo.logistic(X, label, solver="newton_cholesky", **options)
    assert fit.info.status == "converged"
    assert fit.info.objective == pytest.approx(newton.info.objective, rel=1e-12)
    assert fit.coef.ravel()[0] == options["prior_mean"][0]


def test_too_few_steps_are_not_called_converged() -> None:
    X, label = problem(600, 800)
    with pytest.warns(elltwo.exceptions.ConvergenceWarning):
        fit = elltwo.logistic(X, label, max_iter=1)
    assert fit.info.status == "max_iter_reached"
    assert optimality(X, label, fit, 1.0) > fit.info.tolerance
