r"""Upper bounds of objective - minimum, from the gradient of the last pass and a Hessian.

With :math:`|f'''(\theta)[d, d, d]| \le R(d) \, f''(\theta)[d, d]`, R(d) being the largest range of
:math:`x_i d` between classes, the loss is self-concordant in the sense of Bach (2010, Electronic
Journal of Statistics 4, 384-414, proposition 1): with the Hessian H of the objective at a point,
its gradient g, :math:`\lambda^2 = g H^{-1} g` and a number M such that
:math:`R(d) \le M (d H d)^{1/2}`, the minimum is at a distance of at most
:math:`-\log(1 - \lambda M) / M`, and

.. math:: f - f^* \le \frac{\lambda^2}{4 h(R)}, \qquad h(R) = \frac{e^{-R} + R - 1}{R^2},
    \quad R = -\log(1 - \lambda M),

if :math:`\lambda M < 1`. A Hessian of another point bounds that of the last from below by the
factor exp(-R) of the step between them. R is bounded by the largest size of each column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._logistic_passes.positive import inverse_of

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.model import Curvature
    from elltwo.functional._logistic_passes.scaled import Point, Scaled

_ROUNDING = np.finfo(np.float64).eps  # of a gradient, in parts of |x_j| |r_k|
_FLOAT32 = 1e-3  # of a Hessian from products in float32, far above what it is


def gap_bound(scaled: Scaled, first: FirstSums, point: Point, curvature: Curvature | None) -> float:
    """Return an upper bound of (objective - minimum) / objective, but for rounding.

    1 where nothing better is known, since the minimum is not negative; infinity where features
    have no penalty and nothing is known.
    """
    nothing = np.inf if scaled.has_free_features else 1.0
    if not scaled.active.any():
        return 0.0
    bound = np.inf if curvature is None else _bound(scaled, first, point, curvature)
    if not np.isfinite(bound):
        return nothing
    return bound / point.objective if bound < point.objective else (0.0 if bound == 0.0 else 1.0)


def _bound(scaled: Scaled, first: FirstSums, point: Point, curvature: Curvature) -> float:
    active = scaled.active
    index = np.flatnonzero(active.ravel())
    matrix = curvature.hessian[np.ix_(index, index)].copy()
    if curvature.in_float32:
        matrix *= 1.0 - _FLOAT32
    penalty = np.broadcast_to(scaled.penalty, active.shape)[active]
    matrix[np.diag_indices_from(matrix)] += penalty
    scaled.add_common_curvature(matrix)
    inverse = inverse_of(matrix)
    if inverse is None:
        return np.inf
    largest = largest_sizes(scaled, first)
    moved = range_bound(point.theta - curvature.theta, largest, scaled)
    if not moved < 100.0:
        return np.inf
    rounding = scaled.column_size * point.residual[:, np.newaxis] * _ROUNDING
    g = point.slope[active]
    error = np.broadcast_to(rounding, active.shape)[active]
    roots = np.sqrt(inverse.diagonal)
    decrement = np.sqrt(max(float(g @ inverse.solve(g)), 0.0)) + float(error @ roots)
    factor = np.exp(0.5 * moved)
    spread = np.zeros(active.shape)
    spread[active] = roots
    self_concordance = factor * range_bound(spread, largest, scaled)
    return _bach(factor * decrement, self_concordance)


def _bach(decrement: float, concordance: float) -> float:
    """Return lambda^2 / (4 h(R))."""
    product = decrement * concordance
    if not product < 1.0:
        return np.inf
    r = -np.log1p(-product)
    h = 0.5 - r / 6.0 if r < 1e-4 else (np.expm1(-r) + r) / r**2
    return float(decrement**2 / (4.0 * h))


def range_bound(step: Float64Array, largest: Float64Array, scaled: Scaled) -> float:
    """Bound the range of x d between classes over all rows; of one output |x d|."""
    if scaled.n_outputs == 1:
        return float(np.abs(step[0]) @ largest)
    sizes = np.sort(np.abs(step[scaled.present]), axis=0)
    return float(sizes[-2:].sum(axis=0) @ largest)


def largest_sizes(scaled: Scaled, first: FirstSums) -> Float64Array:
    """Return the largest size of each scaled column over the rows."""
    low, high = (first.low - scaled.shift), (first.high - scaled.shift)
    return np.append(np.maximum(np.abs(low), np.abs(high)) * scaled.scale, 1.0)
