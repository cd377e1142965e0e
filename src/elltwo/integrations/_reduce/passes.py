"""Fits whose solver sees the rows in passes alone, each of which says what the next one sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from elltwo.exceptions import StreamError
from elltwo.functional._base.validate import require_not_empty
from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.sums import PassSums
from elltwo.functional._logistic_passes.task import FirstTask, Folds

if TYPE_CHECKING:
    from elltwo.functional._logistic_passes.solver import PassSolver
    from elltwo.functional._logistic_passes.task import PassTask
    from elltwo.integrations._reduce.driver import Driver
    from elltwo.integrations._reduce.piece import Piece

USUAL_PASSES = 6  # of one fit


OneSolver = TypeVar("OneSolver", bound="PassSolver")
Names = Sequence[str] | None


class Rows:
    """What the first pass has counted, which the others must find again."""

    def __init__(self, n_rows: int, n_skipped: int) -> None:
        self.n_rows = n_rows
        self.n_skipped = n_skipped

    def check(self, piece: Piece, number: int) -> None:
        """Raise StreamError if a pass has read other rows."""
        here = piece.n_rows - piece.n_skipped
        there = self.n_rows - self.n_skipped
        if (piece.n_rows, here) != (self.n_rows, there):
            raise StreamError(
                f"pass {number} has read {here} rows, but the first one {there}: the data have "
                "changed between passes"
            )


class PassFit(Generic[OneSolver]):
    """A solver and the passes over the partitions of a driver, `n_passes` of them so far.

    Parameters
    ----------
    driver : Driver
        Makes the passes.
    begin : callable
        Makes the solver, of the first pass's task and the names of the features, if known.
    restore : callable
        Makes it of its bytes.
    problem : dict
        What is fitted, as JSON holds it: another problem does not go on from a state file.
    """

    def __init__(
        self,
        driver: Driver,
        begin: Callable[[FirstTask, Names], OneSolver],
        restore: Callable[[bytes], OneSolver],
        problem: dict[str, Any],
    ) -> None:
        self.driver = driver
        self.solver = begin(self._first_task(), driver.feature_names)
        self.n_passes = 0
        self._begin = begin
        self._rows: Rows | None = None
        self._saved = driver.saved(problem)
        self._resume(restore)

    def run(self) -> OneSolver:
        """Make the passes that are left, and return the solver once it knows the answer."""
        while (task := self.solver.task) is not None:
            if isinstance(task, FirstTask):
                self._take_first(task)
            else:
                self._take(task)
            self.n_passes += 1
            self._save()
        self.driver.finish(self.n_passes)
        return self.solver

    def _first_task(self) -> FirstTask:
        reading = self.driver.reading
        folds = Folds(reading.n_folds, reading.fold_rows)
        return FirstTask(n_parts=self.driver.engine.n_parts, folds=folds)

    def _pass(self, task: FirstTask | PassTask) -> Piece:
        expected = max(USUAL_PASSES, self.n_passes + 1)
        return self.driver.one_pass(
            "pass", task.to_bytes(), before=self.n_passes, expected=expected
        )

    def _take_first(self, task: FirstTask) -> None:
        """Make the first pass; where it leaves a fold without rows, with shorter folds again."""
        piece = self._pass(task)
        if not any(piece.sums):
            require_not_empty((0, self.driver.n_features or 0))
        sums = FirstSums.from_bytes(piece.sums[0])
        folds = task.folds
        if not sums.n_rows.all() and sums.n_rows.any() and self.driver.run.fold_rows is None:
            rows = max(piece.longest // folds.n_folds, 1)
            if rows < folds.fold_rows:
                self.driver.reading = replace(self.driver.reading, fold_rows=rows)
                return self._take_first(self._first_task())
        self._rows = Rows(piece.n_rows, piece.n_skipped)
        if not self.driver.run.check_all:
            self.driver.reading = replace(self.driver.reading, compare_labels=False)
        # Factors and priors that are labelled by name are put into order only now.
        self.solver = self._begin(task, self.driver.feature_names)
        return self.solver.take(sums, *self.driver.costs[-1])

    def _take(self, task: PassTask) -> None:
        piece = self._pass(task)
        assert self._rows is not None  # the first pass has counted them
        self._rows.check(piece, self.n_passes + 1)
        self.solver.take(PassSums.from_bytes(piece.sums[0]), *self.driver.costs[-1])

    def _save(self) -> None:
        if not self._saved.wanted:
            return
        rows = self._rows
        assert rows is not None  # a pass has been made
        reading = self.driver.reading
        content = {
            "passes": self.n_passes,
            "rows": [rows.n_rows, rows.n_skipped],
            "reading": reading.content(),
        }
        self._saved.save(content, [self.solver.to_bytes()])

    def _resume(self, restore: Callable[[bytes], OneSolver]) -> None:
        """Go on from the state file, if there is one."""
        before = self._saved.load()
        if before is None:
            return
        content, blobs = before
        self.solver = restore(blobs[0])
        self.n_passes = content["passes"]
        self._rows = Rows(*content["rows"])
        self.driver.reading = type(self.driver.reading).of(content["reading"])
        self.driver.n_rows = content["rows"][0]
