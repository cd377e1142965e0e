"""The child process of one thread count: `python -m benchmarks.harness.worker SETTINGS FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.cv.problems import CvProblem
from benchmarks.harness import machine
from benchmarks.harness.calls import run_calls
from benchmarks.harness.fits import run_group
from benchmarks.harness.groups import GROUPS
from benchmarks.harness.kinds import AnyProblem, kind_of
from benchmarks.harness.records import Results
from benchmarks.harness.settings import Settings, parse
from benchmarks.logistic.cv import LogisticCvProblem
from benchmarks.logistic.problems import LogisticProblem
from benchmarks.many.problems import BatchProblem, RollingProblem, StreamProblem
from benchmarks.ridge.problems import Problem
from benchmarks.sparse.problems import SparseProblem

WARM_UP: tuple[AnyProblem, ...] = (
    Problem(40, 4),
    Problem(4, 40),
    CvProblem(40, 4, cv=5),
    CvProblem(40, 4, cv="loo"),
    SparseProblem(40, 20, row_nnz=3),
    LogisticProblem(40, 4),
    LogisticProblem(40, 4, n_classes=3),
    LogisticCvProblem(40, 4, n_alphas=3),
    BatchProblem(40, 20, 3),
    BatchProblem(40, 20, 3, is_grouped=True),
    RollingProblem(90, 3, window=20),
    StreamProblem(3, chunk_rows=10),
)


def warm_up(n_threads: int) -> None:
    """Let every library load what it loads at its first fit."""
    for problem in WARM_UP:
        kind = kind_of(problem)
        task = kind.task_of(problem, kind.make_data(problem), n_threads)
        for library in kind.libraries():
            if library.applies(problem):
                library.prepare(task)
                library.fit(task)


def run(settings: Settings) -> Results:
    """Measure all that depends on the thread count."""
    warm_up(settings.n_threads)
    pools = machine.thread_pools()
    print(f"{settings.n_threads} thread(s): {pools}", file=sys.stderr, flush=True)
    results = Results(thread_pools={str(settings.n_threads): pools})
    for group in GROUPS:
        if settings.selects(*group.names):
            fits, limits = run_group(group, settings)
            results.fits += fits
            results.limits += limits
    results.calls += run_calls(settings)
    return results


if __name__ == "__main__":
    run(parse(sys.argv[1])).save(Path(sys.argv[2]))
