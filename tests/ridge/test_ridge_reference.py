"""Every option of the dense ridge fit, and every shape of problem, against slow references."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
import reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]
    Maker: TypeAlias = Callable[[int], Array]
    Reshape: TypeAlias = Callable[[Array], Array]

SHAPES = {"tall": (12, 3), "square": (5, 5), "wide": (4, 7)}
FACTORS = {
    "no_factors": None,
    "factors": lambda p: np.linspace(0.25, 4.0, p),
    "ends": lambda p: np.r_[0.0, np.inf, np.linspace(0.5, 2.0, p - 2)],
}
INTERCEPTS = {
    "intercept": {"fit_intercept": True},
    "no_intercept": {"fit_intercept": False},
    "penalized_intercept": {"fit_intercept": True, "penalize_intercept": True},
}


def make_data(n: int, p: int, n_targets: int, seed: int = 0) -> tuple[Array, Array]:
    """Well-conditioned X with unequal columns, and Y with offsets."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) * np.linspace(0.5, 3.0, p) + rng.standard_normal(p)
    Y = rng.standard_normal((n, n_targets)) + 2.0
    return X, Y


def assert_matches(fit: elltwo.RidgeFit, coef: Array, intercept: Array, rtol: float) -> None:
    """Coefficients to rtol in norm, target by target; the intercept beside them."""
    scale = max(1.0, float(np.abs(intercept).max()))
    assert np.shape(fit.intercept) == np.shape(intercept)
    assert np.abs(fit.intercept - intercept).max() <= rtol * scale
    for ours, theirs in zip(np.atleast_2d(fit.coef), np.atleast_2d(coef), strict=True):
        assert reference.relative_error(ours, theirs) <= rtol


@pytest.mark.parametrize("intercept", INTERCEPTS.values(), ids=INTERCEPTS.keys())
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weights"])
@pytest.mark.parametrize("prior", [False, True], ids=["zero", "prior"])
@pytest.mark.parametrize("factors", FACTORS.values(), ids=FACTORS.keys())
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_every_option_pair(
    shape: tuple[int, int],
    factors: Maker | None,
    prior: bool,
    weighted: bool,
    intercept: dict[str, bool],
) -> None:
    """One call with a penalty per target, infinity among them, equals a solve per target."""
    n, p = shape
    X, Y = make_data(n, p, 4)
    smallest = 0.0 if n - weighted > p + 1 else 1e-2
    options: dict[str, Any] = {
        "alpha": np.array([smallest, 0.7, 30.0, np.inf]),
        "penalty_factors": factors(p) if factors else None,
        "prior_mean": np.linspace(-1, 1, 4 * p).reshape(4, p) if prior else None,
        "sample_weight": np.r_[0.0, np.linspace(0.5, 3.0, n - 1)] if weighted else None,
        **intercept,
    }
    fit = elltwo.ridge(X, Y, **options)
    assert_matches(fit, *reference.ridge(X, Y, **options), rtol=1e-11)
    assert fit.info.status == "converged"
    assert fit.info.optimality <= fit.info.tolerance


@pytest.mark.parametrize("solver", ["auto", "cholesky", "svd"])
@pytest.mark.parametrize("alpha", [1e-4, 1.0, 1e6, math.inf])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_every_solver(shape: tuple[int, int], alpha: float, solver: str) -> None:
    X, Y = make_data(*shape, 1)
    fit = elltwo.ridge(X, Y[:, 0], alpha=alpha, solver=solver)
    assert_matches(fit, *reference.ridge(X, Y[:, 0], alpha), rtol=1e-10)


@pytest.mark.parametrize("n_samples", [1, 2, 33, 40, 70, 257])
@pytest.mark.parametrize("n_features", [1, 2, 7, 8, 9, 24, 31, 32, 33, 65])
def test_every_edge_of_a_tile(n_samples: int, n_features: int) -> None:
    """Sizes around register tiles, row blocks and the 32 columns of the small path."""
    X, Y = make_data(n_samples, n_features, 1, seed=n_features)
    fit = elltwo.ridge(X, Y[:, 0], alpha=2.0)
    coef, intercept, _ = reference.min_norm(X, Y[:, 0], alpha=2.0)
    assert_matches(fit, coef, intercept, rtol=1e-11)


LAYOUTS = {
    "c": np.ascontiguousarray,
    "fortran": np.asfortranarray,
    "every_other_row": lambda X: np.repeat(X, 2, axis=0)[::2],
    "every_other_column": lambda X: np.repeat(X, 2, axis=1)[:, ::2],
    "reversed": lambda X: np.ascontiguousarray(X[::-1, ::-1])[::-1, ::-1],
    "readonly": lambda X: np.frombuffer(X.tobytes(), X.dtype).reshape(X.shape),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(60, 5), (60, 40), (20, 50)])
def test_every_layout(shape: tuple[int, int], dtype: type, layout: Reshape) -> None:
    X, Y = make_data(*shape, 2)
    X = layout(X.astype(dtype))
    untouched = X.copy()
    fit = elltwo.ridge(X, Y, alpha=0.5)
    coef, intercept, _ = reference.min_norm(X, Y, alpha=0.5)
    # float32 data are exact here: what is left is the rounding of the float32 coefficients.
    assert_matches(fit, coef, intercept, rtol=2e-7 if dtype == np.float32 else 1e-11)
    assert fit.coef.dtype == dtype
    assert np.array_equal(X, untouched)


@pytest.mark.parametrize("shape", [(30, 4), (300, 40), (25, 60)])
def test_large_mean_costs_no_digits(shape: tuple[int, int]) -> None:
    """Columns with mean 1e6 and deviation 1: as exact as the same columns with mean 0."""
    X, Y = make_data(*shape, 1)
    X, y = X + 1e6, Y[:, 0] + 1e6
    fit = elltwo.ridge(X, y, alpha=1.0)
    shift = X[0]
    coef, _, _ = reference.min_norm(X - shift, y - y[0], alpha=1.0)
    assert reference.relative_error(fit.coef, coef) <= 1e-11
    expected = y.mean() + (X[:3] - shift - (X - shift).mean(0)) @ coef
    assert fit.predict(X[:3]) == pytest.approx(expected, rel=1e-14 * shape[1])


DEFICIENT = {
    "duplicate": lambda X: np.column_stack([X, X[:, 1]]),
    "scaled_copy": lambda X: np.column_stack([X, 1e3 * X[:, 0]]),
    "sum": lambda X: np.column_stack([X, X.sum(1)]),
    "zero": lambda X: np.column_stack([X, np.zeros(len(X))]),
    "constant": lambda X: np.column_stack([X, np.full(len(X), 3.0)]),
    "wide": lambda X: np.hstack([X, X[:, ::-1] ** 2, X**3, X**2 + 1.0]),
}


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("deficiency", DEFICIENT.values(), ids=DEFICIENT.keys())
@pytest.mark.parametrize("n_samples", [9, 60])
def test_rank_deficient_least_squares(
    n_samples: int, deficiency: Reshape, fit_intercept: bool
) -> None:
    """alpha=0 gives the solution of minimum norm and reports the rank."""
    rng = np.random.default_rng(1)
    X = deficiency(rng.standard_normal((n_samples, 4)))
    Y = rng.standard_normal((n_samples, 2))
    fit = elltwo.ridge(X, Y, alpha=0.0, fit_intercept=fit_intercept)
    coef, intercept, rank = reference.min_norm(X, Y, fit_intercept=fit_intercept)
    assert_matches(fit, coef, intercept, rtol=1e-9)
    assert fit.info.rank == rank


def test_prior_mean_is_what_least_squares_stays_close_to() -> None:
    """Of all solutions, alpha=0 takes the one nearest to the prior mean, as alpha -> 0 does."""
    X, Y = make_data(5, 9, 1)
    prior = np.linspace(-2, 2, 9)
    fit = elltwo.ridge(X, Y[:, 0], alpha=0.0, prior_mean=prior)
    coef, _, _ = reference.min_norm(X, Y[:, 0] - X @ prior)
    assert reference.relative_error(fit.coef, coef + prior) <= 1e-9


def test_single_row_and_single_value() -> None:
    """One row: the free intercept takes it all; without one the shrunken multiple is left."""
    with_intercept = elltwo.ridge([[2.0, 3.0]], [5.0], alpha=1.0)
    assert with_intercept.coef.tolist() == [0.0, 0.0]
    assert with_intercept.intercept == 5.0
    without = elltwo.ridge([[2.0]], [5.0], alpha=1.0, fit_intercept=False)
    assert without.coef == pytest.approx([2.0], rel=1e-15)
    assert without.intercept == 0.0


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_empty_data_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="X"):
        elltwo.ridge(np.zeros(shape), np.zeros(shape[0]), alpha=1.0)
