"""Estimators for scikit-learn: what they hold after a fit, and what they predict."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import KFold, StratifiedKFold

from elltwo import linear_model

from .data import counts, dense

if TYPE_CHECKING:
    from .data import Array, Problems

METHODS = ("predict", "decision_function", "predict_proba", "predict_log_proba")


def _models() -> dict[str, tuple[Any, str]]:
    """Estimators and which y they are fitted to."""
    new: dict[str, Any] = {"use_legacy_attributes": False, "l1_ratios": (0.0,)}
    return {
        "Ridge": (linear_model.Ridge(0.5), "y"),
        "Ridge/targets": (linear_model.Ridge([0.5, 2.0]), "Y"),
        "Ridge/positive": (linear_model.Ridge(0.5, positive=True), "y"),
        "Ridge/svd": (linear_model.Ridge(0.0, solver="svd"), "y"),
        "Ridge/lsqr": (linear_model.Ridge(1.0, solver="lsqr", tol=1e-6), "y"),
        "RidgeCV": (linear_model.RidgeCV([0.1, 1.0, 1e3]), "y"),
        "RidgeCV/stored": (linear_model.RidgeCV([0.1, 1.0], store_cv_results=True), "Y"),
        "RidgeCV/each": (linear_model.RidgeCV([0.1, 1.0, 1e3], alpha_per_target=True), "Y"),
        "RidgeCV/folds": (linear_model.RidgeCV([0.1, 1e3], cv=KFold(3)), "y"),
        "RidgeCV/scoring": (
            linear_model.RidgeCV([0.1, 1e3], scoring="neg_mean_absolute_error", cv=3),
            "y",
        ),
        "RidgeCV/automatic": (linear_model.RidgeCV(None, select="1se"), "y"),
        "RidgeClassifier": (linear_model.RidgeClassifier(), "classes"),
        "RidgeClassifier/balanced": (
            linear_model.RidgeClassifier(3.0, class_weight="balanced"),
            "labels",
        ),
        "RidgeClassifierCV": (linear_model.RidgeClassifierCV([0.1, 10.0]), "classes"),
        "RidgeClassifierCV/folds": (linear_model.RidgeClassifierCV([0.1, 10.0], cv=3), "labels"),
        "LogisticRegression": (linear_model.LogisticRegression(C=0.5), "labels"),
        "LogisticRegression/classes": (linear_model.LogisticRegression(), "classes"),
        "LogisticRegression/balanced": (
            linear_model.LogisticRegression(class_weight="balanced", solver="newton-cholesky"),
            "classes",
        ),
        "LogisticRegression/bounds": (
            linear_model.LogisticRegression(bounds=(0.0, None), fit_intercept=False),
            "labels",
        ),
        "LogisticRegressionCV": (linear_model.LogisticRegressionCV(3, cv=3, **new), "labels"),
        "LogisticRegressionCV/legacy": (
            linear_model.LogisticRegressionCV([0.1, 1.0], cv=StratifiedKFold(3)),
            "classes",
        ),
        "LogisticRegressionCV/alo": (
            linear_model.LogisticRegressionCV([0.1, 1.0, 10.0], cv="alo", **new),
            "labels",
        ),
        "LogisticRegressionCV/scoring": (
            linear_model.LogisticRegressionCV(3, cv=3, scoring="accuracy", refit=False, **new),
            "labels",
        ),
    }


def problems() -> Problems:
    """Every estimator with and without weights, on dense and sparse features; partial fits."""
    for n, p in ((180, 6), (60, 100)):
        rows = dense(n, p)
        for name, (model, target) in _models().items():
            data = (rows.X, getattr(rows, target))
            yield f"{name}/{n}x{p}", partial(_fitted, model, *data)
            yield f"{name}/{n}x{p}/weights", partial(_fitted, model, *data, rows.weight + 0.1)
    matrix, rows = counts(300, 40, 5)
    for name, (model, target) in _models().items():
        yield f"{name}/sparse", partial(_fitted, model, matrix, getattr(rows, target))
    rows = dense(180, 6)
    yield "Ridge/partial_fit", partial(_partly, linear_model.Ridge(0.7), rows.X, rows.y)
    call = partial(_partly, linear_model.Ridge(0.7, fit_intercept=False), rows.X, rows.Y)
    yield "Ridge/partial_fit/targets", call


def _fitted(model: Any, X: Any, y: Array, weight: Array | None = None) -> object:  # noqa: ANN401
    model.fit(X, y, weight)
    shown = [getattr(model, name)(X[:30]) for name in METHODS if hasattr(model, name)]
    return model, shown, model.score(X, y)


def _partly(model: Any, X: Array, y: Array) -> object:  # noqa: ANN401  # an estimator
    shown = []
    for part in np.array_split(np.arange(len(X)), 4):
        model.partial_fit(X[part], y[part])
        shown.append((model.coef_.copy(), model.intercept_))
    return model, shown, model.moments_.to_bytes(), model.predict(X[:9])
