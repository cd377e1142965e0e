"""What sets the kinds of problems apart: data, libraries, limit and accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.cv import problems as cv_problems
from benchmarks.cv.libraries import cv_libraries
from benchmarks.cv.reference import accuracies as cv_accuracies
from benchmarks.harness import limits
from benchmarks.logistic import cv as logistic_cv
from benchmarks.logistic import problems as logistic_problems
from benchmarks.logistic.libraries import logistic_libraries
from benchmarks.logistic.reference import accuracies as logistic_accuracies
from benchmarks.many import problems as hot_problems
from benchmarks.many import reference as hot_reference
from benchmarks.many.libraries import hot_libraries
from benchmarks.ridge import problems
from benchmarks.ridge.libraries import all_libraries
from benchmarks.ridge.reference import accuracies as fit_accuracies
from benchmarks.sparse import problems as sparse_problems
from benchmarks.sparse.libraries import sparse_libraries
from benchmarks.sparse.reference import reference as sparse_reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.harness.records import Accuracy
    from benchmarks.ridge.libraries import Library
    from benchmarks.ridge.problems import Array

AnyProblem = (
    problems.Problem
    | cv_problems.CvProblem
    | sparse_problems.SparseProblem
    | logistic_problems.LogisticProblem
    | logistic_cv.LogisticCvProblem
    | hot_problems.HotProblem
)


@dataclass(frozen=True)
class Kind:
    """How problems of one type are made, solved and checked.

    `read_array` is read `passes` times by the limit; `flops` are counted at the GEMM rate.
    """

    make_data: Callable[[Any], Any]
    task_of: Callable[[Any, Any, int | None], Any]
    libraries: Callable[[], list[Library]]
    accuracies: Callable[[Any, dict[str, Any]], dict[str, Accuracy]]
    flops: Callable[[Any], float]
    read_array: Callable[[Any], Array]
    passes: int = 1


def _hot_kind(passes: int = 1) -> Kind:
    return Kind(
        hot_problems.make_hot_data,
        hot_problems.task_of,
        hot_libraries,
        hot_reference.accuracies,
        limits.hot_flops,
        lambda data: data.X,
        passes,
    )


KINDS: dict[type[AnyProblem], Kind] = {
    problems.Problem: Kind(
        problems.make_data,
        problems.task_of,
        all_libraries,
        fit_accuracies,
        limits.flops,
        lambda data: data[0],
    ),
    cv_problems.CvProblem: Kind(
        problems.make_data,
        cv_problems.task_of,
        cv_libraries,
        cv_accuracies,
        limits.cv_flops,
        lambda data: data[0],
    ),
    sparse_problems.SparseProblem: Kind(
        sparse_problems.make_data,
        sparse_problems.task_of,
        sparse_libraries,
        partial(fit_accuracies, solve=sparse_reference),
        limits.sparse_flops,
        sparse_problems.bytes_of,
        limits.SPARSE_PASSES,
    ),
    logistic_problems.LogisticProblem: Kind(
        logistic_problems.make_data,
        logistic_problems.task_of,
        logistic_libraries,
        logistic_accuracies,
        limits.logistic_flops,
        logistic_problems.bytes_of,
        limits.LOGISTIC_PASSES,
    ),
    logistic_cv.LogisticCvProblem: Kind(
        logistic_cv.make_cv_data,
        logistic_cv.task_of,
        logistic_cv.cv_libraries,
        partial(cv_accuracies, curve_of=logistic_cv.reference_curve),
        logistic_cv.flops,
        lambda data: data[0],
    ),
    hot_problems.BatchProblem: _hot_kind(),
    hot_problems.RollingProblem: _hot_kind(),
    hot_problems.StreamProblem: _hot_kind(hot_problems.CHUNK_REPEATS),
}


def kind_of(problem: AnyProblem) -> Kind:
    return KINDS[type(problem)]
