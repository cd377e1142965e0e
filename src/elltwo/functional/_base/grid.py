"""Grids of penalties."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.validate import float64_array

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array

N_ALPHAS = 100
EDF_AT_THE_ENDS = 0.01  # effective degrees of freedom short of the rank, or above none
# Least alpha of a grid, relative to the largest eigenvalue: below it a penalty changes nothing
# that double precision can represent.
_NARROWEST = 1e-12
# The same, relative to an estimate of that eigenvalue, where there is no spectrum: conjugate
# gradients need some hundreds of iterations at this alpha.
_NARROWEST_BY_BOUNDS = 1e-4


def given_grid(alphas: npt.ArrayLike) -> Float64Array:
    """Return the caller's alphas, in the caller's order, as a vector of their own."""
    grid = float64_array(alphas, "alphas")
    if grid.ndim != 1 or grid.size == 0:
        raise ValueError(f"alphas must be 1-D and not empty, got shape {grid.shape}")
    bad = np.flatnonzero(~(grid >= 0.0))
    if bad.size:
        i = int(bad[0])
        raise ValueError(f"alphas must be in [0, inf], got {float(grid[i]):.17g} at position {i}")
    return grid.copy()  # the record keeps the array


def automatic_grid(eigenvalues: Float64Array, n_alphas: int = N_ALPHAS) -> Float64Array:
    """Space alphas evenly in their logarithm, ascending, over the range in which fits differ.

    From where the effective degrees of freedom are 0.01 short of the rank to where they are 0.01
    above those of the unpenalised part: sum s / (s + alpha), for small alpha rank - alpha sum 1/s,
    for large alpha sum s / alpha.
    """
    if eigenvalues.size == 0:
        return np.array([1.0])  # all alphas are alike
    with np.errstate(divide="ignore", over="ignore"):  # `log_spaced` refuses what is out of range
        low = float(EDF_AT_THE_ENDS / np.sum(1.0 / eigenvalues))
        low = max(low, _NARROWEST * float(eigenvalues[0]))
        high = float(np.sum(eigenvalues)) / EDF_AT_THE_ENDS
    return log_spaced(low, high, n_alphas)


def grid_within(largest: float, total: float, n_alphas: int = N_ALPHAS) -> Float64Array:
    """Space alphas in the same way where only the largest and the sum of the eigenvalues are known.

    The upper end is that of `automatic_grid`; the lower is 1e-4 of the largest eigenvalue.
    """
    if total == 0.0:
        return np.array([1.0])
    return log_spaced(_NARROWEST_BY_BOUNDS * largest, total / EDF_AT_THE_ENDS, n_alphas)


def log_spaced(low: float, high: float, n_alphas: int) -> Float64Array:
    """Space alphas evenly in their logarithm, ascending."""
    if not (low > 0.0 and math.isfinite(high)):
        raise ValueError(
            "alphas=None needs squares of X within the range of float64; pass alphas, or scale X"
        )
    return np.geomspace(low, high, n_alphas)
