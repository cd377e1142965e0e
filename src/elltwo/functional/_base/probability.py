"""Probabilities of classes from linear predictors, without overflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import FloatArray


def probabilities(z: FloatArray) -> FloatArray:
    """Return the probabilities of the classes, rows of which sum to 1.

    Parameters
    ----------
    z : ndarray of shape (n_samples,) or (n_samples, n_classes)
        Log-odds of the second of two classes; of more, logarithms of probabilities up to a
        constant of each row.

    Returns
    -------
    ndarray of shape (n_samples, n_classes)
        ``1 / (1 + exp(z))`` and ``1 / (1 + exp(-z))``, or the softmax of the rows.
    """
    if z.ndim == 1:
        small = np.exp(-np.abs(z))  # the odds and their reciprocal
        large = 1.0 / (1.0 + small)
        small *= large
        first = np.where(z > 0.0, small, large)
        return np.stack([first, np.where(z > 0.0, large, small)], axis=1)
    p: FloatArray = z - z.max(axis=1, keepdims=True)
    np.exp(p, out=p)
    p /= p.sum(axis=1, keepdims=True)
    return p


def log_probabilities(z: FloatArray) -> FloatArray:
    """Return the logarithms of `probabilities`, finite where those round to 0."""
    if z.ndim == 1:
        both = np.logaddexp(0.0, -np.abs(z))
        loser = -np.abs(z) - both
        first = np.where(z > 0.0, loser, -both)
        return np.stack([first, np.where(z > 0.0, -both, loser)], axis=1).astype(z.dtype)
    shifted: FloatArray = z - z.max(axis=1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return shifted


def winners(z: FloatArray) -> npt.NDArray[np.intp]:
    """Return the number of the most probable class of every row, of equals the first."""
    if z.ndim == 1:
        return (z > 0.0).astype(np.intp)
    winner: npt.NDArray[np.intp] = z.argmax(axis=1)
    return winner
