"""The runner's problems and libraries under pytest-benchmark: `pytest benchmarks [--smoke]`.

Threads are those of the environment; the runner (`python -m benchmarks`) fixes and interleaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.cv.family import FAMILY as CV
from benchmarks.harness.kinds import kind_of
from benchmarks.harness.settings import Settings
from benchmarks.ridge.family import FAMILY as RIDGE
from benchmarks.sparse.family import FAMILY as SPARSE

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from benchmarks.base.library import AnyProblem, Library

GEMM_RATE = 5e10  # flops a second, to leave out fits far beyond the budget

pytestmark = pytest.mark.filterwarnings("default")  # peers warn where they do not converge

PAIRS = [
    pytest.param(problem, library, group.section.our_gap, id=f"{problem.name}-{library.name}")
    for family in (RIDGE, CV, SPARSE)
    for group in family.groups
    for problem in group.problems
    for library in kind_of(problem).libraries()
    if group.wants(library, problem)
]


@pytest.fixture(scope="module")
def tasks() -> dict[AnyProblem, Any]:
    """Hold the task of the problem at hand alone."""
    return {}


@pytest.mark.parametrize(("problem", "library", "our_gap"), PAIRS)
def test_ridge(
    benchmark: BenchmarkFixture,
    problem: AnyProblem,
    library: Library,
    our_gap: float,
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
        assert accuracy.gap <= our_gap
