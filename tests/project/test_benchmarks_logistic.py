"""The benchmark's measure of logistic fits: objective, reference, certificate, and a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mpmath as mp
import numpy as np
import pytest

import logistic_reference as slow
from benchmarks.harness import calls, worker
from benchmarks.harness.kinds import kind_of
from benchmarks.harness.settings import Settings
from benchmarks.logistic import cv as logistic_cv
from benchmarks.logistic import objective as logistic_objective
from benchmarks.logistic.cv import LogisticCvProblem
from benchmarks.logistic.family import FAMILY, LOGISTIC_CV
from benchmarks.logistic.libraries import GAP, logistic_libraries
from benchmarks.logistic.limits import PASSES, flops
from benchmarks.logistic.problems import LogisticAnswer, LogisticProblem, make_data, task_of
from benchmarks.logistic.reference import accuracies, lowest, reference, relative_gap
from benchmarks.logistic.tuned import Tuned
from benchmarks.report import markdown, summary

if TYPE_CHECKING:
    from benchmarks.base.library import Library
    from benchmarks.logistic.problems import LogisticTask

PROBLEMS = {
    "tall": LogisticProblem(120, 4),
    "badly scaled": LogisticProblem(120, 4, C=100.0, badly_scaled=True),
    "wide": LogisticProblem(20, 30),
    "sparse": LogisticProblem(120, 30, row_nnz=4),
    "3 classes": LogisticProblem(120, 4, n_classes=3),
}
each_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)


def make_task(problem: LogisticProblem) -> LogisticTask:
    return task_of(problem, make_data(problem), 1)


def as_slow(task: LogisticTask) -> slow.Problem:
    X = task.X if isinstance(task.X, np.ndarray) else task.X.toarray()
    return slow.Problem(X, task.y, task.alpha, task.n_classes)


@each_problem
def test_objective_equals_fifty_digits(problem: LogisticProblem) -> None:
    task = make_task(problem)
    rng = np.random.default_rng(1)
    answer = LogisticAnswer(
        rng.standard_normal((task.n_outputs, problem.n_features)),
        rng.standard_normal(task.n_outputs),
    )
    total = mp.mpf(0)
    with mp.workdps(50):
        for row, label in zip(as_slow(task).X, task.y, strict=True):
            pairs = zip(answer.coef, np.atleast_1d(answer.intercept), strict=True)
            z = [mp.fdot(row.tolist(), b.tolist()) + mp.mpf(float(b0)) for b, b0 in pairs]
            z = [mp.mpf(0), *z] if len(z) == 1 else z
            total += mp.log(mp.fsum(mp.exp(v) for v in z)) - z[label]
        total += (
            mp.mpf(task.alpha) / 2 * mp.fsum(mp.mpf(float(b)) ** 2 for b in answer.coef.ravel())
        )
        assert float(logistic_objective.objective(task, answer) / total - 1) == pytest.approx(
            0, abs=1e-14
        )


@each_problem
def test_reference_is_the_minimum(problem: LogisticProblem) -> None:
    task = make_task(problem)
    best = slow.objective(as_slow(task), *slow.solve(as_slow(task)))
    assert float(lowest(task) / best - 1) == pytest.approx(0, abs=1e-13)


@each_problem
def test_certificate_bounds_the_gap(problem: LogisticProblem) -> None:
    task = make_task(problem)
    best = reference(task)
    rng = np.random.default_rng(2)
    for size in (1e-1, 1e-3):
        shift = size * rng.standard_normal(np.shape(best.coef))
        answer = LogisticAnswer(best.coef * (1 + shift), best.intercept)
        p = logistic_objective.probabilities(logistic_objective.predictors(task, answer))
        slope, bias = logistic_objective.gradient(task, answer.coef, p)
        gap = logistic_objective.objective(task, answer) - lowest(task)
        assert 0 < gap <= logistic_objective.certificate(task, slope, bias, p)


FITS = [
    pytest.param(library, problem, id=f"{library.name}-{name}")
    for name, problem in PROBLEMS.items()
    for library in logistic_libraries()
    if library.applies(problem) and "dual" not in library.name and name != "badly scaled"
]


@pytest.mark.parametrize(("library", "problem"), FITS)
@pytest.mark.filterwarnings("default")  # peers warn where they do not converge
def test_every_library_minimises_the_same_objective(
    library: Library, problem: LogisticProblem
) -> None:
    task = make_task(problem)
    library.prepare(task)
    gap = accuracies(task, {library.name: library.fit(task)})[library.name].gap
    if library.name == "elltwo":
        assert 0 <= gap <= 1e-9
    else:
        is_driven = " to " in library.name
        assert 0 <= gap <= (1e-6 if is_driven else 0.1)


def test_the_fewest_iterations_to_a_gap_are_found() -> None:
    task = make_task(PROBLEMS["tall"])
    best = reference(task)
    tried: list[int] = []

    def fit_at(_: LogisticTask, n_iter: int) -> LogisticAnswer:
        tried.append(n_iter)
        return LogisticAnswer(best.coef * (1 + 2.0**-n_iter), best.intercept)

    def gap(n_iter: int) -> float:
        return relative_gap(task, fit_at(task, n_iter))

    tuned = Tuned(fit_at, GAP)
    tuned.prepare(task)
    answer = tuned.fit(task)
    found = tuned.chosen[task]
    assert gap(found) <= GAP < gap(found - 2)
    assert answer.choice == f"{found} iterations"
    assert max(tried) <= 2 * found


def test_a_gap_out_of_reach_ends_the_search() -> None:
    task = make_task(PROBLEMS["tall"])
    best = reference(task)
    tuned = Tuned(lambda *_: LogisticAnswer(best.coef * 1.1, best.intercept), GAP)
    tuned.prepare(task)
    assert tuned.chosen[task] <= 256
    assert relative_gap(task, tuned.fit(task)) > GAP


def test_names_tell_problems_apart() -> None:
    names = [problem.name for problem in PROBLEMS.values()]
    assert len(set(names)) == len(names)
    assert LogisticProblem(50, 6, n_classes=3).name == "50x6-3classes-C=1"
    assert PROBLEMS["badly scaled"].name == "120x4-badly scaled-C=100"


def test_flops_of_one_hessian_or_of_passes() -> None:
    assert flops(LogisticProblem(100, 6)) == 100 * 36 + 72
    assert flops(LogisticProblem(6, 100)) == 100 * 36 + 72
    expected = 4 * PASSES * 100 * 6 * 3
    assert flops(LogisticProblem(100, 6, n_classes=3)) == expected


@pytest.mark.filterwarnings("default")  # peers warn where they do not converge
def test_a_smoke_run_checks_logistic_fits() -> None:
    only = ("logistic-50000x500-C=0.01", "logistic-multinomial-50000x500", "logistic-500x50000")
    results = worker.run(Settings(smoke=True, repeat=1, only=only))
    assert {fit.section for fit in results.fits} == {"logistic", "logistic-multinomial"}
    assert not summary.wrong_answers(results)
    assert not [fit for fit in results.fits if fit.skipped]
    body = markdown.family(results, FAMILY)
    assert "| logistic, 1 thread |" in body
    assert "| logistic, many classes, 1 thread |" in body


@pytest.mark.parametrize("library", logistic_cv.cv_libraries(), ids=lambda library: library.name)
@pytest.mark.filterwarnings("default")
def test_every_library_gives_the_same_curve(library: Library) -> None:
    problem = LogisticCvProblem(100, 4, n_folds=4, n_alphas=5)
    task = logistic_cv.task_of(problem, logistic_cv.make_cv_data(problem), 1)
    kind = kind_of(problem)
    accuracy = kind.accuracies(task, {library.name: library.fit(task)})[library.name]
    assert accuracy.gap <= (LOGISTIC_CV.our_gap if library.name == "elltwo" else 1e-3)
    assert accuracy.choice


def test_reference_of_cross_validation_equals_slow_fits() -> None:
    problem = LogisticCvProblem(60, 3, n_folds=3, n_alphas=2)
    task = logistic_cv.task_of(problem, logistic_cv.make_cv_data(problem), 1)
    curve = logistic_cv.reference_curve(task)[:, 0]
    for alpha, found in zip(task.alphas, curve, strict=True):
        total = 0.0
        for train, test in task.folds:
            fitted = slow.Problem(task.X[train], task.y[train], float(alpha))
            z = slow.predictor(slow.Problem(task.X[test], task.y[test]), *slow.solve(fitted))
            total += float(slow.losses(z, task.y[test]).sum())
        assert found == pytest.approx(total / 60, rel=1e-10)


@pytest.mark.filterwarnings("default")
def test_small_calls_are_timed_and_checked() -> None:
    results = worker.run(Settings(smoke=True, repeat=1, only=calls.CALLS))
    assert {call.call for call in results.calls} == set(calls.CALLS)
    assert not summary.wrong_answers(results)
