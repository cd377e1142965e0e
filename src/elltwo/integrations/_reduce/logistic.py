"""Logistic regressions, from passes that an engine makes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.names import Names, by_feature
from elltwo.functional._base.thread_number import thread_share
from elltwo.functional._logistic_passes.cv import LogisticCVPasses
from elltwo.functional._logistic_passes.cv_search import CVSearch
from elltwo.functional._logistic_passes.newton import LogisticPasses
from elltwo.functional._logistic_passes.path import LogisticPathPasses
from elltwo.functional._logistic_passes.problem import PassProblem
from elltwo.integrations._reduce.driver import Driver
from elltwo.integrations._reduce.engine import closing_engine
from elltwo.integrations._reduce.folds import number_of_folds
from elltwo.integrations._reduce.options import read_run
from elltwo.integrations._reduce.passes import PassFit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._logistic_passes.cv_record import PassesCVFit
    from elltwo.functional._logistic_passes.path_record import PassesPath
    from elltwo.functional._logistic_passes.record import PassesFit
    from elltwo.functional._logistic_passes.task import FirstTask
    from elltwo.integrations._reduce.engine import Engine
    from elltwo.integrations._reduce.options import RunOptions

PASS_TOL: float = PassProblem().tol
MOST_PASSES: int = PassProblem().max_iter


@closing_engine
def logistic(
    engine: Engine,
    /,
    options: RunOptions,
    *,
    alpha: float,
    **penalty: Any,  # noqa: ANN401  # the other fields of a PassProblem
) -> PassesFit:
    """Fit as `elltwo.logistic` does, in passes."""
    problem = PassProblem(alpha=alpha, **penalty).checked()

    def begin(task: FirstTask, names: Sequence[str] | None) -> LogisticPasses:
        return LogisticPasses(_by_name(problem, names), task, thread_share())

    driver = Driver(engine, read_run(options, labels=True))
    work = {"sums": "logistic", **_described(problem)}
    passes = PassFit(driver, begin, LogisticPasses.from_bytes, work)
    return passes.run().result().with_names(Names(driver.feature_names))


@closing_engine
def logistic_path(
    engine: Engine,
    /,
    options: RunOptions,
    *,
    alphas: npt.ArrayLike | None,
    **penalty: Any,  # noqa: ANN401  # the other fields of a PassProblem
) -> PassesPath:
    """Fit as `elltwo.logistic_path` does, in passes that all alphas share."""
    problem = PassProblem(**penalty).checked()
    grid = None if alphas is None else given_grid(alphas)

    def begin(task: FirstTask, names: Sequence[str] | None) -> LogisticPathPasses:
        return LogisticPathPasses(_by_name(problem, names), grid, task, thread_share())

    driver = Driver(engine, read_run(options, labels=True))
    work = {"sums": "logistic_path", **_described(problem)}
    work["alphas"] = None if grid is None else grid.tolist()
    passes = PassFit(driver, begin, LogisticPathPasses.from_bytes, work)
    return passes.run().result().with_names(Names(driver.feature_names))


@closing_engine
def logistic_cv(
    engine: Engine,
    /,
    options: RunOptions,
    *,
    cv: int | str,
    alphas: npt.ArrayLike | None,
    extend: bool,
    select: str,
    scoring: str,
    **penalty: Any,  # noqa: ANN401  # the other fields of a PassProblem
) -> PassesCVFit:
    """Fit as `elltwo.logistic_cv` does, in passes that all alphas and folds share."""
    n_folds = number_of_folds(cv, ("alo",))
    problem = PassProblem(**penalty).checked()
    search = CVSearch(alphas, extend, select, scoring, leave_one_out=n_folds == 1).checked()

    def begin(task: FirstTask, names: Sequence[str] | None) -> LogisticCVPasses:
        return LogisticCVPasses(_by_name(problem, names), search, task, thread_share())

    driver = Driver(engine, read_run(options, labels=True), n_folds)
    work = {"sums": "logistic_cv", **_described(problem), "search": search.to_json()}
    passes = PassFit(driver, begin, LogisticCVPasses.from_bytes, work)
    return passes.run().result().with_names(Names(driver.feature_names))


def _by_name(problem: PassProblem, names: Sequence[str] | None) -> PassProblem:
    """Put what is labelled by the features' names into their order."""
    return problem._replace(
        penalty_factors=by_feature(problem.penalty_factors, "penalty_factors", names),
        prior_mean=by_feature(problem.prior_mean, "prior_mean", names),
    )


def _described(problem: PassProblem) -> dict[str, Any]:
    """Return what is fitted as JSON gives it back."""
    content: dict[str, Any] = json.loads(json.dumps(problem.to_json()))
    return content
