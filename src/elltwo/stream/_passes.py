"""Several passes over a stream, of which each tells what the next one is to compute."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.stream._labels import file_classes
from elltwo.stream._pass_run import PassRun, require_same_sizes

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from elltwo.functional._logistic_passes.cv import LogisticCVPasses
    from elltwo.functional._logistic_passes.newton import LogisticPasses
    from elltwo.stream._pass_run import PassPlan
    from elltwo.stream._progress import Progress
    from elltwo.stream._sources import Source

    Solver: TypeAlias = LogisticPasses | LogisticCVPasses


class Passes:
    """A minimisation and the passes over its data.

    Parameters
    ----------
    source : Source
        What is read.
    solver : Solver
        What the passes are for.
    plan : PassPlan
        How rows are dealt with.
    usual : int
        About how many passes it takes.
    """

    def __init__(self, source: Source, solver: Solver, plan: PassPlan, usual: int) -> None:
        self.source = source
        self.solver = solver
        self.plan = plan
        self.usual = usual
        self.number = 0  # of passes that are complete
        self.part_rows: list[int] = []
        self.skipped = 0  # rows of each pass
        self.run: PassRun | None = None  # the pass that is under way

    @property
    def rows(self) -> int:
        """Rows of each pass, those left out included."""
        return sum(self.part_rows)

    def begin(self) -> PassRun | None:
        """Return the pass that is under way, or the next one; None where there is no more."""
        task = self.solver.task
        if task is None:
            self.run = None
        elif self.run is None:
            self.run = PassRun(self.source, task, self.plan, self.part_rows)
        return self.run

    def read(self, n_jobs: int, progress: Progress, save: Callable[[], None], every: float) -> None:
        """Make the passes that are left; save after each and every so many seconds within one."""
        shown = _PassShow(progress, self)
        while (run := self.begin()) is not None:
            if self.number:
                require_same_sizes(self.source)
            start = time.perf_counter()
            run.read(n_jobs, shown, save, every)
            self._take(run, time.perf_counter() - start)
            save()
        progress.finish(self.number * self.rows, self.number * self.rows)

    def expected(self) -> int:
        """Return about how many passes there will be in all."""
        return max(self.usual, self.number + 1)

    def _take(self, run: PassRun, seconds: float) -> None:
        if run.merged.sums is None or run.rows == 0:
            raise ValueError("source has no rows")
        sums = run.merged.sums
        if self.source.columns is not None and isinstance(sums, FirstSums):
            sums = replace(sums, classes=file_classes(sums.classes))
        self.solver.take(sums, seconds)
        self.skipped = run.skipped
        self.number += 1
        self.run = None


class _PassShow:
    """Shows the rows of all passes so far, of those that all passes are expected to read."""

    def __init__(self, progress: Progress, passes: Passes) -> None:
        self._progress = progress
        self._passes = passes
        self._begun = False

    @property
    def due(self) -> bool:
        """Whether it is time to call `update`."""
        return self._progress.due

    def begin(self, rows: int) -> None:
        """Start from the rows that had been read before the first of these passes."""
        if not self._begun:
            self._progress.begin(self._before + rows)
        self._begun = True
        number = self._passes.number + 1
        self._progress.label = f"pass {number} of about {self._passes.expected()}, "

    def update(self, rows: int, total: int | None) -> None:
        """Show the state of things."""
        passes = self._passes
        each = passes.rows if passes.number else total
        every = None if each is None else each * passes.expected()
        self._progress.update(self._before + rows, every)

    def finish(self, rows: int, total: int | None) -> None:
        """Show nothing: the last pass tells when the work is at its end."""

    def close(self) -> None:
        """End the line."""
        self._progress.close()

    @property
    def _before(self) -> int:
        return self._passes.number * self._passes.rows if self._passes.number else 0
