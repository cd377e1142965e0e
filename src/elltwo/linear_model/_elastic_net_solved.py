"""Fits of the elastic net on grids of scikit-learn's kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from elltwo.exceptions import ConvergenceWarning
from elltwo.functional._base.convergence import warn
from elltwo.functional._elastic_net.estimator import NetData, Penalty
from elltwo.linear_model._elastic_net_grid import RESOLUTION, Grid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._elastic_net.estimator import Point, Solved

    Solve: TypeAlias = Callable[[NetData, Float64Array | None, Penalty], Solved]

LEAST_RATIO = 1e-3  # below it the core's own grid is that of this l1_ratio
_NO_GRID = (
    "Automatic alpha grid generation is not supported for l1_ratio=0. Please supply a grid by "
    "providing your estimator with the appropriate `alphas=` argument."
)


class GridPath(NamedTuple):
    """The points of a grid, on the paths that the core has found."""

    net: NetData
    unit: float  #: what scikit-learn's alpha is multiplied by for the core
    alphas: Float64Array  #: (n_alphas,), scikit-learn's, falling, with repetitions
    at: Any  #: (n_alphas,), their places on the paths
    solved: Solved

    def points(self, number: int) -> list[Point]:
        """Return the points of an alpha, one for each target."""
        place = int(self.at[number])
        return [path.point(place) for path in self.solved.paths]

    def coefs(self) -> FloatArray:
        """Return coefficients of shape ([n_targets,] n_features, n_alphas)."""
        several = [joined(self.net, self.points(k))[0] for k in range(self.alphas.size)]
        coefs = np.moveaxis(np.array(several), 0, -1)
        return coefs[0] if self.net.problem.one_dimensional else coefs


def grouped(net: NetData) -> NetData:
    """Return the problem of all targets together, which the coefficients of a feature share.

    Where the penalty has squares its gap is of second order in the errors of the coefficients, and
    is held to less than scikit-learn's `tol`, which limits their changes as well.
    """
    tol = net.options.tol
    if net.l1_ratio < 1.0:
        tol = min(tol, tol**1.5)
    return net._replace(group_targets=True, options=net.options._replace(tol=tol))


def joined(net: NetData, points: list[Point]) -> tuple[FloatArray, FloatArray]:
    """Return coefficients (n_targets, n_features) and intercepts (n_targets,) of an alpha."""
    coef = np.array([point.coef(net.n_features) for point in points])
    intercept = np.array([point.intercept for point in points])
    return net.kept(coef), net.kept(intercept)


def dual_gap(point: Point, unit: float) -> float:
    """Return the duality gap in the units of scikit-learn's objective."""
    return point.gap * point.objective / unit


def warn_unless_converged(points: Sequence[Point], tolerance: float) -> None:
    """Warn of fits that ended above their tolerance, in scikit-learn's words first."""
    gaps = [point.gap for point in points if not point.converged]
    if gaps:
        warn(
            "Objective did not converge. You might want to increase the number of iterations: the "
            f"relative duality gap is {max(gaps):.3g}, above the tolerance of {tolerance:.3g}",
            ConvergenceWarning,
            max(gaps),
            len(gaps),
        )


def solve_grid(
    net: NetData, grid: Grid, unit: float, solve: Solve, start: Float64Array | None = None
) -> GridPath:
    """Fit all alphas of a grid."""
    penalty = Penalty(net.l1_ratio, grid.size, start=start)
    if grid.values is not None:
        return _at_values(net, grid.values, unit, solve, penalty)
    if net.l1_ratio == 0.0:
        raise ValueError(_NO_GRID)
    if grid.eps < 1.0 and net.l1_ratio >= LEAST_RATIO:
        solved = solve(net, None, penalty._replace(alpha_min_ratio=grid.eps))
        if not _is_null(solved, unit):
            alphas = solved.paths[0].alphas / unit
            return GridPath(net, unit, alphas, np.arange(alphas.size), solved)
        alpha_max = 0.0
    else:
        lasso = solve(net._replace(l1_ratio=1.0), None, Penalty(1.0, n_alphas=1))
        alpha_max = max(path.alpha_max for path in lasso.paths) / net.l1_ratio / unit
    return _at_values(net, from_largest(grid, alpha_max), unit, solve, penalty)


def from_largest(grid: Grid, alpha_max: float) -> Float64Array:
    """Return scikit-learn's automatic grid from its largest alpha."""
    if alpha_max <= RESOLUTION:
        return np.full(grid.size, RESOLUTION)
    alphas: Float64Array = np.geomspace(alpha_max, alpha_max * grid.eps, num=grid.size)
    return alphas


def _is_null(solved: Solved, unit: float) -> bool:
    """Whether all coefficients are zero at any alpha, as where y is constant."""
    return max(path.alpha_max for path in solved.paths) / unit <= RESOLUTION


def _at_values(
    net: NetData, alphas: Float64Array, unit: float, solve: Solve, penalty: Penalty
) -> GridPath:
    given = alphas * unit
    solved = solve(net, given, penalty)
    at = np.searchsorted(-solved.paths[0].alphas, -given)
    return GridPath(net, unit, alphas, at, solved)
