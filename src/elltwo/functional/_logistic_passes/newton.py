"""Newton's method whose data are seen only in passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.lane import Lane, PointSums
from elltwo.functional._logistic_passes.packing import pack, unpack
from elltwo.functional._logistic_passes.problem import PassProblem, require_fit
from elltwo.functional._logistic_passes.sample_model import SampleModel
from elltwo.functional._logistic_passes.scaled import Scaled
from elltwo.functional._logistic_passes.start import start_from_sample
from elltwo.functional._logistic_passes.sums import PassSums
from elltwo.functional._logistic_passes.task import FirstTask

if TYPE_CHECKING:
    from elltwo.functional._logistic_passes.task import PassTask


class LogisticPasses:
    """A logistic regression of rows that are seen in passes.

    `task` says what the next pass is to compute, `take` takes its sums; once `task` is None,
    `result` returns the fit.

    Parameters
    ----------
    problem : PassProblem
        Penalty and options.
    first : FirstTask
        The first pass.
    n_threads : int
        Threads of what is computed between passes.
    """

    def __init__(
        self, problem: PassProblem, first: FirstTask | None = None, n_threads: int = 1
    ) -> None:
        self.problem = problem.checked()
        self.first_task = FirstTask() if first is None else first
        self.n_threads = n_threads
        self.n_passes = 0
        self.n_hessians = 0
        self.first: FirstSums | None = None
        self.lane: Lane | None = None

    @property
    def task(self) -> FirstTask | PassTask | None:
        """What the next pass is to compute; None: there is none."""
        if self.first is None:
            return self.first_task
        if self.lane is None or self.lane.status is not None:
            return None
        return pack([self.lane], self.first, self.first_task.folds)

    def take(self, sums: FirstSums | PassSums) -> None:
        """Take the sums of the pass that `task` asked for."""
        self.n_passes += 1
        if isinstance(sums, FirstSums):
            require_fit(self.problem, sums)
            self.first = sums
            self._begin(sums)
            return
        if self.lane is None:
            raise ValueError("the first pass has not been taken")
        self.n_hessians += int(sums.hessian.shape[0] > 0)
        unpack([self.lane], sums)

    def _begin(self, first: FirstSums) -> None:
        scaled = Scaled(self.problem, first, self.problem.alpha)
        if scaled.is_single:
            return
        start = start_from_sample(first.sample, first.classes, scaled, self.n_threads)
        sample = SampleModel(first.sample, scaled)
        self.lane = Lane(scaled, first, sample, start.points, start.is_finite)
