"""The benchmark's own measure of small networks: objectives by their definition."""

from __future__ import annotations

import pytest

import elltwo
from benchmarks.harness import worker
from benchmarks.harness.settings import Settings
from benchmarks.network.family import FAMILY
from benchmarks.network.problems import (
    NetworkAnswer,
    NetworkProblem,
    make_network_data,
    task_of,
)
from benchmarks.network.reference import accuracies, objective
from benchmarks.report import markdown, summary

PROBLEMS = [NetworkProblem(40, 3, 4), NetworkProblem(40, 3, 4, n_classes=3)]


@pytest.mark.filterwarnings("ignore::elltwo.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_objectives_are_those_of_the_fit(problem: NetworkProblem) -> None:
    task = task_of(problem, make_network_data(problem), 1)
    loss = "multinomial" if problem.n_classes else "squared_error"
    fit = elltwo.mlp(task.X, task.y, problem.hidden, loss=loss, solver="lbfgs", max_iter=20)
    answer = NetworkAnswer(fit.coefs, fit.intercepts)
    assert objective(task, answer) == pytest.approx(fit.info.objective, rel=1e-9)
    zeros = NetworkAnswer(tuple(0.0 * W for W in fit.coefs), tuple(0.0 * b for b in fit.intercepts))
    found = accuracies(task, {"fit": answer, "zeros": zeros})
    assert found["fit"].gap == 0.0
    assert found["zeros"].gap > 0.1


@pytest.mark.filterwarnings("default")  # scikit-learn may warn
def test_a_smoke_run_of_all_problems() -> None:
    results = worker.run(Settings(smoke=True, repeat=1, only=("units",)))
    assert {fit.section for fit in results.fits} == {section.name for section in FAMILY.sections}
    assert not summary.wrong_answers(results)
    assert "| small networks, 1 thread |" in markdown.family(results, FAMILY)
