"""Sparse features where the problem is singular, badly scaled or empty."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import elltwo
import reference
from sparse_data import DENSE, X, assert_same, random_sparse, y


@pytest.mark.parametrize("solver", ["auto", "cg"])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_alpha_zero_is_the_least_of_all_solutions(fit_intercept: bool, solver: str) -> None:
    """Dummies of two factors, both of which add up to ones, and a copy of one of them."""
    rng = np.random.default_rng(4)
    one, two = np.eye(4)[rng.integers(0, 4, 50)], np.eye(3)[rng.integers(0, 3, 50)]
    dense = np.hstack([one, two, two[:, :1]])
    fit = elltwo.ridge(
        sparse.csr_array(dense),
        y[:50],
        alpha=0.0,
        fit_intercept=fit_intercept,
        solver=solver,
        tol=1e-12,
    )
    coef, intercept, rank = reference.min_norm(dense, y[:50], fit_intercept=fit_intercept)
    assert np.abs(fit.coef - coef).max() <= 1e-9
    assert abs(fit.intercept - intercept) <= 1e-9
    if solver == "auto":
        assert fit.info.rank == rank
        assert fit.info.fallback is not None


def test_wide_alpha_zero_interpolates() -> None:
    wide = random_sparse(30, 90, 0.15, 5)
    fit = elltwo.ridge(wide, y[:30], alpha=0.0)
    assert_same(fit, elltwo.ridge(wide.toarray(), y[:30], alpha=0.0), 1e-9)


def test_insisting_on_cholesky_where_it_cannot_be() -> None:
    twice = sparse.hstack([X, X]).tocsr()
    fit = elltwo.ridge(twice, y, alpha=0.0, solver="cholesky")
    assert fit.info.solver == "svd"
    assert "singular" in str(fit.info.fallback)


def test_constant_and_offset_columns() -> None:
    """Centring is implicit, so that a large mean beside a small deviation is where digits go."""
    rng = np.random.default_rng(6)
    dense = np.c_[DENSE, np.full(60, 1.1), 1e5 + rng.standard_normal(60)]
    for solver in ("auto", "cg"):
        fit = elltwo.ridge(sparse.csr_array(dense), y, alpha=0.5, solver=solver, tol=1e-12)
        assert_same(fit, elltwo.ridge(dense, y, alpha=0.5), 1e-9)
        assert abs(fit.coef[12]) <= 1e-12
    free = elltwo.ridge(sparse.csr_array(dense), y, alpha=0.0)
    assert_same(free, elltwo.ridge(dense, y, alpha=0.0), 1e-8)
    assert free.info.rank == 12  # neither the empty column nor the constant one


@pytest.mark.parametrize("scale", [1e-200, 1e-160, 1e160, 1e200])
@pytest.mark.parametrize("solver", ["cholesky", "cg"])
def test_squares_out_of_range(scale: float, solver: str) -> None:
    alpha = 0.5 * scale * scale if scale < 1e160 else 0.0
    fit = elltwo.ridge(X * scale, y, alpha=alpha, solver=solver, tol=1e-13)
    expected = elltwo.ridge(DENSE * scale, y, alpha=alpha)
    assert_same(fit, expected, 1e-9)


def test_targets_of_any_size() -> None:
    for scale in (1e-300, 1e300):
        fit = elltwo.ridge(X, y * scale, alpha=0.5)
        assert_same(fit, elltwo.ridge(DENSE, y * scale, alpha=0.5), 1e-10)


def test_nothing_but_zeros() -> None:
    fit = elltwo.ridge(sparse.csr_array((5, 3)), y[:5], alpha=1.0)
    np.testing.assert_array_equal(fit.coef, 0.0)
    assert fit.intercept == pytest.approx(y[:5].mean())
    np.testing.assert_allclose(fit.predict(sparse.csc_array((2, 3))), y[:5].mean())


@pytest.mark.parametrize("solver", ["cholesky", "svd", "cg"])
@pytest.mark.parametrize("size", [1e12, 1e308])
def test_a_zero_weight_leaves_the_row_out(size: float, solver: str) -> None:
    """Whatever finite numbers stand in it."""
    weight = np.ones(60)
    weight[[3, 17]] = 0.0
    wild, targets = DENSE.copy(), y.copy()
    wild[3] = size
    targets[17] = -size
    kept = weight > 0.0
    fit = elltwo.ridge(
        sparse.csr_array(wild), targets, alpha=0.5, sample_weight=weight, solver=solver, tol=1e-13
    )
    assert_same(fit, elltwo.ridge(DENSE[kept], y[kept], alpha=0.5), 1e-10)


@pytest.mark.parametrize(("alpha", "solver"), [(1.0, "cg"), (1e-6, "cholesky")])
def test_conjugate_gradients_have_the_time_of_a_direct_fit(alpha: float, solver: str) -> None:
    """They are enough where conditioning is good, and are left where it is not."""
    wide = sparse.csr_array(random_sparse(900, 1000, 0.4, 11))
    targets = np.random.default_rng(12).standard_normal(900)
    fit = elltwo.ridge(wide, targets, alpha=1000.0 * alpha)
    assert fit.info.solver == solver
    assert (fit.info.fallback is None) == (solver == "cg")
    assert_same(fit, elltwo.ridge(wide.toarray(), targets, alpha=1000.0 * alpha), 1e-8)
