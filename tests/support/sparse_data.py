"""A sparse problem, its dense twin, and when two fits are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from hypothesis import strategies as st
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    import elltwo

    Array: TypeAlias = NDArray[Any]

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


class Twin(NamedTuple):
    """A sparse problem with every option, and the same matrix dense."""

    X: Any
    dense: Array
    y: Array
    options: dict[str, Any]


@st.composite
def twins(draw: st.DrawFn) -> Twin:
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    n, p, targets = draw(st.integers(4, 14)), draw(st.integers(1, 17)), draw(st.integers(0, 2))
    dense = np.where(
        rng.random((n, p)) < draw(st.floats(0.0, 1.0)), rng.normal(1.0, 1.0, (n, p)), 0
    )
    if draw(st.booleans()):
        dense[:, 0] = 3.0
    if p > 1 and draw(st.booleans()):
        dense[:, -1] = dense[:, 0]
    if draw(st.booleans()):
        dense[:, p // 2] = 0.0
    if draw(st.booleans()):
        dense[n // 2] = 0.0
    if draw(st.booleans()):
        dense = dense.astype(np.float32)
    factors = None
    if draw(st.booleans()):
        factors = rng.choice([0.0, 0.5, 1.0, 2.0, np.inf], p)
        factors[np.flatnonzero(factors == 0.0)[2:]] = 1.0
    intercept = draw(st.booleans())
    options = {
        "penalty_factors": factors,
        "prior_mean": rng.normal(size=p) if draw(st.booleans()) else None,
        "sample_weight": rng.uniform(0.5, 2.0, n) if draw(st.booleans()) else None,
        "fit_intercept": intercept,
        "penalize_intercept": intercept and draw(st.booleans()),
    }
    form = draw(st.sampled_from([sparse.csr_array, sparse.csc_matrix, sparse.coo_array]))
    return Twin(form(dense), dense, rng.normal(size=(n, targets) if targets else n), options)


def assert_close(values: ArrayLike, expected: ArrayLike, tol: float = 1e-10) -> None:
    """Equal to `tol` of the largest number, the infinite ones equal."""
    got, wanted = np.asarray(values), np.asarray(expected)
    assert got.shape == wanted.shape
    finite = np.isfinite(wanted)
    np.testing.assert_array_equal(np.isfinite(got), finite)
    scale = np.abs(wanted[finite]).max(initial=1e-3)
    np.testing.assert_allclose(got[finite], wanted[finite], rtol=0, atol=tol * scale)


X = random_sparse(60, 12, 0.3, 1)
DENSE = X.toarray()
RNG = np.random.default_rng(2)
Y = DENSE @ RNG.standard_normal((12, 3)) + RNG.standard_normal((60, 3)) + 2.0
y = np.ascontiguousarray(Y[:, 0])
