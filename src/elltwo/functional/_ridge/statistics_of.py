"""What a fit was made from, kept by reference for its statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from elltwo.functional._base.names import NAMELESS, Names
from elltwo.functional._base.options import AUTO, MAX_ITER, TOL, Options, read_options
from elltwo.functional._base.record_parts import HAS_BOUNDS, LEFT_BEHIND
from elltwo.functional._base.validate import penalties
from elltwo.functional._ridge_problem.problem import MomentsProblem, Problem, read_problem

if TYPE_CHECKING:
    from elltwo import _core
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_statistics.statistics import RidgeStatistics

SmallFit: TypeAlias = tuple[Any, Any, Any, Any]  # X, y, alpha and fit_intercept as they were given


class FittedData(NamedTuple):
    """A problem that has been read, and how it was fitted."""

    problem: Problem
    alpha: Float64Array
    options: Options
    bounded: bool


# What a record of a fit knows of its data; copies and pickles keep the names alone.
Kept: TypeAlias = FittedData | SmallFit | Names | None


def names_in(data: Kept) -> Names:
    """Return the names of features and targets; small fits are of arrays, which have none."""
    if isinstance(data, FittedData):
        return data.problem.names
    return data if isinstance(data, Names) else NAMELESS


def statistics_of(data: Kept, core: _core.RidgePath | None = None) -> RidgeStatistics:
    """Return the statistics of a fit to this data; `core` may hold its decomposition."""
    from elltwo.functional._ridge_problem.iterated_path import (
        is_beyond_decomposition,
        refuse_beyond,
    )
    from elltwo.functional._ridge_statistics.statistics import RidgeStatistics

    if data is None or isinstance(data, Names):
        raise ValueError(LEFT_BEHIND)
    if not isinstance(data, FittedData):
        X, y, alpha, fit_intercept = cast("SmallFit", data)
        problem = read_problem(X, y, None, None, None)
        options = read_options(fit_intercept, False, AUTO, TOL, MAX_ITER, None)
        return RidgeStatistics(problem, options, penalties(alpha, problem.Y.shape[1]))
    if data.bounded:
        raise ValueError(HAS_BOUNDS)
    if is_beyond_decomposition(data.problem.X):
        refuse_beyond("statistics", data.problem.X)
    if isinstance(data.problem, MomentsProblem):
        from elltwo.functional._ridge_statistics.of_moments import MomentsStatistics

        return MomentsStatistics(data.problem, data.options, data.alpha, core)
    return RidgeStatistics(data.problem, data.options, data.alpha, core)
