"""Intervals of estimates from their standard errors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.distributions import quantile
from elltwo.functional._base.text_table import Column

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.text_table import Columns
    from elltwo.functional._base.validate import Float64Array


def interval(
    estimate: npt.ArrayLike, error: npt.ArrayLike, level: float, df: float = math.inf
) -> tuple[Float64Array, Float64Array]:
    """Return the ends ``estimate -+ t * error``, t the quantile of Student's distribution.

    The normal one for infinite `df`. Where an error is 0 both ends are the estimate.
    """
    middle, spread = np.asarray(estimate, dtype=np.float64), np.asarray(error, dtype=np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        reach = np.where(spread == 0.0, 0.0, quantile(level, df) * spread)
    return middle - reach, middle + reach


def ratios(estimate: npt.ArrayLike, error: npt.ArrayLike) -> Float64Array:
    """Return estimates over their standard errors, NaN where an error is 0 or infinite."""
    above, below = np.asarray(estimate, dtype=np.float64), np.asarray(error, dtype=np.float64)
    usable = (below > 0.0) & np.isfinite(below)
    return np.divide(above, below, out=np.full_like(above, np.nan), where=usable)


def interval_columns(key: str, ends: tuple[Float64Array, Float64Array], level: float) -> Columns:
    """Return the ends of intervals as columns, headed by the shares of the distribution below."""
    below = 0.5 * (1.0 - level)
    lower, upper = ends
    return (
        Column(f"{key}_lower", f"[{below:.4g}", lower, ".4g"),
        Column(f"{key}_upper", f"{1.0 - below:.4g}]", upper, ".4g"),
    )
