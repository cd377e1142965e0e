"""ridge_batch: every problem's fit is the one that ridge makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import elltwo
import reference
from batch_problems import draw

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array: TypeAlias = NDArray[Any]


def own(value: Any, k: int, batch: int) -> Any:  # noqa: ANN401
    """Problem k's part of what may be shared by all."""
    return value[k] if np.ndim(value) and len(value) == batch else value


def check_equals_ridge(
    X: Array,
    y: Array,
    alpha: ArrayLike = 1.0,
    tolerance: float = 2e-13,
    **options: Any,  # noqa: ANN401
) -> elltwo.BatchFit:
    """Fit a batch and hold each problem of it against ridge's fit."""
    fit = elltwo.ridge_batch(X, y, alpha=alpha, **options)
    weight = options.pop("sample_weight", None)
    for k in range(len(y)):
        wanted = elltwo.ridge(
            X[k] if X.ndim == 3 else X,
            y[k],
            alpha=own(alpha, k, len(y)),
            sample_weight=weight[k] if np.ndim(weight) == 2 else weight,
            **options,
        )
        size = np.abs(wanted.coef).max() or 1.0
        assert np.abs(fit.coef[k] - wanted.coef).max() <= tolerance * size
        level = np.abs(y[k]).max() + np.abs(wanted.coef).max() * np.abs(X[k % len(X)]).max()
        assert np.abs(fit.intercept[k] - wanted.intercept).max() <= tolerance * level
        assert fit.optimality[k] <= 1e-10
        assert 0.0 <= fit.rcond[k] <= 1.0 + 1e-12
    return fit


SHAPES = [
    (11, 20, 4),
    (9, 50, 5),
    (17, 64, 8),
    (8, 65, 9),
    (5, 40, 12),
    (7, 130, 13),
    (9, 100, 16),
    (3, 256, 32),
    (10, 64, 31),
    (2, 90, 33),
    (20, 1, 3),
    (20, 3, 1),
    (6, 4, 9),
    (1, 7, 2),
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_equals_ridge_at_every_shape(shape: tuple[int, int, int], fit_intercept: bool) -> None:
    X, y = draw(*shape)
    fit = check_equals_ridge(X, y, fit_intercept=fit_intercept)
    assert fit.coef.shape == (shape[0], shape[2])
    assert fit.intercept.shape == (shape[0],)


@pytest.mark.parametrize("alpha", [0.0, 1e-6, 3.0, 1e8])
def test_equals_fifty_digits(alpha: float) -> None:
    X, y = draw(9, 25, 4, seed=1)
    fit = elltwo.ridge_batch(X, y, alpha=alpha)
    for k in range(9):
        coef, intercept = reference.ridge(X[k], y[k], alpha)
        assert reference.relative_error(fit.coef[k], coef) < 1e-13
        assert abs(fit.intercept[k] - intercept) < 1e-13


@pytest.mark.parametrize("n_targets", [1, 2, 3, 8, 9])
@pytest.mark.parametrize("p", [3, 11, 20])
def test_several_targets(p: int, n_targets: int) -> None:
    X, y = draw(10, 60, p, seed=2, n_targets=n_targets)
    fit = check_equals_ridge(X, y)
    assert fit.coef.shape == (10, n_targets, p)
    assert fit.intercept.shape == (10, n_targets)


@pytest.mark.parametrize("p", [2, 8, 20])
def test_weights_of_each_problem_and_of_all(p: int) -> None:
    X, y = draw(10, 70, p, seed=3)
    weight = np.random.default_rng(3).integers(0, 4, (10, 70)).astype(float)
    fit = check_equals_ridge(X, y, sample_weight=weight)
    repeated = elltwo.ridge(
        np.repeat(X[4], weight[4].astype(int), axis=0),
        np.repeat(y[4], weight[4].astype(int)),
        alpha=1.0,
    )
    np.testing.assert_allclose(fit.coef[4], repeated.coef, rtol=1e-11, atol=1e-14)
    check_equals_ridge(X, y, sample_weight=weight[0])


def test_penalties_priors_and_penalised_intercepts() -> None:
    X, y = draw(12, 50, 6, seed=4)
    alpha = np.geomspace(1e-3, 1e3, 12)
    check_equals_ridge(X, y, alpha)
    check_equals_ridge(X, y, alpha, penalize_intercept=True)
    check_equals_ridge(X, y, alpha, penalty_factors=[0.0, 1.0, 2.0, 1.0, 0.5, 4.0])
    check_equals_ridge(X, y, alpha, prior_mean=np.arange(6.0), fit_intercept=False)
    check_equals_ridge(X, y, alpha, prior_mean=-1.5, penalize_intercept=True)


def test_pinned_features_and_infinite_penalties() -> None:
    X, y = draw(10, 50, 3, seed=5)
    fit = check_equals_ridge(X, y, penalty_factors=[1.0, np.inf, 1.0], prior_mean=[0.0, 2.0, 0.0])
    assert (fit.coef[:, 1] == 2.0).all()
    alpha = np.where(np.arange(10) == 3, np.inf, 1.0)
    fit = check_equals_ridge(X, y, alpha)
    assert (fit.coef[3] == 0.0).all()
    assert (fit.alpha == alpha).all()


def test_shared_features() -> None:
    X, y = draw(6, 40, 5, seed=6)
    check_equals_ridge(X[0], y)
    check_equals_ridge(X[0], y, np.arange(1.0, 7.0), sample_weight=np.abs(y))


def test_rank_deficient_problems_get_the_minimum_norm() -> None:
    X, y = draw(10, 30, 4, seed=7)
    X[3, :, 2] = X[3, :, 1]
    X[7, :, 0] = 5.0
    fit = elltwo.ridge_batch(X, y, alpha=0.0)
    for k in (3, 7):
        coef, intercept, rank = reference.min_norm(X[k], y[k])
        assert rank == 3
        np.testing.assert_allclose(fit.coef[k], coef, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(fit.intercept[k], intercept, rtol=1e-11)
    check_equals_ridge(np.delete(X, [3, 7], axis=0), np.delete(y, [3, 7], axis=0), 0.0)


def test_fewer_samples_than_features() -> None:
    X, y = draw(9, 5, 8, seed=8)
    check_equals_ridge(X, y, 0.5)
    fit = elltwo.ridge_batch(X, y, alpha=0.0)
    for k in range(9):
        coef, _, _ = reference.min_norm(X[k], y[k])
        np.testing.assert_allclose(fit.coef[k], coef, rtol=1e-10, atol=1e-12)


def test_constant_columns_and_targets() -> None:
    X, y = draw(10, 30, 4, seed=9)
    X[:, :, 1] = 0.1
    y[5] = 0.3
    fit = check_equals_ridge(X, y)
    assert (fit.coef[:, 1] == 0.0).all()
    assert (fit.coef[5] == 0.0).all()
    assert fit.intercept[5] == 0.3


@pytest.mark.parametrize("mean", [1e6, -1e8])
def test_large_means_cost_no_digits(mean: float) -> None:
    X, y = draw(10, 64, 8, seed=10)
    shifted = X + mean
    X = shifted - mean  # what is left of the deviations
    fit = elltwo.ridge_batch(shifted, y + mean, alpha=1.0)
    wanted = elltwo.ridge_batch(X, (y + mean) - mean, alpha=1.0)
    np.testing.assert_allclose(fit.coef, wanted.coef, rtol=1e-12, atol=1e-14)


def test_first_rows_that_misjudge_the_mean_cost_no_digits() -> None:
    X, y = draw(10, 400, 3, seed=11)
    X[4, :8, 1] += 1e9
    fit = check_equals_ridge(X[4:5], y[4:5], tolerance=1e-11)
    coef, _ = reference.ridge(X[4, :100], y[4, :100], 1.0)
    part = elltwo.ridge_batch(X[:, :100], y[:, :100], alpha=1.0)
    assert reference.relative_error(part.coef[4], coef) < 1e-11
    assert fit.optimality[0] < 1e-12


@pytest.mark.parametrize("y_scale", [1e-100, 1.0, 1e100])
@pytest.mark.parametrize("x_scale", [1e-200, 1e-160, 1e160, 1e200])
def test_scales(x_scale: float, y_scale: float) -> None:
    X, y = draw(9, 30, 3, seed=12)
    wanted = elltwo.ridge_batch(X, y, alpha=0.0).coef
    X[4] *= x_scale
    y[4] *= y_scale
    fit = elltwo.ridge_batch(X, y, alpha=0.0)
    np.testing.assert_allclose(fit.coef[4] / y_scale * x_scale, wanted[4], rtol=1e-12)
    np.testing.assert_array_equal(np.delete(fit.coef, 4, 0), np.delete(wanted, 4, 0))


def test_moderate_conditioning_is_corrected() -> None:
    X, y = draw(9, 200, 4, seed=13)
    X[2, :, 1] = X[2, :, 0] + 0.03 * X[2, :, 1]
    X[6, :, 1] = X[6, :, 0] + 1e-5 * X[6, :, 1]
    for weight in (None, np.ones(200)):
        fit = elltwo.ridge_batch(X, y, alpha=0.0, sample_weight=weight)
        assert 1e-4 < fit.rcond[2] < 2e-3
        for k, tolerance in ((2, 1e-13), (6, 1e-10)):
            coef, _ = reference.ridge(X[k], y[k], 0.0)
            assert reference.relative_error(fit.coef[k], coef) < tolerance


def test_certificate_is_that_of_the_data() -> None:
    X, y = draw(9, 64, 8, seed=14)
    fit = elltwo.ridge_batch(X, y, alpha=2.0)
    for k in range(9):
        exact = reference.optimality(X[k], y[k], fit.coef[k], 2.0)
        assert abs(fit.optimality[k] - exact) < 1e-15
        centred = X[k] - X[k].mean(axis=0)
        gram = centred.T @ centred + 2.0 * np.eye(8)
        scale = 1.0 / np.sqrt(np.diag(gram))
        condition = np.linalg.cond(gram * scale * scale[:, None], 1)
        assert fit.rcond[k] * condition < 1.0 + 1e-9
        assert fit.rcond[k] * condition > 0.02
    assert fit.info.optimality == fit.optimality.max()
    assert fit.info.rcond == fit.rcond.min()


@dataclass(frozen=True)
class Case:
    """One random batch."""

    X: Array
    y: Array
    alpha: Array
    weight: Array | None
    fit_intercept: bool


@st.composite
def cases(pick: st.DrawFn) -> Case:
    """Shapes on both sides of n = p and of what the kernels for small problems take."""
    batch, n = pick(st.integers(1, 20)), pick(st.integers(1, 90))
    p = pick(st.integers(1, 36))
    rng = np.random.default_rng(pick(st.integers(0, 2**32 - 1)))
    X = rng.standard_normal((batch, n, p)) * 10.0 ** rng.integers(-2, 3, p) + rng.normal(size=p)
    weight = 1.0 + rng.integers(0, 3, (batch, n)) if pick(st.booleans()) else None
    alpha = 10.0 ** rng.uniform(-1, 3, batch)
    return Case(X, rng.standard_normal((batch, n)), alpha, weight, pick(st.booleans()))


@settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(cases())
def test_equals_ridge_for_any_shape(case: Case) -> None:
    check_equals_ridge(
        case.X,
        case.y,
        case.alpha,
        tolerance=1e-11,
        sample_weight=case.weight,
        fit_intercept=case.fit_intercept,
    )
