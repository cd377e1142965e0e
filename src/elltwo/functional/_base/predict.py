"""Predictions of a linear model."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.in_pieces import product
from elltwo.functional._base.names import name_column
from elltwo.functional._base.sparse import SparseMatrix, is_sparse, sparse_matrix
from elltwo.functional._base.thread_number import default_threads
from elltwo.functional._base.validate import design_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import FloatArray


def linear_predictor(
    X: npt.ArrayLike | SparseLike | SparseMatrix,
    coef: FloatArray,
    intercept: float | np.floating[Any] | FloatArray,
    names: Sequence[str] | None = None,
) -> FloatArray:
    """Return ``X @ coef.T + intercept``, never NaN or infinity.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Rows to predict.
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients.
    intercept : float or ndarray of shape (n_targets,)
        Intercepts.
    names : sequence of str, default=None
        Names of the features, by which the columns of a table are found.

    Returns
    -------
    ndarray of shape (n_samples,) or (n_samples, n_targets)
        Linear predictor, float32 if X and `coef` are, else float64.

    Raises
    ------
    ValueError
        If X has another number of features than `coef`, or lacks one of `names`, or holds NaN or
        infinity, or if a prediction overflows.
    """
    if isinstance(X, SparseMatrix):
        return _sparse_predictor(X, coef, intercept)
    if is_sparse(X):
        return _sparse_predictor(sparse_matrix(X), coef, intercept)
    matrix = design_matrix(cast("npt.ArrayLike", X), names)
    _require_features(matrix.shape[1], coef)
    with np.errstate(all="ignore"):  # overflow and NaN are looked for below
        predicted = _product(matrix, coef)
        predicted += intercept
        may_be_bad = not math.isfinite(np.vdot(predicted, predicted))
    # A BLAS may skip the products with a zero coefficient, and with them a NaN in X.
    if may_be_bad or np.count_nonzero(coef) < coef.size:
        require_finite(matrix, predicted, names)
    return predicted


def _product(matrix: FloatArray, coef: FloatArray) -> FloatArray:
    """Return ``matrix @ coef.T`` in the wider of the two types, without a converted copy of X."""
    coef = coef.astype(np.result_type(matrix, coef), copy=False)
    if matrix.dtype == coef.dtype:
        return product(matrix, coef.T)
    from elltwo.functional._base.row_blocks import row_blocks

    predicted = np.empty((matrix.shape[0], *coef.shape[:-1]))
    for rows, block in row_blocks(matrix):
        np.matmul(block, coef.T, out=predicted[rows])
    return predicted


def _sparse_predictor(
    matrix: SparseMatrix, coef: FloatArray, intercept: float | np.floating[Any] | FloatArray
) -> FloatArray:
    _require_features(matrix.n_features, coef)
    wide = np.ascontiguousarray(coef, dtype=np.float64)
    shape = (matrix.n_samples, *coef.shape[:-1])
    offsets = np.broadcast_to(np.ravel(intercept), wide.size // matrix.n_features)
    offsets = np.ascontiguousarray(offsets, dtype=np.float64)
    predicted: FloatArray = _core.predict_sparse(matrix, wide, offsets, default_threads())
    predicted = predicted.reshape(shape)
    if matrix.data.dtype == coef.dtype == np.float32:
        with np.errstate(over="ignore"):
            predicted = predicted.astype(np.float32)
    require_representable(predicted)
    return predicted


def _require_features(n_features: int, coef: FloatArray) -> None:
    expected = coef.shape[-1]
    if n_features != expected:
        raise ValueError(
            f"X has {n_features} features, but the fit is expecting {expected} features"
        )


def require_finite(matrix: FloatArray, predicted: FloatArray, names: Sequence[str] | None) -> None:
    """Refuse NaN and infinity in rows, or else in what is predicted for them."""
    from elltwo.functional._base.row_blocks import row_blocks

    for rows, block in row_blocks(matrix):
        require_finite_rows(block, rows.start, names)
    require_representable(predicted)


def require_finite_rows(block: FloatArray, first_row: int, names: Sequence[str] | None) -> None:
    """Refuse NaN and infinity in consecutive rows of X, naming row and column."""
    if np.isfinite(block).all():
        return
    row, column = map(int, np.argwhere(~np.isfinite(block))[0])
    what = "NaN" if np.isnan(block[row, column]) else "infinity"
    error = ValueError(f"X contains {what} at row {first_row + row}, column {column}")
    name_column(error, names)
    raise error


def require_representable(predicted: FloatArray) -> None:
    """Refuse predictions that have overflowed."""
    overflowing = np.argwhere(~np.isfinite(predicted))
    if overflowing.size:
        raise ValueError(
            f"the prediction for row {int(overflowing[0][0])} of X overflows {predicted.dtype}"
        )
