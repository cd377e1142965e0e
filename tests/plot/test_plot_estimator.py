"""Displays of estimators lie on the estimators' own fits and scores."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge as ReferenceRidge

import elltwo
from elltwo.linear_model import (
    LogisticRegression,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    RidgeCV,
)
from elltwo.plot import RidgeCVDisplay, RidgePathDisplay
from figures import plt, point, xy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Input: TypeAlias = Any

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on the:UserWarning")

RNG = np.random.default_rng(47)
X = RNG.normal(size=(40, 4)) + 1.0
Y = X @ RNG.normal(size=(4, 2)) + RNG.normal(size=(40, 2))
y = np.ascontiguousarray(Y[:, 0])
WEIGHT = RNG.uniform(0.5, 2.0, 40)
LABELS = np.array(["ape", "bee", "cat"])[np.digitize(y, np.quantile(y, [0.3, 0.6]))]
FRAME = pd.DataFrame(X, columns=list("abcd"))
ALPHAS = [0.1, 1.0, 10.0, 100.0]


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    plt.close("all")
    yield
    plt.close("all")


def marked(display: RidgePathDisplay) -> NDArray[Any]:
    """Coefficients of the lines where the chosen alpha is marked."""
    assert display.chosen_ is not None
    at = xy(display.chosen_)[0][0]
    return np.array([y[x.index(at)] for x, y in map(xy, display.lines_)])


OPTIONS: dict[str, Any] = {
    "penalty_factors": [0.0, 1.0, 2.0, 0.5],
    "prior_mean": [1.0, 0.0, 0.0, 2.0],
    "penalize_intercept": True,
}


@pytest.mark.parametrize("weight", [None, 2.0, WEIGHT], ids=["plain", "scalar", "weights"])
@pytest.mark.parametrize(
    "estimator",
    [
        Ridge(3.0),
        Ridge(3.0, fit_intercept=False),
        Ridge(3.0, **OPTIONS),
        RidgeCV(ALPHAS),
        RidgeCV(ALPHAS, cv=3, **OPTIONS),
    ],
    ids=str,
)
@pytest.mark.parametrize("x", ["alpha", "edf"])
def test_the_mark_is_at_the_fit(estimator: Input, weight: Input, x: str) -> None:
    model = clone(estimator).fit(X, y, weight)
    display = RidgePathDisplay.from_estimator(model, X, y, sample_weight=weight, x=x)
    np.testing.assert_allclose(marked(display), model.coef_, rtol=1e-8, atol=1e-10)
    assert display.alpha == getattr(model, "alpha_", 3.0)
    assert display.alphas.size in {100, 101}


@pytest.mark.parametrize("class_weight", [None, "balanced"])
@pytest.mark.parametrize("kind", [RidgeClassifier, RidgeClassifierCV])
def test_classes(kind: Input, class_weight: str | None) -> None:
    model = kind(class_weight=class_weight).fit(X, LABELS)
    for row, label in enumerate(["ape", "bee", "cat"]):
        display = RidgePathDisplay.from_estimator(model, X, LABELS, target=label)
        np.testing.assert_allclose(marked(display), model.coef_[row], rtol=1e-8, atol=1e-10)
    with pytest.raises(ValueError, match=r"target must be one of the classes \['ape', 'bee', 'cat"):
        RidgePathDisplay.from_estimator(model, X, LABELS, target=1)
    two = kind(class_weight=class_weight).fit(X, LABELS == "ape")
    display = RidgePathDisplay.from_estimator(two, X, LABELS == "ape")
    np.testing.assert_allclose(marked(display), two.coef_, rtol=1e-8, atol=1e-10)


def test_targets_with_an_alpha_each() -> None:
    model = Ridge([0.5, 20.0]).fit(X, Y)
    for target in (0, 1):
        display = RidgePathDisplay.from_estimator(model, X, Y, target=target, alphas=ALPHAS)
        np.testing.assert_allclose(marked(display), model.coef_[target], rtol=1e-8)
        assert display.alphas.tolist() == [*ALPHAS, [0.5, 20.0][target]]
    with pytest.raises(ValueError, match="target must be a number from 0 to 1, since y has 2"):
        RidgePathDisplay.from_estimator(model, X, Y)


def test_names_come_from_columns_and_the_estimator_is_left_alone() -> None:
    model = Ridge().fit(X, y)
    before = dict(vars(model))
    display = RidgePathDisplay.from_estimator(model, FRAME, y)
    assert {line.get_label() for line in display.lines_} == set("abcd")
    assert vars(model) == before
    display = RidgePathDisplay.from_estimator(Ridge(), FRAME, y, feature_names=list("efgh"))
    assert {line.get_label() for line in display.lines_} == set("efgh")


@pytest.mark.parametrize(
    "model",
    [
        RidgeCV(ALPHAS),
        RidgeCV(ALPHAS, cv=4, select="1se"),
        RidgeCV(ALPHAS, cv=4, scoring="neg_mean_absolute_error"),
        RidgeCV(ALPHAS, cv="gcv"),
        RidgeClassifierCV(ALPHAS, cv=3),
    ],
    ids=str,
)
def test_scores_of_an_estimator(model: Input) -> None:
    fitted: Any = clone(model).fit(X, y > 0.0 if isinstance(model, RidgeClassifierCV) else y)
    display = RidgeCVDisplay.from_estimator(fitted)
    sign = 1.0 if display.greater_is_better else -1.0
    curve, _, bars = display.errorbar_.lines
    np.testing.assert_array_equal(xy(curve), [ALPHAS, sign * fitted.scores_])
    assert len(bars) == (fitted.scores_se_ is not None)
    for half, bar in zip([fitted.scores_se_], bars, strict=False):
        lengths = np.diff(np.array(bar.get_segments())[:, :, 1], axis=1)
        np.testing.assert_allclose(lengths[:, 0], 2.0 * half, rtol=1e-10)
    assert display.alpha == fitted.alpha_
    mark = display.one_se_ if fitted.select == "1se" else display.best_
    assert mark is not None
    assert point(mark)[0] == fitted.alpha_


@pytest.mark.parametrize(
    ("model", "label"),
    [
        (RidgeCV(), "mean squared error"),
        (RidgeCV(cv=3), "r2"),
        (RidgeCV(cv=3, scoring="neg_mean_absolute_error"), "mean absolute error"),
        (RidgeCV(cv=3, scoring="explained_variance"), "explained variance"),
        (RidgeCV(cv=3, scoring=lambda model, X, y: model.score(X, y)), "<lambda>"),
    ],
    ids=["default", "folds", "named error", "named score", "function"],
)
def test_the_score_is_named(model: RidgeCV, label: str) -> None:
    ax = RidgeCVDisplay.from_estimator(model.fit(X, y)).ax_
    assert ax.get_ylabel() == label


def test_scores_of_one_target() -> None:
    model: Any = RidgeCV(ALPHAS, alpha_per_target=True).fit(X, Y)
    display = RidgeCVDisplay.from_estimator(model, target=1)
    np.testing.assert_array_equal(display.mean, -model.scores_[:, 1])
    assert display.alpha == model.alpha_[1]
    with pytest.raises(ValueError, match="target must be a number from 0 to 1, since estimator"):
        RidgeCVDisplay.from_estimator(model)


def test_estimators_that_have_no_path() -> None:
    with pytest.raises(TypeError, match=r"of elltwo.linear_model, got Ridge"):
        RidgePathDisplay.from_estimator(ReferenceRidge(), X, y)
    with pytest.raises(TypeError, match=r"ridge regression .*, got LogisticRegression"):
        RidgePathDisplay.from_estimator(LogisticRegression(), X, LABELS)
    with pytest.raises(NotFittedError):
        RidgePathDisplay.from_estimator(RidgeCV(), X, y)
    for model in (Ridge(positive=True), RidgeClassifier(bounds=(0.0, 1.0))):
        with pytest.raises(ValueError, match="estimator must have no bounds"):
            RidgePathDisplay.from_estimator(model, X, LABELS == "ape")
    with pytest.raises(ValueError, match=r"alpha must be a number, or have shape \(n_targets,\)"):
        RidgePathDisplay.from_estimator(Ridge([1.0, 2.0, 3.0]), X, Y, target=0)
    with pytest.raises(ValueError, match="target must be None, since y has one curve"):
        RidgePathDisplay.from_estimator(Ridge(), X, y, target=0)


def test_estimators_that_have_no_scores() -> None:
    with pytest.raises(TypeError, match=r"a RidgeCV or RidgeClassifierCV .*, got Ridge"):
        RidgeCVDisplay.from_estimator(Ridge().fit(X, y))
    with pytest.raises(NotFittedError):
        RidgeCVDisplay.from_estimator(RidgeCV())


def test_missing_matplotlib_is_found_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setattr(elltwo.functional, "ridge_path", None)
    with pytest.raises(ImportError, match=r"elltwo\[plot\]"):
        RidgePathDisplay.from_estimator(Ridge(), X, y)
    with pytest.raises(ImportError, match=r"elltwo\[plot\]"):
        RidgeCVDisplay.from_estimator(RidgeCV())
