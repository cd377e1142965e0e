"""Logistic regression of data that need not fit in memory, in a few passes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.names import Names, by_feature
from elltwo.functional._base.options import TOL
from elltwo.functional._base.validate import one_penalty
from elltwo.functional._logistic_passes.cv import LogisticCVPasses
from elltwo.functional._logistic_passes.cv_record import PassesCVFit
from elltwo.functional._logistic_passes.cv_search import CVSearch
from elltwo.functional._logistic_passes.newton import LogisticPasses
from elltwo.functional._logistic_passes.problem import PassProblem
from elltwo.functional._logistic_passes.task import FirstTask, Folds
from elltwo.stream._fold_rows import default_fold_rows
from elltwo.stream._logistic_record import LogisticStreamFit
from elltwo.stream._pass_run import PassPlan
from elltwo.stream._pass_saving import PassState
from elltwo.stream._passes import Passes

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.stream._how import How
    from elltwo.stream._passes import Solver
    from elltwo.stream._sources import Source

USUAL_PASSES = 6  # of one fit
CV_PASSES = 30  # of a choice among 20 alphas by five folds


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
            alpha=1.0 if self.alpha is None else one_penalty(self.alpha),
            penalty_factors=by_feature(self.penalty_factors, "penalty_factors", names),
            prior_mean=by_feature(self.prior_mean, "prior_mean", names),
            fit_intercept=self.fit_intercept,
            tol=TOL if self.tol is None else self.tol,
        ).checked()

    def description(self, problem: PassProblem, folds: Folds) -> dict[str, Any]:
        """Return what is fitted, as the state file compares it."""
        search = None if self.cv is None else CVSearch(self.alphas).to_json()["alphas"]
        held = {**problem.to_json(), "alphas": search, "cv": self.cv, "folds": folds.to_json()}
        return {name: _plain(value) for name, value in held.items()}


def fit_logistic(opened: Source, penalty: Penalty, how: How) -> LogisticStreamFit:
    """Read the source as often as it takes, and return the fit."""
    jobs = min(how.n_jobs, len(opened.parts))
    names = None if opened.columns is None else list(opened.columns.features)
    problem, folds = penalty.problem(names), _folds(opened, penalty.cv, how.fold_rows)
    solver, restored = _solver(problem, penalty, FirstTask(len(opened.parts), folds), how.n_threads)
    plan = PassPlan(how.skip_missing, how.threads_of(jobs))
    passes = Passes(opened, solver, plan, USUAL_PASSES if penalty.cv is None else CV_PASSES)
    save = _nothing
    if how.state is not None:
        state = PassState(how.state, penalty.description(problem, folds))
        if how.state.exists():
            state.resume(passes, restored)
        save = partial(state.save, passes)
    passes.read(jobs, how.progress, save, how.checkpoint)
    fit = passes.solver.result()
    features = None
    if opened.names is not None:
        features = tuple(opened.names[: fit.coef.shape[-1]])
        fit = fit.with_names(Names(features, None))
    scores = fit if isinstance(fit, PassesCVFit) else None
    alpha = problem.alpha if scores is None else scores.alpha
    n_rows = passes.rows - passes.skipped
    return LogisticStreamFit(fit, alpha, scores, features, n_rows, passes.skipped)


def _folds(opened: Source, cv: int | str | None, fold_rows: int | None) -> Folds:
    if not isinstance(cv, int):
        return Folds()
    rows = default_fold_rows(opened.parts, cv) if fold_rows is None else fold_rows
    return Folds(cv, rows)


def _solver(
    problem: PassProblem, penalty: Penalty, first: FirstTask, n_threads: int
) -> tuple[Solver, Callable[[bytes], Solver]]:
    """Return the solver, and what makes one from its bytes."""
    if penalty.cv is None:
        return LogisticPasses(problem, first, n_threads), LogisticPasses.from_bytes
    search = CVSearch(penalty.alphas, leave_one_out=penalty.cv == "alo")
    return LogisticCVPasses(problem, search, first, n_threads), LogisticCVPasses.from_bytes


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Return a value as JSON gives it back."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, float) and not np.isfinite(value) else value


def _nothing() -> None:
    """Save nothing."""
