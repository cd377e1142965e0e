"""Logistic regressions for many penalties of rows that are seen in passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.grid import given_grid
from elltwo.functional._logistic.fit import warn_unless_converged
from elltwo.functional._logistic_passes.chunk import Chunk
from elltwo.functional._logistic_passes.chunk_state import chunk_state, restore_chunk
from elltwo.functional._logistic_passes.cv_search import automatic_grid
from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.outcome import record_of
from elltwo.functional._logistic_passes.path_chunk import PathChunk
from elltwo.functional._logistic_passes.path_record import PassesPath
from elltwo.functional._logistic_passes.problem import PassProblem, require_fit
from elltwo.functional._logistic_passes.solver import PassSolver
from elltwo.functional._logistic_passes.task import FirstTask
from elltwo.functional._logistic_passes.wire import from_bytes, to_bytes
from elltwo.functional._logistic_problem.info import LogisticInfo
from elltwo.functional._logistic_problem.problem import outputs_of

if TYPE_CHECKING:
    from typing import Self

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import PassTask

_KIND = "state of a path"


class Ended(NamedTuple):
    """A fit of the path, in the user's units."""

    coef: Float64Array  #: (n_outputs, n_features)
    intercept: Float64Array  #: (n_outputs,)
    info: LogisticInfo


class LogisticPathPasses(PassSolver):
    """A path of rows that are seen in passes, which all alphas share.

    `task` says what the next pass is to compute, `take` takes its sums; once `task` is None,
    `result` returns the path.

    Parameters
    ----------
    problem : PassProblem
        Penalty and options; its alpha is not used.
    alphas : array-like of shape (n_alphas,) or None
        Penalties in [0, inf], in any order; None stands for the grid of `elltwo.logistic_path`.
    first : FirstTask
        The first pass.
    n_threads : int
        Threads of what is computed between passes.
    """

    def __init__(
        self,
        problem: PassProblem,
        alphas: npt.ArrayLike | None,
        first: FirstTask,
        n_threads: int = 1,
    ) -> None:
        super().__init__(problem._replace(alpha=1.0).checked(), first, n_threads)
        self.alphas = None if alphas is None else given_grid(alphas)
        self.ended: dict[float, Ended] = {}
        self.chunk: PathChunk | None = None

    @property
    def task(self) -> FirstTask | PassTask | None:
        """What the next pass is to compute; None: there is none."""
        if self.first is None:
            return self.first_task
        return None if self.chunk is None else self.chunk.task(self.first_task.folds)

    def take(self, sums: FirstSums | PassSums, seconds: float = np.nan, n_bytes: int = 0) -> None:
        """Take the sums of the pass that `task` asked for, see `LogisticPasses.take`."""
        if isinstance(sums, FirstSums):
            require_fit(self.problem, sums)
            self.first = sums
            if self.alphas is None:
                self.alphas = automatic_grid(self.problem, sums)
        elif self.chunk is None:
            raise ValueError("the first pass has not been taken")
        else:
            self.chunk.take(sums)
        self.count(sums, seconds, n_bytes)
        if self.chunk is None or self.chunk.is_done:
            self._go_on()

    def _go_on(self) -> None:
        """Keep the fits that have ended, and begin the next ones."""
        first, alphas = self.first, self.alphas
        if first is None or alphas is None:
            return
        if self.chunk is not None:
            for lane in self.chunk.side.lanes:
                self.ended[lane.scaled.alpha] = Ended(*lane.in_units(), lane.info())
        self.chunk = None
        rest = np.unique([alpha for alpha in alphas.tolist() if alpha not in self.ended])[::-1]
        if rest.size:
            outputs = outputs_of(int(first.classes.size))
            most = Chunk.at_once(outputs, first.n_features + 1, 1)
            self.chunk = PathChunk(self.problem, first, rest[:most])
            self.chunk.begin(self.n_threads)

    def result(self) -> PassesPath:
        """Return the path.

        Warns
        -----
        elltwo.exceptions.ConvergenceWarning
            If `tol` was not reached for some alpha.
        elltwo.exceptions.SeparationWarning
            If there is no minimum for some alpha.
        """
        first, alphas = self.first, self.alphas
        if first is None or alphas is None or self.task is not None:
            raise ValueError("there are passes to come")
        ended = [self.ended[alpha] for alpha in alphas.tolist()]
        infos: list[Any] = [one.info for one in ended]
        warn_unless_converged(infos, alphas, self.problem.max_iter)
        return PassesPath(alphas, [record_of(first, *one, self.counts) for one in ended])

    def to_bytes(self) -> bytes:
        """Return everything as bytes, with a version and a checksum.

        Passes that go on from them give the same bits.
        """
        chunk, arrays = ({}, {}) if self.chunk is None else chunk_state(self.chunk)
        head, common = self.common_state()
        arrays |= common
        arrays["coef"] = np.array([one.coef for one in self.ended.values()])
        arrays["intercept"] = np.array([one.intercept for one in self.ended.values()])
        own = {
            "alphas": None if self.alphas is None else self.alphas.tolist(),
            "ended": [[alpha, *one.info] for alpha, one in self.ended.items()],
            "chunk": chunk,
        }
        return to_bytes(_KIND, head | own, arrays)

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
        made = cls(PassProblem(**head["problem"]), head["alphas"], task, head["n_threads"])
        made.restore_common(head, arrays)
        fits = zip(head["ended"], arrays["coef"], arrays["intercept"], strict=True)
        for (alpha, *info), coef, intercept in fits:
            made.ended[alpha] = Ended(coef, intercept, LogisticInfo(*info))
        if head["chunk"] and made.first is not None:
            made.chunk = restore_chunk(PathChunk, made.problem, made.first, head["chunk"], arrays)
        return made
