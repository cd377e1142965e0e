"""What all kinds of moving windows share: reading the arguments, and the call of the core."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.convergence import warn_of_early_stop
from elltwo.functional._base.gaps import offering_to_skip
from elltwo.functional._base.names import by_feature, names_of
from elltwo.functional._base.options import flag, one_of, threads
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.validate import (
    design_matrix,
    feature_factors,
    one_penalty,
    row_weights,
    targets,
    with_gaps,
)
from elltwo.functional._rolling.data import StepData
from elltwo.functional._rolling.record import RollingFit
from elltwo.functional._rolling.timed import TimedWindow

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array

_MISSING = ("raise", "skip")


@offering_to_skip
def fit_steps(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    alpha: float,
    window: int | TimedWindow,
    half_life: float,
    min_periods: int,
    penalty_factors: npt.ArrayLike | None,
    sample_weight: npt.ArrayLike | None,
    fit_intercept: bool,
    missing: str,
    n_threads: int | None,
    out: Float64Array | None,
) -> RollingFit:
    """Read the arguments that all kinds of windows share, and fit."""
    names, skip = names_of(X, y), one_of(_MISSING, missing, "missing") == "skip"
    matrix = design_matrix(with_gaps(X, "X") if skip else X)
    n, p = matrix.shape
    require_same_labels(X, y=y, sample_weight=sample_weight)
    if isinstance(window, TimedWindow):
        require_same_labels(X, times=window.times)
    y = targets(with_gaps(y, "y") if skip else y, n)
    Y = y if y.ndim == 2 else y[:, np.newaxis]
    factors = feature_factors(by_feature(penalty_factors, "penalty_factors", names.features), p)
    weight = row_weights(sample_weight, n)
    if out is not None:
        _require_out(out, (n, p) if y.ndim == 1 else (n, Y.shape[1], p))
    penalty = one_penalty(alpha)
    intercepts = flag(fit_intercept, "fit_intercept")
    windows, times = window.starts(n) if isinstance(window, TimedWindow) else (window, None)
    options = (windows, half_life, min_periods, intercepts, skip, threads(n_threads))
    fitted = _core.ridge_rolling(matrix, Y, penalty, factors, weight, options, out)
    coef, intercept, prediction, variance, n_rows, info = fitted
    if info.status != "converged":
        warn_of_early_stop("a window's fit", info.optimality, info.tolerance, "")
    if y.ndim == 1:
        intercept, prediction, variance = intercept[:, 0], prediction[:, 0], variance[:, 0]
        coef = coef.reshape(n, p)
    coef = coef if out is None else out
    data = StepData(
        matrix,
        Y,
        y.ndim == 1,
        factors,
        weight,
        alpha=penalty,
        fit_intercept=intercepts,
        skips_missing=skip,
        window=windows,
        half_life=half_life,
        times=times,
    )
    return RollingFit(coef, intercept, prediction, variance, n_rows, info, names, data)


def _require_out(out: object, shape: tuple[int, ...]) -> None:
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a NumPy array, got {type(out).__name__}")
    fits = out.dtype == np.float64 and out.flags.carray and out.dtype.isnative
    if not fits or out.shape != shape:
        raise ValueError(
            f"out must be a writable C-contiguous float64 array of shape {shape}, "
            f"got {out.dtype} of shape {out.shape}"
        )
