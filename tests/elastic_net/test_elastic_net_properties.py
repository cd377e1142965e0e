"""What must hold of the elastic net whatever the data: units, order, limits, for drawn problems."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import elltwo
from elastic_net_reference import Array, Problem, alpha_max, certificate
from random_examples import examples

sizes = st.tuples(st.integers(2, 25), st.integers(1, 30))
seeds = st.integers(0, 10**6)
ratios = st.sampled_from([1.0, 0.7, 0.2])
shares = st.sampled_from([0.7, 0.2, 0.03])
powers = st.integers(-8, 8).map(lambda k: 2.0**k)


def posed(size: tuple[int, int], seed: int, ratio: float, share: float) -> Problem:
    """A drawn problem at a share of its alpha_max."""
    rng = np.random.default_rng(seed)
    n, p = size
    X = rng.standard_normal((n, p)) * rng.uniform(0.5, 2.0, p) + rng.standard_normal(p)
    y = X[:, : min(3, p)].sum(axis=1) + rng.standard_normal(n) + 2.0
    problem = Problem(X, y, 1.0, ratio, sample_weight=rng.uniform(0.1, 2.0, n))
    return problem.at(share * alpha_max(problem))


def fitted(problem: Problem, **changes: Any) -> elltwo.ElasticNetFit:  # noqa: ANN401
    options = problem.options | {"X": problem.X, "y": problem.y} | changes
    return elltwo.elastic_net(**options)


def assert_close(found: Array, wanted: Array, rel: float = 1e-9) -> None:
    scale = np.abs(wanted).max(initial=0.0)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=rel * scale + 1e-300)


@examples(60)
@given(sizes, seeds, ratios, shares)
def test_certified(size: tuple[int, int], seed: int, ratio: float, share: float) -> None:
    problem = posed(size, seed, ratio, share)
    fit = fitted(problem)
    found = certificate(problem, fit.coef, fit.intercept)
    assert found.gap <= 1e-12
    assert found.violation <= 1e-9


@examples(40)
@given(sizes, seeds, ratios, shares, powers)
def test_powers_of_two_of_y_change_no_bit(
    size: tuple[int, int], seed: int, ratio: float, share: float, unit: float
) -> None:
    """(y, alpha l1_ratio) in other units: b scales; of the lasso alpha with y."""
    problem = posed(size, seed, 1.0, share)
    fit = fitted(problem)
    scaled = fitted(problem, y=problem.y * unit, alpha=problem.alpha * unit)
    assert np.array_equal(scaled.coef, fit.coef * unit)
    assert scaled.intercept == fit.intercept * unit
    del ratio


@examples(40)
@given(sizes, seeds, ratios, shares, powers)
def test_powers_of_four_of_weights_and_alpha_change_no_bit(
    size: tuple[int, int], seed: int, ratio: float, share: float, root: float
) -> None:
    """Rows are multiplied by the roots of their weights."""
    problem = posed(size, seed, ratio, share)
    fit, unit = fitted(problem), root * root
    scaled = fitted(problem, sample_weight=problem.weights * unit, alpha=problem.alpha * unit)
    assert np.array_equal(scaled.coef, fit.coef)
    assert scaled.intercept == fit.intercept


@examples(40)
@given(sizes, seeds, shares, powers)
def test_columns_in_other_units(
    size: tuple[int, int], seed: int, share: float, unit: float
) -> None:
    """X and alpha of the lasso by a power of two: b the other way, no bit changed."""
    problem = posed(size, seed, 1.0, share)
    fit = fitted(problem)
    scaled = fitted(problem, X=problem.X * unit, alpha=problem.alpha * unit)
    assert np.array_equal(scaled.coef * unit, fit.coef)
    assert scaled.intercept == fit.intercept


@examples(40)
@given(sizes, seeds, ratios, shares)
def test_a_factor_is_a_unit_of_a_column(
    size: tuple[int, int], seed: int, ratio: float, share: float
) -> None:
    """|b_j| f_j is |b_j / s| where x_j is divided by f_j."""
    problem = posed(size, seed, 1.0, share)
    factors = np.random.default_rng(seed).uniform(0.5, 2.0, size[1])
    fit = fitted(problem, penalty_factors=factors)
    scaled = fitted(problem, X=problem.X / factors)
    assert_close(scaled.coef, fit.coef * factors)
    del ratio


@examples(40)
@given(sizes, seeds, ratios, shares)
def test_order_of_columns_and_rows(
    size: tuple[int, int], seed: int, ratio: float, share: float
) -> None:
    problem = posed(size, seed, ratio, share)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(size[0]), rng.permutation(size[1])
    fit = fitted(problem)
    shuffled = fitted(
        problem,
        X=problem.X[np.ix_(rows, columns)],
        y=problem.y[rows],
        sample_weight=problem.weights[rows],
    )
    assert_close(shuffled.coef, fit.coef[columns])
    assert np.array_equal(shuffled.coef != 0, fit.coef[columns] != 0)


@examples(40)
@given(sizes, seeds, ratios, shares)
def test_weights_are_repetition(
    size: tuple[int, int], seed: int, ratio: float, share: float
) -> None:
    problem = posed(size, seed, ratio, share)
    counts = np.random.default_rng(seed).integers(0, 4, size[0])
    assume(counts.sum() > 0)
    weighted = fitted(problem, sample_weight=counts.astype(float))
    rows = np.repeat(np.arange(size[0]), counts)
    written = fitted(problem, X=problem.X[rows], y=problem.y[rows], sample_weight=None)
    assert_close(written.coef, weighted.coef)


@examples(40)
@given(sizes, seeds, ratios, shares)
def test_rows_in_two_halves_of_their_weight(
    size: tuple[int, int], seed: int, ratio: float, share: float
) -> None:
    problem = posed(size, seed, ratio, share)
    fit = fitted(problem)
    split = fitted(
        problem,
        X=np.vstack([problem.X, problem.X]),
        y=np.r_[problem.y, problem.y],
        sample_weight=np.r_[0.25 * problem.weights, 0.75 * problem.weights],
    )
    assert_close(split.coef, fit.coef)


@examples(30)
@given(sizes, seeds, shares)
def test_small_ratios_tend_to_ridge(size: tuple[int, int], seed: int, share: float) -> None:
    problem = posed(size, seed, 1.0, share)
    w = problem.weights
    ridge = elltwo.ridge(problem.X, problem.y, alpha=problem.alpha, sample_weight=w)
    size_of = np.abs(ridge.coef).max()
    for ratio in (1e-6, 1e-9):
        fit = fitted(problem, l1_ratio=ratio)
        assert np.abs(fit.coef - ridge.coef).max() <= 1e3 * ratio * (size_of + 1)


@examples(30)
@given(sizes, seeds, shares)
def test_ratio_zero_is_ridge_to_the_bit(size: tuple[int, int], seed: int, share: float) -> None:
    problem = posed(size, seed, 1.0, share)
    for weight in (problem.sample_weight, None):
        fit = fitted(problem, l1_ratio=0.0, sample_weight=weight)
        ridge = elltwo.ridge(problem.X, problem.y, alpha=problem.alpha, sample_weight=weight)
        assert np.array_equal(fit.coef, ridge.coef)
        assert fit.intercept == ridge.intercept


@examples(30)
@given(st.tuples(st.integers(12, 25), st.integers(1, 6)), seeds, ratios)
def test_small_alphas_tend_to_least_squares(size: tuple[int, int], seed: int, ratio: float) -> None:
    problem = posed(size, seed, ratio, 1e-9)
    least = elltwo.ridge(problem.X, problem.y, alpha=0.0, sample_weight=problem.sample_weight)
    assert_close(fitted(problem).coef, least.coef, 1e-5)


@examples(40)
@given(sizes, seeds, ratios, shares)
def test_positive_on_flipped_columns(
    size: tuple[int, int], seed: int, ratio: float, share: float
) -> None:
    """Where the signs of a fit are made positive, holding them so changes nothing."""
    problem = posed(size, seed, ratio, share)
    fit = fitted(problem)
    flip = np.where(fit.coef < 0, -1.0, 1.0)
    held = fitted(problem, X=problem.X * flip, bounds=(0, None))
    assert np.all(held.coef >= 0)
    assert_close(held.coef, np.abs(fit.coef))


@examples(40)
@given(sizes, seeds, ratios, st.floats(1.0, 1e6))
def test_all_zero_from_alpha_max_on(
    size: tuple[int, int], seed: int, ratio: float, times: float
) -> None:
    problem = posed(size, seed, ratio, 1.0)
    fit = fitted(problem, alpha=problem.alpha * times * (1 + 1e-9))
    assert np.array_equal(fit.coef, np.zeros(size[1]))
    mean = np.average(problem.y, weights=problem.weights)
    assert fit.intercept == pytest.approx(mean, rel=1e-14)
    assert fit.info.gap <= 1e-14
    assert fit.info.n_active == 0


@examples(40)
@given(sizes, seeds, ratios, shares)
def test_priors_shift_the_problem(
    size: tuple[int, int], seed: int, ratio: float, share: float
) -> None:
    problem = posed(size, seed, ratio, share)
    prior = np.random.default_rng(seed).standard_normal(size[1])
    fit = fitted(problem, prior_mean=prior)
    shifted = fitted(problem, y=problem.y - problem.X @ prior)
    assert_close(fit.coef - prior, shifted.coef, 1e-8)
    assert np.array_equal(fit.coef == prior, shifted.coef == 0)


@examples(40)
@given(sizes, seeds, ratios, shares)
def test_bounds_that_do_not_bind_change_nothing(
    size: tuple[int, int], seed: int, ratio: float, share: float
) -> None:
    problem = posed(size, seed, ratio, share)
    fit = fitted(problem)
    wide = np.abs(fit.coef).max() * 2 + 1
    assert_close(fitted(problem, bounds=(-wide, wide)).coef, fit.coef)


@examples(30)
@given(sizes, seeds, ratios)
def test_the_penalty_falls_as_alpha_grows(size: tuple[int, int], seed: int, ratio: float) -> None:
    problem = posed(size, seed, ratio, 1.0)
    path = elltwo.elastic_net_path(problem.X, problem.y, n_alphas=15, **problem.path_options)
    norm = ratio * np.abs(path.coef).sum(axis=1) + (1 - ratio) / 2 * (path.coef**2).sum(axis=1)
    assert np.all(np.diff(norm) >= -1e-9 * norm.max())
    assert np.all(np.diff(path.rss) <= 1e-9 * path.rss.max())
    assert np.all(np.diff(path.objective) <= 1e-12 * path.objective.max())
