"""Units do not matter to logistic regression: squares neither overflow nor underflow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
import logistic_problems as problems
import reference

if TYPE_CHECKING:
    from logistic_reference import Array, Problem

# Powers of two: scaling the data by them rounds nothing, so the digits must stay the same.
TINY, HUGE = 2.0**-664, 2.0**498  # about 1e-200 and 1e150
SHAPES = [(60, 5, 2), (60, 5, 3), (30, 50, 2), (30, 50, 3)]
each_shape = pytest.mark.parametrize("shape", SHAPES)


def fit(problem: Problem, **options: Any) -> elltwo.LogisticFit:  # noqa: ANN401
    return elltwo.logistic(problem.X, problem.label, **problems.options_of(problem) | options)


def assert_scaled(
    scaled: elltwo.LogisticFit, plain: elltwo.LogisticFit, units: float | Array
) -> None:
    """The fit to X * units is the fit to X in other units."""
    assert scaled.info.status == "converged"
    assert reference.relative_error(scaled.coef * units, plain.coef) <= 1e-9
    assert reference.relative_error(scaled.intercept, plain.intercept) <= 1e-9


@each_shape
@pytest.mark.parametrize("x", [2.0**-500, 2.0**-27, 2.0**27, 2.0**498])
def test_units_of_x_and_alpha(shape: tuple[int, int, int], x: float) -> None:
    """The penalty counts in squares of X."""
    problem = replace(problems.draw(*shape, seed=41), alpha=1.5)
    scaled = replace(problem, X=problem.X * x, alpha=1.5 * x * x)
    assert_scaled(fit(scaled), fit(problem), x)


@each_shape
@pytest.mark.parametrize("w", [2.0**-996, 2.0**-27, 2.0**27, 2.0**996])
def test_units_of_weights_and_alpha(shape: tuple[int, int, int], w: float) -> None:
    weight: Array = np.linspace(0.5, 2.0, shape[0])
    problem = replace(problems.draw(*shape, seed=42), sample_weight=weight)
    scaled = replace(problem, sample_weight=weight * w, alpha=w)
    assert_scaled(fit(scaled), fit(problem), 1.0)


@pytest.mark.parametrize("shape", SHAPES[:2])
@pytest.mark.parametrize("big", [2.0**-332, 2.0**27, 2.0**332])
def test_one_column_in_other_units(shape: tuple[int, int, int], big: float) -> None:
    """One unpenalised column of 1e-100, 1e8 or 1e100 costs the other columns nothing."""
    problem = replace(
        problems.draw(*shape, seed=43), penalty_factors=np.r_[1.0, 0.0, 1.0, 1.0, 1.0]
    )
    units = np.r_[1.0, big, 1.0, 1.0, 1.0]
    assert_scaled(fit(replace(problem, X=problem.X * units)), fit(problem), units)


@pytest.mark.parametrize("shape", SHAPES[:2])
@pytest.mark.parametrize("x", [TINY, HUGE])
def test_likelihood_alone_in_other_units(shape: tuple[int, int, int], x: float) -> None:
    problem = replace(problems.draw(*shape, seed=44), alpha=0.0)
    assert_scaled(fit(replace(problem, X=problem.X * x)), fit(problem), x)


@each_shape
def test_penalty_that_dwarfs_the_data(shape: tuple[int, int, int]) -> None:
    """X of 1e-200 beside alpha 1: b = X'(y - p) / alpha with the shares of the classes as p."""
    problem = problems.draw(*shape, seed=45)
    found = fit(replace(problem, X=problem.X * TINY))
    share = np.bincount(problem.label) / shape[0]
    is_class = problem.label[:, None] == np.arange(shape[2])
    expected = ((is_class - share).T @ problem.X)[1 if shape[2] == 2 else slice(None)]
    assert reference.relative_error(found.coef / TINY, expected) <= 1e-11
    log_odds = np.log(share) - np.log(share).mean()
    bias = np.log(share[1] / share[0]) if shape[2] == 2 else log_odds
    assert reference.relative_error(found.intercept, bias) <= 1e-11


@pytest.mark.parametrize("shape", SHAPES[:2])
def test_data_that_dwarf_the_penalty(shape: tuple[int, int, int]) -> None:
    problem = problems.draw(*shape, seed=46)
    assert_scaled(fit(replace(problem, X=problem.X * HUGE)), fit(replace(problem, alpha=0.0)), HUGE)


@each_shape
@pytest.mark.parametrize("alpha", [1e200, 1e300])
def test_coefficients_fall_as_one_over_large_penalties(
    shape: tuple[int, int, int], alpha: float
) -> None:
    problem = problems.draw(*shape, seed=47)
    near = fit(replace(problem, alpha=1e100))
    far = fit(replace(problem, alpha=alpha))
    assert reference.relative_error(far.coef * (alpha / 1e100), near.coef) <= 1e-9


@pytest.mark.parametrize("shape", SHAPES[:2])
def test_tiny_penalties_are_no_penalty(shape: tuple[int, int, int]) -> None:
    problem = problems.draw(*shape, seed=48)
    plain = fit(replace(problem, alpha=0.0))
    for alpha in (1e-300, 1e-100, 1e-20):
        assert_scaled(fit(replace(problem, alpha=alpha)), plain, 1.0)


@pytest.mark.parametrize("shift", [1e3, 1e6])
@pytest.mark.parametrize("shape", SHAPES)
def test_means_move_the_intercept_alone(shape: tuple[int, int, int], shift: float) -> None:
    """Integers, so that shifting rounds nothing."""
    problem = problems.draw(*shape, seed=49)
    problem = replace(problem, X=np.round(8 * problem.X))
    plain, moved = fit(problem), fit(replace(problem, X=problem.X + shift))
    assert reference.relative_error(moved.coef, plain.coef) <= 1e-8
    expected = plain.intercept - shift * plain.coef.sum(axis=-1)
    size = np.abs(plain.intercept).max() + shift * np.abs(plain.coef).sum(axis=-1).max()
    assert np.abs(moved.intercept - expected).max() <= 1e-8 * size


@each_shape
@pytest.mark.parametrize("x", [2.0**-100, 1.0, 2.0**60])
def test_float32_in_other_units(shape: tuple[int, int, int], x: float) -> None:
    """Squares of float32 data fit into no float32."""
    problem = problems.draw(*shape, seed=50)
    X: Array = problem.X.astype(np.float32)
    double = fit(replace(problem, X=X.astype(np.float64)))
    single = fit(replace(problem, X=X * np.float32(x), alpha=x * x))
    assert single.coef.dtype == np.float32
    assert reference.relative_error(single.coef.astype(float) * x, double.coef) <= 3e-7


@pytest.mark.parametrize("shape", SHAPES)
def test_infinite_penalty_leaves_the_intercepts(shape: tuple[int, int, int]) -> None:
    problem = problems.draw(*shape, seed=51)
    found = fit(replace(problem, alpha=np.inf))
    assert not found.coef.any()
    near = fit(replace(problem, alpha=1e18))
    assert np.abs(near.coef).max() <= 1e-15
    assert reference.relative_error(near.intercept, found.intercept) <= 1e-11
