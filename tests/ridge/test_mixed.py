"""From 400 features (or samples of wide data) on, double data may take products in float.

What comes out must hold double's digits, whatever the conditioning, scale and shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pytest

from elltwo import ridge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from elltwo import RidgeFit

    Array: TypeAlias = NDArray[Any]

SIZE = 420  # just above where float products begin
MIXED = "float products"


def data(n: int, p: int, seed: int = 0, targets: int | None = None) -> tuple[Array, Array, Array]:
    """Features with means of their own, targets, weights."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) + rng.standard_normal(p)
    y = X @ rng.standard_normal((p, targets or 1)) + rng.standard_normal((n, targets or 1))
    return X, y if targets else y[:, 0], rng.uniform(0.5, 2.0, n)


def exact(X: Array, y: Array, alpha: float, w: Array | None = None) -> tuple[Array, Array]:
    """Normal equations in double, corrected with long double residuals until nothing moves."""
    n, p = X.shape
    w = np.ones(n) if w is None else w
    Z = np.hstack([X, np.ones((n, 1))])
    penalty = np.append(np.full(p, alpha), 0.0)
    scale = 1 / np.sqrt((w[:, None] * Z * Z).sum(0) + penalty)
    H = scale[:, None] * ((w[:, None] * Z).T @ Z + np.diag(penalty)) * scale
    Z, w = Z.astype(np.longdouble), w.astype(np.longdouble)
    Y = np.atleast_2d(y.T).T.astype(np.longdouble)
    theta = np.zeros((p + 1, Y.shape[1]), np.longdouble)
    for _ in range(30):
        g = Z.T @ (w[:, None] * (Y - Z @ theta)) - penalty[:, None] * theta
        step = scale[:, None] * np.linalg.solve(H, (scale[:, None] * g).astype(np.float64))
        theta += step
        if np.abs(step).max() <= 1e-18 * np.abs(theta).max():
            break
    theta = theta.astype(np.float64).reshape((p + 1, *y.shape[1:]))
    return theta[:-1].T, theta[-1]


def close(fit: RidgeFit, reference: tuple[Array, Array], tolerance: float) -> None:
    coef, intercept = reference
    size = np.abs(coef).max()
    np.testing.assert_allclose(fit.coef, coef, rtol=0, atol=tolerance * size)
    scale = np.abs(intercept).max() + size
    np.testing.assert_allclose(fit.intercept, intercept, rtol=0, atol=tolerance * scale)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("targets", [None, 3])
@pytest.mark.parametrize("order", ["C", "F"])
def test_tall_answers_hold_the_digits_of_double(
    weighted: bool, targets: int | None, order: Literal["C", "F"]
) -> None:
    X, y, w = data(1200, SIZE, targets=targets)
    weight = w if weighted else None
    fit = ridge(np.asarray(X, order=order), y, alpha=3.0, sample_weight=weight)
    assert MIXED in fit.info.reason
    assert fit.info.optimality < 1e-14
    close(fit, exact(X, y, 3.0, weight), 2e-13)


@pytest.mark.parametrize("order", ["C", "F"])
def test_wide_answers_hold_the_digits_of_double(order: Literal["C", "F"]) -> None:
    X, y, w = data(SIZE, 700)
    fit = ridge(np.asarray(X, order=order), y, alpha=30.0, sample_weight=w)
    assert MIXED in fit.info.reason
    assert fit.info.optimality < 1e-13
    close(fit, exact(X, y, 30.0, w), 2e-12)


def ill_conditioned(n: int, p: int) -> tuple[Array, Array]:
    X, y, _ = data(n, p)
    X[:, 1] = X[:, 0] + 1e-6 * X[:, 1]
    return X, y


def test_an_ill_conditioned_system_takes_products_in_double() -> None:
    X, y = ill_conditioned(1000, SIZE)
    fit = ridge(X, y, alpha=1e-9)
    assert MIXED not in fit.info.reason
    assert fit.info.status == "converged"
    close(fit, exact(X, y, 1e-9), 1e-9)


def test_a_sample_of_the_rows_foresees_bad_conditioning() -> None:
    n = 16 * 1000 * 5 // 4
    X, y = ill_conditioned(n, 400)
    fit = ridge(X, y, alpha=1e-9)
    assert MIXED not in fit.info.reason
    weaker = ridge(X, y, alpha=1e3)
    assert MIXED in weaker.info.reason


def test_ill_conditioned_wide_data_take_products_in_double() -> None:
    X, _, _ = data(SIZE, 600)
    X[1] = X[0] + 1e-6 * X[1]
    y = X @ np.random.default_rng(1).standard_normal(600)
    fit = ridge(X, y, alpha=1e-7, fit_intercept=False)
    assert MIXED not in fit.info.reason
    left, s, right = np.linalg.svd(X, full_matrices=False)
    coef = right.T @ (s / (s * s + 1e-7) * (left.T @ y))
    np.testing.assert_allclose(fit.coef, coef, rtol=0, atol=1e-7 * np.abs(coef).max())


@pytest.mark.parametrize("shape", [(1000, SIZE), (SIZE, 1000)])
@pytest.mark.parametrize("power", [-100, -25, 25, 100])
def test_data_beyond_the_range_of_float(shape: tuple[int, int], power: int) -> None:
    X, y, _ = data(*shape)
    scale = 2.0 ** (power * 3)
    plain = ridge(X, y, alpha=10.0)
    scaled = ridge(X * scale, y, alpha=10.0 * scale**2)
    assert MIXED in plain.info.reason
    assert MIXED not in scaled.info.reason
    size = np.abs(plain.coef).max()
    np.testing.assert_allclose(scaled.coef * scale, plain.coef, rtol=0, atol=1e-12 * size)


@pytest.mark.parametrize("shape", [(1000, SIZE), (SIZE, 1000)])
def test_options_that_leave_no_room_for_corrections(shape: tuple[int, int]) -> None:
    X, y, _ = data(*shape)
    fit = ridge(X, y, alpha=10.0, max_iter=0)
    assert MIXED not in fit.info.reason
    assert fit.info.n_iter == 0


@pytest.mark.parametrize("shape", [(1000, SIZE), (SIZE, 1000)])
def test_the_same_bits_whatever_the_threads(shape: tuple[int, int]) -> None:
    X, y, w = data(*shape)
    one = ridge(X, y, alpha=1.0, sample_weight=w, n_threads=1)
    assert MIXED in one.info.reason
    for n_threads in (2, 3):
        other = ridge(X, y, alpha=1.0, sample_weight=w, n_threads=n_threads)
        np.testing.assert_array_equal(other.coef, one.coef)
        assert other.intercept == one.intercept


@pytest.mark.parametrize("shape", [(1000, SIZE), (SIZE, 1000)])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_bad_values_are_named(shape: tuple[int, int], bad: float) -> None:
    X, y, _ = data(*shape)
    X[7, 5] = bad
    with pytest.raises(ValueError, match="row 7, column 5"):
        ridge(X, y, alpha=1.0)
    X, y, _ = data(*shape)
    y[3] = bad
    with pytest.raises(ValueError, match=r"y contains .* row 3"):
        ridge(X, y, alpha=1.0)


def test_a_constant_column_costs_nothing_and_changes_nothing() -> None:
    X, y, _ = data(1000, SIZE)
    X[:, 5] = 3.0
    fit = ridge(X, y, alpha=1.0)
    assert fit.coef[5] == 0.0
    assert MIXED in fit.info.reason
    close(fit, exact(X, y, 1.0), 1e-12)
