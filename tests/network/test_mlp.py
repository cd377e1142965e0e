"""The network's objective, its gradient's certificate, limits of alpha, and records."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import elltwo
from elltwo.exceptions import ConvergenceWarning
from network_reference import objective, outputs

Array = np.ndarray[Any, Any]


def data(n: int = 120, p: int = 4, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    return X, np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * rng.normal(size=n)


def targets_of(loss: str, y: Array) -> Array:
    if loss == "squared_error":
        return np.column_stack([y, y**2])
    if loss == "logistic":
        return (y > 0).astype(float)
    return np.digitize(y, [-0.5, 0.5])


@pytest.mark.parametrize("activation", ["identity", "relu", "tanh", "logistic"])
@pytest.mark.parametrize("loss", ["squared_error", "logistic", "multinomial"])
@pytest.mark.parametrize("solver", ["lbfgs", "adam", "sgd"])
@pytest.mark.filterwarnings("ignore::elltwo.exceptions.ConvergenceWarning")
def test_objective_is_its_definition(activation: str, loss: str, solver: str) -> None:
    X, y = data()
    Y = targets_of(loss, y)
    w = np.random.default_rng(1).uniform(0.5, 2.0, len(X))
    options: dict[str, Any] = {
        "activation": activation,
        "loss": loss,
        "solver": solver,
        "sample_weight": w,
    }
    fit = elltwo.mlp(X, Y, (5, 20), alpha=[0.1, 0.2, 0.3], max_iter=5, **options)
    wanted = objective(fit, X, Y, w)
    assert fit.info.objective == pytest.approx(wanted, rel=1e-12)
    z = outputs(fit.coefs, fit.intercepts, X, activation)
    assert fit.decision(X).reshape(z.shape) == pytest.approx(z, rel=1e-10, abs=1e-12)
    if loss == "multinomial":
        assert fit.predict(X).sum(axis=1) == pytest.approx(1.0)
    elif loss == "logistic":
        assert fit.predict(X) == pytest.approx(1.0 / (1.0 + np.exp(-z[:, 0])))


@pytest.mark.parametrize("loss", ["squared_error", "multinomial"])
def test_scikit_learn_has_the_same_loss_at_the_same_weights(loss: str) -> None:
    network = pytest.importorskip("sklearn.neural_network")
    X, y = data()
    Y = y if loss == "squared_error" else targets_of(loss, y)
    fit = elltwo.mlp(X, Y, 6, alpha=2.0, loss=loss, activation="tanh", tol=1e-4)
    kind = network.MLPRegressor if loss == "squared_error" else network.MLPClassifier
    peer = kind(hidden_layer_sizes=(6,), activation="tanh", solver="lbfgs", alpha=2.0, max_iter=1)
    with pytest.warns(UserWarning, match="lbfgs"):
        peer.fit(X, Y)
    peer.coefs_, peer.intercepts_ = list(fit.coefs), list(fit.intercepts)
    activations = [X, None, None]
    z = peer._forward_pass(activations)[-1]
    own = fit.predict(X)
    assert own.reshape(z.shape) == pytest.approx(z)
    mean = (
        0.5 * np.mean((z[:, 0] - Y) ** 2)
        if loss == "squared_error"
        else -np.mean(np.log(z[np.arange(len(z)), Y]))
    )
    penalty = 0.5 * 2.0 * sum((W**2).sum() for W in peer.coefs_) / len(X)
    assert fit.info.objective / len(X) == pytest.approx(mean + penalty)


def test_linear_network_is_ridge() -> None:
    X, y = data()
    fit = elltwo.mlp(X, y, (), alpha=3.0, tol=1e-9)
    wanted = elltwo.ridge(X, y, alpha=3.0)
    assert fit.coefs[0][:, 0] == pytest.approx(wanted.coef, rel=1e-6)
    assert fit.intercepts[0][0] == pytest.approx(wanted.intercept, rel=1e-6)


def test_linear_network_is_logistic_regression() -> None:
    X, y = data()
    labels = (y > 0).astype(int)
    fit = elltwo.mlp(X, labels, (), alpha=0.7, loss="logistic", tol=1e-9)
    wanted = elltwo.logistic(X, labels, alpha=0.7)
    assert fit.coefs[0][:, 0] == pytest.approx(np.ravel(wanted.coef), rel=1e-5)


def test_head_is_the_last_layer_at_a_stationary_point() -> None:
    X, y = data()
    Y = np.column_stack([y, -2.0 * y + 1.0])
    fit = elltwo.mlp(X, Y, 5, alpha=[0.5, 2.0], activation="tanh", tol=1e-7, max_iter=50000)
    assert fit.info.status == "converged"
    assert fit.head.coef == pytest.approx(fit.coefs[-1].T, abs=1e-4)
    assert fit.head.intercept == pytest.approx(fit.intercepts[-1], abs=1e-4)
    with pytest.raises(ValueError, match="left its data behind"):
        pickle.loads(pickle.dumps(fit)).head  # noqa: B018


@pytest.mark.parametrize("loss", ["squared_error", "logistic", "multinomial"])
def test_infinite_alpha_is_the_constant_prediction(loss: str) -> None:
    X, y = data()
    Y = targets_of(loss, y)
    w = np.random.default_rng(1).uniform(0.5, 2.0, len(X))
    fit = elltwo.mlp(X, Y, 3, alpha=[1.0, np.inf], loss=loss, sample_weight=w)
    assert fit.info.solver == "constant"
    wanted = np.bincount(Y, w) / w.sum() if loss == "multinomial" else w @ Y / w.sum()
    assert fit.predict(X) == pytest.approx(np.broadcast_to(wanted, fit.predict(X).shape))


@pytest.mark.filterwarnings("ignore::elltwo.exceptions.ConvergenceWarning")
def test_alpha_zero_fits_closer_than_any_penalty() -> None:
    X, y = data()
    free = elltwo.mlp(X, y, 8, alpha=0.0, activation="tanh", tol=1e-4)
    held = elltwo.mlp(X, y, 8, alpha=1.0, activation="tanh", tol=1e-4)
    assert free.info.loss < held.info.loss
    assert free.info.objective == free.info.loss


@pytest.mark.parametrize("solver", ["lbfgs", "adam"])
@pytest.mark.filterwarnings("ignore::elltwo.exceptions.ConvergenceWarning")
def test_bits_do_not_depend_on_threads_or_on_the_other_starts(solver: str) -> None:
    X, y = data(1500)
    options: dict[str, Any] = {"alpha": 1.0, "solver": solver, "max_iter": 8}
    one = elltwo.mlp(X, y, 9, n_starts=3, ensemble=True, n_threads=1, **options)
    two = elltwo.mlp(X, y, 9, n_starts=3, ensemble=True, n_threads=2, **options)
    assert np.array_equal(one.parameters, two.parameters)
    alone = [elltwo.mlp(X, y, 9, seed=s, **options) for s in range(3)]
    objectives = [fit.info.objective for fit in alone]
    assert [info.objective for info in one.infos] == objectives
    assert one.info.objective == min(objectives)
    mean = np.mean([fit.predict(X) for fit in alone], axis=0)
    assert one.predict(X) == pytest.approx(mean)


def test_float32_and_strides_are_read_as_they_are() -> None:
    X, y = data()
    narrow = X.astype(np.float32)
    options: dict[str, Any] = {"alpha": 1.0, "activation": "tanh", "tol": 1e-4}
    wanted = elltwo.mlp(narrow.astype(float), y, 4, **options)
    kept = narrow.copy()
    got = elltwo.mlp(narrow, y, 4, **options)
    assert np.array_equal(narrow, kept)
    assert got.info.objective == pytest.approx(wanted.info.objective, rel=1e-6)
    strided = elltwo.mlp(np.asfortranarray(narrow.astype(float))[::-1], y[::-1], 4, **options)
    assert strided.info.objective == pytest.approx(wanted.info.objective, rel=1e-3)


def test_fits_go_on_where_they_ended() -> None:
    X, y = data(400)
    options: dict[str, Any] = {"alpha": 0.5, "solver": "adam"}
    with pytest.warns(ConvergenceWarning, match="6 epochs"):
        whole = elltwo.mlp(X, y, 7, max_iter=6, **options)
    with pytest.warns(ConvergenceWarning, match="3 epochs"):
        half = elltwo.mlp(X, y, 7, max_iter=3, **options)
    with pytest.warns(ConvergenceWarning, match="3 epochs"):
        rest = elltwo.mlp(X, y, 7, max_iter=3, start=pickle.loads(pickle.dumps(half)), **options)
    assert np.array_equal(whole.parameters, rest.parameters)
    assert np.array_equal(whole.loss_curve, rest.loss_curve)


@pytest.mark.filterwarnings("ignore::elltwo.exceptions.ConvergenceWarning")
def test_validation_keeps_the_best_epoch() -> None:
    X, y = data(500)
    rate = elltwo.MiniBatches(learning_rate_init=0.02)
    held = data(200, seed=5)
    fit = elltwo.mlp(X, y, 10, alpha=0.01, solver="adam", validation=held, minibatch=rate)
    errors = held[1] - fit.predict(held[0])
    score = 1.0 - (errors**2).sum() / ((held[1] - held[1].mean()) ** 2).sum()
    assert score == pytest.approx(fit.scores.max(), abs=1e-5)
    shared = elltwo.mlp(X, y, 10, alpha=0.01, solver="adam", validation=0.25, minibatch=rate)
    assert len(shared.scores) == len(shared.loss_curve) == shared.info.n_iter


def test_adaptive_rate_falls_before_the_end() -> None:
    X, y = data(300)
    adaptive = elltwo.MiniBatches(learning_rate="adaptive", n_iter_no_change=2)
    fit = elltwo.mlp(X, y, 4, solver="sgd", minibatch=adaptive, tol=1e-3, max_iter=4000, alpha=1.0)
    assert fit.info.status == "converged"
    assert fit.state is not None
    assert fit.state.learning_rate <= 1e-6
    falling = elltwo.MiniBatches(learning_rate="invscaling")
    with pytest.warns(ConvergenceWarning):
        fit = elltwo.mlp(X, y, 4, solver="sgd", minibatch=falling, max_iter=4)
    assert fit.state is not None
    assert fit.state.learning_rate == pytest.approx(0.001 / (4 * 300 + 1) ** 0.5)


def test_batch_is_single_fits() -> None:
    rng = np.random.default_rng(2)
    X, w = rng.normal(size=(4, 40, 3)), rng.uniform(size=(4, 40))
    y = np.tanh(X[:, :, 0]) + 0.1 * rng.normal(size=(4, 40))
    options: dict[str, Any] = {"alpha": 0.3, "activation": "tanh", "n_starts": 2, "tol": 1e-4}
    batch = elltwo.mlp_batch(X, y, 3, sample_weight=w, **options)
    for k in range(4):
        one = elltwo.mlp(X[k], y[k], 3, sample_weight=w[k], **options)
        assert np.array_equal(batch.parameters[k], one.parameters[0])
        assert batch.fit(k).predict(X[k]) == pytest.approx(one.predict(X[k]))
    assert batch.predict(X).shape == (4, 40)
    assert batch.predict(X[0])[0] == pytest.approx(batch.predict(X)[0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": -1.0}, r"alpha must be in \[0, inf\], got -1"),
        ({"alpha": [1.0, np.nan]}, "for layer 1"),
        ({"alpha": [1.0] * 3}, "2 layer"),
        ({"hidden": 0}, "hidden must be"),
        ({"activation": "selu"}, "activation must be one of"),
        ({"loss": "hinge"}, "loss must be one of"),
        ({"solver": "newton"}, "solver must be one of"),
        ({"loss": "logistic"}, "0 or 1"),
        ({"loss": "multinomial"}, "whole and from 0 on"),
        ({"validation": 0.2}, "validation is for"),
        ({"minibatch": elltwo.MiniBatches()}, "minibatch is for"),
        ({"solver": "sgd", "minibatch": elltwo.MiniBatches(momentum=2.0)}, "momentum"),
        (
            {"solver": "adam", "minibatch": elltwo.MiniBatches(beta_1=1)},
            r"beta_1 must be in \[0, 1",
        ),
        (
            {"solver": "adam", "minibatch": elltwo.MiniBatches(beta_2=1)},
            r"beta_2 must be in \[0, 1",
        ),
        ({"solver": "adam", "alpha": np.inf}, "finite"),
        ({"solver": "adam", "validation": 1.5}, r"validation must be in \(0, 1\)"),
        ({"start": np.zeros(3)}, "weights and intercepts"),
        ({"n_starts": 0}, "n_starts"),
        ({"sample_weight": -np.ones(120)}, "sample_weight"),
    ],
)
def test_bad_arguments_are_named(options: dict[str, Any], message: str) -> None:
    X, y = data()
    hidden = options.pop("hidden", 3)
    with pytest.raises(ValueError, match=message):
        elltwo.mlp(X, y, hidden, **options)


def test_nan_is_named_by_its_place() -> None:
    X, y = data()
    X[7, 2] = np.nan
    with pytest.raises(ValueError, match=r"X.*row 7.*column 2|X.*column 2.*row 7"):
        elltwo.mlp(X, y, 3)
    X[7, 2] = 0.0
    fit = elltwo.mlp(X, y, 3, tol=1e-2)
    with pytest.raises(ValueError, match=r"3 features|features, got 3|4 features"):
        fit.predict(X[:, :3])


def test_divergence_is_an_error() -> None:
    X, y = data()
    wild = elltwo.MiniBatches(learning_rate_init=1e6)
    with pytest.raises(OverflowError, match="learning_rate"):
        elltwo.mlp(X, 1e3 * y, 8, solver="sgd", minibatch=wild, activation="relu")


@pytest.mark.parametrize("solver", ["lbfgs", "varpro"])
@pytest.mark.parametrize("scale", [1e160, 1e200, 1e300])
def test_what_leaves_the_range_of_numbers_is_an_error(solver: str, scale: float) -> None:
    X, y = data(40)
    for given, weight in ((y * scale, None), (y, np.full(40, 1e308))):
        with pytest.raises(OverflowError, match=r"other units|too large"):
            elltwo.mlp(
                X, given, 4, activation="tanh", solver=solver, sample_weight=weight, max_iter=50
            )
    with pytest.raises(OverflowError, match="beyond the range of float64"):
        elltwo.mlp(X, y * scale, 4, alpha=np.inf)


def test_large_penalty_that_overflows_is_an_error() -> None:
    X, y = data(40)
    with pytest.raises(OverflowError, match="penalties need other units"):
        elltwo.mlp(X, y, 4, alpha=1e308)


def test_infinite_alpha_reports_the_objective_of_large_targets() -> None:
    X, y = data(40)
    fit = elltwo.mlp(X, 1e40 * y, 4, alpha=np.inf)
    wanted = 0.5 * ((1e40 * (y - y.mean())) ** 2).sum()
    assert fit.info.objective == pytest.approx(wanted, rel=1e-9)


def test_tiny_weights_do_not_pass_for_convergence() -> None:
    X, y = data(40)
    weight = np.full(40, 1e-200)
    try:
        fit = elltwo.mlp(X, y, 4, activation="tanh", solver="lbfgs", sample_weight=weight)
    except (OverflowError, ConvergenceWarning):
        return
    assert fit.info.status != "converged" or fit.info.gradient_norm > 0.0


def test_saturated_units_are_warned_of() -> None:
    X, y = data(60, 3)
    with pytest.warns(ConvergenceWarning, match="units are saturated"):
        fit = elltwo.mlp(X, y + 1e8, 8, alpha=1e-3, activation="tanh", solver="lbfgs")
    assert fit.info.status == "stalled"
    assert fit.info.optimality > 0.1


@pytest.mark.parametrize("loss", ["squared_error", "multinomial"])
def test_networks_of_a_batch_are_named_in_errors(loss: str) -> None:
    X, y = data(20)
    targets = np.stack([y, y, y]) if loss == "squared_error" else np.tile(y > 0, (3, 1)) * 1.0
    targets[2, 7] = np.nan if loss == "squared_error" else 0.5
    found = "problem 2: y (contains NaN|must hold numbers of classes).* row 7"
    with pytest.raises(ValueError, match=found):
        elltwo.mlp_batch(X, targets, 2, loss=loss)
    weight = np.ones((3, 20))
    weight[1] = 0.0
    with pytest.raises(ValueError, match=r"problem 1: sample_weight must not be all zero"):
        elltwo.mlp_batch(X, np.nan_to_num(targets.round()), 2, sample_weight=weight)
    with pytest.warns(ConvergenceWarning):
        fit = elltwo.mlp_batch(X, np.stack([y, y]), 2, max_iter=1)
    with pytest.raises(IndexError, match=r"k must be in \[-2, 2\), got 2"):
        fit.fit(2)


def test_rows_of_validation_are_named_in_errors() -> None:
    X, y = data(30)
    bad = X.copy()
    bad[3, 1] = np.nan
    cases: list[tuple[Any, str]] = [
        ((bad, y), "validation: X contains NaN at row 3, column 1"),
        ((X, y[:4]), "validation: X and y must have the same number of rows"),
        ((X,), r"validation must be \(X, y\) or .* got a tuple of 1 item"),
    ]
    for given, message in cases:
        with pytest.raises(ValueError, match=message):
            elltwo.mlp(X, y, 3, solver="adam", validation=given)
    with pytest.raises(TypeError, match=r"validation must be a number or a tuple") as caught:
        elltwo.mlp(X, y, 3, solver="adam", validation=[X, y])  # type: ignore[arg-type]
    assert len(str(caught.value)) < 300
    with pytest.raises(ValueError, match="start must be finite, got nan at place 5"):
        elltwo.mlp(X, y, 3, start=np.where(np.arange(19) == 5, np.nan, 0.0))


def test_rows_of_validation_may_be_of_another_type() -> None:
    X, y = data(60)
    X = X.astype(np.float32).astype(float)
    given: dict[str, Any] = {"solver": "adam", "max_iter": 3}
    with pytest.warns(ConvergenceWarning):
        wanted = elltwo.mlp(X, y, 3, validation=(X, y), **given)
    with pytest.warns(ConvergenceWarning):
        other = elltwo.mlp(X, y, 3, validation=(X.astype(np.float32), y), **given)
    assert np.array_equal(other.scores, wanted.scores)


def test_moments_of_another_solver_are_left_behind() -> None:
    X, y = data(60)
    with pytest.warns(ConvergenceWarning):
        start = elltwo.mlp(X, y, 3, solver="adam", max_iter=3)
    with pytest.warns(ConvergenceWarning):
        gone_on = elltwo.mlp(X, y, 3, solver="sgd", max_iter=3, start=start)
    with pytest.warns(ConvergenceWarning):
        wanted = elltwo.mlp(X, y, 3, solver="sgd", max_iter=3, start=start.parameters[0])
    assert np.array_equal(gone_on.parameters, wanted.parameters)


def test_records_are_read_only() -> None:
    X, y = data(30)
    fit = elltwo.mlp(X, y, 2, tol=0.1)
    for name in ("info", "infos", "model", "alpha", "parameters"):
        with pytest.raises(AttributeError):
            setattr(fit, name, None)
