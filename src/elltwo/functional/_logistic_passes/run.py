"""The passes of a fit, one after the other."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import FirstTask, PassTask

    RunPass = Callable[[FirstTask | PassTask], FirstSums | PassSums]


class Solver(Protocol):
    """What has passes."""

    @property
    def task(self) -> FirstTask | PassTask | None:
        """What the next pass is to compute."""

    def take(self, sums: FirstSums | PassSums, seconds: float) -> None:
        """Take the sums of that pass, and what it took."""


def run_passes(solver: Solver, run_pass: RunPass, after: Callable[[], None] | None = None) -> None:
    """Run passes until there is no further task.

    Parameters
    ----------
    solver : Solver
        Says what each pass is to compute, and takes its sums.
    run_pass : callable
        Computes the sums of a task over all parts, merged in their order.
    after : callable, default=None
        Called after each pass, as to save the solver's state.
    """
    while (task := solver.task) is not None:
        start = perf_counter()
        sums = run_pass(task)
        solver.take(sums, perf_counter() - start)
        if after is not None:
            after()
