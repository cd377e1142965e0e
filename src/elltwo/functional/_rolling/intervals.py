"""Intervals of the coefficients of single steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.intervals import interval

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._rolling.record import RollingFit


def coef_intervals(
    fit: RollingFit, steps: npt.ArrayLike | None, level: float
) -> tuple[Float64Array, Float64Array]:
    """Return the ends of the intervals of steps, which may be negative; see `RollingFit`."""
    wanted = np.arange(len(fit.coef)) if steps is None else np.atleast_1d(np.asarray(steps))
    if wanted.ndim != 1 or wanted.dtype.kind not in "iu":
        raise ValueError(f"steps must be numbers of rows, got {steps!r}")
    shape = (wanted.size, *fit.coef.shape[1:])
    lower, upper = np.full(shape, np.nan), np.full(shape, np.nan)
    for place, step in enumerate(wanted.tolist()):
        coef = fit.coef[step]
        if not np.isnan(coef).any():
            lower[place], upper[place] = _of_step(fit, step, coef, level)
    return lower, upper


def _of_step(
    fit: RollingFit, step: int, coef: Float64Array, level: float
) -> tuple[Float64Array, Float64Array]:
    known = fit.at(step).statistics
    df = float(np.ravel(known.residual_df)[0])  # the same for all targets
    if not df > 1e-9:
        return np.full(coef.shape, -np.inf), np.full(coef.shape, np.inf)
    return interval(coef, known.standard_errors().coef, level, df)
