"""Networks as estimators: scikit-learn's meanings of parameters, and elltwo's additions."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn import neural_network as theirs
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV

import elltwo
from elltwo.neural_network import MLPClassifier, MLPRegressor
from network_reference import ACTIVATIONS, last_units, outputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RNG = np.random.default_rng(5)
N = 120
X = RNG.uniform(-1.0, 1.0, size=(N, 3))
Y = np.sin(3.0 * X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * RNG.normal(size=N)
PAIR = np.column_stack([Y, X[:, 0] ** 2])
LABELS = np.where(Y > 0.5, "high", np.where(Y < -0.5, "low", "middle"))
SEVERAL = (np.column_stack([X[:, 0] > 0.0, X[:, 1] > 0.2, Y > 0.0])).astype(int)
W = RNG.integers(0, 4, N).astype(np.float64)


def forward(model: Any, rows: Array) -> Array:  # noqa: ANN401
    """Outputs before their function."""
    return outputs(model.coefs_, model.intercepts_, rows, model.activation)


def squares(model: Any) -> float:  # noqa: ANN401
    return float(sum(np.sum(coef**2) for coef in model.coefs_))


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize("y", [Y, PAIR], ids=["one output", "two outputs"])
@pytest.mark.parametrize("weight", [None, W], ids=["plain", "weights"])
def test_regression_is_at_a_stationary_point(activation: str, y: Array, weight: Any) -> None:  # noqa: ANN401
    options: dict[str, Any] = {"hidden_layer_sizes": (6, 4), "activation": activation}
    options |= {"solver": "lbfgs", "alpha": 0.7, "random_state": 3, "max_iter": 3000, "tol": 1e-7}
    model = MLPRegressor(**options).fit(X, y, weight)
    w = np.ones(N) if weight is None else weight
    residual = np.reshape(y, (N, -1)) - forward(model, X)
    loss = 0.5 * np.sum(w[:, np.newaxis] * residual**2)
    objective = loss + 0.7 / 2 * squares(model)
    assert model.info_.objective == pytest.approx(objective, rel=1e-9)
    assert model.loss_ == pytest.approx(objective / w.sum(), rel=1e-9)
    assert model.info_.alpha == (0.7,) * 3
    np.testing.assert_allclose(model.predict(X), np.squeeze(forward(model, X)), rtol=1e-12)
    if activation == "relu":  # which has kinks, where fits may end
        return
    # the last layer is ridge regression on the features before it
    features = last_units(model.coefs_, model.intercepts_, X, activation)
    head = elltwo.ridge(features, y, alpha=0.7, sample_weight=w)
    np.testing.assert_allclose(np.atleast_2d(head.coef).T, model.coefs_[-1], rtol=2e-3, atol=2e-4)
    np.testing.assert_allclose(model.predict(X), np.squeeze(forward(model, X)), rtol=1e-12)


def test_variable_projection() -> None:
    options: dict[str, Any] = {"hidden_layer_sizes": 4, "activation": "tanh", "alpha": 0.5}
    model = MLPRegressor(solver="varpro", random_state=0, max_iter=1000, **options).fit(X, PAIR, W)
    assert model.info_.solver == "varpro"
    assert model.info_.status == "converged"
    hidden = np.tanh(X @ model.coefs_[0] + model.intercepts_[0])
    head = elltwo.ridge(hidden, PAIR, alpha=0.5, sample_weight=W)
    np.testing.assert_allclose(model.coefs_[1].T, head.coef, rtol=1e-6, atol=1e-8)
    few = MLPRegressor(solver="auto", random_state=0, **options).fit(X, Y)
    assert few.info_.solver == "varpro"
    again = clone_of(model).set_params(warm_start=True).fit(X, PAIR, W)
    assert again.loss_ <= model.loss_ * (1.0 + 1e-12)
    assert not hasattr(model, "partial_fit")
    with pytest.raises(ValueError, match="needs the squared loss"):
        MLPClassifier(solver="varpro").fit(X, LABELS)


def log_loss(model: Any, y: Array) -> float:  # noqa: ANN401
    z = forward(model, X)
    if model.out_activation_ == "softmax":
        codes = np.searchsorted(model.classes_, y)
        return float(np.sum(np.log(np.exp(z).sum(axis=1)) - z[np.arange(N), codes]))
    target = np.reshape(y, (N, -1)) if np.ndim(y) == 2 else (y == model.classes_[1])[:, np.newaxis]
    return float(np.sum(np.log1p(np.exp(np.where(target, -z, z)))))


@pytest.mark.parametrize(
    ("y", "out"),
    [(LABELS, "softmax"), (Y > 0.0, "logistic"), (SEVERAL, "logistic")],
    ids=["three classes", "two classes", "labels"],
)
def test_classes(y: Array, out: str) -> None:
    model = MLPClassifier(
        hidden_layer_sizes=5, solver="lbfgs", alpha=0.5, random_state=1, tol=1e-7, max_iter=3000
    ).fit(X, y)
    assert model.out_activation_ == out
    objective = log_loss(model, y) + 0.25 * squares(model)
    assert model.info_.objective == pytest.approx(objective, rel=1e-9)
    proba = model.predict_proba(X)
    z = forward(model, X)
    if out == "softmax":
        expected = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        np.testing.assert_array_equal(model.predict(X), model.classes_[z.argmax(axis=1)])
    else:
        expected = 1.0 / (1.0 + np.exp(-z))
        if expected.shape[1] == 1:
            expected = np.hstack([1.0 - expected, expected])
    np.testing.assert_allclose(proba, expected, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(model.predict_log_proba(X), np.log(expected), rtol=1e-8)
    assert model.score(X, y) > 0.75
    assert model.predict(X).dtype == model.classes_.dtype or out != "softmax"


@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("kind", ["regression", "classes", "labels"])
def test_epochs_are_scikit_learns(solver: str, kind: str) -> None:
    """With one batch an epoch nothing is random but the start, which is the same."""
    options: dict[str, Any] = {"hidden_layer_sizes": (5, 4), "solver": solver, "alpha": 0.3}
    options |= {"random_state": 2, "max_iter": 40, "batch_size": N, "learning_rate_init": 0.02}
    name = "MLPRegressor" if kind == "regression" else "MLPClassifier"
    y = {"regression": Y, "classes": LABELS, "labels": SEVERAL}[kind]
    ours = {"MLPRegressor": MLPRegressor, "MLPClassifier": MLPClassifier}[name](**options)
    peer = getattr(theirs, name)(**options).fit(X, y)
    ours.fit(X, y)
    assert (ours.n_iter_, ours.t_) == (peer.n_iter_, peer.t_)
    # the penalty in it is that of the end of an epoch, and scikit-learn's of its beginning
    np.testing.assert_allclose(ours.loss_curve_, peer.loss_curve_, rtol=5e-3)
    for mine, their in zip(ours.coefs_, peer.coefs_, strict=True):
        np.testing.assert_allclose(mine, their, rtol=1e-3, atol=1e-4)
    assert ours.best_loss_ == pytest.approx(peer.best_loss_, rel=5e-3)
    assert ours.info_.alpha == (0.3,) * 3  # n / batch_size is 1
    assert ours.validation_scores_ is None


def test_batches_make_the_penalty_stronger() -> None:
    model = MLPRegressor(batch_size=30, alpha=0.2, max_iter=2, random_state=0).fit(X, Y)
    assert model.info_.alpha == pytest.approx((0.2 * N / 30,) * 2)
    auto = MLPRegressor(solver="auto", alpha=0.2, max_iter=2, random_state=0).fit(X, Y)
    assert auto.info_.alpha == (0.2,) * 2
    assert auto.info_.solver == "lbfgs"


def test_a_penalty_for_each_layer() -> None:
    options: dict[str, Any] = {"hidden_layer_sizes": 6, "solver": "lbfgs", "random_state": 0}
    model = MLPRegressor(alpha=[0.1, 50.0], **options).fit(X, Y)
    even = MLPRegressor(alpha=0.1, **options).fit(X, Y)
    assert model.info_.alpha == (0.1, 50.0)
    assert np.sum(model.coefs_[1] ** 2) < 0.5 * np.sum(even.coefs_[1] ** 2)
    with pytest.raises(ValueError, match=r"one entry for each of the 2 layer\(s\)"):
        MLPRegressor(alpha=[0.1, 1.0, 2.0], **options).fit(X, Y)


def test_infinite_penalty() -> None:
    model = MLPRegressor(alpha=np.inf, solver="lbfgs", random_state=0).fit(X, Y, W)
    np.testing.assert_allclose(model.predict(X), np.average(Y, weights=W), rtol=1e-6)
    assert not any(coef.any() for coef in model.coefs_)


def test_weights_are_repetitions() -> None:
    repeated = np.repeat(np.arange(N), W.astype(int))
    options: dict[str, Any] = {"hidden_layer_sizes": 4, "activation": "tanh", "solver": "lbfgs"}
    options |= {"alpha": 2.0, "random_state": 4, "tol": 1e-9, "max_iter": 20_000}
    weighted = MLPRegressor(**options).fit(X, Y, W)
    longer = MLPRegressor(**options).fit(X[repeated], Y[repeated])
    assert weighted.info_.objective == pytest.approx(longer.info_.objective, rel=1e-6)
    np.testing.assert_allclose(weighted.predict(X), longer.predict(X), atol=1e-3)


def test_weights_of_classes() -> None:
    options: dict[str, Any] = {"hidden_layer_sizes": 4, "solver": "lbfgs", "random_state": 4}
    w = np.where(LABELS == "low", 3.0, 1.0)
    by_class = MLPClassifier(class_weight={"low": 3.0}, **options).fit(X, LABELS)
    by_row = MLPClassifier(**options).fit(X, LABELS, w)
    np.testing.assert_array_equal(by_class.coefs_[0], by_row.coefs_[0])
    balanced = MLPClassifier(class_weight="balanced", **options).fit(X, LABELS, w)
    assert not np.array_equal(balanced.coefs_[0], by_row.coefs_[0])


@pytest.mark.parametrize("solver", ["lbfgs", "adam"])
def test_several_starts(solver: str) -> None:
    options: dict[str, Any] = {"hidden_layer_sizes": 3, "solver": solver, "max_iter": 30}
    several = MLPRegressor(n_starts=4, random_state=0, **options).fit(X, Y)
    one = MLPRegressor(random_state=0, **options).fit(X, Y)
    assert several.info_.objective < one.info_.objective
    again = MLPRegressor(n_starts=4, n_threads=1, random_state=0, **options).fit(X, Y)
    for mine, same in zip(several.coefs_, again.coefs_, strict=True):
        np.testing.assert_array_equal(mine, same)


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_partial_fit_is_an_epoch(solver: str) -> None:
    options: dict[str, Any] = {"hidden_layer_sizes": 4, "solver": solver, "random_state": 0}
    options |= {"batch_size": 25, "n_iter_no_change": np.inf}
    whole = MLPRegressor(max_iter=7, **options).fit(X, Y)
    parts = MLPRegressor(**options)
    for _ in range(7):
        parts.partial_fit(X, Y)
        assert parts.n_iter_ == 1
    np.testing.assert_array_equal(whole.coefs_[0], parts.coefs_[0])
    assert parts.loss_curve_ == whole.loss_curve_
    assert parts.t_ == whole.t_ == 7 * N
    twin = pickle.loads(pickle.dumps(parts))
    np.testing.assert_array_equal(
        twin.partial_fit(X, Y).coefs_[0], clone_of(parts).partial_fit(X, Y).coefs_[0]
    )


def clone_of(model: Any) -> Any:  # noqa: ANN401
    return pickle.loads(pickle.dumps(model))


def test_warm_start() -> None:
    options: dict[str, Any] = {"hidden_layer_sizes": 4, "random_state": 0, "warm_start": True}
    model = MLPRegressor(solver="lbfgs", max_iter=5, **options).fit(X, Y)
    first = model.loss_
    assert model.fit(X, Y).loss_ < first
    adam = MLPClassifier(max_iter=3, **options).fit(X, LABELS)
    assert len(adam.fit(X, LABELS).loss_curve_) == 6
    assert adam.t_ == 6 * N
    with pytest.raises(ValueError, match="must have the layers of the one before"):
        model.set_params(hidden_layer_sizes=7).fit(X, Y)
    with pytest.raises(ValueError, match="must have the layers of the one before"):
        model.set_params(hidden_layer_sizes=4).fit(X, PAIR)
    with pytest.raises(ValueError, match="same classes as in the previous call"):
        adam.fit(X, Y > 0.0)


def test_early_stopping_keeps_the_best() -> None:
    options: dict[str, Any] = {"hidden_layer_sizes": 30, "early_stopping": True, "random_state": 1}
    model = MLPClassifier(learning_rate_init=0.05, **options).fit(X, LABELS)
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert model.best_loss_ is None
    assert len(model.validation_scores_) == model.n_iter_ < 200
    assert model.info_.status == "converged"
    longer = MLPRegressor(validation_fraction=0.25, **options).fit(X, Y)
    assert np.isfinite(longer.validation_scores_).all()
    with pytest.raises(ValueError, match="The validation set is too small"):
        MLPRegressor(early_stopping=True).fit(X[:2], Y[:2])


def test_sparse_float32_frames_and_lists() -> None:
    options: dict[str, Any] = {"hidden_layer_sizes": 4, "solver": "lbfgs", "random_state": 0}
    dense = MLPRegressor(**options).fit(X, Y)
    for matrix in (sparse.csr_matrix(X), sparse.csc_array(X)):
        other = MLPRegressor(**options).fit(matrix, Y)
        np.testing.assert_array_equal(other.coefs_[0], dense.coefs_[0])
        np.testing.assert_array_equal(other.predict(matrix), dense.predict(X))
    single = MLPRegressor(**options).fit(X.astype(np.float32), Y)
    assert single.coefs_[0].dtype == single.predict(X.astype(np.float32)).dtype == np.float32
    assert single.predict(X).dtype == np.float64
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    named = MLPRegressor(**options).fit(frame, pd.Series(Y))
    assert named.feature_names_in_.tolist() == ["a", "b", "c"]
    np.testing.assert_array_equal(named.predict(frame), dense.predict(X))


def test_no_hidden_layer_is_ridge_and_logistic_regression() -> None:
    options: dict[str, Any] = {"hidden_layer_sizes": (), "solver": "lbfgs", "alpha": 3.0}
    options |= {"tol": 1e-10, "max_iter": 20_000, "random_state": 0}
    model = MLPRegressor(**options).fit(X, PAIR, W)
    ridge = elltwo.ridge(X, PAIR, alpha=3.0, sample_weight=W)
    np.testing.assert_allclose(model.coefs_[0].T, ridge.coef, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(model.intercepts_[0], ridge.intercept, rtol=1e-6)
    classes = MLPClassifier(**options).fit(X, LABELS, W)
    logistic = elltwo.logistic(X, LABELS, alpha=3.0, sample_weight=W)
    np.testing.assert_allclose(classes.coefs_[0].T, logistic.coef, rtol=1e-5, atol=1e-7)


def test_grid_search_and_clone() -> None:
    model = MLPRegressor(hidden_layer_sizes=4, solver="lbfgs", random_state=0, max_iter=50)
    search = GridSearchCV(model, {"alpha": [1e-3, 1e3]}, cv=3).fit(X, Y)
    assert search.best_params_ == {"alpha": 1e-3}
    assert clone(model).get_params() == model.get_params()


def test_verbose(capsys: pytest.CaptureFixture[str]) -> None:
    quiet = MLPRegressor(max_iter=3, random_state=0).fit(X, Y)
    assert capsys.readouterr().out == ""
    loud = MLPRegressor(max_iter=3, random_state=0, verbose=True).fit(X, Y)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Iteration 1, loss = {loud.loss_curve_[0]:.8f}"
    assert len(lines) == 4
    np.testing.assert_array_equal(quiet.coefs_[0], loud.coefs_[0])


def test_limits_are_told() -> None:
    with pytest.warns(ConvergenceWarning, match="lbfgs failed to converge after 2 iteration"):
        MLPRegressor(solver="lbfgs", max_iter=2).fit(X, Y)
    with pytest.warns(ConvergenceWarning, match=r"Maximum iterations \(2\) reached"):
        MLPClassifier(max_iter=2).fit(X, LABELS)
    with pytest.warns(UserWarning, match="batch_size"):
        MLPClassifier(max_iter=2, batch_size=500).fit(X, LABELS)


def test_diverging_is_an_error() -> None:
    with pytest.raises(ValueError, match="Solver produced non-finite parameter weights"):
        MLPRegressor(solver="sgd", learning_rate_init=1e6, activation="identity").fit(X, Y)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hidden_layer_sizes": 0}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": (3, -1)}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": [[3]]}, "hidden_layer_sizes must be a number or a sequence"),
        ({"activation": "swish"}, "activation must be one of"),
        ({"solver": "newton"}, "solver must be one of"),
        ({"loss": "poisson"}, "loss must be"),
        ({"alpha": -1.0}, "alpha must be in"),
        ({"alpha": np.nan}, "alpha must be in"),
        ({"batch_size": 0}, "batch_size"),
        ({"learning_rate": "slow"}, "learning_rate must be one of"),
        ({"learning_rate_init": 0.0}, "learning_rate_init must be"),
        ({"power_t": -1.0}, "power_t must be"),
        ({"max_iter": 0}, "max_iter"),
        ({"tol": -1.0}, "tol"),
        ({"momentum": 1.5}, "momentum must be"),
        ({"beta_1": -0.1}, "beta_1 must be"),
        ({"epsilon": 0.0}, "epsilon must be"),
        ({"n_iter_no_change": 0}, "n_iter_no_change"),
        ({"n_starts": 0}, "n_starts"),
        ({"early_stopping": True, "validation_fraction": 1.0}, "validation_fraction must be in"),
        ({"random_state": "a"}, "random_state"),
    ],
)
def test_bad_parameters(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MLPRegressor(**change).fit(X, Y)


ODD_VALUES: list[Any] = [
    *("a", np.nan, -1, -0.5, 0, [1.0, "a"], [], object(), {"a": 1}, b"a", 1j, [np.nan, 1.0], len),
    *(np.array(None, dtype=object), np.array("a"), np.ones((2, 3))),
]
ZERO = {"alpha", "power_t", "random_state", "tol", "verbose", "momentum", "beta_1", "beta_2"}


@pytest.mark.parametrize("kind", [MLPRegressor, MLPClassifier])
@pytest.mark.parametrize("number", range(len(ODD_VALUES)))
def test_every_parameter_is_checked(kind: type, number: int) -> None:
    value = ODD_VALUES[number]
    for name in kind().get_params():
        if name in ZERO and value is ODD_VALUES[4]:
            continue
        if name == "hidden_layer_sizes" and isinstance(value, list) and not value:
            continue
        options = {"early_stopping": name != "early_stopping", name: value}
        with pytest.raises((TypeError, ValueError), match=name):
            kind(**options).fit(X, Y > 0.0)


@pytest.mark.parametrize("name", ["shuffle", "warm_start", "early_stopping", "nesterovs_momentum"])
def test_flags_are_flags(name: str) -> None:
    with pytest.raises(TypeError, match=name):
        MLPRegressor(**{name: 1}).fit(X, Y)  # type: ignore[arg-type]


def test_bad_data() -> None:
    bad = X.copy()
    bad[3, 1] = np.nan
    for solver in ("lbfgs", "adam"):
        model = MLPRegressor(solver=solver)
        with pytest.raises(ValueError, match="NaN"):
            model.fit(bad, Y)
        with pytest.raises(ValueError, match="sample_weight"):
            model.fit(X, Y, -W)
    with pytest.raises(NotFittedError):
        MLPRegressor().predict(X)
    fitted = MLPRegressor(max_iter=2).fit(X, Y)
    with pytest.raises(ValueError, match="features"):
        fitted.predict(X[:, :2])
    with pytest.raises(ValueError, match="classes not in"):
        MLPClassifier().partial_fit(X, LABELS, classes=["low", "middle"])
    with pytest.raises(ValueError, match="partial_fit does not support early_stopping"):
        MLPRegressor(early_stopping=True).partial_fit(X, Y)
    assert not hasattr(MLPRegressor(solver="auto"), "partial_fit")
