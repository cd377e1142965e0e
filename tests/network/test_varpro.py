"""Variable projection: stationary points, the choice of the solver, and curvature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
from network_reference import objective, outputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


def smooth_problem(n: int, n_features: int, n_outputs: int = 1) -> tuple[Array, Array, Array]:
    """Return features, targets that are smooth functions of them, and weights."""
    rng = np.random.default_rng(7)
    X = rng.uniform(-1.0, 1.0, (n, n_features))
    phase = np.arange(n_outputs)
    Y = np.sin(3.0 * X[:, :1] + phase) * X[:, 1:2] + 0.05 * rng.standard_normal((n, n_outputs))
    return X, Y, rng.uniform(0.2, 2.0, n)


@pytest.mark.parametrize("activation", ["tanh", "logistic", "identity"])
@pytest.mark.parametrize(("hidden", "n_outputs"), [(6, 1), (5, 3), ((6, 4), 1), ((4, 5), 2)])
def test_ends_where_lbfgs_stays(
    activation: str, hidden: int | tuple[int, ...], n_outputs: int
) -> None:
    """The stationary point is one, and the objective is that of the definition."""
    X, Y, weight = smooth_problem(600, 4, n_outputs)
    given: dict[str, Any] = {"alpha": 0.1, "activation": activation, "sample_weight": weight}
    fit = elltwo.mlp(X, Y, hidden, solver="varpro", tol=1e-7, max_iter=5000, **given)
    assert fit.info.solver == "varpro"
    assert fit.info.status == "converged"
    assert fit.info.optimality <= 1e-7
    assert fit.info.objective == pytest.approx(objective(fit, X, Y, weight), rel=1e-12)
    polished = elltwo.mlp(X, Y, hidden, solver="lbfgs", start=fit, tol=1e-9, **given)
    assert polished.info.objective == pytest.approx(fit.info.objective, rel=1e-8)


@pytest.mark.filterwarnings("ignore:mlp stopped:elltwo.exceptions.ConvergenceWarning")
def test_relu_decreases_the_objective() -> None:
    """At kinks no stationary point is promised, only a descent that ends."""
    X, Y, weight = smooth_problem(800, 5)
    given: dict[str, Any] = {"alpha": 0.1, "sample_weight": weight}
    fit = elltwo.mlp(X, Y, 8, solver="varpro", max_iter=300, tol=1e-3, **given)
    first = elltwo.mlp(X, Y, 8, solver="varpro", max_iter=0, **given)
    reached = objective(fit, X, Y, weight)
    assert reached == pytest.approx(fit.info.objective, rel=1e-12)
    assert reached < 0.2 * objective(first, X, Y, weight)


def test_two_logistic_layers_do_not_collapse() -> None:
    """The minimum where all weights are zero is not what small first weights lead to."""
    X, Y, _ = smooth_problem(600, 4)
    constant = 0.5 * np.sum((Y - Y.mean()) ** 2)
    for seed in range(5):
        fit = elltwo.mlp(
            X, Y, (6, 4), activation="logistic", alpha=0.1, solver="varpro", seed=seed, tol=1e-3
        )
        assert objective(fit, X, Y, np.ones(len(X))) < 0.3 * constant


def test_gets_further_than_lbfgs_in_as_many_steps() -> None:
    """Thirty steps go far below thirty of L-BFGS, also from a sample of the rows."""
    X, Y, _ = smooth_problem(5000, 6)
    reached = {}
    for solver in ("varpro", "lbfgs"):
        with pytest.warns(elltwo.exceptions.ConvergenceWarning):
            fit = elltwo.mlp(
                X, Y, 15, solver=solver, activation="tanh", max_iter=30, tol=1e-9, alpha=0.1
            )
        reached[solver] = objective(fit, X, Y, np.ones(len(X)))
    assert reached["varpro"] < 0.5 * reached["lbfgs"]


def test_last_layer_is_the_ridge_regression() -> None:
    """The last layer is that of `head`, from wherever the fit was stopped."""
    X, Y, weight = smooth_problem(700, 4, 2)
    with pytest.warns(elltwo.exceptions.ConvergenceWarning):
        fit = elltwo.mlp(
            X, Y, 9, activation="tanh", solver="varpro", max_iter=3, sample_weight=weight
        )
    np.testing.assert_allclose(fit.head.coef, fit.coefs[-1].T, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(fit.head.intercept, fit.intercepts[-1], rtol=1e-7, atol=1e-9)


def test_bits_do_not_depend_on_threads() -> None:
    """One thread, two, and starts side by side: the same bits."""
    X, Y, _ = smooth_problem(9000, 8)
    given: dict[str, Any] = {
        "activation": "tanh",
        "solver": "varpro",
        "max_iter": 1000,
        "tol": 1e-3,
    }
    fits = [elltwo.mlp(X, Y, 12, n_starts=3, ensemble=True, n_threads=k, **given) for k in (1, 2)]
    assert np.array_equal(fits[0].parameters, fits[1].parameters)
    alone = elltwo.mlp(X, Y, 12, seed=1, n_threads=2, **given)
    assert any(np.array_equal(alone.parameters[0], each) for each in fits[0].parameters)


def test_float32_data() -> None:
    """X in float32 gives the answer of the same numbers in float64."""
    X, Y, _ = smooth_problem(500, 4)
    X = X.astype(np.float32)
    given: dict[str, Any] = {
        "activation": "tanh",
        "solver": "varpro",
        "tol": 1e-7,
        "max_iter": 3000,
    }
    single = elltwo.mlp(X, Y, 5, **given)
    double = elltwo.mlp(X.astype(float), Y, 5, **given)
    assert single.info.objective == pytest.approx(double.info.objective, rel=1e-9)


@pytest.mark.parametrize(
    ("changes", "solver"),
    [
        ({}, "varpro"),
        ({"hidden": (6, 6)}, "varpro"),
        ({"activation": "relu"}, "lbfgs"),
        ({"hidden": (4, 4, 4)}, "lbfgs"),
        ({"hidden": ()}, "lbfgs"),
        ({"hidden": 80}, "lbfgs"),  # 400 parameters for 500 rows
        ({"loss": "logistic"}, "lbfgs"),
        ({"alpha": np.inf}, "constant"),
        ({"alpha": np.inf, "solver": "varpro"}, "constant"),
    ],
)
def test_auto_chooses_by_what_a_step_costs(changes: dict[str, Any], solver: str) -> None:
    """Squared error with few hidden parameters for the rows goes by variable projection."""
    X, Y, _ = smooth_problem(500, 4)
    if changes.get("loss") == "logistic":
        Y = (Y > 0.0).astype(float)
    given: dict[str, Any] = {"hidden": 6, "activation": "tanh", "tol": 1e-2, **changes}
    fit = elltwo.mlp(X, Y, given.pop("hidden"), **given)
    assert fit.info.solver == solver
    if solver == "constant":
        np.testing.assert_allclose(fit.predict(X), np.broadcast_to(Y.mean(), Y.shape), rtol=1e-12)


@pytest.mark.parametrize(
    "given",
    [
        {"hidden": (3, 3, 3)},
        {"hidden": ()},
        {"hidden": 601},
        {"hidden": 3, "loss": "logistic"},
    ],
)
def test_refuses_what_it_cannot_fit(given: dict[str, Any]) -> None:
    """Other losses, depths and sizes are named."""
    X, Y, _ = smooth_problem(50, 4)
    with pytest.raises(ValueError, match="varpro needs the squared loss and one or two hidden"):
        elltwo.mlp(X, (Y > 0.0).astype(float), given.pop("hidden"), solver="varpro", **given)


def jacobian_of(fit: elltwo.MLPFit, X: Array, model: tuple[Any, ...]) -> Array:
    """Difference quotients of one output by all parameters."""
    columns = []
    for j in range(fit.parameters.shape[1]):
        ends = []
        for h in (1e-5, -1e-5):
            moved = fit.parameters.copy()
            moved[0, j] += h
            moved_fit = elltwo.MLPFit(moved, model, fit.info, fit.infos, False)
            z = outputs(moved_fit.coefs, moved_fit.intercepts, X, model[1])
            ends.append(z[:, 0])
        columns.append((ends[0] - ends[1]) / 2e-5)
    return np.stack(columns, axis=1)


def test_curvature_is_that_of_difference_quotients() -> None:
    """Eigenvalues and effective parameters, from the matrix itself."""
    X, Y, weight = smooth_problem(400, 3)
    fit = elltwo.mlp(
        X, Y, 4, activation="tanh", alpha=[0.3, 0.2], sample_weight=weight, tol=1e-6, max_iter=3000
    )
    J = jacobian_of(fit, X, tuple(fit.model))
    A = np.concatenate([np.full(12, 0.3), np.zeros(4), np.full(4, 0.2), np.zeros(1)])
    G = J.T @ (weight[:, np.newaxis] * J)
    values = np.linalg.eigvalsh(G + np.diag(A))
    seen = fit.curvature(hessian_products=100)
    assert seen.smallest == pytest.approx(values[0], rel=1e-5)
    assert seen.largest == pytest.approx(values[-1], rel=1e-6)
    assert seen.effective_parameters == pytest.approx(
        np.trace(np.linalg.solve(G + np.diag(A), G)), rel=1e-6
    )
    assert seen.hessian is not None
    assert seen.hessian_error is not None
    assert seen.hessian > -1e-6 * seen.largest  # the fit is at a minimum
    assert seen.hessian_error < 1e-6 * seen.largest
    assert fit.curvature().hessian is None


def test_curvature_needs_the_data() -> None:
    """Errors of curvature name what is wrong."""
    X, Y, _ = smooth_problem(100, 3)
    fit = elltwo.mlp(X, Y, 3, activation="tanh", tol=1e-2)
    with pytest.raises(ValueError, match="hessian_products"):
        fit.curvature(hessian_products=-1)
    linear = elltwo.mlp(X, Y, ())
    with pytest.raises(ValueError, match="one or two hidden layers"):
        linear.curvature()
