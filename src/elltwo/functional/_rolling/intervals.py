"""Intervals of the coefficients of single steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.intervals import interval

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_statistics.statistics import RidgeStatistics


def coef_intervals(
    coef: Float64Array,
    statistics_at: Callable[[int], RidgeStatistics],
    steps: npt.ArrayLike | None,
    level: float,
) -> tuple[Float64Array, Float64Array]:
    """Return the ends of the intervals of steps, which may be negative; see `RollingFit`.

    `coef` holds the coefficients of all steps, NaN for those without a fit.
    """
    wanted = np.arange(len(coef)) if steps is None else np.atleast_1d(np.asarray(steps))
    if wanted.ndim != 1 or wanted.dtype.kind not in "iu":
        raise ValueError(f"steps must be numbers of rows, got {steps!r}")
    shape = (wanted.size, *coef.shape[1:])
    lower, upper = np.full(shape, np.nan), np.full(shape, np.nan)
    for place, step in enumerate(wanted.tolist()):
        if not np.isnan(coef[step]).any():
            ends = _of_step(coef[step], statistics_at(step), level)
            lower[place], upper[place] = ends
    return lower, upper


def _of_step(
    coef: Float64Array, known: RidgeStatistics, level: float
) -> tuple[Float64Array, Float64Array]:
    df = float(np.ravel(known.residual_df)[0])  # the same for all targets
    if not df > 1e-9:
        return np.full(coef.shape, -np.inf), np.full(coef.shape, np.inf)
    return interval(coef, known.standard_errors().coef, level, df)
