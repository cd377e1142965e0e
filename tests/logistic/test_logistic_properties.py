"""What any logistic fit must satisfy, for random shapes, options and data (Hypothesis)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import elltwo
import logistic_problems
import logistic_reference as reference
from random_examples import examples

if TYPE_CHECKING:
    from logistic_reference import Array, Problem

EXAMPLES = 12


@dataclass(frozen=True)
class Case:
    """A problem with integer weights, some of them zero, and a generator for more numbers."""

    problem: Problem
    rng: np.random.Generator


@st.composite
def cases(draw: st.DrawFn, max_samples: int = 40, max_features: int = 12) -> Case:
    """Shapes on both sides of n = p; two to four classes, each with a row of some weight."""
    n_classes = draw(st.integers(2, 4))
    n = draw(st.integers(2 * n_classes, max_samples))
    p = draw(st.integers(1, max_features))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    weight = rng.integers(0, 4, n).astype(np.float64)
    weight[:n_classes] = 1.0
    problem = logistic_problems.draw(n, p, n_classes, seed, signal=2.0)
    outputs = problem.n_outputs
    X = problem.X * rng.uniform(0.5, 2.0, p) + rng.standard_normal(p)
    changed = replace(
        problem,
        X=X,
        alpha=draw(st.sampled_from([0.05, 1.0, 50.0])),
        sample_weight=weight,
        penalty_factors=rng.uniform(0.25, 4.0, p),
        offset=rng.standard_normal((n, outputs)) if draw(st.booleans()) else None,
        fit_intercept=draw(st.booleans()),
    )
    return Case(changed, rng)


def fit(problem: Problem, **options: Any) -> elltwo.LogisticFit:  # noqa: ANN401
    options = logistic_problems.options_of(problem) | options
    return elltwo.logistic(problem.X, problem.label, **options)


def assert_same(found: elltwo.LogisticFit, coef: Array, intercept: Any) -> None:  # noqa: ANN401
    """Equal to 1e-8 of the largest number in the fit."""
    scale = max(np.abs(coef).max(), np.abs(intercept).max(), 1e-3)
    assert np.abs(found.coef - coef).max() <= 1e-8 * scale
    assert np.abs(found.intercept - intercept).max() <= 1e-8 * scale


@examples(EXAMPLES)
@given(cases())
def test_gradient_is_zero_and_optimality_is_what_it_says(case: Case) -> None:
    found = fit(case.problem)
    residual = reference.optimality(case.problem, found.coef, found.intercept)
    assert found.info.status == "converged"
    assert 0.0 <= found.info.optimality <= found.info.tolerance
    assert residual <= 2 * found.info.tolerance


@examples(EXAMPLES)
@given(cases(), st.integers(0, 2**32 - 1))
def test_no_neighbour_has_a_lower_objective(case: Case, seed: int) -> None:
    found = fit(case.problem)
    best = reference.objective(case.problem, found.coef, found.intercept)
    rng = np.random.default_rng(seed)
    coef_step = rng.standard_normal(np.shape(found.coef))
    bias_step = rng.standard_normal(np.shape(found.intercept)) * case.problem.fit_intercept
    for size in (1e-2, 1e-6):
        coef, intercept = found.coef + size * coef_step, found.intercept + size * bias_step
        assert reference.objective(case.problem, coef, intercept) > best


@examples(EXAMPLES)
@given(cases())
def test_a_weight_is_a_repeated_row(case: Case) -> None:
    problem = case.problem
    weight = np.asarray(problem.sample_weight).astype(int)
    rows = np.repeat(np.arange(len(weight)), weight)
    repeated = replace(
        problem,
        X=problem.X[rows],
        label=problem.label[rows],
        sample_weight=None,
        offset=None if problem.offset is None else problem.offset[rows],
    )
    plain = fit(problem)
    assert_same(fit(repeated), plain.coef, plain.intercept)


@examples(EXAMPLES)
@given(cases(), st.sampled_from([1e-6, 0.3, 7.0, 1e9]))
def test_weights_scaled_together_with_alpha_change_nothing(case: Case, c: float) -> None:
    problem, plain = case.problem, fit(case.problem)
    weight = c * np.asarray(problem.sample_weight)
    scaled = replace(problem, sample_weight=weight, alpha=c * problem.alpha)
    assert_same(fit(scaled), plain.coef, plain.intercept)


@examples(EXAMPLES)
@given(cases())
def test_order_of_rows_does_not_matter(case: Case) -> None:
    problem, plain = case.problem, fit(case.problem)
    order = case.rng.permutation(len(problem.X))
    moved = replace(
        problem,
        X=problem.X[order],
        label=problem.label[order],
        sample_weight=np.asarray(problem.sample_weight)[order],
        offset=None if problem.offset is None else problem.offset[order],
    )
    assert_same(fit(moved), plain.coef, plain.intercept)


@examples(EXAMPLES)
@given(cases())
def test_order_of_columns_does_not_matter(case: Case) -> None:
    problem, plain = case.problem, fit(case.problem)
    order = case.rng.permutation(problem.X.shape[1])
    factors = np.asarray(problem.penalty_factors)[order]
    moved = replace(problem, X=problem.X[:, order], penalty_factors=factors)
    assert_same(fit(moved), plain.coef[..., order], plain.intercept)


@examples(EXAMPLES)
@given(cases())
def test_order_of_classes_does_not_matter(case: Case) -> None:
    """Two classes that change places change the sign of the one row of coefficients."""
    problem, plain = case.problem, fit(case.problem)
    order = case.rng.permutation(problem.n_classes)  # class k becomes class order[k]
    if problem.n_classes == 2:
        sign = 1 - 2 * (order[0] == 1)
        offset = None if problem.offset is None else sign * problem.offset
        renamed = replace(problem, label=order[problem.label], offset=offset)
        assert_same(fit(renamed), sign * plain.coef, sign * plain.intercept)
        return
    places = np.argsort(order)
    offset = None if problem.offset is None else problem.offset[:, places]
    renamed = replace(problem, label=order[problem.label], offset=offset)
    assert_same(fit(renamed), plain.coef[places], np.asarray(plain.intercept)[places])


@examples(EXAMPLES)
@given(cases(), st.floats(-20, 20))
def test_a_constant_offset_moves_the_intercept_alone(case: Case, shift: float) -> None:
    """Of more than two classes, a shift of one class less its mean, for intercepts sum to zero."""
    problem = replace(case.problem, fit_intercept=True)
    offset = np.zeros((len(problem.X), problem.n_outputs))
    offset = offset if problem.offset is None else problem.offset
    shifts = np.zeros(problem.n_outputs)
    shifts[-1] = shift
    plain, moved = fit(problem), fit(replace(problem, offset=offset + shifts))
    expected = plain.intercept - shifts[0] if problem.n_outputs == 1 else plain.intercept - shifts
    expected = expected + (shifts.mean() if problem.n_outputs > 1 else 0.0)
    scale = max(np.abs(plain.coef).max(), np.abs(plain.intercept).max(), abs(shift), 1e-3)
    assert np.abs(moved.coef - plain.coef).max() <= 1e-8 * scale
    assert np.abs(moved.intercept - expected).max() <= 1e-8 * scale


@examples(EXAMPLES)
@given(cases())
def test_scaled_columns_with_matching_factors_change_units_only(case: Case) -> None:
    """X_j s_j with f_j s_j^2 has the coefficients b_j / s_j."""
    problem, plain = case.problem, fit(case.problem)
    s = 2.0 ** case.rng.integers(-20, 20, problem.X.shape[1])
    factors = np.asarray(problem.penalty_factors) * s**2
    scaled = fit(replace(problem, X=problem.X * s, penalty_factors=factors))
    scale = max(np.abs(plain.coef).max(), 1e-3)
    assert np.abs(scaled.coef * s - plain.coef).max() <= 1e-8 * scale


@examples(EXAMPLES)
@given(cases())
def test_infinite_alpha_is_the_fit_of_the_intercept(case: Case) -> None:
    problem = replace(case.problem, offset=None)
    found = fit(replace(problem, alpha=np.inf))
    weight = np.asarray(problem.sample_weight)
    log_share = np.log(np.bincount(problem.label, weight))
    single = log_share[1] - log_share[0]
    expected = single if problem.n_classes == 2 else log_share - log_share.mean()
    assert not found.coef.any()
    assert np.abs(found.intercept - expected * problem.fit_intercept).max() <= 1e-12
    near = fit(replace(problem, alpha=1e18))
    assert np.abs(near.coef).max() <= 1e-14
    assert np.abs(near.intercept - found.intercept).max() <= 1e-12


@examples(EXAMPLES)
@given(cases())
def test_prior_means_shift_the_offset(case: Case) -> None:
    """Coefficients about m with offset o are m plus coefficients about zero with offset o + X m."""
    problem = case.problem
    mean = case.rng.standard_normal((problem.n_outputs, problem.X.shape[1]))
    offset = np.zeros((len(problem.X), 1)) if problem.offset is None else problem.offset
    about = fit(replace(problem, prior_mean=mean))
    shifted = fit(replace(problem, offset=offset + problem.X @ mean.T))
    expected = shifted.coef + mean.reshape(np.shape(shifted.coef))
    assert_same(about, expected, shifted.intercept)


@examples(EXAMPLES)
@given(cases())
def test_two_classes_are_a_softmax_of_two(case: Case) -> None:
    """Coefficients +- b / 2 of two softmax rows cost half the penalty: alpha twice as large."""
    if case.problem.n_classes > 2:
        return
    problem = replace(case.problem, offset=None)
    found = fit(problem)
    half = np.vstack([-found.coef, found.coef]) / 2
    bias = np.array([-found.intercept, found.intercept]) / 2
    twice = replace(problem, alpha=2 * problem.alpha)
    z = reference.predictor(replace(twice, n_classes=3), half, bias)
    weight = np.asarray(problem.sample_weight)
    resid = weight[:, None] * reference.residuals(z, problem.label)
    slope = twice.penalty * half - resid.T @ problem.X
    size = np.sqrt(weight @ problem.X**2) * np.sqrt((resid**2).sum())
    assert np.abs(slope).max() <= 1e-9 * size.max()


@examples(10)
@given(cases(max_samples=400, max_features=30), st.sampled_from([np.float64, np.float32]))
def test_thread_count_changes_no_bit(case: Case, dtype: type) -> None:
    X: Array = case.problem.X.astype(dtype)
    fits = [fit(replace(case.problem, X=X), n_threads=threads) for threads in (1, 2, 3, None)]
    for found in fits[1:]:
        assert found.coef.tobytes() == fits[0].coef.tobytes()
        assert np.array_equal(found.intercept, fits[0].intercept)
