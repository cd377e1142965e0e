"""What all kinds of moving windows share: reading the arguments, and the call of the core."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from elltwo.exceptions import ConvergenceWarning
from elltwo.functional._base.compiled import _core
from elltwo.functional._base.convergence import warn
from elltwo.functional._base.options import count, flag, one_of
from elltwo.functional._base.validate import design_matrix, one_penalty, targets, vector
from elltwo.functional._rolling.record import RollingFit

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array

_MISSING = ("raise", "skip")


def fit_steps(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    alpha: float,
    window: int,
    half_life: float,
    min_periods: int,
    penalty_factors: npt.ArrayLike | None,
    sample_weight: npt.ArrayLike | None,
    fit_intercept: bool,
    missing: str,
    n_threads: int | None,
    out: Float64Array | None,
) -> RollingFit:
    """Read what all kinds of windows share, and fit."""
    matrix = design_matrix(X)
    n, p = matrix.shape
    y = targets(y, n)
    Y = y if y.ndim == 2 else y[:, np.newaxis]
    if penalty_factors is not None:
        penalty_factors = vector(penalty_factors, "penalty_factors", p, f"{p} feature(s) of X")
    if sample_weight is not None:
        sample_weight = vector(sample_weight, "sample_weight", n, f"{n} row(s) of X")
    if out is not None:
        _require_out(out, (n, p) if y.ndim == 1 else (n, Y.shape[1], p))
    coef, intercept, prediction, variance, n_rows, info = _core.ridge_rolling(
        matrix,
        Y,
        one_penalty(alpha),
        penalty_factors,
        sample_weight,
        window,
        half_life,
        min_periods,
        flag(fit_intercept, "fit_intercept"),
        one_of(_MISSING, missing, "missing") == "skip",
        0 if n_threads is None else count(n_threads, "n_threads", minimum=1),
        out,
    )
    if info.status != "converged":
        warn(
            f"a window's fit stopped at an optimality of {info.optimality:.3g}, above the "
            f"tolerance of {info.tolerance:.3g}",
            ConvergenceWarning,
        )
    if y.ndim == 1:
        intercept, prediction, variance = intercept[:, 0], prediction[:, 0], variance[:, 0]
        coef = coef.reshape(n, p)
    return RollingFit(coef if out is None else out, intercept, prediction, variance, n_rows, info)


def positive(value: object, name: str) -> float:
    """Return `value` as a positive, finite number."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not 0.0 < float(value) < math.inf:
        raise ValueError(f"{name} must be positive and finite, got {value!r}")
    return float(value)


def _require_out(out: object, shape: tuple[int, ...]) -> None:
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a NumPy array, got {type(out).__name__}")
    fits = out.dtype == np.float64 and out.flags.carray and out.dtype.isnative
    if not fits or out.shape != shape:
        raise ValueError(
            f"out must be a writable C-contiguous float64 array of shape {shape}, "
            f"got {out.dtype} of shape {out.shape}"
        )
