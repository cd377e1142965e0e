"""Classes that are nearly separable, so that a weak penalty alone keeps coefficients finite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from scipy import sparse

import elltwo
from logistic_dense_newton import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


def classes_apart(n: int, p: int, n_classes: int, distance: float) -> tuple[Array, Array]:
    """Return rows about the means of their classes, and the classes."""
    rng = np.random.default_rng(0)
    mean = rng.normal(size=(n_classes, p)) * distance
    label = rng.integers(0, n_classes, n)
    return mean[label] + rng.normal(size=(n, p)), label


def objective(fit: elltwo.LogisticFit, X: Array, label: Array, alpha: float) -> float:
    z = X @ np.atleast_2d(fit.coef).T + fit.intercept
    if z.shape[1] == 1:
        z = np.hstack([np.zeros_like(z), z])
    z = z - z[np.arange(len(z)), label][:, None]
    loss = np.logaddexp.reduce(z, axis=1).sum()
    return float(loss + 0.5 * alpha * (np.asarray(fit.coef, dtype=float) ** 2).sum())


def test_ten_classes_of_3000_by_300() -> None:
    X, label = classes_apart(3000, 300, 10, 0.12)
    fit = elltwo.logistic(X, label, alpha=1e-4)
    assert fit.info.status == "converged"
    assert fit.info.n_iter <= 60
    assert objective(fit, X, label, 1e-4) == pytest.approx(1.894918076068, rel=1e-9)
    assert 0.0 <= fit.info.gap <= 1e-6
    assert fit.info.solver == "newton_cg"
    assert fit.info.fallback == "quasi-Newton steps were slow: the classes are nearly separable"


def test_an_early_stop_has_a_gap_that_is_no_less_than_the_truth() -> None:
    X, label = classes_apart(3000, 300, 10, 0.12)
    with pytest.warns(elltwo.exceptions.ConvergenceWarning):
        early = elltwo.logistic(X, label, alpha=1e-4, max_iter=20)
    reached = objective(early, X, label, 1e-4)
    assert 1.0 - 1.894918076068 / reached <= early.info.gap <= 1.0


@pytest.mark.parametrize("alpha", [1e-6, 1e-4, 1e-2, 1.0, 1e2, 1e4, 1e6])
@pytest.mark.parametrize("n_classes", [2, 3, 6])
@pytest.mark.parametrize("kind", ["dense", "float32", "sparse", "weights", "factors", "wide"])
def test_converges_in_100_steps_at_any_alpha(kind: str, n_classes: int, alpha: float) -> None:
    n, p = (60, 150) if kind == "wide" else (400, 40)
    X, label = classes_apart(n, p, n_classes, 0.5)
    rng = np.random.default_rng(1)
    given: Any = X
    options: dict[str, Any] = {}
    if kind == "float32":
        given = X.astype(np.float32)
    if kind == "sparse":
        given = sparse.csr_array(np.where(rng.random(X.shape) < 0.7, X, 0.0))
    if kind == "weights":
        outputs = 1 if n_classes == 2 else n_classes
        options["sample_weight"] = rng.exponential(size=n)
        options["offset"] = rng.normal(size=(n, outputs))
    if kind == "factors":
        options["penalty_factors"] = np.r_[0.0, 10.0 ** rng.uniform(-2, 2, p - 1)]
    fit = elltwo.logistic(given, label, alpha=alpha, **options)
    assert fit.info.status == "converged"
    assert fit.info.n_iter <= 100
    assert fit.info.gap <= 1e-5


@pytest.mark.parametrize("solver", ["newton_cg", "newton_cholesky", "quasi_newton"])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_every_solver_finds_the_minimum(n_classes: int, solver: str) -> None:
    X, label = classes_apart(400, 20, n_classes, 0.6)
    fit = elltwo.logistic(X, label, alpha=1e-3, solver=solver)
    auto = elltwo.logistic(X, label, alpha=1e-3)
    assert fit.info.solver == solver
    assert fit.info.fallback in (None, "")
    np.testing.assert_allclose(fit.coef, auto.coef, rtol=1e-6, atol=1e-8)


def a_problem(seed: int) -> tuple[Problem, dict[str, Any]]:
    """Return a random problem as the reference and as elltwo.logistic take it."""
    rng = np.random.default_rng(seed)
    n_classes = int(rng.choice([2, 3, 5]))
    outputs = 1 if n_classes == 2 else n_classes
    n, p = int(rng.integers(30, 150)), int(rng.choice([2, 8, 20]))
    label = np.r_[np.arange(n_classes), rng.integers(0, n_classes, n - n_classes)]
    X = rng.normal(size=(n, p)) + (rng.normal(size=(n_classes, p)) * rng.choice([0.1, 1.0]))[label]
    factors = 10.0 ** rng.uniform(-1, 1, p)
    if rng.random() < 0.3:
        factors[0] = 0.0
    weight = rng.exponential(size=n) + 0.1
    offset = rng.normal(size=(n, outputs)) * rng.choice([0.0, 1.0])
    mean = rng.normal(size=(outputs, p)) * rng.choice([0.0, 1.0])
    alpha = float(10.0 ** rng.uniform(-2, 3))
    intercept = bool(rng.random() < 0.8)
    problem = Problem(X, label, n_classes, alpha * factors, mean, weight, offset, intercept)
    return problem, {
        "X": X,
        "y": label,
        "alpha": alpha,
        "penalty_factors": factors,
        "prior_mean": mean,
        "sample_weight": weight,
        "offset": offset,
        "fit_intercept": intercept,
    }


@pytest.mark.filterwarnings("ignore::elltwo.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("layout", ["dense", "sparse", "bounds"])
@pytest.mark.parametrize("seed", range(20))
def test_gap_is_no_less_than_the_truth(seed: int, layout: str) -> None:
    problem, arguments = a_problem(seed)
    if layout == "sparse":
        arguments["X"] = sparse.csr_array(arguments["X"])
    if layout == "bounds":
        arguments["bounds"] = (-0.3, 0.5)
        arguments["prior_mean"] = None
        best = elltwo.logistic(**arguments, tol=1e-13).info.objective
    else:
        best = problem.objective(problem.solve())
    for tol, max_iter in ((1e-1, 100), (1e-3, 100), (0.0, 0), (0.0, 1), (0.0, 4), (1e-10, 100)):
        info = elltwo.logistic(**arguments, tol=tol, max_iter=max_iter).info
        assert (info.objective - best) / info.objective <= info.gap + 1e-13
        if tol == 1e-10:
            assert info.gap <= 1e-7


def test_gap_of_no_use_is_one_and_a_missing_one_infinite() -> None:
    X, label = classes_apart(600, 40, 3, 0.1)
    with pytest.warns(elltwo.exceptions.ConvergenceWarning):
        assert elltwo.logistic(X, label, alpha=1e-8, max_iter=0).info.gap == 1.0
    fit = elltwo.logistic(X, label, alpha=0.0)
    assert fit.info.status == "converged"
    assert fit.info.gap == np.inf
    few = elltwo.logistic(X[:, :5], label, alpha=0.0)
    assert few.info.gap <= 1e-12


@pytest.mark.parametrize("name", ["newton-cg", "newton-cholesky", "quasi-newton"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_hyphens_stand_for_underscores(name: str, n_classes: int) -> None:
    X, label = classes_apart(100, 5, n_classes, 0.3)
    solver = name.replace("-", "_")
    fit = elltwo.logistic(X, label, solver=name)
    assert fit.info.solver == solver
    assert fit.info.reason == "asked for"
    model = elltwo.linear_model.LogisticRegression(solver=name).fit(X, label)
    assert model.info_ == fit.info
    path = elltwo.logistic_path(X, label, alphas=[1.0], solver=name)
    assert path.info[0].solver == solver


@pytest.mark.parametrize("name", ["lbfgs", "liblinear", "sag", "saga"])
def test_other_names_stand_for_auto_in_functions_and_estimators(name: str) -> None:
    X, label = classes_apart(100, 5, 3, 0.3)
    auto = elltwo.logistic(X, label)
    fit = elltwo.logistic(X, label, solver=name)
    np.testing.assert_array_equal(fit.coef, auto.coef)
    free = ", with a free intercept" if name == "liblinear" else ""
    assert fit.info.reason == f'solver="{name}" stands for "auto" here{free}: {auto.info.reason}'
    assert elltwo.linear_model.LogisticRegression(solver=name).fit(X, label).info_ == fit.info
    path = elltwo.logistic_path(X, label, alphas=[1.0], solver=name)
    assert path.info[0].reason == fit.info.reason


@pytest.mark.parametrize("name", ["newton", "newton--cg", "LBFGS", "", 3, None])
def test_names_of_no_solver_are_refused(name: object) -> None:
    X, label = classes_apart(100, 5, 3, 0.3)
    with pytest.raises(ValueError, match="solver must be one of 'auto', 'newton_cholesky'"):
        elltwo.logistic(X, label, solver=name)  # type: ignore[arg-type]  # refused


@pytest.mark.parametrize("solver", ["newton_cg", "newton_cholesky", "quasi_newton"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_bounds_say_why_another_solver_ran(n_classes: int, solver: str) -> None:
    X, label = classes_apart(100, 5, n_classes, 0.3)
    info = elltwo.logistic(X, label, bounds=(-0.1, 0.1), solver=solver).info
    if solver == "quasi_newton":
        assert info.fallback == "quasi-Newton steps do not keep to bounds"
    else:
        assert info.solver == solver
