"""Calls of microseconds: a 50 x 5 problem through the function and through the estimator."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from benchmarks.measure import interleave_calls
from benchmarks.objective import Answer
from benchmarks.problems import Problem, Task, make_task
from benchmarks.records import Call
from benchmarks.reference import relative_gaps

if TYPE_CHECKING:
    from benchmarks.settings import Settings


FUNCTION = "function-50x5"
ESTIMATOR = "estimator-50x5"


@dataclass(frozen=True)
class _Comparison:
    """Statements of several libraries that answer one problem."""

    name: str
    problem: Problem
    statements: dict[str, str]


def run_calls(settings: Settings) -> list[Call]:
    """Time the selected comparisons of small calls."""
    return [
        record
        for comparison in _comparisons()
        if settings.selects(comparison.name)
        for record in _run(comparison, settings)
    ]


def _comparisons() -> list[_Comparison]:
    function = {
        "elltwo": "elltwo.ridge(X, y, alpha=alpha, fit_intercept=False)",
        "NumPy": "numpy.linalg.solve(X.T @ X + alpha * identity, X.T @ y)",
    }
    estimators = {
        "elltwo": "elltwo",
        "scikit-learn": "sklearn",
        "scikit-learn-intelex": "sklearnex",
    }
    estimator = {
        library: f"{package}.linear_model.Ridge().fit(X, y)"
        for library, package in estimators.items()
        if find_spec(package) is not None
    }
    return [
        _Comparison(FUNCTION, Problem(50, 5, fit_intercept=False), function),
        _Comparison(ESTIMATOR, Problem(50, 5), estimator),
    ]


def _namespace(comparison: _Comparison, task: Task) -> dict[str, Any]:
    """Return the names that the statements use; `results` receives what each one returned."""
    packages = {statement.partition(".")[0] for statement in comparison.statements.values()}
    if "linear_model" in "".join(comparison.statements.values()):
        for package in packages:
            import_module(f"{package}.linear_model")
    names = {package: import_module(package) for package in packages}
    identity = import_module("numpy").eye(task.X.shape[1])
    data = {"X": task.X, "y": task.y, "alpha": task.alpha, "identity": identity, "results": {}}
    return names | data


def _run(comparison: _Comparison, settings: Settings) -> list[Call]:
    task = make_task(comparison.problem, settings.n_threads)
    namespace = _namespace(comparison, task)
    statements = {
        library: f"results[{library!r}] = {statement}"
        for library, statement in comparison.statements.items()
    }
    seconds = interleave_calls(statements, namespace, settings)
    answers = {library: _answer(result) for library, result in namespace["results"].items()}
    gaps = relative_gaps(task, answers)
    return [
        Call(
            comparison.name, settings.n_threads, library, statement, seconds[library], gaps[library]
        )
        for library, statement in comparison.statements.items()
    ]


def _answer(result: Any) -> Answer:  # noqa: ANN401
    """Read a record, an estimator or bare coefficients."""
    if hasattr(result, "coef_"):
        return Answer(result.coef_, result.intercept_)
    return Answer(result.coef, result.intercept) if hasattr(result, "coef") else Answer(result, 0.0)
