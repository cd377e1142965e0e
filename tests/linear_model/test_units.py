"""Units of X, y and the weights do not matter to estimators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from elltwo.linear_model import (
    LogisticRegression,
    LogisticRegressionCV,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    RidgeCV,
)
from units import (
    COEF,
    NUMBER,
    PENALTY,
    UNITS,
    Answer,
    Data,
    UnitProblem,
    Units,
    Y,
    assert_same,
    names,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPES = {"tall": (40, 5), "wide": (18, 30)}
INVERSE = (-1, 0, 0)  # of X


def classes(p: UnitProblem) -> Data:
    found = p.y > np.median(p.y)
    found[::5] = ~found[::5]
    return found


def fit_of(model: Data, of_y: bool = True) -> dict[str, Any]:
    return {
        "coef": (model.coef_, COEF if of_y else INVERSE),
        "intercept": (model.intercept_, Y if of_y else NUMBER),
    }


def ridge(p: UnitProblem) -> Answer:
    return fit_of(Ridge(alpha=p.alpha).fit(p.X, p.y, sample_weight=p.weight))


def ridge_cv(p: UnitProblem) -> Answer:
    model = RidgeCV(alphas=p.alphas[1:4]).fit(p.X, p.y, sample_weight=p.weight)
    return {**fit_of(model), "alpha": (model.alpha_, PENALTY)}


def ridge_cv_of_folds(p: UnitProblem) -> Answer:
    model = RidgeCV(alphas=p.alphas[1:4], cv=3).fit(p.X, p.y, sample_weight=p.weight)
    return {**fit_of(model), "alpha": (model.alpha_, PENALTY)}


def ridge_classifier(p: UnitProblem) -> Answer:
    model = RidgeClassifier(alpha=p.alpha).fit(p.X, classes(p), sample_weight=p.weight)
    return fit_of(model, False)


def ridge_classifier_cv(p: UnitProblem) -> Answer:
    model = RidgeClassifierCV(alphas=p.alphas[1:4])
    model.fit(p.X, classes(p), sample_weight=p.weight)
    return {**fit_of(model, False), "alpha": (model.alpha_, PENALTY)}


def logistic(p: UnitProblem) -> Answer:
    model = LogisticRegression(C=1.0 / p.alpha, tol=1e-12)
    return fit_of(model.fit(p.X, classes(p), sample_weight=p.weight), False)


def logistic_cv(p: UnitProblem) -> Answer:
    model = LogisticRegressionCV(Cs=1.0 / p.alphas[1:4], tol=1e-12, cv=3)
    return fit_of(model.fit(p.X, classes(p), sample_weight=p.weight), False)


ENTRIES = (
    ridge,
    ridge_cv,
    ridge_cv_of_folds,
    ridge_classifier,
    ridge_classifier_cv,
    logistic,
    logistic_cv,
)


@pytest.mark.filterwarnings("ignore:(alpha|C) = :UserWarning")  # on the edge of a short grid
@pytest.mark.parametrize("units", UNITS, ids=str)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("entry", ENTRIES, ids=names(ENTRIES))
def test_units(entry: Callable[[UnitProblem], Answer], shape: str, units: Units) -> None:
    if "class" in entry.__name__ or "logistic" in entry.__name__:
        units = units._replace(y=0)
    assert_same(entry, SHAPES[shape], units, rtol=1e-7)
