"""The benchmark's own measure of an answer: objective, reference and gap are to be trusted."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.base import records
from benchmarks.harness.measure import interleave
from benchmarks.harness.settings import Settings
from benchmarks.report import summary
from benchmarks.ridge.libraries import all_libraries
from benchmarks.ridge.limits import flops
from benchmarks.ridge.objective import Answer, objective
from benchmarks.ridge.problems import Problem, Task, make_task
from benchmarks.ridge.reference import reference, relative_gaps

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.base.library import Library

# Rounding of sums of some hundred terms in the machine's longest type.
PRECISION = 1e3 * float(np.finfo(np.longdouble).eps)

PROBLEMS = {
    f"{shape}-{name}": Problem(
        *sides, n_targets=2, alpha=0.5, fit_intercept=has_intercept, weighted=is_weighted
    )
    for shape, sides in {"tall": (40, 6), "wide": (8, 30)}.items()
    for name, has_intercept, is_weighted in (
        ("plain", False, False),
        ("intercept", True, False),
        ("weighted", True, True),
    )
}
each_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)


def exact_objective(task: Task, answer: Answer) -> Fraction:
    """The objective in rational arithmetic, written out as sums."""
    weights = np.ones(len(task.X)) if task.sample_weight is None else task.sample_weight
    total = Fraction(0)
    for coef, intercept, y in zip(answer.coef, np.asarray(answer.intercept), task.y.T, strict=True):
        b = [Fraction(value) for value in coef.tolist()]
        for row, target, weight in zip(task.X, y, weights, strict=True):
            fitted = sum(Fraction(x) * bj for x, bj in zip(row.tolist(), b, strict=True))
            resid = Fraction(float(target)) - Fraction(float(intercept)) - fitted
            total += Fraction(float(weight)) * resid**2
        total += Fraction(task.alpha) * sum(bj**2 for bj in b)
    return total


def rounded(answer: Answer) -> Answer:
    """The answer in float64, as libraries return theirs."""
    return Answer(answer.coef.astype(np.float64), np.asarray(answer.intercept, np.float64))


@each_problem
def test_objective_equals_rational_arithmetic(problem: Problem) -> None:
    task = make_task(problem, 1)
    answer = rounded(reference(task))
    exact = exact_objective(task, answer)
    found = objective(task, answer)
    mantissa, exponent = np.frexp(found)  # to a fraction without passing through float64
    high = float(mantissa)
    as_fraction = (Fraction(high) + Fraction(float(mantissa - high))) * Fraction(2) ** int(exponent)
    assert abs(as_fraction / exact - 1) <= PRECISION


@each_problem
def test_gap_of_a_shifted_reference_is_the_quadratic_form(problem: Problem) -> None:
    task = make_task(problem, 1)
    best = reference(task)
    shift = np.random.default_rng(1).standard_normal(best.coef.shape)
    weights = np.ones(len(task.X)) if task.sample_weight is None else task.sample_weight
    form = float(weights @ (task.X @ shift.T) ** 2 @ np.ones(2) + task.alpha * np.sum(shift**2))
    lowest = float(objective(task, best))
    scale = np.sqrt(1e-12 * lowest / form)
    shifted = Answer(best.coef + scale * shift, best.intercept)
    assert relative_gaps(task, {"shifted": shifted})["shifted"] == pytest.approx(1e-12, rel=1e-3)


# Iterative ones stop at a tolerance of their own.
DIRECT_FITS = [
    pytest.param(library, problem, id=f"{library.name}-{name}")
    for name, problem in PROBLEMS.items()
    for library in all_libraries()
    if library.applies(problem) and library.passes <= 2
]


@pytest.mark.parametrize(("library", "problem"), DIRECT_FITS)
@pytest.mark.filterwarnings("default")  # peers may warn
def test_every_library_minimises_the_same_objective(library: Library, problem: Problem) -> None:
    task = make_task(problem, 1)
    gaps = relative_gaps(task, {library.name: library.fit(task)})
    assert 0 <= gaps[library.name] < 1e-12


def test_flops_are_those_of_half_a_gram_matrix_and_a_cholesky_factor() -> None:
    assert flops(Problem(100, 6)) == 100 * 36 + 72
    assert flops(Problem(6, 100)) == 100 * 36 + 72
    assert flops(Problem(100, 6, n_targets=3)) == 100 * 36 + 72 + 2 * 100 * 6 * 3


def test_rounds_are_interleaved_and_a_failed_task_leaves() -> None:
    ran: list[str] = []

    def fails() -> None:
        ran.append("fails")
        raise ValueError("no")

    settings = Settings(smoke=True, repeat=3)
    timings = interleave({"a": lambda: ran.append("a"), "fails": fails}, settings)
    assert ran == ["a", "fails", "a", "a"]
    assert timings["fails"].error == "ValueError: no"


def a_run(gap: float | None) -> records.Results:
    fit = records.Fit("300x20", 1, "elltwo", "elltwo", [0.2, 0.1, 0.4], gap)
    limit = records.Limit("300x20", 1, 1e9, 0.1, 0.05, 0.1)
    return records.Results(fits=[fit], limits=[limit], thread_pools={"1": "blas 1"})


@pytest.mark.parametrize("gap", [2e-9, float("nan"), None])
def test_a_wrong_answer_of_ours_is_named(gap: float | None) -> None:
    assert not summary.wrong_answers(a_run(1e-12))
    assert "300x20" in summary.wrong_answers(a_run(gap))[0]


def test_results_survive_a_file(tmp_path: Path) -> None:
    a_run(1e-12).save(tmp_path / "run.json")
    assert records.load(tmp_path / "run.json") == a_run(1e-12)
