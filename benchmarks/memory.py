"""Extra memory of a fit: growth of peak resident memory in a process of its own.

`python -m benchmarks.memory SETTINGS PROBLEM LIBRARY` makes the data, fits once and prints the
bytes of the data and the growth. Resolution is about 1 MB, the temporaries of making the data.
"""

from __future__ import annotations

import sys

from benchmarks.groups import MEMORY_GROUPS
from benchmarks.libraries import all_libraries
from benchmarks.problems import Problem, make_task
from benchmarks.records import Memory
from benchmarks.settings import Settings, parse, run_child

WARM_UP = Problem(40, 4)  # a library loads some of its parts at the first fit


def name_of(problem: Problem) -> str:
    """Return what `--only` looks in."""
    return f"memory-{problem.name}"


def run_memory(settings: Settings) -> list[Memory]:
    """Probe each library on each problem, one fresh process per fit."""
    installed = {library.name for library in all_libraries()}
    groups = MEMORY_GROUPS[:1] if settings.smoke else MEMORY_GROUPS
    return [
        _probe_in_child(group.problem, library, settings)
        for group in groups
        if settings.selects(name_of(group.problem))
        for library in group.libraries
        if library in installed
    ]


def _probe_in_child(problem: Problem, library: str, settings: Settings) -> Memory:
    output = run_child("benchmarks.memory", settings, problem.name, library)
    data_bytes, extra_bytes = map(int, output.split())
    return Memory(problem.name, settings.n_threads, library, data_bytes, extra_bytes)


def _peak_bytes() -> int:
    import resource  # POSIX only

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def probe(settings: Settings, problem_name: str, library_name: str) -> tuple[int, int]:
    """Bytes of X and y, and growth of the peak during the fit."""
    library = next(member for member in all_libraries() if member.name == library_name)
    problems = [group.problem for group in MEMORY_GROUPS]
    problem = next(problem for problem in problems if problem.name == problem_name)
    library.fit(make_task(WARM_UP, settings.n_threads))
    task = make_task(problem.shrunk() if settings.smoke else problem, settings.n_threads)
    before = _peak_bytes()
    library.fit(task)
    return task.X.nbytes + task.y.nbytes, _peak_bytes() - before


if __name__ == "__main__":
    print(*probe(parse(sys.argv[1]), sys.argv[2], sys.argv[3]))
