"""Extra memory of a fit: growth of peak resident memory in a process of its own.

`python -m benchmarks.harness.memory SETTINGS PROBLEM LIBRARY` makes the data, fits once and prints
the bytes of the data and the growth. Resolution is about 1 MB, the temporaries of making the data.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.base.records import Memory
from benchmarks.harness.kinds import MEMORY_GROUPS, kind_of
from benchmarks.harness.settings import Settings, parse, run_child

if TYPE_CHECKING:
    from benchmarks.base.library import AnyProblem


def run_memory(settings: Settings) -> list[Memory]:
    """Probe each library on each problem, one fresh process per fit."""
    groups = (MEMORY_GROUPS[0], MEMORY_GROUPS[-1]) if settings.smoke else MEMORY_GROUPS
    return [
        _probe_in_child(group.problem, library, settings)
        for group in groups
        if settings.selects(group.name)
        for library in group.libraries
        if any(library == member.name for member in kind_of(group.problem).libraries())
    ]


def _probe_in_child(problem: AnyProblem, library: str, settings: Settings) -> Memory:
    output = run_child("benchmarks.harness.memory", settings, problem.name, library)
    data_bytes, extra_bytes = map(int, output.split())
    return Memory(problem.name, settings.n_threads, library, data_bytes, extra_bytes)


def _peak_bytes() -> int:
    import resource  # POSIX only

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def probe(settings: Settings, problem_name: str, library_name: str) -> tuple[int, int]:
    """Bytes of X and y, and growth of the peak during the fit."""
    problems = [group.problem for group in MEMORY_GROUPS]
    problem = next(problem for problem in problems if problem.name == problem_name)
    kind = kind_of(problem)
    candidates = (member for member in kind.libraries() if member.applies(problem))
    library = next(member for member in candidates if member.name == library_name)
    tiny = problem.shrunk()  # a library loads some of its parts at the first fit
    library.fit(kind.task_of(tiny, kind.make_data(tiny), settings.n_threads))
    if settings.smoke:
        problem = tiny
    task = kind.task_of(problem, kind.make_data(problem), settings.n_threads)
    before = _peak_bytes()
    library.fit(task)
    return task.X.nbytes + task.y.nbytes, _peak_bytes() - before


if __name__ == "__main__":
    print(*probe(parse(sys.argv[1]), sys.argv[2], sys.argv[3]))
