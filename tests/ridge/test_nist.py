"""Correct digits on certified data and on ill-conditioned ridge systems, with default settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import mpmath as mp
import numpy as np
import pytest

import elltwo
import nist
import reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

each_problem = pytest.mark.parametrize("problem", nist.PROBLEMS, ids=lambda p: p.name)

# Powers of two next to 1e-200, 1e-8 and 1e155: scaling X by them rounds nothing.
SCALES = {"1e-200": 2.0**-664, "1e-8": 2.0**-27, "1e155": 2.0**515}


def fitted_digits(problem: nist.Problem, X: Array, y: Array, scale: float) -> float:
    """Digits of the default least-squares fit to X * scale."""
    fit = elltwo.ridge(X * scale, y, alpha=0.0, fit_intercept=problem.fit_intercept)
    return reference.digits(problem.estimates(fit.coef * scale, fit.intercept), problem.certified)


@each_problem
def test_certified_values_follow_from_the_data(problem: nist.Problem) -> None:
    """The decimal table, solved in 50 digits, gives the certified values: both are typed right."""
    with mp.workdps(reference.DIGITS):
        design, y = problem.load_exact()
        solution = reference.least_squares(
            design, y, [1] * len(y), [0.0] * len(design[0]), [0.0] * len(design[0])
        )
    assert reference.digits([float(v) for v in solution], problem.certified) > 13.9


@each_problem
def test_ridge_reaches_the_certified_values(problem: nist.Problem) -> None:
    X, y = problem.load()
    assert fitted_digits(problem, X, y, 1.0) >= problem.digits


@each_problem
def test_fortran_order_reaches_the_certified_values(problem: nist.Problem) -> None:
    X, y = problem.load()
    assert fitted_digits(problem, np.asfortranarray(X), y, 1.0) >= problem.digits


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES.keys())
@each_problem
def test_scaled_columns_reach_the_certified_values(problem: nist.Problem, scale: float) -> None:
    X, y = problem.load()
    assert fitted_digits(problem, X, y, scale) >= problem.digits


@each_problem
def test_estimator_reaches_the_certified_values(problem: nist.Problem) -> None:
    pytest.importorskip("sklearn")
    X, y = problem.load()
    model = elltwo.linear_model.Ridge(alpha=0.0, fit_intercept=problem.fit_intercept).fit(X, y)
    estimates = problem.estimates(model.coef_, model.intercept_)
    assert reference.digits(estimates, problem.certified) >= problem.digits


@pytest.mark.parametrize("alpha", [1e-12, 1e-10, 1e-8, 1e-6, 1e-4])
@pytest.mark.parametrize(("n", "p"), [(10, 10), (20, 8), (30, 12)])
def test_hilbert_systems_lose_what_the_conditioning_takes_and_no_more(
    n: int, p: int, alpha: float
) -> None:
    """Within one digit of the change that one unit in the last place of the data makes."""
    X = 1.0 / (np.arange(n)[:, None] + np.arange(p) + 1.0)
    y = np.cos(np.arange(n))
    truth, _ = reference.ridge(X, y, alpha, fit_intercept=False)
    fit = elltwo.ridge(X, y, alpha=alpha, fit_intercept=False)
    attainable = min(reference.digits(c, truth) for c in perturbed_solutions(X, y, alpha))
    assert reference.digits(fit.coef, truth) >= attainable - 1.0


def perturbed_solutions(X: Array, y: Array, alpha: float) -> list[Array]:
    """Exact solutions for data moved by up to one unit in the last place."""
    rng = np.random.default_rng(0)
    eps = np.finfo(float).eps
    solutions = []
    for _ in range(3):
        X_moved = X * (1.0 + eps * rng.uniform(-1, 1, X.shape))
        y_moved = y * (1.0 + eps * rng.uniform(-1, 1, y.shape))
        solutions.append(reference.ridge(X_moved, y_moved, alpha, fit_intercept=False)[0])
    return solutions
