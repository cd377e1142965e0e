"""Scores of many targets and alphas at once, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.options import one_of

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array


def r2(y: Float64Array, predictions: Float64Array, weight: Float64Array) -> Float64Array:
    """Return 1 - sum w (y - prediction)^2 / sum w (y - mean)^2, as scikit-learn defines it.

    For a constant y it is 1 if all its predictions are exact, else 0.

    Parameters
    ----------
    y : ndarray of shape (n_samples, n_targets)
        Targets.
    predictions : ndarray of shape (n_samples, n_targets, n_alphas)
        Predictions of them.
    weight : ndarray of shape (n_samples,)
        Weights, not all zero.

    Returns
    -------
    ndarray of shape (n_alphas, n_targets)
        Scores, greater being better.
    """
    deviations = _centred(y, weight)
    residuals = y[:, :, np.newaxis] - predictions
    size = np.maximum(np.abs(deviations).max(axis=0), np.abs(residuals).max(axis=(0, 2)))
    size[size == 0.0] = 1.0  # squares of what is divided by it neither overflow nor vanish
    deviations /= size
    residuals /= size[:, np.newaxis]
    total = weight @ deviations**2
    errors = np.tensordot(weight, residuals**2, axes=1).T
    constant = np.where(errors == 0.0, 1.0, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0.0, 1.0 - errors / total, constant)


def correlation(y: Float64Array, predictions: Float64Array, weight: Float64Array) -> Float64Array:
    """Return Pearson's correlation of y and its predictions, 0 where either is constant.

    Parameters and shapes are those of `r2`.
    """
    deviations, predicted = _unit(_centred(y, weight)), _unit(_centred(predictions, weight))
    weighted = weight[:, np.newaxis] * deviations
    products: Float64Array = np.einsum("it,ita->at", weighted, predicted)
    norms = (weight @ deviations**2) * np.tensordot(weight, predicted**2, axes=1).T
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(norms > 0.0, products / np.sqrt(norms), 0.0)


NAMED = {"r2": r2, "correlation": correlation}


def read_name(scoring: str) -> str:
    """Return the name of a score."""
    return one_of(tuple(NAMED), scoring, "scoring")


def _centred(values: Float64Array, weight: Float64Array) -> Float64Array:
    """Return values less their weighted means over the rows."""
    share = weight / weight.sum()
    centred: Float64Array = values - np.tensordot(share, values, axes=1)
    return centred


def _unit(values: Float64Array) -> Float64Array:
    """Return values over the largest of each column, so that their squares stay in range."""
    largest = np.abs(values).max(axis=0)
    return values / np.where(largest == 0.0, 1.0, largest)
