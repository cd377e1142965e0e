"""Points of several lanes in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._logistic_passes.lane import PointSums
from elltwo.functional._logistic_passes.task import PassTask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.lane import Lane
    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import Folds


def pack(lanes: Sequence[Lane], first: FirstSums, folds: Folds) -> PassTask:
    """Return the task of a pass for the candidates of all lanes, which share their scales."""
    scaled = lanes[0].scaled
    candidates = [(lane, one) for lane in lanes for one in lane.candidates]
    return PassTask(
        classes=first.classes,
        theta=np.array([one.theta for _, one in candidates]),
        left_out=np.array([lane.scaled.fold for lane, _ in candidates], dtype=np.int32),
        shift=scaled.shift,
        scale=scaled.scale,
        hessian=np.array([one.wants_hessian for _, one in candidates]),
        in_float32=all(lane.in_float32 for lane in lanes),
        folds=folds,
    )


def unpack(lanes: Sequence[Lane], sums: PassSums) -> None:
    """Give each lane the sums at its candidates; those lanes take them."""
    at, n_hessians = 0, 0
    for lane in lanes:
        given = []
        for one in lane.candidates:
            hessian = None
            if one.wants_hessian:
                hessian, n_hessians = sums.hessian[n_hessians], n_hessians + 1
            given.append(PointSums(float(sums.loss[at]), sums.gradient[at], sums.residual[at], hessian))
            at += 1
        lane.take(given)
