"""The benchmark's measure of cross-validation and of sparse fits, and a run of both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.base import records
from benchmarks.cv import problems as cv_problems
from benchmarks.cv.family import FAMILY as CV
from benchmarks.cv.libraries import cv_libraries
from benchmarks.cv.limits import flops as cv_flops
from benchmarks.cv.problems import CvAnswer, CvProblem, CvTask
from benchmarks.cv.reference import accuracies, reference_curve
from benchmarks.harness import worker
from benchmarks.harness.settings import Settings
from benchmarks.report import markdown, summary, text
from benchmarks.ridge.family import FAMILY as RIDGE
from benchmarks.ridge.objective import objective
from benchmarks.ridge.problems import Task, make_data
from benchmarks.ridge.reference import reference
from benchmarks.sparse import problems as sparse_problems
from benchmarks.sparse.family import FAMILY as SPARSE_FITS
from benchmarks.sparse.libraries import sparse_libraries
from benchmarks.sparse.limits import flops as sparse_flops
from benchmarks.sparse.problems import SparseProblem
from benchmarks.sparse.reference import reference as sparse_reference

if TYPE_CHECKING:
    from benchmarks.base.library import Library

SHAPES = {"tall": (30, 4), "wide": (12, 20)}
each_shape = pytest.mark.parametrize("sides", SHAPES.values(), ids=SHAPES)
SPARSE = SparseProblem(300, 40, row_nnz=6, power=3.0)


def cv_task(problem: CvProblem) -> CvTask:
    return cv_problems.task_of(problem, make_data(problem), 1)


def augmented(task: CvTask, rows: slice | list[int], alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows with an intercept column and sqrt(alpha) I below: ridge as least squares."""
    X = np.column_stack([np.ones(len(task.X)), task.X])[rows]
    penalty = np.sqrt(alpha) * np.eye(X.shape[1])[1:]
    y = task.y[rows]
    return np.vstack([X, penalty]), np.concatenate([y, np.zeros(len(penalty))])


@each_shape
def test_reference_of_leave_one_out_equals_refits(sides: tuple[int, int]) -> None:
    task = cv_task(CvProblem(*sides, cv="loo", n_alphas=4))
    n = len(task.y)
    for alpha, found in zip(task.alphas, reference_curve(task)[:, 0], strict=True):
        squares = []
        for left_out in range(n):
            kept = [row for row in range(n) if row != left_out]
            coef = np.linalg.lstsq(*augmented(task, kept, alpha), rcond=None)[0]
            squares.append((task.y[left_out] - coef[0] - task.X[left_out] @ coef[1:]) ** 2)
        assert found == pytest.approx(np.mean(squares), rel=1e-9)


@each_shape
def test_reference_of_gcv_is_its_definition(sides: tuple[int, int]) -> None:
    task = cv_task(CvProblem(*sides, cv="gcv", n_alphas=4))
    n = len(task.y)
    for alpha, found in zip(task.alphas, reference_curve(task)[:, 0], strict=True):
        rows, _ = augmented(task, slice(None), alpha)
        hat = rows[:n] @ np.linalg.pinv(rows)[:, :n]
        resid = task.y - hat @ task.y
        gcv = np.mean(resid**2) / (np.trace(np.eye(n) - hat) / n) ** 2
        assert found == pytest.approx(gcv, rel=1e-9)


CV_PROBLEMS = [
    CvProblem(30, 4, cv=5, n_alphas=20),
    CvProblem(15, 20, cv=5, n_alphas=20),
    CvProblem(40, 4, cv=4, n_alphas=20, n_targets=3),
    CvProblem(30, 4, cv="loo", n_alphas=20),
    CvProblem(20, 30, cv="loo", n_alphas=20),
    CvProblem(40, 6, cv="gcv", n_alphas=20, n_targets=3),
]


@pytest.mark.parametrize(
    ("library", "problem"),
    [
        pytest.param(library, problem, id=f"{library.name}-{problem.name}")
        for problem in CV_PROBLEMS
        for library in cv_libraries()
        if library.applies(problem)
    ],
)
def test_every_library_gives_the_same_curve_and_choice(
    library: Library, problem: CvProblem
) -> None:
    task = cv_task(problem)
    accuracy = accuracies(task, {library.name: library.fit(task)})[library.name]
    assert accuracy.gap < 1e-9
    assert bool(accuracy.choice) == (library.share == 1.0)


def test_accuracy_tells_a_wrong_curve_and_a_wrong_choice() -> None:
    task = cv_task(CvProblem(30, 4, cv=5, n_alphas=10, n_targets=2))
    curve = reference_curve(task)
    best = task.alphas[curve.argmin(axis=0)]
    shifted = curve * (1 + 1e-6 * np.eye(10, 2))
    wrong = best.copy()
    wrong[1] = task.alphas[-1]
    found = accuracies(
        task,
        {
            "right": CvAnswer(best, curve),
            "shifted": CvAnswer(best, shifted),
            "wrong": CvAnswer(wrong, curve),
            "partial": CvAnswer(np.full(2, np.nan), np.where(np.eye(10, 2), shifted, np.nan)),
        },
    )
    assert found["right"] == (0.0, "2 of 2 alphas")
    assert found["shifted"].gap == pytest.approx(1e-6, rel=1e-6)
    assert found["partial"].gap == pytest.approx(1e-6, rel=1e-6)
    assert not found["partial"].choice
    excess = curve[-1, 1] / curve[:, 1].min() - 1
    assert found["wrong"].gap == pytest.approx(excess)
    assert found["wrong"].choice == "1 of 2 alphas"


def test_flops_of_cross_validation_and_of_sparse_passes() -> None:
    form = 8 * 3**3 / 3
    assert cv_flops(CvProblem(100, 3, cv=5, n_alphas=7)) == pytest.approx(
        100 * 9 + 5 * (form + 2 * 9) + 2 * 100 * 3 * 7
    )
    assert cv_flops(CvProblem(100, 3, cv="loo", n_alphas=7)) == pytest.approx(
        100 * 9 + form + 2 * 9 + 2 * 100 * 9 + 2 * 2 * 100 * 3 * 7
    )
    assert cv_flops(CvProblem(3, 100, cv="loo", n_alphas=7)) == pytest.approx(
        100 * 9 + form + 2 * 9 + 2 * 2 * 3 * 3 * 7
    )
    assert cv_flops(CvProblem(100, 3, cv="gcv", n_alphas=7, n_targets=2)) == pytest.approx(
        100 * 9 + 2 * 100 * 3 * 2 + form + 2 * 9 * 2
    )
    assert sparse_flops(SPARSE) == 7 * 4 * 300 * 6


def test_sparse_data_have_sorted_rows_without_repetition() -> None:
    X, y = sparse_problems.make_data(SPARSE)
    assert X.shape == (300, 40)
    assert X.has_canonical_format
    counts = np.bincount(X.indices, minlength=40)
    assert counts[:10].sum() > 0.5 * X.nnz  # a quarter of the columns draws 0.63 of the values
    assert np.diff(X.indptr).max() <= SPARSE.row_nnz
    assert y.shape == (300,)


def sparse_task() -> Task:
    return sparse_problems.task_of(SPARSE, sparse_problems.make_data(SPARSE), 1)


def test_sparse_reference_is_the_dense_one() -> None:
    task = sparse_task()
    dense = replace(task, X=task.X.toarray())
    lowest = objective(dense, reference(dense))
    assert abs(objective(task, sparse_reference(task)) / lowest - 1) < 1e-16


@pytest.mark.parametrize("library", sparse_libraries(), ids=lambda library: library.name)
def test_every_sparse_library_minimises_the_same_objective(library: Library) -> None:
    task = sparse_task()
    lowest = objective(task, sparse_reference(task))
    gap = float(objective(task, library.fit(task)) / lowest - 1)
    assert abs(gap) < (1e-9 if library.name == "elltwo" else 1e-6)


def test_a_share_of_the_work_stands_for_all_of_it() -> None:
    fit = records.Fit("30x4", 1, "peer", "peer", [0.1, 0.3, 0.2], 0.0, share=0.05)
    assert fit.median == pytest.approx(4.0)
    assert fit.best == pytest.approx(2.0)


@pytest.mark.filterwarnings("default")  # peers may warn, and choices at an edge
def test_a_smoke_run_checks_cross_validation_and_sparse_fits() -> None:
    results = worker.run(Settings(smoke=True, repeat=1, only=("cv-", "sparse-")))
    assert {fit.section for fit in results.fits} == {"cv", "sparse", "logistic-cv"}
    assert not summary.wrong_answers(results)
    assert not [fit for fit in results.fits if fit.skipped]
    assert " of 3 alphas" in text.report(results)
    assert "| cross-validation, 1 thread |" in markdown.family(results, CV)
    assert "| sparse ridge, 1 thread |" in markdown.family(results, SPARSE_FITS)
    assert markdown.family(results, RIDGE) == ""


def test_a_run_over_its_budget_says_so() -> None:
    results = worker.run(Settings(smoke=True, repeat=1, budget=1e-12, only=("cv-500x5000",)))
    assert all(fit.skipped and not fit.seconds for fit in results.fits)
    assert "over the budget" in text.report(results)
    assert "over the budget" in summary.wrong_answers(results)[0]
