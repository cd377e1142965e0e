"""Checks of the options of the elastic net that are not arrays."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.grid import N_ALPHAS
from elltwo.functional._base.options import count, flag, threads, tolerance
from elltwo.functional._base.validate import float64_array

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array

MAX_ROUNDS = 1000
_NO_LIMIT = 0  # of the features of a path, as the core reads it


class ElasticNetOptions(NamedTuple):
    """Everything about a fit that is neither data nor penalty, as the core reads it."""

    fit_intercept: bool
    tol: float
    max_iter: int
    n_threads: int


class Penalty(NamedTuple):
    """What the core reads of the penalty beside alphas, factors and prior means."""

    l1_ratio: float
    n_alphas: int = N_ALPHAS
    alpha_min_ratio: float = 0.0  #: 0 lets the core choose
    max_features: int = _NO_LIMIT
    start: Float64Array | None = None  #: (n_targets, n_features)
    group_targets: bool = False  #: one penalty for a feature's coefficients of all targets


def read_elastic_net_options(
    fit_intercept: object, tol: object, max_iter: object, n_threads: object
) -> ElasticNetOptions:
    """Check every option of a fit, naming the first one that is wrong."""
    return ElasticNetOptions(
        flag(fit_intercept, "fit_intercept"),
        tolerance(tol),
        MAX_ROUNDS if max_iter is None else count(max_iter, "max_iter", minimum=1),
        threads(n_threads),
    )


def read_group_targets(group_targets: object, bounds: object) -> bool:
    """Return whether targets are penalised together, which leaves no room for bounds."""
    grouped = flag(group_targets, "group_targets")
    if grouped and bounds is not None:
        raise ValueError("bounds must be None with group_targets=True")
    return grouped


def read_l1_ratio(l1_ratio: object) -> float:
    """Return the share of the absolute values in the penalty, a number in [0, 1]."""
    if isinstance(l1_ratio, bool | np.bool_) or not isinstance(l1_ratio, Real | np.ndarray):
        raise TypeError(f"l1_ratio must be a number, got {l1_ratio!r}")
    array = float64_array(l1_ratio, "l1_ratio")  # type: ignore[arg-type]
    if array.ndim != 0 or not 0.0 <= array <= 1.0:
        raise ValueError(f"l1_ratio must be a number in [0, 1], got {l1_ratio!r}")
    return float(array)


def read_path_penalty(
    l1_ratio: float, n_alphas: object, alpha_min_ratio: object, max_features: object, own_grid: bool
) -> Penalty:
    """Check what shapes a path; `own_grid` says that the caller gives the alphas."""
    size = count(n_alphas, "n_alphas", minimum=1)
    limit = _NO_LIMIT
    if max_features is not None:
        limit = count(max_features, "max_features", minimum=1)
    if l1_ratio == 0.0 and not own_grid:
        raise ValueError(
            "l1_ratio=0 leaves no grid to begin with, since no alpha makes all coefficients zero; "
            "pass alphas, or see ridge_path"
        )
    return Penalty(l1_ratio, size, _min_ratio(alpha_min_ratio), limit)


def _min_ratio(alpha_min_ratio: object) -> float:
    if alpha_min_ratio is None:
        return 0.0
    if isinstance(alpha_min_ratio, bool) or not isinstance(alpha_min_ratio, Real):
        raise TypeError(f"alpha_min_ratio must be a number, got {alpha_min_ratio!r}")
    ratio = float(alpha_min_ratio)
    if not 0.0 < ratio < 1.0:
        raise ValueError(f"alpha_min_ratio must be between 0 and 1, got {alpha_min_ratio!r}")
    return ratio


def read_start(start: object, n_targets: int, n_features: int) -> Float64Array | None:
    """Return coefficients to begin with, those of a fit or an array, one row for each target."""
    if start is None:
        return None
    given: Any = start
    array = float64_array(getattr(given, "coef", given), "start")
    shape = (n_targets, n_features)
    if array.shape != shape and not (n_targets == 1 and array.shape == (n_features,)):
        raise ValueError(
            f"start must be a fit with coefficients of shape {shape}, or an array of them, got "
            f"shape {array.shape}"
        )
    if not np.isfinite(array).all():
        raise ValueError("start must be finite")
    return np.ascontiguousarray(array.reshape(shape))
