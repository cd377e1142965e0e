"""Newton's method whose data are seen only in passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.lane import Lane, PointSums
from elltwo.functional._logistic_passes.lane_state import lane_state, restore_lane
from elltwo.functional._logistic_passes.outcome import fit_of
from elltwo.functional._logistic_passes.problem import PassProblem, require_fit
from elltwo.functional._logistic_passes.sample_model import SampleModel
from elltwo.functional._logistic_passes.scaled import Scaled
from elltwo.functional._logistic_passes.solver import PassSolver
from elltwo.functional._logistic_passes.start import start_from_sample
from elltwo.functional._logistic_passes.task import FirstTask, PassTask
from elltwo.functional._logistic_passes.wire import from_bytes, to_bytes

if TYPE_CHECKING:
    from typing import Self

    from elltwo.functional._logistic_passes.record import PassesFit
    from elltwo.functional._logistic_passes.sums import PassSums

_KIND = "state of passes"


class LogisticPasses(PassSolver):
    """A logistic regression of rows that are seen in passes.

    `task` says what the next pass is to compute, `take` takes its sums; once `task` is None,
    `result` returns the fit.

    Parameters
    ----------
    problem : PassProblem
        Penalty and options.
    first : FirstTask, default=None
        The first pass; None: of one part.
    n_threads : int, default=1
        Threads of what is computed between passes.
    """

    def __init__(
        self, problem: PassProblem, first: FirstTask | None = None, n_threads: int = 1
    ) -> None:
        super().__init__(problem.checked(), FirstTask() if first is None else first, n_threads)
        self.lane: Lane | None = None

    @property
    def task(self) -> FirstTask | PassTask | None:
        """What the next pass is to compute; None: there is none."""
        if self.first is None:
            return self.first_task
        lane = self.lane
        if lane is None or lane.status is not None:
            return None
        points = lane.candidates
        return PassTask(
            classes=self.first.classes,
            theta=np.array([one.theta for one in points]),
            left_out=np.full(len(points), -1, dtype=np.int32),
            shift=lane.scaled.shift,
            scale=lane.scaled.scale,
            hessian=np.array([one.wants_hessian for one in points]),
            in_float32=lane.in_float32,
            folds=self.first_task.folds,
            offset_shift=lane.scaled.common_offset,
        )

    def take(self, sums: FirstSums | PassSums, seconds: float = np.nan, n_bytes: int = 0) -> None:
        """Take the sums of the pass that `task` asked for.

        Parameters
        ----------
        sums : FirstSums or PassSums
            Sums over all rows.
        seconds : float, default=nan
            What the pass took; kept for the record alone.
        n_bytes : int, default=0
            What the pass has moved; kept for the record alone.

        Raises
        ------
        ValueError
            If the first pass shows that there is nothing to fit.
        """
        if isinstance(sums, FirstSums):
            require_fit(self.problem, sums)
            self.first = sums
            scaled = self.scaled_of(sums)
            if not scaled.is_single:
                start = start_from_sample(sums.sample, sums.classes, scaled, self.n_threads)
                self.lane = Lane(scaled, sums, SampleModel(sums.sample, scaled), start)
        else:
            self._take_points(sums)
        self.count(sums, seconds, n_bytes)

    def _take_points(self, sums: PassSums) -> None:
        lane = self.lane
        if lane is None:
            raise ValueError("the first pass has not been taken")
        hessians = iter(sums.hessian)
        lane.take(
            [
                PointSums(
                    float(sums.loss[k]),
                    sums.gradient[k],
                    sums.residual[k],
                    next(hessians) if one.wants_hessian else None,
                )
                for k, one in enumerate(lane.candidates)
            ]
        )

    def scaled_of(self, first: FirstSums) -> Scaled:
        """Return the problem in the columns that the first pass has measured."""
        return Scaled(self.problem, first, self.problem.alpha)

    def result(self) -> PassesFit:
        """Return the fit.

        Warns
        -----
        elltwo.exceptions.ConvergenceWarning
            If `tol` was not reached.
        elltwo.exceptions.SeparationWarning
            If unpenalised features separate the classes.
        """
        if self.task is not None:
            raise ValueError("there are passes to come")
        return fit_of(self, self.lane)

    def to_bytes(self) -> bytes:
        """Return everything as bytes, with a version and a checksum.

        Passes that go on from them give the same bits.
        """
        lane, arrays = ({}, {}) if self.lane is None else lane_state(self.lane)
        head, common = self.common_state()
        return to_bytes(_KIND, {**head, "lane": lane}, arrays | common)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return what `to_bytes` was called on.

        Raises
        ------
        ValueError
            If bytes are missing or altered, or of another version.
        """
        head, arrays = from_bytes(_KIND, data)
        task = FirstTask.from_bytes(arrays["first_task"].tobytes())
        made = cls(PassProblem(**head["problem"]), task, head["n_threads"])
        made.restore_common(head, arrays)
        if head["lane"] and made.first is not None:
            scaled = made.scaled_of(made.first)
            sample = SampleModel(made.first.sample, scaled)
            made.lane = restore_lane(scaled, made.first, sample, head["lane"], arrays)
        return made
