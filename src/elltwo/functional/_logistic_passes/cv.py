"""Logistic regression over passes, with the penalty chosen by cross-validation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._logistic_passes.chunk import Chunk, alphas_at_once
from elltwo.functional._logistic_passes.cv_search import (
    CVSearch,
    UnknownAlphas,
    choose_alpha,
)
from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.lane import Lane
from elltwo.functional._logistic_passes.newton import LogisticPasses
from elltwo.functional._logistic_passes.problem import PassProblem, require_fit
from elltwo.functional._logistic_passes.sample_model import SampleModel
from elltwo.functional._logistic_passes.scaled import Scaled
from elltwo.functional._logistic_passes.start import start_from_sample
from elltwo.functional._logistic_problem.problem import outputs_of

if TYPE_CHECKING:
    from elltwo.functional._logistic_passes.cv_search import Chosen, FoldScores
    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import FirstTask, PassTask


class LogisticCVPasses:
    """A choice of alpha by cross-validation, of rows that are seen in passes.

    `task` says what the next pass is to compute, `take` takes its sums; once `task` is None,
    `result` returns the fit. All folds and alphas share every pass.

    Parameters
    ----------
    problem : PassProblem
        Penalty and options; its alpha is not used.
    search : CVSearch
        Grid and choice.
    first : FirstTask
        The first pass, which says how rows are divided into folds.
    n_threads : int
        Threads of what is computed between passes.
    """

    def __init__(
        self, problem: PassProblem, search: CVSearch, first: FirstTask, n_threads: int = 1
    ) -> None:
        self.problem = problem._replace(alpha=1.0).checked()
        self.search = search.checked()
        if first.n_folds < 2:
            raise ValueError(f"cv must be at least 2 folds, got {first.n_folds}")
        self.first_task = first
        self.n_threads = n_threads
        self.n_passes = 0
        self.n_hessians = 0
        self.first: FirstSums | None = None
        self.known: dict[float, FoldScores] = {}
        self.chunk: Chunk | None = None
        self.chosen: Chosen | None = None
        self.final: LogisticPasses | None = None

    @property
    def task(self) -> FirstTask | PassTask | None:
        """What the next pass is to compute; None: there is none."""
        if self.first is None:
            return self.first_task
        if self.final is not None:
            return self.final.task
        return None if self.chunk is None else self.chunk.task(self.first_task.folds)

    def take(self, sums: FirstSums | PassSums) -> None:
        """Take the sums of the pass that `task` asked for."""
        self.n_passes += 1
        if isinstance(sums, FirstSums):
            require_fit(self.problem, sums)
            _require_folds(sums, self.first_task.folds.fold_rows)
            self.first = sums
            self._go_on(sums)
            return
        self.n_hessians += int(sums.hessian.shape[0] > 0)
        if self.first is None:
            raise ValueError("the first pass has not been taken")
        if self.final is not None:
            self.final.take(sums)
        elif self.chunk is not None:
            self.chunk.take(sums)
            if self.chunk.is_done:
                self.known |= self.chunk.scores()
                self.chunk = None
                self._go_on(self.first)

    def _go_on(self, first: FirstSums) -> None:
        """Choose, or begin with the alphas that are wanted for that."""
        try:
            self.chosen = choose_alpha(self.search, self.problem, first, self.known)
        except UnknownAlphas as unknown:
            outputs = outputs_of(int(first.classes.size))
            most = alphas_at_once(outputs, first.n_features, len(first.columns))
            self.chunk = Chunk(self.problem, first, unknown.alphas[:most], self.n_threads)
            return
        self._begin_final(first, self.chosen.alpha)

    def _begin_final(self, first: FirstSums, alpha: float) -> None:
        problem = self.problem._replace(alpha=alpha)
        self.final = LogisticPasses(problem, self.first_task, self.n_threads)
        self.final.first = first
        scaled = Scaled(problem, first, alpha)
        if scaled.is_single:
            return
        start = np.where(scaled.active, self.known[alpha].theta, scaled.origin())
        scaled.centre(start)
        is_finite = not scaled.has_free_features
        if not is_finite:
            is_finite = start_from_sample(
                first.sample, first.classes, scaled, self.n_threads
            ).is_finite
        sample = SampleModel(first.sample, scaled)
        self.final.lane = Lane(scaled, first, sample, [start], is_finite)


def _require_folds(first: FirstSums, fold_rows: int) -> None:
    """Refuse folds without rows of positive weight, and such as hold all of them."""
    empty = np.flatnonzero(first.n_rows == 0)
    if empty.size:
        raise ValueError(
            f"fold {empty[0]} of {first.n_rows.size} has no row of positive weight: row i of "
            f"part j is in fold (i // fold_rows + j) % cv with fold_rows = {fold_rows}; pass a "
            "smaller fold_rows or fewer folds"
        )
