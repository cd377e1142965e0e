"""The child process of one thread count: `python -m benchmarks.harness.worker SETTINGS FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.base.records import Results
from benchmarks.harness import machine
from benchmarks.harness.calls import run_calls
from benchmarks.harness.fits import run_group
from benchmarks.harness.kinds import FAMILIES, GROUPS, kind_of
from benchmarks.harness.settings import Settings, parse


def warm_up(n_threads: int) -> None:
    """Let every library load what it loads at its first fit."""
    for problem in (problem for family in FAMILIES for problem in family.warm_up):
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
