"""The choice of a penalty from a grid by its errors."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from elltwo.functional._validate import Float64Array

SELECT = ("min", "1se")


def choose(grid: Float64Array, error: Float64Array, spread: Float64Array | None) -> Float64Array:
    """Return the largest alpha with the smallest error, or within its spread of it.

    Parameters
    ----------
    grid : ndarray of shape (n_alphas,)
        The alphas.
    error : ndarray of shape (n_alphas, n_targets)
        What is to be small.
    spread : ndarray of shape (n_alphas, n_targets) or None
        Standard errors of `error`, where these may be given away.

    Returns
    -------
    ndarray of shape (n_targets,)
        The choices.
    """
    limit = error.min(axis=0)
    if spread is not None:
        limit = limit + np.take_along_axis(spread, error.argmin(axis=0)[np.newaxis], axis=0)[0]
    candidates = np.where(error <= limit, grid[:, np.newaxis], -np.inf)
    chosen: Float64Array = candidates.max(axis=0)
    return chosen


def standard_error(values: Float64Array, mean: Float64Array, share: Float64Array) -> Float64Array:
    """Standard error of a weighted mean over the first axis, by independence of the rows."""
    n = int(np.count_nonzero(share))
    deviations = values - mean
    np.square(deviations, out=deviations)
    deviations = np.tensordot(share**2, deviations, axes=1)
    result: Float64Array = np.sqrt(deviations * n / max(n - 1, 1))
    return result


def warn_at_edge(chosen: Float64Array, grid: Float64Array) -> None:
    """Warn of choices at the ends of a grid; called by a public function."""
    lowest, highest = float(grid.min()), float(grid.max())
    for alpha in map(float, np.unique(chosen)):
        if lowest == highest or alpha not in {lowest, highest} or alpha in {0.0, np.inf}:
            continue
        edge = "lower" if alpha == lowest else "upper"
        warnings.warn(
            f"alpha = {alpha:.6g} lies on the {edge} edge of the grid of alphas, [{lowest:.6g}, "
            f"{highest:.6g}]; a wider grid may hold a better one",
            UserWarning,
            stacklevel=3,
        )
