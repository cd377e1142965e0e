"""Criteria that a fit is judged by from its residuals and its effective degrees of freedom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array


def generalised_cv(n: int, rss: Float64Array, edf: Float64Array | float) -> Float64Array:
    """Return n RSS / (n - edf)^2, infinite where no degrees of freedom are left."""
    left = n - edf
    with np.errstate(divide="ignore", invalid="ignore"):
        gcv = n * rss / left**2
    result: Float64Array = np.where(left > 1e-10 * n, gcv, np.inf)  # fewer: RSS is rounding
    return result


def information_criterion(
    n: int, rss: Float64Array, edf: Float64Array | float, price: float
) -> Float64Array:
    """Return n log(RSS / n) + price edf, for Gaussian errors."""
    with np.errstate(divide="ignore"):  # a perfect fit: minus infinity
        result: Float64Array = n * np.log(rss / n) + price * edf
    return result
