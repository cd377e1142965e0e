"""The C functions for positive definite systems, against NumPy and exact solutions."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import c_functions as c
from elltwo.cython_api import Status

SIZES = [1, 2, 7, 32, 33, 90]


def definite(n: int, seed: int = 0) -> c.Doubles:
    """A matrix with a well-conditioned core and rows from 1e-30 to 1e30."""
    rng = np.random.default_rng((n, seed))
    core = rng.normal(size=(n, n))
    core = core + core.T + 5.0 * np.sqrt(n) * np.eye(n)
    scale = 10.0 ** rng.integers(-15, 16, size=n)
    matrix: c.Doubles = core * np.outer(scale, scale)
    return matrix


def lower_half(matrix: c.Doubles) -> c.Doubles:
    """The lower triangle in a wider table that holds NaN elsewhere."""
    n = len(matrix)
    table = np.full((n, n + 3), np.nan)
    table[:, :n][np.tril_indices(n)] = matrix[np.tril_indices(n)]
    return table[:, :n]


@pytest.mark.parametrize("n", SIZES)
def test_posdef_solve(n: int) -> None:
    matrix = definite(n)
    half = lower_half(matrix)
    before = half.copy()
    wanted = np.random.default_rng(1).normal(size=(n, 3)) / np.sqrt(np.diag(matrix))[:, None]
    status, solution, rcond = c.posdef_solve(half, np.asfortranarray(matrix @ wanted))
    assert status == Status.OK
    size = np.sqrt(np.diag(matrix))[:, None]
    assert_allclose(solution * size, wanted * size, rtol=1e-11, atol=1e-12)
    assert_array_equal(half, before)
    exact = 1.0 / np.linalg.cond(matrix / size / size.T, 1)
    assert 0.99 * exact <= rcond <= 3.0 * exact


@pytest.mark.parametrize("n", SIZES)
def test_factor_and_solve(n: int) -> None:
    matrix = definite(n)
    lower = lower_half(np.zeros((n, n)))
    status, rcond = c.cholesky_factor(lower_half(matrix), lower)
    assert status == Status.OK
    wanted = np.linalg.cholesky(matrix)
    size = np.sqrt(np.diag(matrix))[:, None]
    assert_allclose(np.tril(lower) / size, wanted / size, rtol=1e-12, atol=1e-14)
    assert np.isnan(lower[np.triu_indices(n, 1)]).all()
    in_place = lower_half(matrix)
    assert c.cholesky_factor(in_place, in_place) == (Status.OK, rcond)
    assert_array_equal(in_place, lower)
    b = np.random.default_rng(2).normal(size=(n, 2)) * size
    solution = b.copy()
    assert c.cholesky_solve(lower, solution) == Status.OK
    assert_array_equal(solution, c.posdef_solve(lower_half(matrix), b)[1])


@pytest.mark.parametrize("n", [2, 8, 40])
@pytest.mark.parametrize("small", [1e-3, 1e-8, 1e-12])
def test_rcond_of_nearly_singular_systems(n: int, small: float) -> None:
    """All correlations are 1 - small."""
    matrix = np.full((n, n), 1.0 - small) + small * np.eye(n)
    exact = 1.0 / np.linalg.cond(matrix, 1)
    rcond = c.posdef_solve(matrix, np.ones((n, 1)))[2]
    assert 0.9 * exact <= rcond <= 3.0 * exact
