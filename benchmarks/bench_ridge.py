"""The runner's problems and libraries under pytest-benchmark: `pytest benchmarks [--smoke]`.

Threads are those of the environment; the runner (`python -m benchmarks`) fixes and interleaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.libraries import Library, all_libraries
from benchmarks.problems import SPEED_GROUPS, Problem, Task, make_task
from benchmarks.reference import relative_gaps
from benchmarks.settings import Settings
from benchmarks.summary import OUR_GAP

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

PROBLEMS = [problem for group in SPEED_GROUPS for problem in group.problems]
GEMM_RATE = 5e10  # flops a second, to leave out fits far beyond the budget

pytestmark = pytest.mark.filterwarnings("default")  # peers warn where they do not converge


@pytest.fixture(scope="module", params=PROBLEMS, ids=lambda problem: problem.name)
def problem(request: pytest.FixtureRequest) -> Problem:
    chosen: Problem = request.param
    return chosen.shrunk() if request.config.getoption("smoke") else chosen


@pytest.fixture(scope="module")
def task(problem: Problem) -> Task:
    return make_task(problem, n_threads=None)


@pytest.mark.parametrize("library", all_libraries(), ids=lambda library: library.name)
def test_ridge(benchmark: BenchmarkFixture, problem: Problem, task: Task, library: Library) -> None:
    if not library.applies(problem):
        pytest.skip("does not apply to this shape")
    if library.estimate(problem, GEMM_RATE) > Settings().budget:
        pytest.skip("estimated to exceed the budget")
    benchmark.group = problem.name
    answer = benchmark.pedantic(library.fit, (task,), rounds=5, warmup_rounds=1)  # type: ignore[no-untyped-call]
    gap = relative_gaps(task, {library.name: answer})[library.name]
    benchmark.extra_info["relative_gap"] = gap
    if library.name == "elltwo":
        assert gap <= OUR_GAP
