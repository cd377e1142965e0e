"""The one call of the core, for data in any form."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from elltwo.functional._base.bounds import Bounds
from elltwo.functional._base.compiled import _core
from elltwo.functional._base.record_parts import as_float32
from elltwo.functional._base.sparse import SparseMatrix
from elltwo.functional._elastic_net_problem.points import as_solved
from elltwo.functional._ridge_problem.problem import MomentsProblem

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._elastic_net_problem.options import ElasticNetOptions, Penalty
    from elltwo.functional._elastic_net_problem.points import Solved
    from elltwo.functional._ridge_problem.problem import Problem

    # Y, alphas, factors, prior means and weights
    CoreProblem: TypeAlias = tuple[
        Float64Array | None,
        Float64Array | None,
        Float64Array | None,
        Float64Array | None,
        Float64Array | None,
    ]

_SINGLE = np.dtype(np.float32)
NO_BOUNDS = Bounds(None, None)


class NetData(NamedTuple):
    """A problem that has been read, and how it is fitted."""

    problem: Problem
    bounds: Bounds | None
    l1_ratio: float
    options: ElasticNetOptions
    group_targets: bool = False  #: one penalty for a feature's coefficients of all targets

    @property
    def n_features(self) -> int:
        """Number of features."""
        return int(self.problem.X.shape[1])

    @property
    def n_targets(self) -> int:
        """Number of targets."""
        return int(self.problem.Y.shape[1])

    @property
    def single(self) -> bool:
        """Whether X has single precision; moments have not."""
        X = self.problem.X
        given = X.data if isinstance(X, SparseMatrix) else X
        return getattr(given, "dtype", None) is _SINGLE

    def kept(self, values: Float64Array) -> FloatArray:
        """Return values in the precision of X."""
        return as_float32(values) if self.single else values


def is_grouped(data: NetData) -> bool:
    """Return whether targets share their features, so that they are one problem."""
    return data.group_targets and data.n_targets > 1


def core_problem(problem: Problem, alphas: Float64Array | None) -> CoreProblem:
    """Return what the core reads beside X; `alphas` are put into falling order, each once."""
    grid = alphas if alphas is None or alphas.size == 1 else falling(alphas)
    Y = None if isinstance(problem, MomentsProblem) else problem.Y
    return Y, grid, *problem.beside


def falling(alphas: Float64Array) -> Float64Array:
    """Return the values in falling order, each once."""
    return np.ascontiguousarray(np.unique(alphas)[::-1])


def asked_of(data: NetData, penalty: Penalty) -> Penalty:
    """Return the penalty as the core reads it."""
    return penalty._replace(group_targets=True) if data.group_targets else penalty


def solve_paths(data: NetData, alphas: Float64Array | None, penalty: Penalty) -> Solved:
    """Fit every target at all alphas, or on the core's own grid."""
    return as_solved(*solve_raw(data, alphas, penalty))


def solve_raw(
    data: NetData, alphas: Float64Array | None, penalty: Penalty
) -> tuple[list[_core.ElasticNetPath], _core.ElasticNetInfo]:
    """Return what the core does."""
    given = core_problem(data.problem, alphas)
    bounds = NO_BOUNDS if data.bounds is None else data.bounds
    return _core.elastic_net(data.problem.X, bounds, given, asked_of(data, penalty), data.options)
