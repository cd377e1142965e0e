"""How an elastic net ended: its certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from elltwo.exceptions import ConvergenceWarning
from elltwo.functional._base.convergence import RAISE_EITHER, warn
from elltwo.functional._base.record_parts import public
from elltwo.functional._elastic_net_problem.points import as_solved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo._core import ElasticNetInfo as RawInfo
    from elltwo._core import ElasticNetPath as RawPath
    from elltwo.functional._elastic_net_problem.points import Call, Point

    RawFit: TypeAlias = tuple[Sequence[RawPath], RawInfo]  # what the core returns for one alpha

CONVERGED = "converged"


@public("elltwo")
class ElasticNetInfo(NamedTuple):
    """How a fit of the elastic net ended: its certificate.

    Sums and maxima are over the targets, whose problems are independent of each other. With
    `group_targets` there is one problem, and an active coefficient is a feature's row of them.

    Parameters
    ----------
    status : str
        ``"converged"``, or ``"max_iter_reached"`` where `gap` stayed above `tolerance`.
    solver : str
        How the minimum was found.
    reason : str
        Why this way was the first choice.
    fallback : str or None
        Why the first choice was left, None where it was not.
    gap : float
        Relative duality gap, a bound on (objective - minimum) / objective; the largest.
    violation : float
        Violation of the optimality conditions, relative to ``alpha * l1_ratio``; the largest.
    tolerance : float
        What `gap` was held to.
    objective : float
        Value of what is minimised, the sum.
    null_objective : float
        Its value where all penalised coefficients are zero, the sum.
    alpha_max : float
        Smallest alpha at which all penalised coefficients are zero, the largest.
    n_active : int
        Coefficients that are not zero, the sum.
    n_iter : int
        Rounds of the active set, the sum.
    n_passes : int
        Readings of X in the whole call.
    n_ever : int
        Largest number of features that were in the working set at one time or another.
    n_exchanges : int
        Exchanges of linearly dependent features.
    n_monotone : int
        Rounds of coordinate descent, which step in where rounds of the active set might cycle.
    n_threads : int
        Threads used.
    """

    status: str
    solver: str
    reason: str
    fallback: str | None
    gap: float
    violation: float
    tolerance: float
    objective: float
    null_objective: float
    alpha_max: float
    n_active: int
    n_iter: int
    n_passes: int
    n_ever: int
    n_exchanges: int
    n_monotone: int
    n_threads: int


def info_of(call: Call, points: Sequence[Point]) -> ElasticNetInfo:
    """Return how the call ended at some points, one for each target."""
    points = call.certified(points)
    status = CONVERGED if all(point.converged for point in points) else "max_iter_reached"
    return ElasticNetInfo(
        status,
        call.solver,
        call.reason,
        call.fallback,
        max(point.gap for point in points),
        max(point.violation for point in points),
        call.tolerance,
        sum(point.objective for point in points),
        sum(point.null_objective for point in points),
        max(point.alpha_max for point in points),
        sum(point.n_active for point in points),
        sum(point.n_iter for point in points),
        call.n_passes,
        call.n_ever,
        call.n_exchanges,
        call.n_monotone,
        call.n_threads,
    )


def info_of_raw(paths: Sequence[RawPath], info: RawInfo) -> ElasticNetInfo:
    """Return how a call at one alpha ended."""
    solved = as_solved(paths, info)
    return info_of(solved.call, [path.point(0) for path in solved.paths])


def warn_of_gap(gap: float, tolerance: float, where: str = "") -> None:
    """Warn of a fit that did not reach its tolerance."""
    warn(
        f"elastic net stopped{where} at a relative duality gap of {gap:.3g}, above the tolerance "
        f"of {tolerance:.3g}{RAISE_EITHER}",
        ConvergenceWarning,
        gap,
    )
