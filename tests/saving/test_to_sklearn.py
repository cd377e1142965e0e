"""`to_sklearn` returns scikit-learn's own fitted estimators, which predict the same."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import sklearn.linear_model
import sklearn.neural_network
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from elltwo import linear_model, neural_network

if TYPE_CHECKING:
    from pathlib import Path

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
Y = X @ [1.0, -2.0, 0.0, 0.5] + RNG.normal(size=60)
PAIR = np.stack([Y, X[:, 0] - Y], axis=1)
TWO = np.where(Y > 0.0, "yes", "no")
THREE = np.digitize(Y, [-1.0, 1.0])
LABELS = np.stack([Y > 0.0, X[:, 1] > 0.3], axis=1).astype(int)
NET: dict[str, Any] = {"hidden_layer_sizes": (3,), "max_iter": 20, "random_state": 0}
MODELS: dict[str, tuple[Any, Any]] = {
    "Ridge": (linear_model.Ridge(0.7), Y),
    "Ridge, targets": (linear_model.Ridge([0.7, 1.0]), PAIR),
    "Ridge, bounds": (linear_model.Ridge(0.7, bounds=(0.0, 1.0)), Y),
    "RidgeCV": (linear_model.RidgeCV(), Y),
    "RidgeCV, targets": (linear_model.RidgeCV(), PAIR),
    "RidgeClassifier": (linear_model.RidgeClassifier(), TWO),
    "RidgeClassifier, three": (linear_model.RidgeClassifier(), THREE),
    "RidgeClassifier, labels": (linear_model.RidgeClassifier(), LABELS),
    "RidgeClassifier, through 0": (linear_model.RidgeClassifier(fit_intercept=False), THREE),
    "RidgeClassifierCV": (linear_model.RidgeClassifierCV(), TWO),
    "RidgeClassifierCV, labels": (linear_model.RidgeClassifierCV(), LABELS),
    "LogisticRegression": (linear_model.LogisticRegression(C=0.3), TWO),
    "LogisticRegression, three": (linear_model.LogisticRegression(), THREE),
    "LogisticRegression, liblinear": (
        linear_model.LogisticRegression(solver="liblinear"),
        THREE,
    ),
    "LogisticRegression, solver of ours": (
        linear_model.LogisticRegression(solver="newton_cg"),
        TWO,
    ),
    "LogisticRegressionCV": (linear_model.LogisticRegressionCV(cv=3), TWO),
    "LogisticRegressionCV, three": (linear_model.LogisticRegressionCV(cv=3), THREE),
    "ElasticNet": (linear_model.ElasticNet(0.1), Y),
    "ElasticNet, targets": (linear_model.ElasticNet(0.1), PAIR),
    "ElasticNetCV": (linear_model.ElasticNetCV(alphas=5), Y),
    "Lasso": (linear_model.Lasso(0.1), Y),
    "LassoCV": (linear_model.LassoCV(alphas=5), Y),
    "MultiTaskElasticNet": (linear_model.MultiTaskElasticNet(0.1), PAIR),
    "MultiTaskElasticNetCV": (linear_model.MultiTaskElasticNetCV(alphas=5), PAIR),
    "MultiTaskLasso": (linear_model.MultiTaskLasso(0.1), PAIR),
    "MultiTaskLassoCV": (linear_model.MultiTaskLassoCV(alphas=5), PAIR),
    "MLPRegressor": (neural_network.MLPRegressor(**NET), Y),
    "MLPRegressor, adam": (neural_network.MLPRegressor(solver="adam", **NET), PAIR),
    "MLPClassifier": (neural_network.MLPClassifier(**NET), TWO),
    "MLPClassifier, three": (neural_network.MLPClassifier(activation="tanh", **NET), THREE),
    "MLPClassifier, labels": (neural_network.MLPClassifier(**NET), LABELS),
}
ESTIMATORS = [linear_model, neural_network]


def fitted(name: str) -> Any:  # noqa: ANN401
    model, y = MODELS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 20 iterations of a network do not converge
        return clone(model).fit(X, y)


def test_every_estimator_is_tried() -> None:
    names = {
        name
        for module in ESTIMATORS
        for name in module.__all__
        if isinstance(getattr(module, name), type)
    }
    assert names == {name.split(",")[0] for name in MODELS}


@pytest.mark.parametrize("name", MODELS)
def test_twin_is_scikit_learns_and_predicts_the_same(name: str) -> None:
    model = fitted(name)
    twin = model.to_sklearn()
    kind = name.split(",", 1)[0]
    module = sklearn.neural_network if kind.startswith("MLP") else sklearn.linear_model
    assert type(twin) is getattr(module, kind)
    check_is_fitted(twin)
    new = np.random.default_rng(1).normal(size=(30, 4))
    for way in ("predict", "predict_proba", "decision_function"):
        if hasattr(model, way) and hasattr(twin, way):
            ours, theirs = getattr(model, way)(new), getattr(twin, way)(new)
            assert ours.shape == theirs.shape
            if ours.dtype.kind == "f":
                np.testing.assert_allclose(theirs, ours, rtol=1e-10, atol=1e-12)
            else:
                np.testing.assert_array_equal(theirs, ours)
    y = MODELS[name][1]
    assert twin.score(X, y) == pytest.approx(model.score(X, y), rel=1e-10)
    assert "elltwo" not in str({type(value).__module__ for value in vars(twin).values()})


@pytest.mark.parametrize("name", MODELS)
def test_twin_can_be_fitted_anew(name: str) -> None:
    twin = fitted(name).to_sklearn()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        again = clone(twin).fit(X, MODELS[name][1])
    assert again.predict(X).shape == twin.predict(X).shape


def test_parameters_that_scikit_learn_has_are_kept() -> None:
    twin = fitted("Ridge, bounds").to_sklearn()
    assert twin.alpha == 0.7
    assert fitted("LogisticRegression").to_sklearn().C == 0.3
    assert fitted("LogisticRegression, solver of ours").to_sklearn().solver == "lbfgs"


def test_sparse_coefficients_become_an_array() -> None:
    model = fitted("Lasso")
    expected = model.predict(X)
    np.testing.assert_allclose(model.sparsify().to_sklearn().predict(X), expected, rtol=1e-12)


def test_names_of_features_are_kept() -> None:
    frame = pd.DataFrame(X, columns=list("abcd"))
    twin = linear_model.Ridge().fit(frame, Y).to_sklearn()
    assert twin.feature_names_in_.tolist() == list("abcd")
    with pytest.raises(ValueError, match="feature names"):
        twin.predict(frame[["b", "a", "c", "d"]])


def test_unfitted_is_refused() -> None:
    with pytest.raises(NotFittedError):
        linear_model.Ridge().to_sklearn()


def test_pickle_of_a_twin_needs_scikit_learn_alone(tmp_path: Path) -> None:
    for name in ("Ridge", "LogisticRegressionCV", "MLPClassifier", "ElasticNetCV"):
        (tmp_path / name).write_bytes(pickle.dumps(fitted(name).to_sklearn()))
    code = """
import pathlib, pickle, sys
for path in pathlib.Path(sys.argv[1]).iterdir():
    pickle.loads(path.read_bytes())
print([name for name in sys.modules if name.startswith("elltwo")])
"""
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True, text=True
    )
    assert run.stdout.strip() == "[]"
