"""The runner's problems and libraries under pytest-benchmark: `pytest benchmarks [--smoke]`.

Threads are those of the environment; the runner (`python -m benchmarks`) fixes and interleaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.harness.groups import CV_GROUPS, SPARSE_GROUPS, SPEED_GROUPS
from benchmarks.harness.kinds import AnyProblem, kind_of
from benchmarks.harness.settings import Settings
from benchmarks.report.summary import OUR_GAP

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from benchmarks.ridge.libraries import Library

GEMM_RATE = 5e10  # flops a second, to leave out fits far beyond the budget

pytestmark = pytest.mark.filterwarnings("default")  # peers warn where they do not converge

PAIRS = [
    pytest.param(problem, library, id=f"{problem.name}-{library.name}")
    for group in SPEED_GROUPS + CV_GROUPS + SPARSE_GROUPS
    for problem in group.problems
    for library in kind_of(problem).libraries()
    if group.wants(library, problem)
]


@pytest.fixture(scope="module")
def tasks() -> dict[AnyProblem, Any]:
    """Hold the task of the problem at hand alone."""
    return {}


@pytest.mark.parametrize(("problem", "library"), PAIRS)
def test_ridge(
    benchmark: BenchmarkFixture,
    problem: AnyProblem,
    library: Library,
    tasks: dict[AnyProblem, Any],
    request: pytest.FixtureRequest,
) -> None:
    if request.config.getoption("smoke"):
        problem = problem.shrunk()
    if library.estimate(problem, GEMM_RATE) > Settings().budget:
        pytest.skip("estimated to exceed the budget")
    kind = kind_of(problem)
    if problem not in tasks:
        tasks.clear()
        tasks[problem] = kind.task_of(problem, kind.make_data(problem), None)
    benchmark.group = problem.name
    answer = benchmark.pedantic(library.fit, (tasks[problem],), rounds=5, warmup_rounds=1)  # type: ignore[no-untyped-call]
    accuracy = kind.accuracies(tasks[problem], {library.name: answer})[library.name]
    benchmark.extra_info["relative_gap"] = accuracy.gap
    if library.name == "elltwo":
        assert accuracy.gap <= OUR_GAP
