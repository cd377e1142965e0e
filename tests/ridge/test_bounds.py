"""Coefficients in a box, against brute force, SciPy, scikit-learn and the KKT conditions."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

import elltwo
import reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

DETERMINISTIC = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def data(n: int, p: int, seed: int) -> tuple[Array, Array]:
    """Columns of unequal size with means, and a target with a mean."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) * rng.uniform(0.5, 2.0, p) + rng.standard_normal(p)
    return X, X[:, : min(3, p)].sum(axis=1) + rng.standard_normal(n) + 2.0


def brute_force(X: Array, y: Array, lower: Array, upper: Array, **options: Any) -> Array:  # noqa: ANN401
    """Best feasible of the 50-digit solutions with every choice of coefficients at bounds."""
    alpha = options.pop("alpha")
    prior = np.broadcast_to(options.pop("prior_mean", 0.0), lower.shape)
    factors = np.broadcast_to(options.pop("penalty_factors", 1.0), lower.shape)
    best, best_value = None, math.inf
    for choice in itertools.product("-0+", repeat=len(lower)):
        free = np.array([c == "0" for c in choice])
        at = np.where([c == "-" for c in choice], lower, upper)
        if not np.isfinite(at[~free]).all():
            continue
        pins: dict[str, Any] = {
            "penalty_factors": np.where(free, factors, np.inf),
            "prior_mean": np.where(free, prior, at),
        }
        coef, intercept = reference.ridge(X, y, alpha, **pins, **options)
        if np.any(coef < lower) or np.any(coef > upper):
            continue
        checked = {k: v for k, v in options.items() if k != "fit_intercept"}
        value = reference.objective(
            X, y, coef, intercept, alpha, penalty_factors=factors, prior_mean=prior, **checked
        )
        if value < best_value:
            best, best_value = coef, value
    assert best is not None
    return best


def bounded_least_squares(
    X: Array, y: Array, lower: Array, upper: Array, alpha: float, w: Array, f: Array, m: Array
) -> Array:
    """SciPy's active-set solution of the centred, augmented system."""
    root = np.sqrt(w)[:, None]
    A = np.vstack([root * (X - w @ X / w.sum()), np.diag(np.sqrt(alpha * f))])
    b = np.concatenate([root[:, 0] * (y - w @ y / w.sum()), np.sqrt(alpha * f) * m])
    return lsq_linear(A, b, bounds=(lower, upper), method="bvls", tol=1e-15).x


def assert_kkt(
    X: Array,
    y: Array,
    fit: elltwo.RidgeFit,
    lower: Array | float,
    upper: Array | float,
    alpha: float,
    tol: float = 1e-11,
) -> None:
    """Feasible; no slope where free; at a bound the slope pushes against it."""
    b = np.asarray(fit.coef, dtype=np.float64)
    assert np.all(b >= lower)
    assert np.all(b <= upper)
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    slope = Xc.T @ (yc - Xc @ b) - alpha * b
    size = np.sqrt((Xc**2).sum(axis=0) + alpha)
    slope /= size * (np.linalg.norm(yc) + np.linalg.norm(size * b)) + 1e-300
    at_lower, at_upper = b == lower, b == upper
    assert np.abs(slope[~at_lower & ~at_upper]).max(initial=0.0) <= tol
    assert slope[at_lower & ~at_upper].max(initial=0.0) <= tol
    assert slope[at_upper & ~at_lower].min(initial=0.0) >= -tol


OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {"alpha": 0.5},
    "no_intercept": {"alpha": 0.5, "fit_intercept": False},
    "penalised_intercept": {"alpha": 0.5, "penalize_intercept": True},
    "prior": {"alpha": 2.0, "prior_mean": 0.3},
    "factors": {"alpha": 2.0, "penalty_factors": [0.0, 0.2, 1.0, 5.0]},
    "weights": {"alpha": 1.0, "sample_weight": np.arange(9) / 3.0},
    "tiny_alpha": {"alpha": 1e-9},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("seed", range(3))
def test_brute_force(options: dict[str, Any], seed: int) -> None:
    """All 3^4 choices of coefficients at bounds, tall data."""
    X, y = data(9, 4, seed)
    lower, upper = np.array([-0.1, -0.2, 0.05, -np.inf]), np.array([0.3, np.inf, 0.25, 0.1])
    fit = elltwo.ridge(X, y, bounds=(lower, upper), **options)
    expected = brute_force(X, y, lower, upper, **options)
    assert reference.relative_error(fit.coef, expected) < 1e-12
    assert fit.info.status == "converged"
    assert fit.info.solver == "coordinate_descent"


@pytest.mark.parametrize("name", ["plain", "no_intercept", "penalised_intercept", "prior"])
def test_brute_force_on_wide_data(name: str) -> None:
    X, y = data(3, 5, 7)
    lower, upper = np.full(5, -0.05), np.array([0.3, np.inf, 0.25, 0.1, 0.4])
    fit = elltwo.ridge(X, y, bounds=(lower, upper), **OPTIONS[name])
    expected = brute_force(X, y, lower, upper, **OPTIONS[name])
    assert reference.relative_error(fit.coef, expected) < 1e-12


@DETERMINISTIC
@given(
    st.integers(2, 40), st.integers(1, 40), st.integers(0, 10**6), st.sampled_from([0.01, 1.0, 9.0])
)
def test_agrees_with_scipy(n: int, p: int, seed: int, alpha: float) -> None:
    X, y = data(n, p, seed)
    rng = np.random.default_rng(seed + 1)
    lower = np.where(rng.random(p) < 0.3, -np.inf, -0.2 * rng.random(p))
    upper = np.where(rng.random(p) < 0.3, np.inf, 0.2 * rng.random(p))
    w, f, m = rng.uniform(0.0, 2.0, n), rng.uniform(0.3, 3.0, p), 0.1 * rng.standard_normal(p)
    fit = elltwo.ridge(
        X,
        y,
        alpha=alpha,
        bounds=(lower, upper),
        sample_weight=w,
        penalty_factors=f,
        prior_mean=m,
    )
    expected = bounded_least_squares(X, y, lower, upper, alpha, w, f, m)
    assert reference.relative_error(fit.coef, expected) < 1e-10
    assert math.isclose(fit.intercept, np.average(y - X @ fit.coef, weights=w), abs_tol=1e-12)
    assert fit.info.status == "converged"


@DETERMINISTIC
@given(
    st.integers(1, 30),
    st.integers(1, 60),
    st.integers(0, 10**6),
    st.sampled_from([0.0, 1e-6, 1.0, 1e3]),
    st.sampled_from([np.float64, np.float32]),
)
def test_kkt_conditions(n: int, p: int, seed: int, alpha: float, dtype: type) -> None:
    """Many solutions may satisfy them at alpha 0."""
    X, y = data(n, p, seed)
    X = X.astype(dtype)
    fit = elltwo.ridge(X, y, alpha=alpha, bounds=(-0.25, 0.5))
    assert fit.info.optimality <= 1e-12
    tol = 1e-11 if dtype is np.float64 else 1e-5
    assert_kkt(X.astype(np.float64), y, fit, -0.25, 0.5, alpha, tol)


@pytest.mark.parametrize("shape", [(60, 12), (12, 60), (40, 40)])
@pytest.mark.parametrize("alpha", [0.0, 1e-3, 10.0])
def test_positive_on_duplicated_columns(shape: tuple[int, int], alpha: float) -> None:
    X, y = data(*shape, 3)
    X = np.repeat(X, 2, axis=1)
    fit = elltwo.ridge(X, y, alpha=alpha, bounds=(0, None))
    assert_kkt(X, y, fit, 0.0, np.inf, alpha)
    if alpha > 0.0:
        np.testing.assert_allclose(fit.coef[::2], fit.coef[1::2], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("shape", [(60, 12), (12, 60)])
def test_loose_and_infinite_bounds_change_nothing(shape: tuple[int, int]) -> None:
    X, y = data(*shape, 4)
    plain = elltwo.ridge(X, y, alpha=0.7, n_threads=1)
    unbounded = (-np.inf, np.full(shape[1], np.inf))
    infinite = elltwo.ridge(X, y, alpha=0.7, bounds=unbounded, n_threads=1)
    np.testing.assert_array_equal(infinite.coef, plain.coef)
    assert infinite.info == plain.info
    loose = elltwo.ridge(X, y, alpha=0.7, bounds=(-1e3, 1e3))
    assert reference.relative_error(loose.coef, plain.coef) < 1e-12
    assert math.isclose(loose.intercept, plain.intercept, rel_tol=1e-11)
    assert loose.info.n_iter == 0


@pytest.mark.parametrize("shape", [(50, 6), (5, 9)])
def test_equal_bounds_fix_a_coefficient(shape: tuple[int, int]) -> None:
    X, y = data(*shape, 5)
    lower, upper = np.full(shape[1], -np.inf), np.full(shape[1], np.inf)
    lower[1] = upper[1] = 0.75
    fit = elltwo.ridge(X, y, alpha=1.0, bounds=(lower, upper))
    rest = elltwo.ridge(np.delete(X, 1, 1), y - 0.75 * X[:, 1], alpha=1.0)
    assert fit.coef[1] == 0.75
    assert reference.relative_error(np.delete(fit.coef, 1), rest.coef) < 1e-11
    everything = elltwo.ridge(X, y, alpha=1.0, bounds=(0.5, 0.5))
    np.testing.assert_array_equal(everything.coef, np.full(shape[1], 0.5))
    assert math.isclose(everything.intercept, (y - X.sum(axis=1) / 2).mean(), rel_tol=1e-12)


@pytest.mark.parametrize("shape", [(50, 6), (5, 9)])
def test_targets_and_alphas_are_apart(shape: tuple[int, int]) -> None:
    X, y = data(*shape, 6)
    Y = np.column_stack([y, -y, y[::-1]])
    alpha, prior = [0.1, 5.0, 0.1], np.outer([0.0, 0.1, 0.2], np.ones(shape[1]))
    fit = elltwo.ridge(X, Y, alpha=alpha, bounds=(-0.1, 0.3), prior_mean=prior)
    for t in range(3):
        alone = elltwo.ridge(X, Y[:, t], alpha=alpha[t], bounds=(-0.1, 0.3), prior_mean=prior[t])
        assert reference.relative_error(fit.coef[t], alone.coef) < 1e-12
        assert math.isclose(np.asarray(fit.intercept)[t], alone.intercept, rel_tol=1e-11)


@pytest.mark.parametrize("shape", [(50, 4), (3, 4)])
def test_infinite_penalties_pin_within_the_bounds(shape: tuple[int, int]) -> None:
    X, y = data(*shape, 8)
    options: dict[str, Any] = {"penalty_factors": [np.inf, 1.0, 0.0, 1.0]}
    fit = elltwo.ridge(X, y, alpha=1.0, prior_mean=0.2, bounds=(0.1, 0.5), **options)
    assert fit.coef[0] == 0.2
    at_infinity = elltwo.ridge(X, y, alpha=np.inf, prior_mean=0.2, bounds=(0.1, 0.5), **options)
    np.testing.assert_array_equal(at_infinity.coef[[0, 1, 3]], 0.2)
    message = "got 0.5 and inf around a prior_mean of 0.25 at feature 0"
    with pytest.raises(ValueError, match=message):
        elltwo.ridge(X, y, alpha=1.0, prior_mean=0.25, bounds=(0.5, None), **options)


@pytest.mark.parametrize("shape", [(30, 5), (5, 30)])
@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_any_scale(shape: tuple[int, int], scale: float) -> None:
    X, y = data(*shape, 9)
    fit = elltwo.ridge(X, y, alpha=0.0, bounds=(-0.03, 0.02))
    scaled = elltwo.ridge(X * scale, y * scale, alpha=0.0, bounds=(-0.03, 0.02))
    assert scaled.info.optimality < 1e-14
    value = np.linalg.norm(y - X @ fit.coef - fit.intercept)
    assert np.linalg.norm(y - X @ scaled.coef - scaled.intercept / scale) <= value * (1 + 1e-10)


def test_ill_conditioned_columns() -> None:
    """Powers of a variable, condition number 1e9."""
    x = np.linspace(0.0, 1.0, 60)
    X = np.vander(x, 13, increasing=True)[:, 1:]
    y = np.sin(5.0 * x)
    for lower, upper in [(0.0, np.inf), (-5.0, 5.0)]:
        fit = elltwo.ridge(X, y, alpha=0.0, bounds=(lower, upper))
        none = np.zeros(12)
        expected = bounded_least_squares(
            X, y, none + lower, none + upper, 0.0, x * 0 + 1, none, none
        )
        value = [np.linalg.norm((y - X @ b) - (y - X @ b).mean()) for b in (fit.coef, expected)]
        assert value[0] <= value[1] * (1 + 1e-12)
        assert fit.info.status == "converged"


@pytest.mark.parametrize("shape", [(40, 8), (8, 40)])
def test_constant_columns_stay_at_the_prior(shape: tuple[int, int]) -> None:
    X, y = data(*shape, 10)
    X[:, 2] = 4.7
    fit = elltwo.ridge(X, y, alpha=1.0, bounds=(0.1, None))
    assert fit.coef[2] == 0.1
    unpenalised = elltwo.ridge(X, y, alpha=0.0, bounds=(0.1, None))
    assert unpenalised.coef[2] == 0.1
