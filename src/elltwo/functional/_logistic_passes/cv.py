"""Logistic regression over passes, with the penalty chosen by cross-validation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.convergence import WorstWarning
from elltwo.functional._cv.choice import EXTEND, warn_at_edge
from elltwo.functional._logistic.fit import warn_unless_converged
from elltwo.functional._logistic_cv.record import CVResults
from elltwo.functional._logistic_passes.alo import AloChunk
from elltwo.functional._logistic_passes.chunk import Chunk
from elltwo.functional._logistic_passes.chunk_state import chunk_state, restore_chunk
from elltwo.functional._logistic_passes.cv_record import PassesCVFit
from elltwo.functional._logistic_passes.cv_search import (
    CVSearch,
    FoldScores,
    LeftOutScores,
    UnknownAlphas,
    choose_alpha,
)
from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.lane import Lane
from elltwo.functional._logistic_passes.newton import LogisticPasses
from elltwo.functional._logistic_passes.problem import PassProblem, require_fit
from elltwo.functional._logistic_passes.sample_model import SampleModel
from elltwo.functional._logistic_passes.solver import PassSolver
from elltwo.functional._logistic_passes.start import SampleStart, start_from_sample
from elltwo.functional._logistic_passes.task import FirstTask
from elltwo.functional._logistic_passes.wire import from_bytes, to_bytes
from elltwo.functional._logistic_problem.core import is_limit
from elltwo.functional._logistic_problem.info import LogisticInfo
from elltwo.functional._logistic_problem.problem import outputs_of

if TYPE_CHECKING:
    from typing import Self

    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import PassTask

_KIND = "state of a choice of alpha"


class LogisticCVPasses(PassSolver):
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
        super().__init__(problem._replace(alpha=1.0).checked(), first, n_threads)
        self.search = search.checked()
        if self.search.leave_one_out and first.n_folds > 1:
            raise ValueError(f"approximate leave-one-out takes no folds, got {first.n_folds}")
        if first.n_folds < 2 and not self.search.leave_one_out:
            raise ValueError(f"cv must be at least 2 folds, got {first.n_folds}")
        self.known: dict[float, FoldScores | LeftOutScores] = {}
        self.missed: list[
            tuple[float, LogisticInfo]
        ] = []  #: fits that did not reach their tolerance
        self.chunk: Chunk | AloChunk | None = None
        self.final: LogisticPasses | None = None

    @property
    def _kind(self) -> type[Chunk | AloChunk]:
        return AloChunk if self.search.leave_one_out else Chunk

    @property
    def n_passes(self) -> int:
        """Number of passes so far."""
        return len(self.seconds) if self.final is None else self.final.n_passes

    @property
    def task(self) -> FirstTask | PassTask | None:
        """What the next pass is to compute; None: there is none."""
        if self.first is None:
            return self.first_task
        if self.final is not None:
            return self.final.task
        return None if self.chunk is None else self.chunk.task(self.first_task.folds)

    def take(self, sums: FirstSums | PassSums, seconds: float = np.nan, n_bytes: int = 0) -> None:
        """Take the sums of the pass that `task` asked for, see `LogisticPasses.take`.

        Raises
        ------
        ValueError
            If the first pass shows that there is nothing to fit, or a fold without rows.
        """
        if self.final is not None:
            self.final.take(sums, seconds, n_bytes)
            return
        if isinstance(sums, FirstSums):
            require_fit(self.problem, sums)
            _require_folds(sums, self.first_task.folds.fold_rows)
            self.first = sums
            self.count(sums, seconds, n_bytes)
            self._go_on(sums)
            return
        if self.first is None or self.chunk is None:
            raise ValueError("the first pass has not been taken")
        self.chunk.take(sums)
        self.count(sums, seconds, n_bytes)
        if self.chunk.is_done:
            self.known |= self.chunk.scores()
            self.missed += self.chunk.side.missed()
            self.chunk = None
            self._go_on(self.first)

    def result(self) -> PassesCVFit:
        """Return the fit to all rows at the chosen alpha, and the scores it was chosen by.

        Warns
        -----
        UserWarning
            If the choice is the smallest or largest of several given alphas.
        elltwo.exceptions.ConvergenceWarning
            If a fit did not reach its tolerance.
        elltwo.exceptions.SeparationWarning
            If unpenalised features separate the classes of a training set.
        """
        if self.first is None or self.final is None:
            raise ValueError("there are passes to come")
        chosen = choose_alpha(self.search, self.problem, self.first, self.known)
        with WorstWarning():
            alphas = np.array([alpha for alpha, _ in self.missed])
            infos: list[Any] = [info for _, info in self.missed]
            warn_unless_converged(infos, alphas, self.problem.max_iter)
            warn_at_edge(np.array([chosen.alpha]), chosen.grid, EXTEND)
            fit = self.final.result()
        scores = chosen.scores
        of_one = (chosen.alpha, chosen.grid, scores.score, scores.se, scores.folds)
        hessian = "exact" if self.search.leave_one_out else None
        return PassesCVFit(fit, CVResults(*of_one, 0.0, np.array([0.0]), hessian))

    def to_bytes(self) -> bytes:
        """Return everything as bytes, with a version and a checksum.

        Passes that go on from them give the same bits.
        """
        chunk, arrays = ({}, {}) if self.chunk is None else chunk_state(self.chunk)
        head, common = self.common_state()
        arrays |= common
        final = b"" if self.final is None else self.final.to_bytes()
        arrays["final"] = np.frombuffer(final, dtype=np.uint8)
        for name in self._kind.score_type._fields:
            arrays[f"known_{name}"] = np.array([getattr(one, name) for one in self.known.values()])
        own = {
            "search": self.search.to_json(),
            "known": list(self.known),
            "missed": self.missed,
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
        problem, search = PassProblem(**head["problem"]), CVSearch(**head["search"])
        task = FirstTask.from_bytes(arrays["first_task"].tobytes())
        made = cls(problem, search, task, head["n_threads"])
        made.restore_common(head, arrays)
        made.missed = [(alpha, LogisticInfo(*info)) for alpha, info in head["missed"]]
        kind = made._kind.score_type
        fields = (arrays[f"known_{name}"] for name in kind._fields)
        known = zip(head["known"], *fields, strict=True)
        made.known = {alpha: kind(*values) for alpha, *values in known}
        if head["chunk"] and made.first is not None:
            made.chunk = restore_chunk(made._kind, made.problem, made.first, head["chunk"], arrays)
        if arrays["final"].size:
            made.final = LogisticPasses.from_bytes(arrays["final"].tobytes())
        return made

    def _go_on(self, first: FirstSums) -> None:
        """Choose, or begin with the alphas that are wanted for that."""
        try:
            alpha = choose_alpha(self.search, self.problem, first, self.known).alpha
        except UnknownAlphas as unknown:
            shape = (outputs_of(int(first.classes.size)), first.n_features + 1)
            most = self._kind.at_once(*shape, len(first.columns))
            self.chunk = self._kind(self.problem, first, unknown.alphas[:most])
            self.chunk.begin(self.n_threads)
            return
        self._begin_final(first, alpha)

    def _begin_final(self, first: FirstSums, alpha: float) -> None:
        """Start the fit to all rows at the mean of the folds."""
        problem = self.problem._replace(alpha=alpha)
        self.final = final = LogisticPasses(problem, self.first_task, self.n_threads)
        final.first = first
        final.n_hessian_passes = self.n_hessian_passes
        final.seconds, final.n_bytes = list(self.seconds), list(self.n_bytes)
        scaled = final.scaled_of(first)
        if scaled.is_single:
            return
        theta = np.where(scaled.active, self.known[alpha].theta, scaled.origin())
        scaled.centre(theta)
        is_known = not is_limit(theta[scaled.active]).any()
        start = SampleStart([theta], not scaled.has_free_features)
        if scaled.has_free_features or not is_known:
            alone = start_from_sample(first.sample, first.classes, scaled, self.n_threads)
            points = [theta, *alone.points] if is_known else alone.points
            start = SampleStart(points, alone.is_finite)
        final.lane = Lane(scaled, first, SampleModel(first.sample, scaled), start)


def _require_folds(first: FirstSums, fold_rows: int) -> None:
    """Refuse folds without rows of positive weight, and such as hold all of them."""
    empty = np.flatnonzero(first.n_rows == 0)
    if empty.size:
        raise ValueError(
            f"fold {empty[0]} of {first.n_rows.size} has no row of positive weight: row i of "
            f"part j is in fold (i // fold_rows + j) % cv with fold_rows = {fold_rows}; pass a "
            "smaller fold_rows or fewer folds"
        )
