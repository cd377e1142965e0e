"""Inverses of positive definite matrices, damped where they are nearly singular."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array

_FIRST_DAMPING = 1e-15
_LEAST_DIAGONAL = 1e-290


class Inverse:
    """The inverse of a symmetric matrix, which is scaled to a unit diagonal first."""

    def __init__(self, size: Float64Array, inverse: Float64Array, rcond: float) -> None:
        self._size = size  # roots of the diagonal
        self._inverse = inverse
        self.rcond = rcond

    def solve(self, v: Float64Array) -> Float64Array:
        """Return the product with a vector."""
        result: Float64Array = (self._inverse @ (v / self._size)) / self._size
        return result

    @property
    def diagonal(self) -> Float64Array:
        """The diagonal of the inverse."""
        result: Float64Array = np.diagonal(self._inverse) / self._size**2
        return result


def largest_change(matrix: Float64Array, change: Float64Array) -> float:
    """Return the largest size of v.change v / v.matrix v; infinity if matrix is not definite."""
    diagonal = np.diagonal(matrix)
    if not (diagonal > 0.0).all() or not (np.isfinite(matrix).all() and np.isfinite(change).all()):
        return np.inf
    size = np.sqrt(diagonal)
    try:
        lower = np.linalg.cholesky(matrix / size / size[:, np.newaxis])
    except np.linalg.LinAlgError:
        return np.inf
    half = np.linalg.solve(lower, change / size / size[:, np.newaxis])
    values = np.linalg.eigvalsh(np.linalg.solve(lower, half.T))
    return float(np.abs(values).max(initial=0.0))


def inverse_of(matrix: Float64Array) -> Inverse | None:
    """Return the inverse of a matrix; None if it is not positive definite."""
    diagonal = np.diagonal(matrix)
    if not (diagonal > 0.0).all() or not np.isfinite(matrix).all():
        return None
    size = np.sqrt(diagonal)
    return _inverted(matrix / size / size[:, np.newaxis], size)


def damped_inverse_of(matrix: Float64Array) -> Inverse:
    """Return the inverse after as small a multiple of the diagonal as it takes has been added."""
    size = np.sqrt(np.maximum(np.diagonal(matrix), _LEAST_DIAGONAL))
    scaled = matrix / size / size[:, np.newaxis]
    damping = 0.0
    while True:
        inverse = _inverted(scaled + damping * np.eye(len(size)), size)
        if inverse is not None:
            return inverse
        damping = max(_FIRST_DAMPING, 100.0 * damping)


def _inverted(scaled: Float64Array, size: Float64Array) -> Inverse | None:
    try:
        lower = np.linalg.cholesky(scaled)
    except np.linalg.LinAlgError:
        return None
    if size.size == 0:
        return Inverse(size, scaled, 1.0)
    root = np.linalg.inv(lower)
    inverse = root.T @ root
    if not np.isfinite(inverse).all():
        return None
    norms = np.abs(scaled).sum(axis=0).max() * np.abs(inverse).sum(axis=0).max()
    return Inverse(size, inverse, float(1.0 / norms))


def inverse_root_of(matrix: Float64Array) -> Float64Array:
    """Return V, lower triangular, of the inverse V'V, damped as by `damped_inverse_of`."""
    size = np.sqrt(np.maximum(np.diagonal(matrix), _LEAST_DIAGONAL))
    scaled = matrix / size / size[:, np.newaxis]
    damping = 0.0
    while True:
        try:
            lower = np.linalg.cholesky(scaled + damping * np.eye(len(size)))
        except np.linalg.LinAlgError:
            damping = max(_FIRST_DAMPING, 100.0 * damping)
            continue
        root: Float64Array = np.linalg.inv(lower) / size
        return root
