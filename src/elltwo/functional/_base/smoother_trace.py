"""The trace of a linear smoother, from the products of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array

_RANK = 1e-10  # least eigenvalue of a correlation matrix that counts
_SMALL = 64  # rows of a matrix that is factored at once
_WELL = 1e-9  # least ridge term, relative to the trace, that an inverse is accurate for


def smoother_trace(gram: Float64Array, ridge: Float64Array) -> float:
    """Return the trace of ``G (G + diag(ridge))^-1``, and the rank where there is no ridge."""
    open_ = ridge == 0.0
    if open_.all():
        return float(_rank(gram))
    if open_.any():  # the part that the unpenalised features leave
        held = gram[np.ix_(open_, open_)]
        across = gram[np.ix_(open_, ~open_)]
        rest = (
            gram[np.ix_(~open_, ~open_)] - across.T @ np.linalg.pinv(held, hermitian=True) @ across
        )
        return _rank(held) + smoother_trace(rest, ridge[~open_])
    root = np.sqrt(ridge)
    scaled = gram / np.outer(root, root)
    if np.trace(scaled) * _WELL < 1.0:
        inverse = _inverse_factor(scaled + np.eye(len(scaled)))
        return len(scaled) - float(np.sum(inverse**2))
    values = np.maximum(np.linalg.eigvalsh(scaled), 0.0)
    return float(np.sum(values / (values + 1.0)))


def _inverse_factor(K: Float64Array) -> Float64Array:
    """Return the inverse of the Cholesky factor by halves, nearly all of it matrix products."""
    n = len(K)
    if n <= _SMALL:
        return np.array(np.linalg.inv(np.linalg.cholesky(K)))
    half = n // 2
    inverse: Float64Array = np.zeros((n, n))
    inverse[:half, :half] = first = _inverse_factor(K[:half, :half])
    across = K[half:, :half] @ first.T
    inverse[half:, half:] = second = _inverse_factor(K[half:, half:] - across @ across.T)
    inverse[half:, :half] = -second @ (across @ first)
    return inverse


def _rank(gram: Float64Array) -> int:
    size = np.sqrt(np.maximum(gram.diagonal(), 0.0))
    kept = size > 0.0
    correlation = gram[np.ix_(kept, kept)] / np.outer(size[kept], size[kept])
    return int((np.linalg.eigvalsh(correlation) > _RANK).sum()) if kept.any() else 0
