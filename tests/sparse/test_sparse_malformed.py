"""Malformed sparse matrices: an error that names X and what is wrong, before any use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from scipy import sparse

import elltwo

if TYPE_CHECKING:
    from collections.abc import Callable

Sparse: TypeAlias = Any  # a matrix or an array of SciPy

RNG = np.random.default_rng(1)
DENSE = np.where(RNG.random((60, 12)) < 0.3, RNG.standard_normal((60, 12)), 0.0)
y = RNG.standard_normal(60)


def spoilt(array: str, place: int, value: float, form: str = "csr") -> Sparse:
    matrix: Sparse = sparse.csr_matrix(DENSE)
    matrix = matrix.asformat(form)
    getattr(matrix, array)[place] = value
    return matrix


def cut(array: str, length: int) -> Sparse:
    matrix: Sparse = sparse.csr_matrix(DENSE)
    setattr(matrix, array, getattr(matrix, array)[:length])
    return matrix


def replaced(array: str, values: object) -> Sparse:
    matrix: Sparse = sparse.csr_matrix(DENSE)
    setattr(matrix, array, values)
    return matrix


_CSR: Sparse = sparse.csr_matrix(DENSE)
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
@pytest.mark.parametrize("cv", [None, "loo", 3])
def test_malformed_matrices_to_paths(
    matrix: Sparse, error: type[Exception], got: str, cv: str | int | None
) -> None:
    function: Callable[..., object] = elltwo.ridge_path if cv is None else elltwo.ridge_cv
    options = {} if cv is None else {"cv": cv}
    with pytest.raises(error) as caught:
        function(matrix, y, alphas=[1.0], **options)
    assert str(caught.value).startswith("X ")
    assert got in str(caught.value)


@pytest.mark.parametrize(("matrix", "error", "got"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_matrices_to_predict(matrix: Sparse, error: type[Exception], got: str) -> None:
    fit = elltwo.ridge(DENSE, y, alpha=1.0)
    with pytest.raises(error) as caught:
        fit.predict(matrix)
    assert got in str(caught.value) or "features" in str(caught.value)


def test_duplicates_that_overflow() -> None:
    matrix: Sparse = sparse.csr_matrix(([1e308, 1e308], [0, 0], [0, 2, 2]), (2, 1))
    with pytest.raises(ValueError, match="X contains infinity at row 0, column 0"):
        elltwo.ridge(matrix, [1.0, 2.0], alpha=1.0)


def test_predictions_that_overflow() -> None:
    fit = elltwo.ridge(DENSE, 1e10 * y, alpha=0.1)
    with pytest.raises(ValueError, match="row 0 of X overflows float64"):
        fit.predict(sparse.csr_array(np.full((1, 12), 1.7e308)))


def test_conjugate_gradients_want_sparse_features() -> None:
    with pytest.raises(ValueError, match=r"solver must be .* where X is dense, got 'cg'"):
        elltwo.ridge(DENSE, y, alpha=1.0, solver="cg")
