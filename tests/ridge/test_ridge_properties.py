"""What any ridge fit must satisfy, for random shapes, options and data (Hypothesis)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import elltwo
import reference
from random_examples import examples

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Problem:
    """One random regression with integer weights, some of them zero."""

    X: Array
    y: Array
    alpha: float
    weight: Array
    factors: Array
    fit_intercept: bool


@st.composite
def problems(draw: st.DrawFn, max_samples: int = 60, max_features: int = 45) -> Problem:
    """Shapes on both sides of n = p, with columns of unequal size and a mean."""
    n = draw(st.integers(3, max_samples))
    p = draw(st.integers(1, max_features))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    weight = rng.integers(0, 4, n).astype(np.float64)
    weight[:2] = 1.0
    return Problem(
        X=rng.standard_normal((n, p)) * rng.uniform(0.5, 2.0, p) + rng.standard_normal(p),
        y=rng.standard_normal(n) + 3.0,
        alpha=draw(st.sampled_from([0.05, 1.0, 50.0])),
        weight=weight,
        factors=rng.uniform(0.25, 4.0, p),
        fit_intercept=draw(st.booleans()),
    )


def fit_problem(problem: Problem, **changes: ArrayLike | None) -> elltwo.RidgeFit:
    """Fit with every option of the problem, some of them changed."""
    options: dict[str, Any] = {
        "alpha": problem.alpha,
        "sample_weight": problem.weight,
        "penalty_factors": problem.factors,
        "fit_intercept": problem.fit_intercept,
    } | changes
    return elltwo.ridge(options.pop("X", problem.X), options.pop("y", problem.y), **options)


def assert_same(a: elltwo.RidgeFit, b: elltwo.RidgeFit, rtol: float = 1e-11) -> None:
    """Equal to rtol of the largest number in the fit."""
    scale = max(np.abs(b.coef).max(), np.abs(b.intercept).max())
    assert np.abs(a.coef - b.coef).max() <= rtol * scale
    assert np.abs(a.intercept - b.intercept).max() <= rtol * scale


@examples(40)
@given(problems(), st.sampled_from([1e-6, 0.3, 7.0, 1e9]))
def test_weights_scaled_together_with_alpha_change_nothing(problem: Problem, c: float) -> None:
    scaled = fit_problem(problem, sample_weight=problem.weight * c, alpha=problem.alpha * c)
    assert_same(scaled, fit_problem(problem))


@examples(40)
@given(problems())
def test_a_weight_is_a_repeated_row(problem: Problem) -> None:
    rows = np.repeat(np.arange(len(problem.y)), problem.weight.astype(int))
    repeated = fit_problem(problem, X=problem.X[rows], y=problem.y[rows], sample_weight=None)
    assert_same(repeated, fit_problem(problem))


@examples(40)
@given(problems())
def test_a_zero_weight_leaves_the_row_out(problem: Problem) -> None:
    """Whatever finite numbers stand in it."""
    kept = problem.weight > 0
    X, y = problem.X.copy(), problem.y.copy()
    X[~kept] *= 1e12
    y[~kept] = -1e12
    without = fit_problem(
        problem, X=problem.X[kept], y=problem.y[kept], sample_weight=problem.weight[kept]
    )
    assert_same(fit_problem(problem, X=X, y=y), without)


@examples(40)
@given(problems(), st.floats(-100, 100), st.floats(-100, 100))
def test_shifts_end_up_in_the_intercept(problem: Problem, x_shift: float, y_shift: float) -> None:
    fit = fit_problem(problem, fit_intercept=True)
    shifted = fit_problem(problem, X=problem.X + x_shift, y=problem.y + y_shift, fit_intercept=True)
    scale = max(1.0, np.abs(fit.coef).max())
    assert np.abs(shifted.coef - fit.coef).max() <= 1e-10 * scale
    expected = fit.intercept + y_shift - x_shift * fit.coef.sum()
    magnitude = 100 * (1.0 + np.abs(fit.coef).sum())
    assert abs(shifted.intercept - expected) <= 1e-10 * magnitude


@examples(40)
@given(problems())
def test_scaled_columns_with_matching_factors_change_units_only(problem: Problem) -> None:
    """X_j s_j with f_j s_j^2 has the coefficients b_j / s_j."""
    s = 2.0 ** np.random.default_rng(0).integers(-20, 20, problem.X.shape[1])
    scaled = fit_problem(problem, X=problem.X * s, penalty_factors=problem.factors * s**2)
    fit = fit_problem(problem)
    assert np.abs(scaled.coef * s - fit.coef).max() <= 1e-10 * np.abs(fit.coef).max()


@examples(40)
@given(problems(max_samples=30, max_features=30))
def test_primal_equals_dual(problem: Problem) -> None:
    """Rows of zero weight make n exceed p: the same problem by normal equations of p columns."""
    n_padding = problem.X.shape[1] + 5
    padded = fit_problem(
        problem,
        X=np.vstack([problem.X, np.ones((n_padding, problem.X.shape[1]))]),
        y=np.r_[problem.y, np.ones(n_padding)],
        sample_weight=np.r_[problem.weight, np.zeros(n_padding)],
    )
    assert_same(padded, fit_problem(problem))


@examples(40)
@given(problems(max_samples=40, max_features=30), st.booleans())
def test_alpha_zero_is_minimum_norm_least_squares(problem: Problem, duplicate: bool) -> None:
    X = np.hstack([problem.X, problem.X[:, :1]]) if duplicate else problem.X
    weight, fit_intercept = problem.weight, problem.fit_intercept
    fit = elltwo.ridge(X, problem.y, alpha=0.0, sample_weight=weight, fit_intercept=fit_intercept)
    coef, intercept, rank = reference.min_norm(
        X, problem.y, sample_weight=weight, fit_intercept=fit_intercept
    )
    conditioning = condition_number(X, weight, fit_intercept)
    tolerance = 1e-13 * conditioning**2  # the worst that least squares theory allows
    scale = max(np.abs(coef).max(), abs(intercept), 1.0)
    assert fit.info.rank == rank
    assert np.abs(fit.coef - coef).max() <= tolerance * scale
    assert abs(fit.intercept - intercept) <= tolerance * scale


def condition_number(X: Array, sample_weight: Array, fit_intercept: bool) -> float:
    """Ratio of the largest to the smallest singular value that is not rounding noise."""
    mean = np.average(X, axis=0, weights=sample_weight) if fit_intercept else 0.0
    s = np.linalg.svd(np.sqrt(sample_weight)[:, None] * (X - mean), compute_uv=False)
    return float(s[0] / s[s > 1e-12 * s[0]].min())


@examples(40)
@given(problems())
def test_infinite_alpha_is_the_mean(problem: Problem) -> None:
    fit = fit_problem(problem, alpha=np.inf)
    mean = np.average(problem.y, weights=problem.weight) if problem.fit_intercept else 0.0
    assert not fit.coef.any()
    assert fit.intercept == pytest.approx(mean, rel=1e-14)


@examples(40)
@given(problems())
def test_large_alpha_tends_to_infinite_alpha(problem: Problem) -> None:
    near = fit_problem(problem, alpha=1e18)
    at = fit_problem(problem, alpha=np.inf)
    assert np.abs(near.coef).max() <= 1e-12
    assert near.intercept == pytest.approx(at.intercept, rel=1e-12, abs=1e-12)


@examples(40)
@given(problems(max_samples=700, max_features=60), st.sampled_from([np.float64, np.float32]))
def test_thread_count_changes_no_bit(problem: Problem, dtype: type) -> None:
    X: Array = problem.X.astype(dtype)
    fits = [fit_problem(problem, X=X, n_threads=threads) for threads in (1, 2, 3, None)]
    for fit in fits[1:]:
        assert fit.coef.tobytes() == fits[0].coef.tobytes()
        assert fit.intercept == fits[0].intercept


@examples(40)
@given(problems())
def test_float32_data_lose_only_their_own_rounding(problem: Problem) -> None:
    """A float32 X costs what rounding X costs; its coefficients are rounded once."""
    X = problem.X.astype(np.float32)
    single = fit_problem(problem, X=X)
    double = fit_problem(problem, X=X.astype(np.float64))
    assert single.coef.dtype == np.float32
    assert_same(single, double, rtol=2e-7)


@examples(15)
@given(problems(max_samples=25, max_features=12))
def test_optimality_is_what_it_says(problem: Problem) -> None:
    """The KKT residual, recomputed in 50 digits, is below the tolerance that was promised."""
    fit = fit_problem(problem, fit_intercept=True, penalty_factors=None)
    residual = reference.kkt_residual(
        problem.X, problem.y, fit.coef, float(fit.intercept), problem.alpha, problem.weight
    )
    assert fit.info.status == "converged"
    assert 0.0 <= fit.info.optimality <= fit.info.tolerance
    assert residual <= fit.info.tolerance


@examples(15)
@given(problems(max_samples=25, max_features=12), st.integers(0, 2**32 - 1))
def test_no_neighbour_has_a_lower_objective(problem: Problem, seed: int) -> None:
    fit = fit_problem(problem, fit_intercept=True)

    def objective(coef: Array, intercept: Array) -> float:
        return reference.objective(
            problem.X,
            problem.y,
            coef,
            intercept,
            problem.alpha,
            penalty_factors=problem.factors,
            sample_weight=problem.weight,
        )

    best = objective(fit.coef, np.asarray(fit.intercept))
    step = np.random.default_rng(seed).standard_normal(fit.coef.size + 1)
    for size in (1e-2, 1e-5):
        assert objective(fit.coef + size * step[1:], fit.intercept + size * step[0]) > best
