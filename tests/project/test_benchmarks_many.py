"""The benchmark's measure of many small fits and of streams: reference, distance, and a run."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.harness import worker
from benchmarks.harness.memory import run_memory
from benchmarks.harness.settings import Settings
from benchmarks.many.family import FAMILY, MANY
from benchmarks.many.libraries import many_libraries
from benchmarks.many.limits import flops
from benchmarks.many.problems import (
    CHUNK_REPEATS,
    N_CHUNKS,
    BatchProblem,
    ManyAnswer,
    RollingProblem,
    StreamProblem,
    make_many_data,
    task_of,
)
from benchmarks.many.reference import accuracies, checked, solve_extended
from benchmarks.report import markdown, summary

if TYPE_CHECKING:
    from benchmarks.base.library import Library
    from benchmarks.many.problems import ManyProblem, ManyTask

PROBLEMS: dict[str, ManyProblem] = {
    "batch": BatchProblem(45, 20, 3),
    "grouped": BatchProblem(45, 20, 3, is_grouped=True),
    "rolling": RollingProblem(1200, 3, window=30),
    "stream": StreamProblem(4, chunk_rows=20),
}


def make_task(problem: ManyProblem) -> ManyTask:
    return task_of(problem, make_many_data(problem), 1)


def exact_solution(
    X: np.ndarray, y: np.ndarray, alpha: float, penalises_intercept: bool, repeats: int
) -> list[Fraction]:
    """Coefficients and intercept in rational arithmetic, by elimination."""
    table = np.column_stack([X, np.ones(len(X)), y])
    rows = [[Fraction(value) for value in row] for row in table.tolist()]
    size = X.shape[1] + 1
    system = [
        [repeats * sum((row[i] * row[j] for row in rows), Fraction(0)) for j in range(size + 1)]
        for i in range(size)
    ]
    for i in range(size if penalises_intercept else size - 1):
        system[i][i] += Fraction(alpha)
    for i in range(size):
        for k in (k for k in range(size) if k != i):
            factor = system[k][i] / system[i][i]
            system[k] = [a - factor * b for a, b in zip(system[k], system[i], strict=True)]
    return [row[-1] / row[i] for i, row in enumerate(system)]


@pytest.mark.parametrize("penalises_intercept", [False, True])
@pytest.mark.parametrize("repeats", [1, 25])
def test_reference_is_the_solution_of_the_normal_equations(
    repeats: int, penalises_intercept: bool
) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((12, 3)) + np.array([100.0, 0.0, -3.0])
    y = rng.standard_normal(12) + 5.0
    exact = exact_solution(X, y, 0.5, penalises_intercept, repeats)
    found = solve_extended(X, y, 0.5, penalises_intercept=penalises_intercept, repeats=repeats)
    largest = max(abs(float(value)) for value in exact)
    assert max(
        abs(float(value) - float(target)) for value, target in zip(found, exact, strict=True)
    ) == pytest.approx(0.0, abs=2e-15 * largest)


@pytest.mark.parametrize(
    ("library", "name"),
    [
        pytest.param(library, name, id=f"{library.name}-{name}")
        for name, problem in PROBLEMS.items()
        for library in many_libraries()
        if library.applies(problem)
    ],
)
def test_every_library_solves_what_it_poses(library: Library, name: str) -> None:
    task = make_task(PROBLEMS[name])
    library.prepare(task)
    assert accuracies(task, {"found": library.fit(task)})["found"].gap < 1e-12


def test_distance_tells_wrong_answers() -> None:
    task = make_task(PROBLEMS["rolling"])
    right = np.array([solve_extended(*task.rows(k), 1.0) for k in task.fitted.tolist()])
    right = right.astype(np.float64)
    last = np.zeros((len(right), 4))
    last[-1, 1] = 1e-6 * np.abs(right[-1]).max()
    lost = right.copy()
    lost[0] = np.nan
    found = accuracies(
        task,
        {
            "right": ManyAnswer(task.fitted, right[:, :-1], right[:, -1]),
            "off at the end": ManyAnswer(task.fitted, (right + last)[:, :-1], right[:, -1]),
            "lost": ManyAnswer(task.fitted, lost[:, :-1], lost[:, -1]),
            "other problems": ManyAnswer(task.fitted[1:2], right[1:2, :-1], right[1:2, -1]),
        },
    )
    assert found["right"].gap < 1e-15
    assert found["off at the end"].gap == pytest.approx(1e-6, rel=1e-6)
    assert found["lost"].gap == np.inf
    assert np.isnan(found["other problems"].gap)


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_is_checked_reaches_to_the_end(name: str) -> None:
    task = make_task(PROBLEMS[name])
    assert checked(task)[-1] == task.fitted[-1]
    assert set(checked(task)) <= set(task.fitted.tolist())


def test_a_stream_goes_through_its_chunks_again() -> None:
    problem = StreamProblem(4, chunk_rows=20)
    sizes = [len(X) for X, _ in make_task(problem).chunks()]
    assert sizes == [20] * (N_CHUNKS * CHUNK_REPEATS)
    assert sum(sizes) == problem.n_samples


def test_flops_of_many_fits() -> None:
    one = 3**3 / 3 + 2 * 3**2
    assert flops(PROBLEMS["batch"]) == 45 * (20 * (9 + 6) + one)
    assert flops(PROBLEMS["rolling"]) == 1200 * (9 + 6 + one)
    assert flops(StreamProblem(3, chunk_rows=20)) == 2000 * (9 + 6) + one


def test_a_smoke_run_checks_many_fits() -> None:
    results = worker.run(Settings(smoke=True, repeat=1, only=("many-",)))
    assert {fit.section for fit in results.fits} == {MANY.name}
    assert not summary.wrong_answers(results)
    assert not [fit for fit in results.fits if fit.skipped]
    assert "| many fits and streams, 1 thread |" in markdown.family(results, FAMILY)


def test_memory_of_a_stream_is_probed() -> None:
    records = run_memory(Settings(smoke=True, only=("memory-5000000x100",)))
    assert [record.library for record in records] == ["elltwo", "NumPy incremental"]
    assert all(record.extra_bytes >= 0 for record in records)
