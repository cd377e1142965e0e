"""elltwo's logistic regression against fifty digits, extended precision and real data."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.sparse import csr_array

import elltwo
import logistic_exact
import logistic_problems as problems
import logistic_reference as reference
from reference import digits

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from logistic_reference import Array, Problem

SMALL = problems.small_problems()
MEDIUM = problems.medium_problems()
LEAST, MEDIAN = 8.0, 11.0  # digits that are promised
SECOND_ORDER = 1e-16  # of the relative objective: the square of 8 digits


def fit(problem: Problem, **options: Any) -> elltwo.LogisticFit:  # noqa: ANN401
    return elltwo.logistic(problem.X, problem.label, **problems.options_of(problem) | options)


def joined(coef: ArrayLike, intercept: ArrayLike) -> Array:
    """Coefficients, then intercepts, as doubles."""
    whole: Array = np.r_[np.ravel(coef), np.ravel(intercept)].astype(np.float64)
    return whole


@cache
def small_digits(name: str) -> float:
    found = fit(SMALL[name])
    return digits(joined(found.coef, found.intercept), joined(*logistic_exact.solution(name)))


@pytest.mark.parametrize("name", SMALL)
def test_digits_against_fifty(name: str) -> None:
    assert small_digits(name) >= LEAST


@pytest.mark.parametrize("name", SMALL)
def test_digits_of_sparse_data_against_fifty(name: str) -> None:
    problem = SMALL[name]
    options = problems.options_of(problem)
    found = elltwo.logistic(csr_array(problem.X), problem.label, **options)
    truth = joined(*logistic_exact.solution(name))
    assert digits(joined(found.coef, found.intercept), truth) >= LEAST


@pytest.mark.parametrize("n_classes", [2, 3])
def test_median_of_digits_against_fifty(n_classes: int) -> None:
    names = [name for name in SMALL if name.startswith(f"{n_classes} classes")]
    assert np.median([small_digits(name) for name in names]) >= MEDIAN


@pytest.mark.parametrize("name", SMALL)
def test_small_fits_converge_and_say_the_truth(name: str) -> None:
    problem = SMALL[name]
    found = fit(problem)
    assert found.info.status == "converged"
    assert 0 <= found.info.optimality <= found.info.tolerance
    value = float(reference.objective(problem, found.coef, found.intercept))
    # the values of doubles: 1e-300 and below lose digits of their own
    assert found.info.objective == pytest.approx(value, rel=1e-9)
    if problem.n_classes > 2 and problem.fit_intercept:
        scale = max(1.0, np.abs(found.coef).max() * np.abs(problem.X).max())
        assert abs(np.sum(found.intercept)) <= 1e-13 * scale


@pytest.mark.parametrize("name", [name for name in SMALL if "means" not in name])
def test_gradient_vanishes_by_the_reference(name: str) -> None:
    """Up to the rounding of the coefficients to doubles, which means of 1e6 magnify."""
    problem = SMALL[name]
    found = fit(problem)
    assert reference.optimality(problem, found.coef, found.intercept) <= 1e-10


@pytest.mark.parametrize("name", MEDIUM)
def test_digits_of_larger_problems(name: str) -> None:
    problem = MEDIUM[name]
    found = fit(problem)
    coef, intercept = reference.solve(problem)
    assert digits(joined(found.coef, found.intercept), joined(coef, intercept)) >= LEAST
    assert excess(problem, found) <= SECOND_ORDER


def excess(problem: Problem, found: elltwo.LogisticFit) -> float:
    """Relative objective above the reference's."""
    lowest = reference.objective(problem, *reference.solve(problem))
    value = reference.objective(problem, found.coef, found.intercept)
    return float((value - lowest) / lowest)


@pytest.mark.parametrize("C", [1e-2, 1.0, 1e2])
@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer"])
def test_real_data_in_their_own_units(name: str, C: float) -> None:
    problem = replace(problems.real_data(name), alpha=1 / C)
    found = fit(problem)
    coef, intercept = reference.solve(problem)
    assert digits(joined(found.coef, found.intercept), joined(coef, intercept)) >= LEAST
    assert excess(problem, found) <= SECOND_ORDER


def test_digits_data_by_a_certificate() -> None:
    """Its gap is at most |g|^2 / (2 alpha): the objective is alpha-strongly convex."""
    problem = problems.real_data("digits")
    found = fit(problem)
    slope, bias = reference.gradient(problem, found.coef, found.intercept)
    value = reference.objective(problem, found.coef, found.intercept)
    assert np.abs(bias).max() <= 1e-9 * np.sqrt(len(problem.X))
    assert float((slope**2).sum() / (2 * problem.alpha) / value) <= SECOND_ORDER


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("alpha", [1e-2, 1.0])
def test_bounds_against_projected_newton(n_classes: int, alpha: float) -> None:
    problem = replace(
        problems.draw(60, 5, n_classes, seed=3, signal=3.0),
        alpha=alpha,
        lower=np.array([0.0, -0.2, -np.inf, -np.inf, 0.1]),
        upper=np.array([np.inf, 0.2, 0.0, np.inf, 0.1]),
    )
    found = fit(problem)
    coef, intercept = reference.solve(problem)
    held = (coef == problem.lower) | (coef == problem.upper)
    assert held.any()
    np.testing.assert_array_equal(np.atleast_2d(found.coef)[held], coef[held].astype(float))
    assert digits(joined(found.coef, found.intercept), joined(coef, intercept)) >= LEAST


@pytest.mark.parametrize("solver", ["newton_cholesky", "quasi_newton", "newton_cg"])
@pytest.mark.parametrize(
    "name", ["2 classes, AR(1) 0.9", "3 classes, AR(1) 0.9", "2 classes, p > n"]
)
def test_every_solver_gives_the_same_digits(name: str, solver: str) -> None:
    found = fit(SMALL[name], solver=solver)
    truth = joined(*logistic_exact.solution(name))
    assert digits(joined(found.coef, found.intercept), truth) >= LEAST


@pytest.mark.parametrize("n_classes", [2, 3])
def test_path_points_are_single_fits(n_classes: int) -> None:
    problem = problems.draw(80, 6, n_classes, seed=5, correlation=0.5)
    alphas = np.array([100.0, 1.0, 1e-2])
    path = elltwo.logistic_path(problem.X, problem.label, alphas=alphas)
    for k, alpha in enumerate(alphas):
        coef, intercept = reference.solve(replace(problem, alpha=float(alpha)))
        found = joined(path.coef[k], path.intercept[k])
        assert digits(found, joined(coef, intercept)) >= LEAST


def test_one_step_warns_and_is_finite() -> None:
    problem = replace(problems.draw(80, 6, 3, seed=6, signal=4.0), alpha=1e-3)
    with pytest.warns(elltwo.exceptions.ConvergenceWarning):
        found = fit(problem, max_iter=1)
    assert np.isfinite(found.coef).all()
    assert found.info.status == "max_iter_reached"
    assert found.info.optimality > found.info.tolerance
