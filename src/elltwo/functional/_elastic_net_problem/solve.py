"""The one call of the core, for data in any form."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.bounds import Bounds
from elltwo.functional._base.compiled import _core
from elltwo.functional._elastic_net_problem.points import as_target_path
from elltwo.functional._ridge_problem.problem import MomentsProblem

if TYPE_CHECKING:
    from elltwo._core import ElasticNetInfo as RawInfo
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._elastic_net_problem.options import ElasticNetOptions, Penalty
    from elltwo.functional._elastic_net_problem.points import TargetPath
    from elltwo.functional._ridge_problem.problem import Problem

NO_BOUNDS = Bounds(None, None)


class NetData(NamedTuple):
    """A problem that has been read, and how it is fitted."""

    problem: Problem
    bounds: Bounds | None
    l1_ratio: float
    options: ElasticNetOptions

    @property
    def n_features(self) -> int:
        """Number of features."""
        return int(self.problem.X.shape[1])

    @property
    def n_targets(self) -> int:
        """Number of targets."""
        return int(self.problem.Y.shape[1])


class Solved(NamedTuple):
    """What the core found: a path of each target, and how."""

    paths: list[TargetPath]
    info: RawInfo


def core_problem(problem: Problem, alphas: Float64Array | None) -> tuple[Float64Array | None, ...]:
    """Return what the core reads beside X; `alphas` are put into falling order, each once."""
    grid = None if alphas is None else falling(alphas)
    Y = None if isinstance(problem, MomentsProblem) else problem.Y
    return (Y, grid, *problem.beside)


def falling(alphas: Float64Array) -> Float64Array:
    """Return the values in falling order, each once."""
    return np.ascontiguousarray(np.unique(alphas)[::-1])


def solve_paths(data: NetData, alphas: Float64Array | None, penalty: Penalty) -> Solved:
    """Fit every target at all alphas, or on the core's own grid."""
    problem = data.problem
    given = core_problem(problem, alphas)
    bounds = NO_BOUNDS if data.bounds is None else data.bounds
    paths, info = _core.elastic_net(problem.X, bounds, given, penalty, data.options)
    return Solved([as_target_path(path) for path in paths], info)
