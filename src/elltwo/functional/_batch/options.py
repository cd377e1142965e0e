"""Options of fits to many problems, and the warning if some of them stopped early."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from elltwo.functional._base.convergence import warn_of_early_stop
from elltwo.functional._base.options import flag, threads, tolerance

if TYPE_CHECKING:
    from elltwo._core import SolveInfo


class ManyOptions(NamedTuple):
    """What is neither data nor penalty, as the core reads it for many problems."""

    fit_intercept: bool
    penalize_intercept: bool
    tol: float
    n_threads: int


def read_many_options(
    fit_intercept: object, penalize_intercept: object, tol: object, n_threads: object
) -> ManyOptions:
    """Check every option, naming the first one that is wrong."""
    return ManyOptions(
        flag(fit_intercept, "fit_intercept"),
        flag(penalize_intercept, "penalize_intercept"),
        tolerance(tol),
        threads(n_threads),
    )


def warn_of_worst(info: SolveInfo, what: str, where: str) -> None:
    """Warn of the worst of many fits, which did not reach its tolerance."""
    advice = "; raise tol if that is good enough"
    warn_of_early_stop(what, info.optimality, info.tolerance, advice, where)
