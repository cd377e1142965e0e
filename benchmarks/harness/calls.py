"""Calls of microseconds: small problems through the functions and through the estimators."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from benchmarks.base.records import Call
from benchmarks.elastic_net.problems import EnetProblem
from benchmarks.harness.kinds import kind_of
from benchmarks.harness.measure import interleave_calls
from benchmarks.logistic.problems import LogisticAnswer, LogisticProblem
from benchmarks.ridge.problems import Problem

if TYPE_CHECKING:
    from benchmarks.elastic_net.problems import EnetTask
    from benchmarks.harness.settings import Settings
    from benchmarks.logistic.problems import LogisticTask
    from benchmarks.ridge.problems import Task


FUNCTION = "function-50x5"
ESTIMATOR = "estimator-50x5"
LOGISTIC_FUNCTION = "logistic-function-200x10"
LOGISTIC_ESTIMATOR = "logistic-estimator-200x10"
INTERCEPT_FUNCTION = "intercept-function-50x5"
LASSO_FUNCTION = "elastic_net-function-100x20"
CALLS = (
    *(FUNCTION, INTERCEPT_FUNCTION, ESTIMATOR),
    *(LOGISTIC_FUNCTION, LOGISTIC_ESTIMATOR, LASSO_FUNCTION),
)


@dataclass(frozen=True)
class _Comparison:
    """Statements of several libraries that answer one problem."""

    name: str
    problem: Problem | LogisticProblem | EnetProblem
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
    with_intercept = {
        "elltwo": "elltwo.ridge(X, y, alpha=alpha)",
        "LAPACK by hand": "benchmarks.many.in_numpy.one_lapack_fit(X, y, alpha)",
        "NumPy": "benchmarks.many.in_numpy.one_fit(X, y, alpha)",
    }
    estimators = _estimators("Ridge")
    logistic = _estimators("LogisticRegression")
    small = LogisticProblem(200, 10)
    return [
        _Comparison(FUNCTION, Problem(50, 5, fit_intercept=False), function),
        _Comparison(INTERCEPT_FUNCTION, Problem(50, 5), estimators | with_intercept),
        _Comparison(ESTIMATOR, Problem(50, 5), estimators),
        _Comparison(
            LOGISTIC_FUNCTION,
            small,
            logistic | {"elltwo": "elltwo.logistic(X, y, alpha=alpha)"},
        ),
        _Comparison(LOGISTIC_ESTIMATOR, small, logistic),
        _Comparison(LASSO_FUNCTION, EnetProblem(100, 20, eps=0.1, n_alphas=1), _lasso_statements()),
    ]


def _estimators(name: str) -> dict[str, str]:
    """Statements that fit an estimator of one name with its defaults."""
    packages = {
        "elltwo": "elltwo",
        "scikit-learn": "sklearn",
        "scikit-learn-intelex": "sklearnex",
    }
    return {
        library: f"{package}.linear_model.{name}().fit(X, y)"
        for library, package in packages.items()
        if find_spec(package) is not None
    }


def _lasso_statements() -> dict[str, str]:
    statements = {"elltwo": "elltwo.elastic_net(X, y, alpha, 1.0)"}
    if find_spec("sklearn") is not None:
        fit = "sklearn.linear_model.Lasso(alpha=alpha / 100, tol=1e-10).fit(X, y)"
        statements["scikit-learn"] = fit
    return statements


def _namespace(comparison: _Comparison, task: Task | LogisticTask | EnetTask) -> dict[str, Any]:
    """Return the names that the statements use; `results` receives what each one returned."""
    modules = {text.partition("(")[0].rpartition(".")[0] for text in comparison.statements.values()}
    names = {}
    for module in modules:
        import_module(module)
        package = module.partition(".")[0]
        names[package] = import_module(package)
    identity = import_module("numpy").eye(task.X.shape[1])
    data = {"X": task.X, "y": task.y, "alpha": task.alpha, "identity": identity, "results": {}}
    return names | data


def _run(comparison: _Comparison, settings: Settings) -> list[Call]:
    name, kind = comparison.name, kind_of(comparison.problem)
    data = kind.make_data(comparison.problem)
    task = kind.task_of(comparison.problem, data, settings.n_threads)
    namespace = _namespace(comparison, task)
    statements = {
        library: f"results[{library!r}] = {statement}"
        for library, statement in comparison.statements.items()
    }
    seconds = interleave_calls(statements, namespace, settings)
    answers = {library: _answer(result) for library, result in namespace["results"].items()}
    gaps = {library: found.gap for library, found in kind.accuracies(task, answers).items()}
    return [
        Call(name, settings.n_threads, library, statement, seconds[library], gaps[library])
        for library, statement in comparison.statements.items()
    ]


def _answer(result: Any) -> LogisticAnswer:  # noqa: ANN401
    """Read a record, an estimator, coefficients and intercept, or coefficients alone."""
    if isinstance(result, tuple):
        return LogisticAnswer(*result)
    if hasattr(result, "coef_"):
        return LogisticAnswer(result.coef_, result.intercept_)
    has_parts = hasattr(result, "coef")
    return LogisticAnswer(*((result.coef, result.intercept) if has_parts else (result, 0.0)))
