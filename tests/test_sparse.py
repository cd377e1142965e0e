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
import reference
from elltwo.exceptions import ConvergenceWarning
from elltwo.linear_model import Ridge

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

Sparse: TypeAlias = Any  # a matrix or an array of SciPy

FORMATS = ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"]


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
WEIGHT = RNG.integers(0, 4, 60).astype(np.float64)
FACTORS = np.array([0.0, np.inf, 0.5, 3.0, 1.0, 1.0, 0.0, 2.0, np.inf, 1.0, 1.0, 1.0])
PRIOR = RNG.standard_normal((3, 12))


def in_format(name: str) -> Callable[[Sparse], Sparse]:
    return lambda matrix: sparse.coo_matrix(matrix).asformat(name)


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


@pytest.mark.parametrize("solver", ["auto", "cholesky", "cg"])
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
    matrix = change(sparse.csr_matrix(X).asformat(form))
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


@pytest.mark.parametrize("solver", ["cholesky", "cg"])
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
    ids=lambda options: "-".join(options),
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
    assert_same(fit, elltwo.ridge(wide.toarray(), y[:40], alpha=alpha), 1e-10)


@pytest.mark.parametrize("solver", ["auto", "cg"])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_alpha_zero_is_the_least_of_all_solutions(fit_intercept: bool, solver: str) -> None:
    """Dummies of two factors, which add up to the same column of ones, and a copy of one of them."""
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
        assert fit.coef[12] == 0.0
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


@pytest.mark.parametrize("solver", ["cholesky", "cg"])
@pytest.mark.parametrize("shape", [(4000, 50), (300, 20000)], ids=["tall", "wide"])
def test_thread_count_changes_no_bit(shape: tuple[int, int], solver: str) -> None:
    if solver == "cholesky" and shape[1] > 1000:
        shape = (2000, 400)
    matrix = sparse.random_array(
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
    matrix = sparse.coo_matrix((rng.standard_normal(entries), (rows, columns)), (n, p))
    targets, weight = rng.standard_normal(n), rng.uniform(0.1, 3.0, n)
    options = {"alpha": alpha, "fit_intercept": fit_intercept, "sample_weight": weight}
    fit = elltwo.ridge(matrix.asformat(form), targets, **options, solver=solver, tol=1e-13)
    assert_same(fit, elltwo.ridge(matrix.toarray(), targets, **options), 1e-10)


def spoilt(array: str, place: int, value: float, form: str = "csr") -> Sparse:
    matrix = sparse.csr_matrix(DENSE).asformat(form)
    getattr(matrix, array)[place] = value
    return matrix


def cut(array: str, length: int) -> Sparse:
    matrix = sparse.csr_matrix(DENSE)
    setattr(matrix, array, getattr(matrix, array)[:length])
    return matrix


def replaced(array: str, values: object) -> Sparse:
    matrix = sparse.csr_matrix(DENSE)
    setattr(matrix, array, values)
    return matrix


_CSR = sparse.csr_matrix(DENSE)
_ROW = int(np.flatnonzero(np.diff(_CSR.indptr))[2])
_PLACE = int(_CSR.indptr[_ROW])
_COLUMN = int(_CSR.indices[_PLACE])

MALFORMED: dict[str, tuple[Sparse, type[Exception], str]] = {
    "column_too_large": (spoilt("indices", 5, 12), ValueError, "in [0, 12), got 12 at position 5"),
    "column_huge": (spoilt("indices", 5, 2**31 - 1), ValueError, "got 2147483647"),
    "column_negative": (spoilt("indices", 7, -1), ValueError, "got -1 at position 7"),
    "row_too_large": (spoilt("indices", 5, 60, "csc"), ValueError, "in [0, 60), got 60"),
    "starts_late": (spoilt("indptr", 0, 1), ValueError, "start at 0, got 1"),
    "starts_negative": (spoilt("indptr", 0, -4), ValueError, "start at 0, got -4"),
    "decreases": (spoilt("indptr", 3, 10**6), ValueError, "must not decrease"),
    "negative_start": (spoilt("indptr", 3, -7), ValueError, "got -7"),
    "ends_late": (spoilt("indptr", 60, 10**6), ValueError, "ends at 1000000"),
    "short_data": (cut("data", 10), ValueError, "have 10 and"),
    "short_indices": (cut("indices", 10), ValueError, "and 10 entries"),
    "no_indices": (cut("indices", 0), ValueError, "and 0 entries"),
    "short_indptr": (cut("indptr", 9), ValueError, "61 entries, got 9"),
    "empty_indptr": (cut("indptr", 0), ValueError, "61 entries, got 0"),
    "float_indices": (replaced("indices", _CSR.indices * 1.0), TypeError, "float64"),
    "matrix_of_data": (replaced("data", _CSR.data[None]), ValueError, "data must be 1-D"),
    "complex": (sparse.csr_matrix(DENSE + 0j), TypeError, "complex128"),
    "nan": (spoilt("data", _PLACE, np.nan), ValueError, f"NaN at row {_ROW}, column {_COLUMN}"),
    "infinity": (
        spoilt("data", _PLACE, -np.inf),
        ValueError,
        f"infinity at row {_ROW}, column {_COLUMN}",
    ),
    "nan_by_columns": (spoilt("data", 3, np.nan, "csc"), ValueError, "NaN at row"),
    "no_rows": (sparse.csr_matrix((0, 12)), ValueError, "0 sample(s)"),
    "no_columns": (sparse.csr_matrix((60, 0)), ValueError, "0 feature(s)"),
    "vector": (sparse.coo_array(DENSE[0]), ValueError, "2-D"),
}


@pytest.mark.parametrize(("matrix", "error", "got"), MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.parametrize("solver", ["auto", "cg"])
def test_malformed_matrices(matrix: Sparse, error: type[Exception], got: str, solver: str) -> None:
    with pytest.raises(error) as caught:
        elltwo.ridge(matrix, y, alpha=1.0, solver=solver)
    assert str(caught.value).startswith("X ")
    assert got in str(caught.value)


@pytest.mark.parametrize(("matrix", "error", "got"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_matrices_to_predict(matrix: Sparse, error: type[Exception], got: str) -> None:
    fit = elltwo.ridge(DENSE, y, alpha=1.0)
    with pytest.raises(error) as caught:
        fit.predict(matrix)
    assert got in str(caught.value) or "features" in str(caught.value)


def test_duplicates_that_overflow() -> None:
    matrix = sparse.csr_matrix(([1e308, 1e308], [0, 0], [0, 2, 2]), (2, 1))
    with pytest.raises(ValueError, match="X contains infinity at row 0, column 0"):
        elltwo.ridge(matrix, [1.0, 2.0], alpha=1.0)


def test_predictions_that_overflow() -> None:
    fit = elltwo.ridge(DENSE, 1e10 * y, alpha=0.1)
    with pytest.raises(ValueError, match="row 0 of X overflows float64"):
        fit.predict(sparse.csr_array(np.full((1, 12), 1.7e308)))


def test_solvers_of_the_other_kind() -> None:
    with pytest.raises(ValueError, match="solver must be .* where X is sparse, got 'svd'"):
        elltwo.ridge(X, y, alpha=1.0, solver="svd")
    with pytest.raises(ValueError, match="solver must be .* where X is dense, got 'cg'"):
        elltwo.ridge(DENSE, y, alpha=1.0, solver="cg")


@pytest.mark.parametrize("form", FORMATS)
def test_estimator(form: str) -> None:
    matrix = in_format(form)(X)
    model = Ridge(alpha=0.7).fit(matrix, Y, WEIGHT)
    expected = Ridge(alpha=0.7).fit(DENSE, Y, WEIGHT)
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(model.predict(matrix), expected.predict(DENSE), rtol=1e-10)
    assert model.n_features_in_ == 12


def test_scipy_is_not_imported() -> None:
    code = "import sys, elltwo; elltwo.ridge; assert not {'scipy', 'sklearn'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
