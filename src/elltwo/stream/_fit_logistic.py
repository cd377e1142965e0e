"""Logistic regression of data that need not fit in memory, in a few passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.names import by_feature
from elltwo.functional._base.options import TOL
from elltwo.functional._base.validate import one_penalty
from elltwo.functional._logistic_passes.newton import LogisticPasses
from elltwo.functional._logistic_passes.problem import PassProblem
from elltwo.functional._logistic_passes.task import FirstTask
from elltwo.stream._logistic_record import LogisticStreamFit
from elltwo.stream._pass_run import PassPlan
from elltwo.stream._pass_saving import PassState
from elltwo.stream._passes import Passes

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.stream._how import How
    from elltwo.stream._sources import Source


class Penalty(NamedTuple):
    """The arguments of `fit_stream` that say what a logistic regression minimises."""

    alpha: Any
    alphas: Float64Array | None
    cv: int | str | None
    penalty_factors: npt.ArrayLike | None
    prior_mean: npt.ArrayLike | None
    fit_intercept: bool
    tol: float | None

    def problem(self, names: list[str] | None) -> PassProblem:
        """Return the problem of features with these names, with its options checked."""
        return PassProblem(
            alpha=one_penalty(self.alpha),
            penalty_factors=by_feature(self.penalty_factors, "penalty_factors", names),
            prior_mean=by_feature(self.prior_mean, "prior_mean", names),
            fit_intercept=self.fit_intercept,
            tol=TOL if self.tol is None else self.tol,
        ).checked()


def fit_logistic(opened: Source, penalty: Penalty, how: How) -> LogisticStreamFit:
    """Read the source as often as it takes, and return the fit."""
    jobs = min(how.n_jobs, len(opened.parts))
    names = None if opened.columns is None else list(opened.columns.features)
    problem = penalty.problem(names)
    first = FirstTask(n_parts=len(opened.parts))
    solver = LogisticPasses(problem, first, how.n_threads)
    passes = Passes(opened, solver, PassPlan(how.skip_missing, how.threads_of(jobs)))
    save = _nothing
    if how.state is not None:
        state = PassState(how.state, _described(problem))
        if how.state.exists():
            state.resume(passes, LogisticPasses.from_bytes)

        def save() -> None:
            state.save(passes)

    passes.read(jobs, how.progress, save, how.checkpoint)
    p = passes.solver.first.n_features
    found = opened.names
    return LogisticStreamFit(
        passes.solver.result(),
        problem.alpha,
        None,
        None if found is None else list(found[:p]),
        passes.rows - passes.skipped,
        passes.skipped,
    )


def _described(problem: PassProblem) -> dict[str, Any]:
    """Return what is fitted, as the state file compares it."""
    return {name: _plain(value) for name, value in problem.to_json().items()}


def _plain(value: Any) -> Any:  # noqa: ANN401
    return str(value) if isinstance(value, float) and np.isinf(value) else value


def _nothing() -> None:
    """Save nothing."""
