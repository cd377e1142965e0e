"""Posterior variances of linear predictors, in units of the error variance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.row_blocks import row_blocks
from elltwo.functional._ridge_statistics.covariance import UNDETERMINED
from elltwo.functional._ridge_statistics.smoother_record import TINY

if TYPE_CHECKING:
    from elltwo.functional._base.row_blocks import Rows
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_statistics.smoother_record import PriorOnly, Smoother


def row_variances(fit: Smoother, X: Rows) -> Float64Array:
    """Return z^T A^-1 z of rows z = (x, 1), without a matrix of all features.

    Raises
    ------
    ValueError
        If neither rows nor penalty determine a parameter.
    """
    if fit.known is not None and not fit.known.all():
        raise ValueError(UNDETERMINED)
    k = fit.offset.size
    coef, level = fit.basis[:-1], fit.columns.mean @ fit.basis[:-1] + fit.basis[-1]
    level[:k] = fit.offset
    result = np.empty(X.shape[0])
    with np.errstate(over="ignore", invalid="ignore"):
        for rows, block in row_blocks(X, fit.gain.size):
            along = (block - fit.columns.mean) @ coef + level
            result[rows] = along**2 @ fit.gain
            if fit.prior_only is not None:
                result[rows] += _beyond(fit.prior_only, block, along)
    result[np.isnan(result)] = np.inf  # rows so far away that squares overflow
    return result


def _beyond(part: PriorOnly, block: Float64Array, along: Float64Array) -> Float64Array:
    """Return the part of rows that only the penalty determines; `along` are their coordinates."""
    z = np.column_stack([block, np.ones(len(block))])
    carried = z[:, part.penalised] + z[:, part.free] @ part.carried
    outer = carried**2 @ part.inverse_factor
    rest = outer - (along[:, part.directions] ** 2).sum(axis=1)
    rest[rest < 1e-13 * outer] = 0.0  # rounding
    result: Float64Array = rest / max(part.alpha, TINY)
    return result
