"""Predictions of a linear model."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._validate import design_matrix

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._validate import FloatArray


def linear_predictor(
    X: npt.ArrayLike, coef: FloatArray, intercept: float | np.floating[Any] | FloatArray
) -> FloatArray:
    """Return ``X @ coef.T + intercept``, never NaN or infinity.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Rows to predict.
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients.
    intercept : float or ndarray of shape (n_targets,)
        Intercepts.

    Returns
    -------
    ndarray of shape (n_samples,) or (n_samples, n_targets)
        Linear predictor, float32 if X and `coef` are, else float64.

    Raises
    ------
    ValueError
        If X has another number of features than `coef`, or holds NaN or infinity, or if a
        prediction overflows.
    """
    matrix = design_matrix(X)
    n_features = coef.shape[-1]
    if matrix.shape[1] != n_features:
        raise ValueError(
            f"X has {matrix.shape[1]} features, but the fit is expecting {n_features} features"
        )
    with np.errstate(all="ignore"):  # what the warnings could tell is looked for
        predicted: FloatArray = matrix @ coef.T + intercept
        may_be_bad = not math.isfinite(np.vdot(predicted, predicted))
    # A BLAS may skip the products with a zero coefficient, and with them a NaN in X.
    if may_be_bad or np.count_nonzero(coef) < coef.size:
        _require_finite(matrix, predicted)
    return predicted


def _require_finite(matrix: FloatArray, predicted: FloatArray) -> None:
    bad = np.argwhere(~np.isfinite(matrix))
    if bad.size:
        row, column = map(int, bad[0])
        what = "NaN" if np.isnan(matrix[row, column]) else "infinity"
        raise ValueError(f"X contains {what} at row {row}, column {column}")
    overflowing = np.argwhere(~np.isfinite(predicted))
    if overflowing.size:
        raise ValueError(
            f"the prediction for row {int(overflowing[0][0])} of X overflows {predicted.dtype}"
        )
