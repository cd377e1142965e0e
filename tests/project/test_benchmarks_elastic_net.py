"""The benchmark's own measure of paths of the elastic net: gaps are to be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from benchmarks.elastic_net import logistic, multi_task
from benchmarks.elastic_net.certificate import accuracies, values
from benchmarks.elastic_net.family import FAMILY
from benchmarks.elastic_net.problems import EnetProblem, PathAnswer, make_data, task_of
from benchmarks.harness import worker
from benchmarks.harness.settings import Settings
from benchmarks.report import markdown, summary
from elastic_net_reference import Problem, certificates

if TYPE_CHECKING:
    from benchmarks.base.library import AnyProblem

PROBLEMS = {
    "lasso": EnetProblem(60, 8, n_alphas=12, eps=1e-2),
    "ratio": EnetProblem(20, 50, 0.5, n_alphas=12),
    "sparse": EnetProblem(40, 60, n_alphas=12, row_nnz=4),
}


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
@pytest.mark.parametrize("noise", [0.0, 1e-4])
def test_values_are_those_of_the_definition(problem: EnetProblem, noise: float) -> None:
    """Of exact points and of others, more alphas than are evaluated at a time."""
    import elltwo

    task = task_of(problem, make_data(problem), 1)
    path = elltwo.elastic_net_path(
        task.X, task.y, task.alphas, problem.l1_ratio, fit_intercept=False
    )
    coef = path.coef * (1 + noise * np.random.default_rng(0).standard_normal(path.coef.shape))
    found = values(task, PathAnswer(coef))
    X = task.X if isinstance(task.X, np.ndarray) else task.X.toarray()
    posed = Problem(X, task.y, 1.0, problem.l1_ratio, fit_intercept=False)
    wanted = certificates(posed, task.alphas, coef, np.zeros(len(coef)))
    np.testing.assert_allclose(found.primal, [point.objective for point in wanted], rtol=1e-13)
    if noise:
        gaps = np.array([point.gap for point in wanted])
        assert np.all(found.gaps >= gaps - 1e-14)  # the other tries more dual points
    else:
        assert found.gaps.max() < 1e-12
        accuracy = accuracies(task, {"exact": PathAnswer(coef)})["exact"]
        assert accuracy.gap < 1e-12
        assert accuracy.choice.startswith("gap ")


@pytest.mark.parametrize(
    "problem", [group.problems[0].shrunk() for group in FAMILY.groups], ids=lambda p: p.name
)
def test_every_group_is_answered_exactly(problem: AnyProblem) -> None:
    """Our answer to every kind of problem, on a shape that takes no time."""
    kind = FAMILY.kinds[type(problem)]
    task = kind.task_of(problem, kind.make_data(problem), 1)
    ours = kind.libraries()[0]
    assert ours.name == "elltwo"
    accuracy = kind.accuracies(task, {"elltwo": ours.fit(task)})["elltwo"]
    assert abs(accuracy.gap) <= 1e-9
    assert kind.flops(problem) > 0


@pytest.mark.filterwarnings("default")  # peers may warn
def test_a_smoke_run_of_all_kinds() -> None:
    results = worker.run(Settings(smoke=True, repeat=1, only=("elastic_net",)))
    sections = {section.name for section in FAMILY.sections}
    assert {fit.section for fit in results.fits} == sections
    assert not summary.wrong_answers(results)
    assert "| elastic net, 1 thread |" in markdown.family(results, FAMILY)


def test_zeros_are_no_answer() -> None:
    problem: Any = multi_task.MultiTaskProblem(20, 10, 3, n_alphas=4)
    data = multi_task.make_multi_data(problem)
    task = multi_task.multi_task_of(problem, data, 1)
    zeros = np.zeros((4, 3, 10))
    assert multi_task.multi_accuracies(task, {"zeros": zeros})["zeros"].gap > 0.01
    classes = logistic.LogisticLassoProblem(30, 10, n_alphas=4)
    of_classes = logistic.logistic_task_of(classes, logistic.make_logistic_data(classes), 1)
    none = np.zeros((4, 10))
    assert logistic.logistic_accuracies(of_classes, {"zeros": none})["zeros"].gap > 0.01
