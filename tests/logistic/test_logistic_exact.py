"""The slow references of logistic regression against each other, NumPy's limits and SciPy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.optimize import minimize

import logistic_exact
import logistic_problems as problems
import logistic_reference as reference
from reference import digits

if TYPE_CHECKING:
    from logistic_reference import Array, Problem

SMALL = problems.small_problems()
SOME = [SMALL[f"{k} classes, {name}"] for k in (2, 3) for name in ("weights", "offset", "factors")]


@pytest.mark.parametrize("name", SMALL)
def test_extended_precision_agrees_with_fifty_digits(name: str) -> None:
    coef, intercept = reference.solve(SMALL[name])
    exact_coef, exact_intercept = logistic_exact.solution(name)
    found = np.r_[coef.ravel(), intercept]
    assert digits(found, np.r_[exact_coef.ravel(), exact_intercept]) >= 14.5


@pytest.mark.parametrize("problem", SOME)
def test_gradient_is_the_slope_of_the_objective(problem: Problem) -> None:
    rng = np.random.default_rng(1)
    coef = rng.standard_normal((problem.n_outputs, problem.X.shape[1])).astype(np.longdouble)
    coef = np.where(np.isinf(problem.penalty), problem.mean, coef)
    intercept = rng.standard_normal(problem.n_outputs).astype(np.longdouble)
    slope, bias = reference.gradient(problem, coef, intercept)
    h = np.longdouble(1e-5)
    for index in np.ndindex(coef.shape):
        if np.isfinite(problem.penalty[index[1]]):
            step = np.zeros_like(coef)
            step[index] = h
            ends = [reference.objective(problem, coef + s * step, intercept) for s in (1, -1)]
            assert float((ends[0] - ends[1]) / (2 * h) - slope[index]) == pytest.approx(0, abs=1e-8)
    for k in range(problem.n_outputs):
        step = h * np.eye(problem.n_outputs)[k]
        ends = [reference.objective(problem, coef, intercept + s * step) for s in (1, -1)]
        assert float((ends[0] - ends[1]) / (2 * h) - bias[k]) == pytest.approx(0, abs=1e-8)


@pytest.mark.parametrize("margin", [-800.0, -40.0, 0.0, 40.0, 800.0])
def test_losses_and_residuals_of_large_margins(margin: float) -> None:
    """-log p of the label and 1 - p, by hand in the exponent's own terms."""
    z = np.array([[margin], [-margin]], np.longdouble)
    label = np.array([1, 0])
    expected = np.log1p(np.exp(-np.abs(np.longdouble(margin)))) + max(0.0, -margin)
    np.testing.assert_allclose(reference.losses(z, label), expected, rtol=1e-17)
    other = np.exp(-np.maximum(margin, 0)) / (1 + np.exp(-np.abs(margin)))
    shown = reference.residuals(z, label)[:, 0].astype(float)
    np.testing.assert_allclose(shown, [other, -other], rtol=1e-14)


def by_lbfgsb(problem: Problem) -> Array:
    """Coefficients then intercepts by SciPy; bounds of every feature in every class."""
    p, outputs = problem.X.shape[1], problem.n_outputs

    def value(theta: Array) -> tuple[float, Array]:
        coef, intercept = theta[: p * outputs].reshape(outputs, p), theta[p * outputs :]
        slope, bias = reference.gradient(problem, coef, intercept)
        objective = reference.objective(problem, coef, intercept)
        return float(objective), np.r_[slope.ravel(), bias].astype(float)

    assert problem.lower is not None
    assert problem.upper is not None
    bounds = [*zip(problem.lower, problem.upper, strict=True)] * outputs
    start = np.zeros(outputs * (p + 1))
    result = minimize(
        value,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[*bounds, *[(None, None)] * outputs],
        options={"ftol": 0.0, "gtol": 1e-12, "maxiter": 2000, "maxls": 60},
    )
    found: Array = result.x
    return found


@pytest.mark.parametrize("n_classes", [2, 3])
def test_bounded_reference_agrees_with_scipy(n_classes: int) -> None:
    problem = replace(
        problems.draw(60, 5, n_classes, seed=3, signal=3.0),
        lower=np.array([0.0, -0.2, -np.inf, -np.inf, 0.1]),
        upper=np.array([np.inf, 0.2, 0.0, np.inf, 0.1]),
    )
    coef, intercept = reference.solve(problem)
    assert np.any((coef == problem.lower) | (coef == problem.upper))
    found = by_lbfgsb(problem)
    np.testing.assert_allclose(found[: coef.size], coef.ravel().astype(float), atol=1e-6)
    bias = found[coef.size :]
    bias = bias - bias.mean() if n_classes > 2 else bias
    np.testing.assert_allclose(bias, intercept.astype(float), atol=1e-6)


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer"])
def test_reference_is_below_scikit_learn_and_stationary(name: str) -> None:
    from sklearn.linear_model import LogisticRegression

    problem = problems.real_data(name)
    coef, intercept = reference.solve(problem)
    assert reference.optimality(problem, coef, intercept) < 1e-16
    lowest = reference.objective(problem, coef, intercept)
    model = LogisticRegression(solver="newton-cholesky", tol=1e-8, max_iter=1000)
    model.fit(problem.X, problem.label)
    theirs = reference.objective(problem, model.coef_, model.intercept_)
    rounding = 1e-18  # of sums in extended precision
    assert -rounding <= float(theirs / lowest - 1) < 1e-8


def test_leaving_a_row_out_is_giving_it_no_weight() -> None:
    problem = problems.draw(30, 2, 3, seed=4)
    assert np.bincount(problem.label).min() > 2
    losses = reference.leave_one_out(problem)
    for row in (0, 7):
        weight: Array = np.ones(30)
        weight[row] = 0.0
        coef, intercept = reference.solve(replace(problem, sample_weight=weight))
        z = reference.predictor(problem, coef, intercept)
        expected = reference.losses(z, problem.label)[row]
        assert losses[row] == pytest.approx(float(expected), rel=1e-12)
