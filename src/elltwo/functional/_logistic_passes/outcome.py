"""The record of a fit whose passes have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.record_parts import as_float32
from elltwo.functional._logistic.fit import warn_unless_converged
from elltwo.functional._logistic_passes.gap import gap_bound
from elltwo.functional._logistic_passes.record import PassesFit
from elltwo.functional._logistic_passes.scaled import Scaled
from elltwo.functional._logistic_problem.info import LogisticInfo

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.lane import Lane
    from elltwo.functional._logistic_passes.record import PassInfo
    from elltwo.functional._logistic_passes.solver import PassSolver

_SOLVER = "newton_cholesky"
_BLOCKWISE = "quasi_newton"
_REASON = "rows are seen in passes"
_FALLBACK = "the Hessian of all classes would have more than 2000 columns"
_SINGLE = "all weight is in one class"


def fit_of(passes: PassSolver, lane: Lane | None) -> PassesFit:
    """Return the record of passes that have ended, and warn where they did not converge.

    `lane` is None where the first pass has shown that all weight is in one class.
    """
    first = passes.first
    if first is None:
        raise ValueError("there are passes to come")
    if lane is None:
        scaled = Scaled(passes.problem, first, passes.problem.alpha)
        coef, intercept = scaled.without_fit()
        info = _info_of_single(passes, scaled)
    else:
        if lane.at is None:
            raise ValueError("there are passes to come")
        coef, intercept = lane.scaled.in_units(lane.at)
        info = _info_of(passes, first, lane)
    warn_unless_converged([info], np.array([passes.problem.alpha]), passes.problem.max_iter)
    return record_of(first, coef, intercept, info, passes.counts)


def record_of(
    first: FirstSums,
    coef: Float64Array,
    intercept: Float64Array,
    info: LogisticInfo,
    counts: PassInfo,
) -> PassesFit:
    """Return a fit in the shape of its classes and the precision of its data.

    Parameters
    ----------
    first : FirstSums
        The sums of the first pass.
    coef : ndarray of shape (n_outputs, n_features)
        Coefficients.
    intercept : ndarray of shape (n_outputs,)
        Intercepts.
    info : LogisticInfo
        How the fit ended.
    counts : PassInfo
        How often the rows were read.
    """
    if not (np.isfinite(coef).all() and np.isfinite(intercept).all()):
        raise OverflowError("a coefficient is beyond the range of float64; scale X")
    b = as_float32(coef) if first.is_float32 else coef
    if coef.shape[0] == 1:
        return PassesFit(b[0], float(intercept[0]), first.classes, info, counts)
    b0 = as_float32(intercept) if first.is_float32 else intercept
    return PassesFit(b, b0, first.classes, info, counts)


def _info_of(passes: PassSolver, first: FirstSums, lane: Lane) -> LogisticInfo:
    scaled, at = lane.scaled, lane.at
    if at is None:
        raise ValueError("there are passes to come")
    blockwise = lane.model.is_blockwise
    return LogisticInfo(
        status=lane.status or "max_iter_reached",
        solver=_BLOCKWISE if blockwise else _SOLVER,
        reason=_REASON,
        fallback=_FALLBACK if blockwise else None,
        optimality=at.optimality,
        tolerance=passes.problem.tol,
        rcond=lane.rcond,
        rank=int(np.count_nonzero(scaled.active)),
        n_iter=lane.n_steps,
        n_threads=passes.n_threads,
        objective=at.objective / scaled.weight_scale,
        loss=at.loss / scaled.weight_scale,
        gap=gap_bound(scaled, first, at, lane.model.curvature_at(at.theta)),
        n_passes=passes.n_passes,
        n_hessians=float(passes.n_hessian_passes),
        n_empty_classes=scaled.n_empty,
    )


def _info_of_single(passes: PassSolver, scaled: Scaled) -> LogisticInfo:
    return LogisticInfo(
        status="converged",
        solver=_SOLVER,
        reason=_SINGLE,
        fallback=None,
        optimality=0.0,
        tolerance=passes.problem.tol,
        rcond=1.0,
        rank=0,
        n_iter=0,
        n_threads=passes.n_threads,
        objective=0.0,
        loss=0.0,
        gap=0.0,
        n_passes=passes.n_passes,
        n_hessians=0.0,
        n_empty_classes=scaled.n_empty,
    )
