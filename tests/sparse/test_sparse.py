"""Sparse features: the answers of the dense road, and malformed matrices refused before use."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

import elltwo
from elltwo.exceptions import ConvergenceWarning
from sparse_data import DENSE, X, Y, assert_same, random_sparse, y

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

Sparse: TypeAlias = Any  # a matrix or an array of SciPy

FORMATS = ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"]


RNG = np.random.default_rng(9)
WEIGHT = RNG.integers(0, 4, 60).astype(np.float64)
FACTORS = np.array([0.0, np.inf, 0.5, 3.0, 1.0, 1.0, 0.0, 2.0, np.inf, 1.0, 1.0, 1.0])
PRIOR = RNG.standard_normal((3, 12))


def in_format(name: str) -> Callable[[Sparse], Sparse]:
    def convert(matrix: Sparse) -> Sparse:
        entries: Sparse = sparse.coo_matrix(matrix)
        return entries.asformat(name)

    return convert


def wide_indices(matrix: Sparse) -> Sparse:
    matrix = matrix.copy()
    matrix.indices = matrix.indices.astype(np.int64)
    matrix.indptr = matrix.indptr.astype(np.int64)
    return matrix


def shuffled(matrix: Sparse) -> Sparse:
    """Return the same matrix with the entries of every line in reverse order."""
    matrix = matrix.copy()
    for first, last in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True):
        matrix.indices[first:last] = matrix.indices[first:last][::-1]
        matrix.data[first:last] = matrix.data[first:last][::-1]
    return matrix


def with_duplicates(matrix: Sparse) -> Sparse:
    """Return the same matrix with every entry cut into three that add up, the last in front."""
    lines = np.repeat(np.arange(len(matrix.indptr) - 1), np.diff(matrix.indptr))
    parts = np.r_[matrix.data / 4, matrix.data / 4, matrix.data / 2]
    order = np.argsort(np.tile(lines, 3), kind="stable")
    indptr = 3 * matrix.indptr
    return type(matrix)((parts[order], np.tile(matrix.indices, 3)[order], indptr), matrix.shape)


def with_slack(matrix: Sparse) -> Sparse:
    """Return the same matrix in arrays that are longer than what they hold."""
    result = matrix.copy()
    result.data = np.r_[matrix.data, np.nan]
    result.indices = np.r_[matrix.indices, 99].astype(matrix.indices.dtype)
    return result


@pytest.mark.parametrize("solver", ["auto", "cholesky", "svd", "cg"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("form", FORMATS)
def test_every_format(form: str, dtype: type, solver: str) -> None:
    matrix = in_format(form)(X.astype(dtype))
    fit = elltwo.ridge(matrix, Y, alpha=0.7, solver=solver, tol=1e-13)
    expected = elltwo.ridge(DENSE.astype(dtype), Y, alpha=0.7)
    assert_same(fit, expected, 1e-10 if dtype is np.float64 else 2e-7)
    predicted = fit.predict(matrix)
    assert predicted.dtype == dtype
    wanted = expected.predict(DENSE.astype(dtype))
    np.testing.assert_allclose(predicted, wanted, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("form", ["csr", "csc"])
@pytest.mark.parametrize(
    "change", [wide_indices, shuffled, with_duplicates, with_slack], ids=lambda f: f.__name__
)
@pytest.mark.parametrize("solver", ["cholesky", "cg"])
def test_every_order_of_entries(change: Callable[[Sparse], Sparse], form: str, solver: str) -> None:
    matrix = change(in_format(form)(X))
    before = [array.copy() for array in (matrix.data, matrix.indices, matrix.indptr)]
    fit = elltwo.ridge(matrix, y, alpha=0.7, solver=solver, tol=1e-13)
    expected = elltwo.ridge(DENSE, y, alpha=0.7)
    assert_same(fit, expected, 1e-10)
    np.testing.assert_allclose(fit.predict(matrix), expected.predict(DENSE), rtol=1e-9)
    for array, copy in zip((matrix.data, matrix.indices, matrix.indptr), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.bool_, np.float16, np.longdouble])
def test_other_numbers_become_float64(dtype: type) -> None:
    dense = (3 * DENSE).round().astype(dtype)
    matrix = sparse.csr_array(dense.astype(np.float64))
    matrix.data = matrix.data.astype(dtype)
    fit = elltwo.ridge(matrix, y, alpha=1.0)
    assert_same(fit, elltwo.ridge(dense.astype(np.float64), y, alpha=1.0), 1e-10)


@pytest.mark.parametrize("solver", ["cholesky", "svd", "cg"])
@pytest.mark.parametrize(
    "options",
    [
        {"sample_weight": WEIGHT},
        {"penalty_factors": FACTORS},
        {"prior_mean": PRIOR},
        {"prior_mean": PRIOR, "penalty_factors": FACTORS, "sample_weight": WEIGHT},
        {"alpha": [0.1, np.inf, 5.0]},
        {"alpha": [0.0, 2.0, 2.0], "prior_mean": 0.5},
        {"alpha": np.inf},
    ],
    ids="-".join,
)
@pytest.mark.parametrize(
    "intercept",
    [{}, {"fit_intercept": False}, {"penalize_intercept": True}],
    ids=["free", "none", "penalised"],
)
def test_every_option(options: dict[str, Any], intercept: dict[str, bool], solver: str) -> None:
    options = {"alpha": 0.3} | options | intercept
    fit = elltwo.ridge(X, Y, **options, solver=solver, tol=1e-13)
    expected = elltwo.ridge(DENSE, Y, **options)
    assert_same(fit, expected, 1e-10)
    assert fit.info.status == "converged"
    assert fit.info.optimality <= 1e-13
    assert fit.info.rank == expected.info.rank


def test_more_targets_than_are_fitted_at_once() -> None:
    targets = RNG.standard_normal((60, 21))
    alpha = RNG.uniform(0.1, 10.0, 21)
    for solver in ("cholesky", "cg"):
        fit = elltwo.ridge(X, targets, alpha=alpha, solver=solver, tol=1e-13)
        assert_same(fit, elltwo.ridge(DENSE, targets, alpha=alpha), 1e-10)


@pytest.mark.parametrize("solver", ["cholesky", "cg"])
@pytest.mark.parametrize("alpha", [1e-3, 1.0])
def test_more_features_than_samples(alpha: float, solver: str) -> None:
    wide = random_sparse(40, 150, 0.1, 3)
    fit = elltwo.ridge(wide, y[:40], alpha=alpha, solver=solver, tol=1e-13)
    tolerance = 1e-10 if solver == "cholesky" else 1e-8  # optimality / rcond
    assert_same(fit, elltwo.ridge(wide.toarray(), y[:40], alpha=alpha), tolerance)


@pytest.mark.parametrize("solver", ["cholesky", "cg"])
@pytest.mark.parametrize("shape", [(4000, 50), (300, 20000)], ids=["tall", "wide"])
def test_thread_count_changes_no_bit(shape: tuple[int, int], solver: str) -> None:
    if solver == "cholesky" and shape[1] > 1000:
        shape = (2000, 400)
    matrix: Sparse = sparse.random_array(
        shape, density=min(1.0, 600000 / np.prod(shape)), rng=np.random.default_rng(7), format="csr"
    )
    targets = np.random.default_rng(8).standard_normal((shape[0], 2))
    fits = [elltwo.ridge(matrix, targets, alpha=1.0, solver=solver, n_threads=n) for n in (1, 2, 3)]
    for fit in fits[1:]:
        assert fit.coef.tobytes() == fits[0].coef.tobytes()
    residual = targets - fits[0].predict(matrix)
    gradient = matrix.T @ residual - fits[0].coef.T
    assert np.abs(gradient).max() <= 1e-8 * np.abs(matrix.T @ targets).max()


def test_too_few_iterations_are_told() -> None:
    with pytest.warns(ConvergenceWarning, match="with solver 'cg'"):
        fit = elltwo.ridge(X, y, alpha=1e-3, solver="cg", max_iter=0)
    assert fit.info.status == "max_iter_reached"
    assert fit.info.n_iter == 0


def test_condition_number_of_conjugate_gradients() -> None:
    """Taken to the last digit, the iteration has seen both ends of the spectrum."""
    fit = elltwo.ridge(X, y, alpha=0.5, solver="cg", tol=1e-14)
    system = DENSE - DENSE.mean(axis=0)
    system = system.T @ system + 0.5 * np.eye(12)
    root = np.sqrt(np.diag(system))
    values = np.linalg.eigvalsh(system / root / root[:, None])
    assert fit.info.rcond == pytest.approx(values[0] / values[-1], rel=0.05)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    st.integers(2, 40),
    st.integers(1, 40),
    st.floats(0.0, 1.0),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.01, 1.0, 100.0]),
    st.booleans(),
    st.sampled_from(["csr", "csc"]),
    st.sampled_from(["cholesky", "cg"]),
)
def test_any_pattern_gives_the_dense_answer(
    n: int,
    p: int,
    density: float,
    seed: int,
    alpha: float,
    fit_intercept: bool,
    form: str,
    solver: str,
) -> None:
    rng = np.random.default_rng(seed)
    entries = rng.integers(0, round(2 * density * n * p) + 1)
    rows, columns = rng.integers(0, n, entries), rng.integers(0, p, entries)
    matrix: Sparse = sparse.coo_matrix((rng.standard_normal(entries), (rows, columns)), (n, p))
    targets, weight = rng.standard_normal(n), rng.uniform(0.1, 3.0, n)
    options: dict[str, Any] = {
        "alpha": alpha,
        "fit_intercept": fit_intercept,
        "sample_weight": weight,
    }
    fit = elltwo.ridge(matrix.asformat(form), targets, **options, solver=solver, tol=1e-13)
    assert_same(fit, elltwo.ridge(matrix.toarray(), targets, **options), 1e-10)


def test_scipy_is_not_imported() -> None:
    code = "import sys, elltwo; elltwo.ridge; assert not {'scipy', 'sklearn'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
