"""Penalty strengths and factors as they are given, and as `ridge` reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.validate import float64_array

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array


def strengths(value: npt.ArrayLike, name: str) -> Float64Array:
    """Return `value` as an array in [0, inf]."""
    array = float64_array(value, name)
    refused = ~(array >= 0.0)
    if refused.any():
        raise ValueError(f"{name} must be in [0, inf], got {array[refused][0]}")
    return np.abs(array)  # of -0.0, whose reciprocal is -inf


def factors_of_scales(sd_x: float | Float64Array, power: float) -> Float64Array:
    """Return the factors of columns that are scaled, infinite for constants: they are left out."""
    scales = np.asarray(sd_x, dtype=np.float64)
    factors: Float64Array = np.where(scales > 0.0, scales, np.inf) ** power
    return factors


def merge_factors(
    penalty_factors: npt.ArrayLike | None, squares: Float64Array | None, *, to_mean_one: bool
) -> Float64Array | None:
    """Multiply the caller's factors by those of the scales of the columns; infinity wins."""
    if penalty_factors is None:
        return squares
    factors = strengths(penalty_factors, "penalty_factors")
    if factors.ndim != 1 or (squares is not None and factors.shape != squares.shape):
        expected = "(n_features,)" if squares is None else f"{squares.shape}, that of sd_x"
        raise ValueError(f"penalty_factors must have shape {expected}, got shape {factors.shape}")
    if to_mean_one:
        factors = _mean_one(factors)
    if squares is None:
        return factors
    pinned = np.isinf(factors) | np.isinf(squares)  # even by the product of 0 and infinity
    return np.multiply(factors, squares, out=np.full_like(factors, np.inf), where=~pinned)


def _mean_one(factors: Float64Array) -> Float64Array:
    """Scale factors as glmnet does, in whose sum an infinite factor counts as 1."""
    total = np.where(np.isinf(factors), 1.0, factors).sum()
    if total == 0.0:
        raise ValueError("penalty_factors must not all be 0, since they are scaled to a mean of 1")
    scaled: Float64Array = factors * (factors.size / total)
    return scaled
