"""Sparse features, recognised by their attributes: SciPy is never imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeGuard, cast

import numpy as np

from elltwo.functional._base.validate import as_float64, design_matrix, require_not_empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray

_COMPRESSED = ("csr", "csc")
_MOST_DENSE = 1 << 26
_KEPT = (np.dtype(np.float64), np.dtype(np.float32))


class SparseMatrix(NamedTuple):
    """The arrays of a compressed sparse matrix, as the compiled core reads them.

    Line l (a row, or a column) holds ``data[indptr[l]:indptr[l + 1]]`` at the places
    ``indices[indptr[l]:indptr[l + 1]]``, in any order; values of the same place add up. The core
    checks all of them before it uses any.
    """

    data: FloatArray  #: float64 or float32
    indices: npt.NDArray[Any]  #: int32 or int64
    indptr: npt.NDArray[Any]  #: int32 or int64
    n_samples: int
    n_features: int
    by_rows: bool  #: whether lines are rows (CSR)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns."""
        return self.n_samples, self.n_features

    def take(self, rows: npt.NDArray[np.intp]) -> SparseMatrix:
        """Return some rows in CSR form, of a matrix that the core has checked."""
        if not self.by_rows:
            return self.by_row().take(rows)
        starts = self.indptr[rows]
        counts = self.indptr[rows + 1] - starts
        indptr = np.concatenate([[0], np.cumsum(counts)])
        entries = np.repeat(starts - indptr[:-1], counts) + np.arange(indptr[-1])
        data, indices = self.data[entries], self.indices[entries]
        return SparseMatrix(data, indices, indptr, rows.size, self.n_features, True)

    def by_row(self) -> SparseMatrix:
        """Return the matrix in CSR form, itself if it is stored so."""
        if self.by_rows:
            return self
        order = np.argsort(self.indices, kind="stable")
        counts = np.bincount(self.indices, minlength=self.n_samples)
        columns = np.repeat(np.arange(self.n_features), np.diff(self.indptr))
        return self._replace(
            data=self.data[order],
            indices=columns[order],
            indptr=np.concatenate([[0], np.cumsum(counts)]),
            by_rows=True,
        )

    def toarray(self) -> Float64Array:
        """Return a matrix in CSR form as a dense array."""
        rows = np.repeat(np.arange(self.n_samples), np.diff(self.indptr))
        places = rows * self.n_features + self.indices
        size = self.n_samples * self.n_features
        values: Float64Array = np.bincount(places, self.data, size).astype(np.float64, copy=False)
        return values.reshape(self.shape)


class SparseLike(Protocol):
    """A sparse matrix or array, of SciPy or of a package with the same attributes."""

    @property
    def format(self) -> str: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    def tocsr(self) -> Any: ...  # noqa: ANN401  # has what SparseMatrix has, under the same names


def is_sparse(X: object) -> TypeGuard[SparseLike]:
    """Whether X is a sparse matrix or array that can be read."""
    return hasattr(type(X), "tocsr") and hasattr(X, "format") and hasattr(X, "shape")


def feature_matrix(
    X: npt.ArrayLike | SparseLike, names: Sequence[str] | None = None
) -> FloatArray | SparseMatrix:
    """Return X, dense or sparse, with at least one row and one column.

    `names` are as for `design_matrix`.
    """
    return sparse_matrix(X) if is_sparse(X) else design_matrix(cast("npt.ArrayLike", X), names)


def sparse_matrix(X: SparseLike) -> SparseMatrix:
    """Return the arrays of X, without a copy where their types and order suit the core."""
    if len(X.shape) != 2:
        raise ValueError(
            f"X must be 2-D with shape (n_samples, n_features), got shape {tuple(X.shape)}"
        )
    require_not_empty(tuple(X.shape))
    compressed: Any = X if X.format in _COMPRESSED else X.tocsr()
    return SparseMatrix(
        _values(np.asarray(compressed.data)),
        _integers(np.asarray(compressed.indices), "indices"),
        _integers(np.asarray(compressed.indptr), "indptr"),
        int(X.shape[0]),
        int(X.shape[1]),
        compressed.format == "csr",
    )


def as_dense(X: SparseMatrix) -> FloatArray:
    """Return X as an array, if that is no more than 2**26 numbers."""
    if X.n_samples * X.n_features > _MOST_DENSE:
        raise ValueError(
            "cv='alo' makes sparse X dense, which must then have at most "
            f"{_MOST_DENSE} entries, got shape {X.shape}; use folds"
        )
    dense = np.zeros(X.shape, dtype=X.data.dtype)
    lines = np.repeat(np.arange(X.indptr.size - 1), np.diff(X.indptr))
    np.add.at(dense, (lines, X.indices) if X.by_rows else (X.indices, lines), X.data)
    return dense


def _values(data: AnyArray) -> FloatArray:
    _require_vector(data, "data")
    if data.dtype not in _KEPT:
        data = as_float64(data, "X")
    return np.require(data, requirements=["C", "A"])


def _integers(array: AnyArray, name: str) -> AnyArray:
    _require_vector(array, name)
    if array.dtype.kind not in "iu":
        raise TypeError(f"X must have integers in {name}, got dtype {array.dtype}")
    if array.dtype not in {np.dtype(np.int32), np.dtype(np.int64)}:
        array = array.astype(np.int64)
    return np.require(array, requirements=["C", "A"])


def _require_vector(array: AnyArray, name: str) -> None:
    if array.ndim != 1:
        raise ValueError(
            f"X is not a valid sparse matrix: {name} must be 1-D, got shape {array.shape}"
        )
