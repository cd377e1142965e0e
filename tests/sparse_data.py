"""A sparse problem, its dense twin, and when two fits are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    import elltwo

Sparse: TypeAlias = Any  # a matrix or an array of SciPy


def random_sparse(n: int, p: int, density: float, seed: int) -> Sparse:
    """Rows and columns of unequal counts, the last of each empty, in CSR."""
    rng = np.random.default_rng(seed)
    keep = rng.random((n, p)) < density * rng.uniform(0.2, 1.8, p)
    dense = np.where(keep, rng.standard_normal((n, p)) + 0.5, 0.0)
    dense[:, -1] = 0.0
    dense[-1] = 0.0
    return sparse.csr_array(dense)


def assert_same(sparse_fit: elltwo.RidgeFit, dense_fit: elltwo.RidgeFit, tol: float) -> None:
    """Equal to `tol` of the largest coefficient or intercept."""
    scale = max(np.abs(dense_fit.coef).max(), np.abs(dense_fit.intercept).max())
    assert sparse_fit.coef.shape == dense_fit.coef.shape
    assert sparse_fit.coef.dtype == dense_fit.coef.dtype
    assert np.abs(sparse_fit.coef - dense_fit.coef).max() <= tol * scale
    assert np.abs(np.subtract(sparse_fit.intercept, dense_fit.intercept)).max() <= tol * scale


X = random_sparse(60, 12, 0.3, 1)
DENSE = X.toarray()
RNG = np.random.default_rng(2)
Y = DENSE @ RNG.standard_normal((12, 3)) + RNG.standard_normal((60, 3)) + 2.0
y = np.ascontiguousarray(Y[:, 0])
