"""A logistic regression over parts in this process, one part after the other."""

from __future__ import annotations

from itertools import pairwise
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.functional._logistic_passes.cv import LogisticCVPasses
from elltwo.functional._logistic_passes.cv_search import CVSearch
from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.first_pass import FirstPass
from elltwo.functional._logistic_passes.newton import LogisticPasses
from elltwo.functional._logistic_passes.path import LogisticPathPasses
from elltwo.functional._logistic_passes.problem import PassProblem
from elltwo.functional._logistic_passes.rows import RowPass
from elltwo.functional._logistic_passes.task import ROWS_A_COLUMN, FirstTask, Folds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from elltwo import PassesCVFit, PassesFit, PassesPath
    from elltwo.functional._logistic_passes.solver import PassSolver
    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import PassTask

    RunPass = Callable[[FirstTask | PassTask], FirstSums | PassSums]


class Part(NamedTuple):
    """The rows of a part."""

    X: Any
    y: Any
    sample_weight: Any = None
    offset: Any = None


def split(ends: Sequence[int], *arrays: Any) -> list[Part]:  # noqa: ANN401
    """Cut arrays of the same rows at some places; None stays None."""
    places = [0, *ends, len(arrays[0])]
    return [
        Part(*(None if array is None else array[first:last] for array in arrays))
        for first, last in pairwise(places)
    ]


def run_passes(
    solver: PassSolver, run_pass: RunPass, after: Callable[[], None] | None = None
) -> None:
    """Make the passes of a solver, and call `after` when each has ended."""
    while (task := solver.task) is not None:
        start = perf_counter()
        sums = run_pass(task)
        solver.take(sums, perf_counter() - start)
        if after is not None:
            after()


def run_over(parts: Sequence[Part]) -> RunPass:
    """Return what computes a task over some parts, each read at once."""

    def run(task: FirstTask | PassTask) -> Any:  # noqa: ANN401
        total: Any = None
        for number, part in enumerate(parts):
            sums = _sums_of(task, number, part)
            total = sums if total is None else total.merge(sums)
        return total

    return run


def first_sums(parts: Sequence[Part], task: FirstTask | None = None) -> FirstSums:
    """Return the sums of a first pass."""
    sums = run_over(parts)(FirstTask(n_parts=len(parts)) if task is None else task)
    assert isinstance(sums, FirstSums)
    return sums


def _sums_of(task: FirstTask | PassTask, number: int, part: Part) -> Any:  # noqa: ANN401
    n = len(part.y)
    if isinstance(task, FirstTask):
        first = FirstPass(task, number)
        fold = task.folds.of_rows(number, 0, n)
        first.add(part.X, part.y, part.sample_weight, part.offset, fold)
        return first.sums()
    rows = RowPass(task)
    fold = task.folds.of_rows(number, 0, n)
    rows.add(part.X, rows.codes(part.y, n), part.sample_weight, part.offset, fold)
    return rows.sums()


def solver_of(
    parts: Sequence[Part],
    rows_a_column: int = ROWS_A_COLUMN,
    **problem: Any,  # noqa: ANN401
) -> LogisticPasses:
    """Return the passes of a fit, none of which has run yet."""
    first = FirstTask(n_parts=len(parts), rows_a_column=rows_a_column)
    return LogisticPasses(PassProblem(**problem), first)


def passes_fit(parts: Sequence[Part], **options: Any) -> PassesFit:  # noqa: ANN401
    """Fit the rows of some parts, with the options of `solver_of`."""
    solver = solver_of(parts, **options)
    run_passes(solver, run_over(parts))
    return solver.result()


def untimed_fit(parts: Sequence[Part]) -> PassesFit:
    """Fit the rows of some parts; the record does not say how long that took."""
    solver = solver_of(parts)
    _run_untimed(solver, parts)
    return solver.result()


def _run_untimed(solver: PassSolver, parts: Sequence[Part]) -> None:
    run = run_over(parts)
    while (task := solver.task) is not None:
        solver.take(run(task))


def passes_cv_fit(
    parts: Sequence[Part],
    folds: Folds,
    **search: Any,  # noqa: ANN401
) -> PassesCVFit:
    """Fit the rows of some parts with alpha chosen by folds."""
    task = FirstTask(n_parts=len(parts), folds=folds)
    solver = LogisticCVPasses(PassProblem(), CVSearch(**search), task)
    _run_untimed(solver, parts)
    return solver.result()


def passes_path(parts: Sequence[Part], alphas: Sequence[float]) -> PassesPath:
    """Fit the rows of some parts at several alphas."""
    solver = LogisticPathPasses(PassProblem(), alphas, FirstTask(n_parts=len(parts)))
    _run_untimed(solver, parts)
    return solver.result()
