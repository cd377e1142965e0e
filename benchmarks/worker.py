"""The child process of one thread count: `python -m benchmarks.worker SETTINGS FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import machine
from benchmarks.calls import run_calls
from benchmarks.fits import run_group
from benchmarks.libraries import Library, all_libraries
from benchmarks.problems import GROUPS, Problem, make_task
from benchmarks.records import Results
from benchmarks.settings import Settings, parse

WARM_UP = (Problem(40, 4), Problem(4, 40))


def warm_up(libraries: list[Library], n_threads: int) -> None:
    """Let every library load what it loads at its first fit."""
    for problem in WARM_UP:
        task = make_task(problem, n_threads)
        for library in libraries:
            if library.applies(problem):
                library.fit(task)


def run(settings: Settings) -> Results:
    """Measure all that depends on the thread count."""
    libraries = all_libraries()
    warm_up(libraries, settings.n_threads)
    pools = machine.thread_pools()
    print(f"{settings.n_threads} thread(s): {pools}", file=sys.stderr, flush=True)
    results = Results(thread_pools={str(settings.n_threads): pools})
    for group in GROUPS:
        if settings.selects(*group.names):
            fits, limits = run_group(group, libraries, settings)
            results.fits += fits
            results.limits += limits
    results.calls += run_calls(settings)
    return results


if __name__ == "__main__":
    run(parse(sys.argv[1])).save(Path(sys.argv[2]))
