"""A warning names the line of the caller, whichever function or method it comes from."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sklearn.exceptions
from scipy import sparse

import elltwo
from elltwo import _core, linear_model, neural_network
from elltwo.exceptions import ConvergenceWarning, SeparationWarning

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
Y = X @ [1.0, -2.0, 0.5] + RNG.normal(size=40)
LABELS = np.where(Y > 0.0, "a", "b")
PAIR = np.tile(Y, (2, 1))
KEYS = np.arange(40) % 2
WIDE = sparse.csr_matrix(sparse.random(6100, 6100, density=1e-3, random_state=0))
MOMENTS = elltwo.Moments(3).add(X, Y)
FOLDS = [elltwo.Moments(3).add(X[i::2], Y[i::2]) for i in (0, 1)]
EDGE: Any = {"alphas": [1e3, 1e4]}
SHORT: Any = {"tol": 0.0, "max_iter": 1}
BOUNDED: Any = {"bounds": (0.0, 1.0), **SHORT}
BROAD = RNG.normal(size=(20, 60))
SEPARATED = np.where(X[:, 0] > 0.0, "a", "b")

NET_X = RNG.normal(size=(300, 60))
NET_Y = NET_X[:, :30] @ RNG.normal(size=30) + RNG.normal(size=300)
NET_FOLDS = [elltwo.Moments(60).add(NET_X[i::2], NET_Y[i::2]) for i in (0, 1)]
ONE_ROUND: Any = {"l1_ratio": 1.0, "max_iter": 1}

Calls = dict[str, tuple[type[Warning], Callable[[], object]]]

FUNCTIONS: Calls = {
    "ridge": (ConvergenceWarning, lambda: elltwo.ridge(X, Y, alpha=1.0, tol=0.0)),
    "ridge, sparse": (
        ConvergenceWarning,
        lambda: elltwo.ridge(sparse.csr_matrix(X), Y, alpha=1.0, solver="cg", **SHORT),
    ),
    "ridge, bounds": (ConvergenceWarning, lambda: elltwo.ridge(X, Y, alpha=1.0, **BOUNDED)),
    "ridge_path, bounds": (ConvergenceWarning, lambda: elltwo.ridge_path(X, Y, [1.0], **BOUNDED)),
    "ridge_path, sparse": (
        ConvergenceWarning,
        lambda: elltwo.ridge_path(WIDE, np.arange(6100.0), [1e-6], **SHORT),
    ),
    "ridge_cv, edge": (UserWarning, lambda: elltwo.ridge_cv(X, Y, **EDGE)),
    "ridge_cv, folds": (UserWarning, lambda: elltwo.ridge_cv(X, Y, cv=4, **EDGE)),
    "ridge_cv, bounds": (
        ConvergenceWarning,
        lambda: elltwo.ridge_cv(X, Y, alphas=[1.0], cv=2, **BOUNDED),
    ),
    "ridge_cv, loo, bounds": (
        ConvergenceWarning,
        lambda: elltwo.ridge_cv(X[:9], Y[:9], alphas=[1.0], **BOUNDED),
    ),
    "ridge_cv, many": (
        ConvergenceWarning,
        lambda: elltwo.ridge_cv(X, PAIR.T, alphas=[1.0], cv=5, scoring="r2", **BOUNDED),
    ),
    "ridge_cv, sparse": (
        ConvergenceWarning,
        lambda: elltwo.ridge_cv(WIDE, np.arange(6100.0), alphas=[1e-6], cv=2, **SHORT),
    ),
    "ridge_batch": (ConvergenceWarning, lambda: elltwo.ridge_batch(X, PAIR, alpha=1.0, tol=0.0)),
    "ridge_batch_cv": (UserWarning, lambda: elltwo.ridge_batch_cv(X, PAIR, **EDGE)),
    "ridge_batch_cv, fit": (
        ConvergenceWarning,
        lambda: elltwo.ridge_batch_cv(X, PAIR, tol=0.0),
    ),
    "ridge_grouped": (
        ConvergenceWarning,
        lambda: elltwo.ridge_grouped(X, Y, KEYS, alpha=1.0, tol=0.0),
    ),
    "ridge_grouped_cv": (UserWarning, lambda: elltwo.ridge_grouped_cv(X, Y, KEYS, **EDGE)),
    "ridge_grouped_cv, fit": (
        ConvergenceWarning,
        lambda: elltwo.ridge_grouped_cv(X, Y, KEYS, tol=0.0),
    ),
    "moments_cv": (UserWarning, lambda: elltwo.moments_cv(FOLDS, **EDGE)),
    "moments_cv, fit": (ConvergenceWarning, lambda: elltwo.moments_cv(FOLDS, tol=0.0)),
    "fit_stream": (
        UserWarning,
        lambda: elltwo.fit_stream((X, Y), cv=2, fold_rows=5, **EDGE),
    ),
    "elastic_net": (
        ConvergenceWarning,
        lambda: elltwo.elastic_net(NET_X, NET_Y, 5.0, **ONE_ROUND),
    ),
    "elastic_net_path": (
        ConvergenceWarning,
        lambda: elltwo.elastic_net_path(NET_X, NET_Y, [5.0], **ONE_ROUND),
    ),
    "elastic_net_batch": (
        ConvergenceWarning,
        lambda: elltwo.elastic_net_batch(NET_X, NET_Y[np.newaxis], alpha=5.0, **ONE_ROUND),
    ),
    "elastic_net_grouped": (
        ConvergenceWarning,
        lambda: elltwo.elastic_net_grouped(
            NET_X, NET_Y, starts=[0, len(NET_Y)], alpha=5.0, **ONE_ROUND
        ),
    ),
    "elastic_net_cv": (
        ConvergenceWarning,
        lambda: elltwo.elastic_net_cv(NET_X, NET_Y, alphas=[5.0], cv=2, **ONE_ROUND),
    ),
    "elastic_net_cv, edge": (UserWarning, lambda: elltwo.elastic_net_cv(X, Y, alphas=[1.0, 3.0])),
    "elastic_net_moments_cv": (
        ConvergenceWarning,
        lambda: elltwo.elastic_net_moments_cv(NET_FOLDS, alphas=[5.0], **ONE_ROUND),
    ),
    "mlp": (ConvergenceWarning, lambda: elltwo.mlp(X, Y, 3, max_iter=1)),
    "mlp, epochs": (
        ConvergenceWarning,
        lambda: elltwo.mlp(X, Y, 3, solver="adam", max_iter=1),
    ),
    "mlp_batch": (ConvergenceWarning, lambda: elltwo.mlp_batch(X, PAIR, 3, max_iter=1)),
    "logistic": (ConvergenceWarning, lambda: elltwo.logistic(X, LABELS, max_iter=1)),
    "logistic, separated": (
        SeparationWarning,
        lambda: elltwo.logistic(X, SEPARATED, alpha=0.0),
    ),
    "logistic_path": (
        ConvergenceWarning,
        lambda: elltwo.logistic_path(X, LABELS, [1.0], max_iter=1),
    ),
    "logistic_cv": (
        ConvergenceWarning,
        lambda: elltwo.logistic_cv(X, LABELS, alphas=[1.0], cv=2, max_iter=1),
    ),
    "logistic_cv, edge": (UserWarning, lambda: elltwo.logistic_cv(X, LABELS, **EDGE)),
    "logistic_cv, alo": (
        ConvergenceWarning,
        lambda: elltwo.logistic_cv(X, LABELS, alphas=[1.0], cv="alo", max_iter=1),
    ),
}

METHODS: Calls = {
    "RidgePath.at": (
        ConvergenceWarning,
        lambda: quiet(lambda: elltwo.ridge_path(X, Y, [1.0], **BOUNDED)).at(2.0),
    ),
    "Moments.ridge": (ConvergenceWarning, lambda: MOMENTS.ridge(tol=0.0)),
    "Moments.gcv": (UserWarning, lambda: MOMENTS.gcv(**EDGE)),
    "Moments.elastic_net": (
        ConvergenceWarning,
        lambda: NET_FOLDS[0].elastic_net(5.0, **ONE_ROUND),
    ),
    "ElasticNetPath.at": (
        ConvergenceWarning,
        lambda: quiet(lambda: elltwo.elastic_net_path(NET_X, NET_Y, [5.0], **ONE_ROUND)).at(2.0),
    ),
    "LogisticPath.at": (
        ConvergenceWarning,
        lambda: quiet(lambda: elltwo.logistic_path(X, LABELS, [1.0], max_iter=1)).at(0.01),
    ),
    "MLPRegressor.fit": (
        ConvergenceWarning,
        lambda: neural_network.MLPRegressor(solver="lbfgs", max_iter=1).fit(X, Y),
    ),
    "MLPClassifier.fit": (
        ConvergenceWarning,
        lambda: neural_network.MLPClassifier(max_iter=1).fit(X, LABELS),
    ),
    "MLPRegressor.fit, batches": (
        UserWarning,
        lambda: neural_network.MLPRegressor(batch_size=1000, tol=1.0).fit(X, Y),
    ),
    "Ridge.fit": (ConvergenceWarning, lambda: linear_model.Ridge(tol=0.0).fit(X, Y)),
    "Ridge.fit, bounds": (
        ConvergenceWarning,
        lambda: linear_model.Ridge(positive=True, **SHORT).fit(X, Y),
    ),
    "Ridge.partial_fit": (
        ConvergenceWarning,
        lambda: linear_model.Ridge(tol=0.0).partial_fit(X, Y),
    ),
    "RidgeClassifier.fit": (
        ConvergenceWarning,
        lambda: linear_model.RidgeClassifier(tol=0.0).fit(X, LABELS),
    ),
    "RidgePath.loo_residuals": (
        ConvergenceWarning,
        lambda: quiet(lambda: elltwo.ridge_path(X, Y, [1.0], **BOUNDED)).loo_residuals(1.0),
    ),
    "RidgeCV.fit": (UserWarning, lambda: linear_model.RidgeCV(**EDGE).fit(X, Y)),
    "RidgeCV.fit, folds": (UserWarning, lambda: linear_model.RidgeCV(cv=3, **EDGE).fit(X, Y)),
    "LogisticRegressionCV.fit, edge": (
        UserWarning,
        lambda: linear_model.LogisticRegressionCV(Cs=[1e-9, 1e-8]).fit(X, LABELS),
    ),
    "RidgeClassifierCV.fit": (
        UserWarning,
        lambda: linear_model.RidgeClassifierCV(**EDGE).fit(X, LABELS),
    ),
    "LogisticRegression.fit": (
        ConvergenceWarning,
        lambda: linear_model.LogisticRegression(max_iter=1).fit(X, LABELS),
    ),
    "LogisticRegression.fit, C": (
        UserWarning,
        lambda: linear_model.LogisticRegression(penalty=None, C=2.0).fit(X, LABELS),
    ),
    "LogisticRegressionCV.fit": (
        ConvergenceWarning,
        lambda: linear_model.LogisticRegressionCV(Cs=[1.0], cv=2, max_iter=1).fit(X, LABELS),
    ),
    "ElasticNet.fit": (
        ConvergenceWarning,
        lambda: linear_model.ElasticNet(0.2, max_iter=1).fit(NET_X, NET_Y),
    ),
    "ElasticNetCV.fit": (
        ConvergenceWarning,
        lambda: linear_model.ElasticNetCV(alphas=[0.2], max_iter=1).fit(NET_X, NET_Y),
    ),
    "ElasticNetCV.fit, edge": (
        UserWarning,
        lambda: linear_model.ElasticNetCV(alphas=[1e-4, 1e-5]).fit(X, Y),
    ),
    "Lasso.fit": (
        ConvergenceWarning,
        lambda: linear_model.Lasso(1e-3, max_iter=1).fit(NET_X, NET_Y),
    ),
    "Lasso.fit, precompute": (
        UserWarning,
        lambda: linear_model.Lasso(0.1, precompute=X.T @ X).fit(X, Y),
    ),
    "MultiTaskElasticNet.fit": (
        ConvergenceWarning,
        lambda: linear_model.MultiTaskElasticNet(1e-3, max_iter=1).fit(BROAD, X[:20]),
    ),
    "MultiTaskElasticNetCV.fit": (
        ConvergenceWarning,
        lambda: linear_model.MultiTaskElasticNetCV(alphas=[1e-3], max_iter=1).fit(BROAD, X[:20]),
    ),
    "MultiTaskLasso.fit": (
        ConvergenceWarning,
        lambda: linear_model.MultiTaskLasso(1e-3, max_iter=1).fit(BROAD, X[:20]),
    ),
    "MultiTaskLassoCV.fit": (
        ConvergenceWarning,
        lambda: linear_model.MultiTaskLassoCV(alphas=[1e-3], max_iter=1).fit(BROAD, X[:20]),
    ),
    "LassoCV.fit": (
        ConvergenceWarning,
        lambda: linear_model.LassoCV(alphas=[1e-3], max_iter=1).fit(NET_X, NET_Y),
    ),
}

ROLLING: dict[str, Callable[[], object]] = {
    "ridge_rolling": lambda: elltwo.ridge_rolling(X, Y, window=9, alpha=1.0),
    "ridge_expanding": lambda: elltwo.ridge_expanding(X, Y, alpha=1.0),
    "ridge_ewm": lambda: elltwo.ridge_ewm(X, Y, half_life=9.0, alpha=1.0),
}


def quiet(call: Callable[[], Any]) -> Any:  # noqa: ANN401
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()


def require_own_lines(category: type[Warning], call: Callable[[], object]) -> None:
    """Call, and require a warning of a category, and that each names a line of the call itself."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    code = call.__code__
    lines = {line for _, _, line in code.co_lines() if line is not None}
    assert sum(issubclass(warning.category, category) for warning in caught) == 1
    assert len({warning.category for warning in caught}) == len(caught)
    assert {warning.filename for warning in caught} == {__file__}
    assert {warning.lineno for warning in caught} <= lines


@pytest.mark.parametrize("name", [*FUNCTIONS, *METHODS])
def test_warning_names_the_callers_line(name: str) -> None:
    require_own_lines(*{**FUNCTIONS, **METHODS}[name])


@pytest.mark.parametrize("name", ROLLING)
def test_warning_of_moving_windows_names_the_callers_line(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No data are known that stop a window's fit early, so the core's word for it is put in.
    def stopped(*arguments: Any) -> tuple[object, ...]:  # noqa: ANN401
        info = SimpleNamespace(status="max_iter_reached", optimality=1.0, tolerance=0.0)
        return (*fitted(*arguments)[:-1], info)

    fitted = _core.ridge_rolling
    core = SimpleNamespace(ridge_rolling=stopped)
    monkeypatch.setattr("elltwo.functional._rolling.steps._core", core)
    require_own_lines(ConvergenceWarning, ROLLING[name])


ESTIMATORS: Calls = {
    name: METHODS[name]
    for name in METHODS
    if name.startswith(("Ridge", "Logistic", "Elastic", "Lasso", "MultiTask"))
    and METHODS[name][0] is ConvergenceWarning
    if "Path" not in name
} | {
    "LogisticRegression.fit, separated": (
        SeparationWarning,
        lambda: linear_model.LogisticRegression(penalty=None).fit(X, SEPARATED),
    ),
}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_warnings_of_estimators_are_scikit_learns_too(name: str) -> None:
    ours, call = ESTIMATORS[name]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    assert len(caught) == 1
    category = caught[0].category
    assert issubclass(category, ours)
    assert issubclass(category, sklearn.exceptions.ConvergenceWarning)
    assert pickle.loads(pickle.dumps(category)) is category
    assert str(pickle.loads(pickle.dumps(caught[0].message))) == str(caught[0].message)
    for one in (ours, ConvergenceWarning, sklearn.exceptions.ConvergenceWarning):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", one)
            call()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        elltwo.ridge(X, Y, alpha=1.0, tol=0.0)
    assert caught[0].category is ConvergenceWarning


def test_column_of_labels_warns_at_the_callers_line() -> None:
    for name in ("LogisticRegression", "RidgeClassifier"):
        estimator = getattr(linear_model, name)()
        require_own_lines(
            sklearn.exceptions.DataConversionWarning,
            lambda: estimator.fit(X, LABELS[:, np.newaxis]),  # noqa: B023
        )


def test_every_public_function_that_warns_is_tried() -> None:
    tried = {name.split(",")[0] for name in [*FUNCTIONS, *ROLLING]}
    documented = {
        name for name in elltwo.__all__ if "Warns\n" in (getattr(elltwo, name).__doc__ or "")
    }
    assert documented <= tried
    fitting = {
        f"{name}.fit"
        for name in [*linear_model.__all__, *neural_network.__all__]
        if name[0].isupper()
    }
    assert fitting <= {name.split(",")[0] for name in METHODS}
