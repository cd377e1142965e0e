"""Checks of a Gram matrix that was computed beforehand; the fits compute their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.convergence import warn
from elltwo.functional._base.row_blocks import row_blocks
from elltwo.functional._base.sparse import is_sparse, sparse_matrix
from elltwo.functional._base.validate import float_array

if TYPE_CHECKING:
    from elltwo.functional._base.row_blocks import Rows
    from elltwo.functional._base.validate import Float64Array, FloatArray

_N_DIRECTIONS = 3
# relative to what rounding of sums over the rows may reach
_TOLERANCE = {np.dtype(np.float64): 1e-6, np.dtype(np.float32): 1e-3}
_RECOMPUTED = (
    "Gram matrix was provided but X was centered to fit intercept: recomputing Gram matrix."
)


def check_precompute(
    precompute: Any,  # noqa: ANN401  # whatever was passed
    X: Any,  # noqa: ANN401  # an array or a sparse matrix
    sample_weight: Float64Array | None,
    fit_intercept: bool,
) -> None:
    """Refuse a `precompute` that is neither a word of scikit-learn's nor the Gram matrix of X.

    A matrix is compared with ``X.T @ W @ X`` along random directions, X being centred where there
    is an intercept, and W the weights rescaled to sum to the number of rows. That of X which is not
    centred, where it should be, is worth scikit-learn's warning, as it has no effect either.
    """
    if isinstance(precompute, bool | np.bool_):
        return
    if isinstance(precompute, str):
        if precompute != "auto":
            raise ValueError(
                f'precompute must be "auto", True, False or a matrix, got {precompute!r}'
            )
        return
    gram = _read(precompute, X.shape[1])
    rows = sparse_matrix(X) if is_sparse(X) else X
    if fit_intercept and _agrees(gram, rows, sample_weight, centred=True):
        return
    if not _agrees(gram, rows, sample_weight, centred=False):
        what = "the centred X, since there is an intercept" if fit_intercept else "X"
        raise ValueError(
            "precompute: the Gram matrix did not pass validation against the data: along random "
            f"directions it differs from X.T @ W @ X of {what}, with weights W that sum to the "
            "number of rows"
        )
    if fit_intercept:
        warn(_RECOMPUTED, UserWarning)


def _read(precompute: Any, n_features: int) -> FloatArray:  # noqa: ANN401  # whatever was passed
    gram = float_array(precompute, "precompute")
    if gram.shape != (n_features, n_features):
        raise ValueError(
            f'precompute must be "auto", True, False or a Gram matrix of shape ({n_features}, '
            f"{n_features}), got shape {gram.shape}"
        )
    if not np.isfinite(gram).all():
        row, column = map(int, np.argwhere(~np.isfinite(gram))[0])
        raise ValueError(f"precompute is not finite at row {row}, column {column}")
    return gram


def _agrees(
    gram: FloatArray, X: Rows, sample_weight: Float64Array | None, *, centred: bool
) -> bool:
    """Whether a matrix is that of products of the columns, to rounding."""
    n_rows, n_features = X.shape
    weight = np.ones(n_rows) if sample_weight is None else sample_weight
    weight = weight * (n_rows / weight.sum())
    directions = np.random.default_rng(0).normal(size=(n_features, _N_DIRECTIONS))
    mean = np.zeros(n_features)
    if centred:
        for rows, block in row_blocks(X):
            mean += weight[rows] @ block
        mean /= n_rows
    products, squares = np.zeros(directions.shape), np.zeros(n_features)
    lengths = np.zeros(_N_DIRECTIONS)
    for rows, block in row_blocks(X):
        about = block - mean
        along = about @ directions
        w = weight[rows]
        products += about.T @ (w[:, np.newaxis] * along)
        squares += w @ about**2
        lengths += w @ along**2
    scale = np.sqrt(np.outer(squares, lengths))
    error = np.abs(gram.astype(np.float64, copy=False) @ directions - products)
    return bool((error <= _TOLERANCE[gram.dtype] * scale).all())
