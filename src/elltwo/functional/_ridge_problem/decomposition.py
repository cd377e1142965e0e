"""The decomposition that serves every penalty of a problem, and the grid its spectrum suggests."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.grid import N_ALPHAS, automatic_grid, grid_within
from elltwo.functional._ridge_problem.bounded_path import BoundedPath
from elltwo.functional._ridge_problem.iterated_path import IteratedPath, is_beyond_decomposition
from elltwo.functional._ridge_problem.kept_path import KeptPath

if TYPE_CHECKING:
    from elltwo.functional._base.bounds import Bounds
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_problem.problem import Problem

PathCore: TypeAlias = _core.RidgePath | IteratedPath | BoundedPath | KeptPath


def path_core(
    problem: Problem, options: Options, smallest_alpha: float | None, bounds: Bounds | None = None
) -> PathCore:
    """Return a decomposition, or a path of single fits where bounds or size rule one out."""
    if bounds is not None:
        return BoundedPath(problem, options, bounds)
    if is_beyond_decomposition(problem.X):
        return IteratedPath(problem, problem.X, options)
    return decompose(problem, options, smallest_alpha)


def decompose(problem: Problem, options: Options, smallest_alpha: float | None) -> _core.RidgePath:
    """Decompose a problem accurately enough for penalties from `smallest_alpha` on.

    With None, only leave-one-out errors and fits may be asked for, which decompose it at need.
    """
    given = (problem.Y, None, *problem.beside)
    return _core.RidgePath(problem.X, given, smallest_alpha, options)


def grid_of(
    problem: Problem, options: Options, core: object, n_alphas: int = N_ALPHAS
) -> Float64Array:
    """Return the grid that the spectrum suggests, of `core` if it has one."""
    if isinstance(core, _core.RidgePath | _core.RidgeSplits):
        return automatic_grid(core.eigenvalues(), n_alphas)
    if isinstance(core, IteratedPath):
        return grid_within(*core.spectrum(), n_alphas)
    return grid_of(problem, options, path_core(problem, options, 0.0), n_alphas)
