"""Whether a point that was tried is progress, and which of several is best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._logistic_passes.scaled import Point

_SUFFICIENT = 1e-4  # part of the descent promised that a step must bring (Armijo)
NOISE = 1e-13  # of the objective, relative


def is_progress(at: Point, point: Point) -> bool:
    """Armijo's condition; where rounding hides it, that of slopes (Hager and Zhang 2005)."""
    if not np.isfinite(point.objective):
        return False
    step = point.theta - at.theta
    descent = float(np.sum(at.slope * step))
    rise = point.objective - at.objective
    if rise <= -_SUFFICIENT * descent and descent > 0.0:
        return True
    left = abs(float(np.sum(point.slope * step)))
    return rise <= NOISE * abs(at.objective) and left < descent


def best_of(at: Point, points: Sequence[Point], steps: Sequence[int]) -> int | None:
    """Return the number of the best of some points that are progress, None if none is.

    It is the one with the least objective, of equals that with the least optimality.
    """
    good = [k for k in steps if is_progress(at, points[k])]
    if not good:
        return None
    least = min(points[k].objective for k in good)
    equals = [k for k in good if points[k].objective <= least + NOISE * abs(at.objective)]
    return min(equals, key=lambda k: points[k].optimality)
