"""Units do not matter: squares neither overflow nor underflow, whatever the scale of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
import reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

SHAPES = [(40, 5), (60, 40), (12, 30)]
# Powers of two: scaling the data by them rounds nothing, so the digits must stay the same.
TINY, HUGE = 2.0**-664, 2.0**664  # about 1e-200 and 1e200


def make_data(shape: tuple[int, int]) -> tuple[Array, Array]:
    rng = np.random.default_rng(2)
    X = rng.standard_normal(shape) + 0.5
    return X, X @ rng.standard_normal(shape[1]) + rng.standard_normal(shape[0]) + 3.0


def assert_scaled(scaled: elltwo.RidgeFit, fit: elltwo.RidgeFit, x: float, y: float) -> None:
    """The fit to (x * X, y * y) is the fit to (X, y) in other units."""
    assert reference.relative_error(scaled.coef * x / y, fit.coef) <= 1e-12
    assert scaled.intercept / y == pytest.approx(fit.intercept, rel=1e-12)
    assert scaled.info.status == "converged"
    assert scaled.info.rank == fit.info.rank


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("x", [TINY, 2.0**-27, 2.0**515, HUGE])
def test_least_squares_in_other_units_of_x(x: float, shape: tuple[int, int]) -> None:
    X, y = make_data(shape)
    fit = elltwo.ridge(X, y, alpha=0.0)
    assert_scaled(elltwo.ridge(X * x, y, alpha=0.0), fit, x, 1.0)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("y_scale", [TINY, HUGE])
def test_ridge_in_other_units_of_y(y_scale: float, shape: tuple[int, int]) -> None:
    X, y = make_data(shape)
    fit = elltwo.ridge(X, y, alpha=1.5)
    assert_scaled(elltwo.ridge(X, y * y_scale, alpha=1.5), fit, 1.0, y_scale)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("x", [2.0**-500, 2.0**500])
def test_ridge_in_other_units_of_x_and_alpha(x: float, shape: tuple[int, int]) -> None:
    """The penalty counts in squares of X: 2^1000 beside 2^500."""
    X, y = make_data(shape)
    fit = elltwo.ridge(X, y, alpha=1.5)
    assert_scaled(elltwo.ridge(X * x, y, alpha=1.5 * x * x), fit, x, 1.0)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("w", [2.0**-996, 2.0**996])  # about 1e-300 and 1e300
@pytest.mark.parametrize("x", [TINY, 1.0, HUGE])
def test_least_squares_in_other_units_of_weights(
    x: float, w: float, shape: tuple[int, int]
) -> None:
    X, y = make_data(shape)
    weight = np.linspace(0.5, 2.0, len(X))
    fit = elltwo.ridge(X, y, alpha=0.0, sample_weight=weight)
    scaled = elltwo.ridge(X * x, y * x, alpha=0.0, sample_weight=weight * w)
    assert_scaled(scaled, fit, x, x)


@pytest.mark.parametrize("w", [2.0**-996, 2.0**996])
def test_ridge_in_other_units_of_weights_and_alpha(w: float) -> None:
    X, y = make_data((40, 5))
    weight = np.linspace(0.5, 2.0, len(X))
    fit = elltwo.ridge(X, y, alpha=1.5, sample_weight=weight)
    scaled = elltwo.ridge(X, y, alpha=1.5 * w, sample_weight=weight * w)
    assert_scaled(scaled, fit, 1.0, 1.0)


@pytest.mark.parametrize("shape", SHAPES)
def test_penalty_that_dwarfs_the_data(shape: tuple[int, int]) -> None:
    """X of 1e-200 beside alpha 1: b = X'y / alpha to the last digit, not zero."""
    X, y = make_data(shape)
    fit = elltwo.ridge(X * TINY, y, alpha=1.0)
    expected = (X - X.mean(0)).T @ (y - y.mean())
    assert reference.relative_error(fit.coef / TINY, expected) <= 1e-13
    assert fit.intercept == pytest.approx(y.mean(), rel=1e-14)


@pytest.mark.parametrize("shape", SHAPES[:2])
def test_data_that_dwarf_the_penalty(shape: tuple[int, int]) -> None:
    X, y = make_data(shape)
    least_squares = elltwo.ridge(X, y, alpha=0.0)
    assert_scaled(elltwo.ridge(X * HUGE, y, alpha=1.0), least_squares, HUGE, 1.0)


@pytest.mark.parametrize("big", [2.0**27, 2.0**332, HUGE])
@pytest.mark.parametrize("shape", SHAPES[:2])
def test_one_column_in_other_units(big: float, shape: tuple[int, int]) -> None:
    """One column of 1e8, 1e100 or 1e200 costs the other columns nothing."""
    X, y = make_data(shape)
    units = np.ones(shape[1])
    units[1] = big
    fit = elltwo.ridge(X, y, alpha=0.0)
    scaled = elltwo.ridge(X * units, y, alpha=0.0)
    assert reference.relative_error(scaled.coef * units, fit.coef) <= 1e-12
    assert scaled.info.rank == shape[1]


@pytest.mark.parametrize("x", [2.0**-100, 2.0**100])
def test_float32_in_other_units(x: float) -> None:
    """Squares of float32 data fit into no float32."""
    X, y = make_data((60, 6))
    X = X.astype(np.float32)
    fit = elltwo.ridge(X, y, alpha=0.0)
    scaled = elltwo.ridge(X * np.float32(x), y, alpha=0.0)
    assert reference.relative_error(scaled.coef * np.float32(x), fit.coef) <= 2e-7


# LAPACK's test matrices for least squares (DDRVLS): full rank or rank 3/4 min(n, p), each plain,
# scaled up and scaled down to the ends of the exponent range.
SAFE_SMALL = 2.0**-969  # smallest normal double / eps
LAPACK_SCALES = {"plain": 1.0, "up": 1.0 / SAFE_SMALL, "down": SAFE_SMALL}
LAPACK_SIZES = [1, 2, 3, 5, 10, 50]


def lapack_matrix(n: int, p: int, deficient: bool) -> tuple[Array, int]:
    """A random matrix with singular values in [0.1, 1], as LAPACK makes them, and its rank."""
    rng = np.random.default_rng(100 * n + p)
    rank = max(1, 3 * min(n, p) // 4) if deficient else min(n, p)
    left, _ = np.linalg.qr(rng.standard_normal((n, rank)))
    right, _ = np.linalg.qr(rng.standard_normal((p, rank)))
    return left * np.geomspace(1.0, 0.1 if rank > 1 else 1.0, rank) @ right.T, rank


@pytest.mark.parametrize("scale", LAPACK_SCALES.values(), ids=LAPACK_SCALES.keys())
@pytest.mark.parametrize("deficient", [False, True], ids=["full_rank", "deficient"])
@pytest.mark.parametrize("n", LAPACK_SIZES)
@pytest.mark.parametrize("p", LAPACK_SIZES)
def test_lapack_residual_ratio(n: int, p: int, deficient: bool, scale: float) -> None:
    """||X'r|| / (||X|| ||y|| max(n, p) eps) below LAPACK's threshold of 30, and the rank found."""
    X, rank = lapack_matrix(n, p, deficient)
    y = np.random.default_rng(n).standard_normal(n)
    fit = elltwo.ridge(X * scale, y * scale, alpha=0.0, fit_intercept=False)
    unit = max(n, p) * np.finfo(float).eps
    residual = y - X @ fit.coef
    ratio = np.abs(X.T @ residual).sum() / (np.linalg.norm(X, 1) * np.abs(y).sum() * unit)
    assert ratio < 30
    outside = fit.coef - np.linalg.pinv(X, rcond=1e-10) @ (X @ fit.coef)
    assert np.linalg.norm(outside) < 30 * unit * 10 * np.linalg.norm(fit.coef)
    assert fit.info.rank == rank
