"""Fits of the elastic net against minima in 50 digits, over every kind of option."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse

import elastic_net_exact
import elltwo
from elastic_net_problems import small_problem
from elastic_net_reference import Problem, certificate, rounding

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from elastic_net_exact import Exact
    from elastic_net_reference import Array

EPS = float(np.finfo(float).eps)


def assert_exact(problem: Problem, coef: Array, intercept: ArrayLike, exact: Exact) -> None:
    """The right support, and coefficients to a digit less than their conditioning allows."""
    free = exact.coef != problem.prior
    assert np.array_equal(coef != problem.prior, free)
    held = ~free
    assert np.array_equal(coef[held], problem.prior[held])
    data = problem.X[problem.weights > 0]
    size = np.sqrt((data**2).sum(axis=0))  # with the means, which are subtracted with an error
    error = np.abs(coef - exact.coef) * size
    target = np.linalg.norm(problem.y) + np.linalg.norm(exact.coef * size)
    assert error.max() <= 10 * EPS * exact.condition * target
    assert np.abs(np.subtract(intercept, exact.intercept)) <= 10 * EPS * exact.condition * target


@pytest.mark.parametrize("seed", range(96))
def test_small_problems(seed: int) -> None:
    """Weights, factors 0 and infinity, priors, bounds, p > n, near copies, constant columns."""
    problem = small_problem(seed)
    exact = elastic_net_exact.solve(problem)
    fit = elltwo.elastic_net(problem.X, problem.y, **problem.options)
    assert_exact(problem, fit.coef, fit.intercept, exact)
    found = certificate(problem, fit.coef, fit.intercept)
    floor = rounding(fit, problem.alpha, fit.info.objective)
    assert found.gap <= max(1e-12, floor)
    assert found.objective == pytest.approx(exact.objective, rel=1e-13)
    assert fit.info.status == "converged"
    assert fit.info.objective == pytest.approx(found.objective, rel=1e-12)
    assert found.gap - floor <= fit.info.gap <= 1e-10
    assert fit.info.n_active == np.count_nonzero(fit.coef != problem.prior)


@pytest.mark.parametrize("form", [sparse.csr_array, sparse.csc_array])
@pytest.mark.parametrize("seed", range(0, 48, 3))
def test_small_sparse_problems(seed: int, form: type) -> None:
    problem = small_problem(seed)
    problem = Problem(**(vars(problem) | {"X": problem.X * (np.abs(problem.X) > 0.7)}))
    exact = elastic_net_exact.solve(problem)
    fit = elltwo.elastic_net(form(problem.X), problem.y, **problem.options)
    assert_exact(problem, fit.coef, fit.intercept, exact)
    assert certificate(problem, fit.coef, fit.intercept).gap <= 1e-11


@pytest.mark.parametrize("seed", range(24))
def test_small_problems_from_moments(seed: int) -> None:
    """The Gram matrix has the digits that the means leave it."""
    problem = small_problem(seed)
    exact = elastic_net_exact.solve(problem)
    options = problem.options
    weight = options.pop("sample_weight", None)
    moments = elltwo.Moments(problem.X.shape[1]).add(problem.X, problem.y, sample_weight=weight)
    fit = moments.elastic_net(**options)
    free = exact.coef != problem.prior
    assert np.array_equal(fit.coef != problem.prior, free)
    scale = np.abs(exact.coef).max()
    np.testing.assert_allclose(fit.coef, exact.coef, rtol=0, atol=1e-10 * scale)


@pytest.mark.parametrize("ratio", [1.0, 0.5])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_copies_of_a_column(ratio: float, sign: float) -> None:
    """Of equal columns of the lasso the first has the coefficient; a square shares it out."""
    rng = np.random.default_rng(5)
    X = rng.standard_normal((20, 5))
    y = X[:, 1] - X[:, 3] + 0.1 * rng.standard_normal(20)
    twice = np.column_stack([X, sign * X[:, 1], X[:, 3]])
    problem = Problem(twice, y, 2.0, ratio)
    fit = elltwo.elastic_net(twice, y, **problem.options)
    assert certificate(problem, fit.coef, fit.intercept).gap <= 1e-14
    if ratio == 1.0:
        single = elltwo.elastic_net(X, y, alpha=2.0, l1_ratio=1.0)
        assert np.array_equal(fit.coef[5:], [0.0, 0.0])
        np.testing.assert_allclose(fit.coef[:5], single.coef, rtol=0, atol=1e-14)
    else:
        np.testing.assert_allclose(fit.coef[[5, 6]], fit.coef[[1, 3]] * [sign, 1.0], rtol=1e-13)
        exact = elastic_net_exact.solve(problem)
        np.testing.assert_allclose(fit.coef, exact.coef, rtol=0, atol=1e-14)


@pytest.mark.parametrize("seed", range(12))
def test_alphas_beside_a_kink(seed: int) -> None:
    """Just above the alpha at which a column enters it is zero, and just below it is not."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((12, 4))
    y = rng.standard_normal(12)
    first = elltwo.elastic_net_path(X, y, l1_ratio=1.0, n_alphas=2)
    for share, count in ((1 + 1e-8, 0), (1 - 1e-8, 1)):
        alpha = float(first.alpha_max) * share
        fit = elltwo.elastic_net(X, y, alpha=alpha, l1_ratio=1.0)
        assert np.count_nonzero(fit.coef) == count


def test_alpha_zero_is_least_squares() -> None:
    rng = np.random.default_rng(2)
    X, y = rng.standard_normal((15, 4)), rng.standard_normal(15)
    fit = elltwo.elastic_net(X, y, alpha=0.0, l1_ratio=0.7)
    exact = elastic_net_exact.solve(Problem(X, y, 0.0, 0.7))
    np.testing.assert_allclose(fit.coef, exact.coef, rtol=1e-13)
    wide = elltwo.elastic_net(X.T, y[:4], alpha=0.0, l1_ratio=0.7)
    least = elltwo.ridge(X.T, y[:4], alpha=0.0)
    assert np.array_equal(wide.coef, least.coef)


def test_alpha_infinite_pins_penalised_coefficients() -> None:
    rng = np.random.default_rng(2)
    X, y = rng.standard_normal((15, 4)), rng.standard_normal(15)
    factors, prior = [0.0, 1.0, 2.0, 1.0], [0.0, 0.5, 0.0, -1.0]
    fit = elltwo.elastic_net(
        X, y, alpha=np.inf, l1_ratio=0.3, penalty_factors=factors, prior_mean=prior
    )
    assert np.array_equal(fit.coef[1:], [0.5, 0.0, -1.0])
    rest = y - X[:, 1:] @ fit.coef[1:]
    free = elltwo.ridge(X[:, :1], rest, alpha=0.0)
    assert fit.coef[0] == pytest.approx(free.coef[0], rel=1e-13)
