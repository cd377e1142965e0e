"""What the estimators that choose say of a choice at an edge of their grid, and how often."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import StackingRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold

import elltwo
from elltwo.linear_model import LogisticRegressionCV, RidgeClassifierCV, RidgeCV

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = X @ [1.0, -2.0, 0.5] + RNG.normal(size=60)
LABELS = np.where(Y + RNG.normal(size=60) > 0.0, "a", "b")
TARGETS = np.column_stack([Y, RNG.normal(size=60), 1e-3 * Y])
WEIGHTS = RNG.uniform(0.5, 2.0, size=60)


def warned(fit: Any) -> list[str]:  # noqa: ANN401
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit()
    assert {warning.filename for warning in caught} <= {__file__}
    return [str(warning.message) for warning in caught]


@pytest.mark.parametrize(
    "options", [{}, {"cv": 4}, {"cv": "gcv"}, {"scoring": "r2"}, {"select": "1se"}], ids=str
)
@pytest.mark.parametrize("model", [RidgeCV, RidgeClassifierCV])
def test_given_grid_warns_once_of_what_there_is(model: Any, options: dict[str, Any]) -> None:  # noqa: ANN401
    if model is RidgeClassifierCV and "scoring" in options:
        options = {"scoring": "accuracy"}
    y = Y if model is RidgeCV else LABELS
    texts = warned(lambda: model([1e3, 1e4], **options).fit(X, y))
    assert len(texts) == 1
    assert "edge of the grid of alphas" in texts[0]
    assert "alphas=None makes one for the data" in texts[0]
    assert "extend" not in texts[0]
    assert warned(lambda: model([1e3], **options).fit(X, y)) == []


def test_targets_share_one_warning() -> None:
    texts = warned(lambda: RidgeCV([1e3, 1e4], alpha_per_target=True).fit(X, TARGETS))
    assert len(texts) == 1
    assert "(target 0, one of 3)" in texts[0]


def test_default_grid_is_quiet_where_its_edge_tells_little() -> None:
    assert RidgeCV().fit(X, Y).alpha_ in {0.1, 1.0, 10.0}
    for scale in (1.0, 100.0):
        assert warned(lambda: RidgeCV().fit(scale * X, Y)) == []  # noqa: B023
        assert warned(lambda: RidgeCV(cv=4).fit(scale * X, Y)) == []  # noqa: B023
    stack = StackingRegressor([("ridge", RidgeCV())], final_estimator=RidgeCV())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stack.fit(X, Y)


def test_default_grid_warns_where_its_edge_tells_much() -> None:
    small = 0.3 * X  # penalties beyond 0.1 cost much of a signal without noise
    exact = small @ [1.0, -2.0, 0.5]
    options: Any
    for options in ({}, {"cv": 4}):
        texts = warned(lambda: RidgeCV(**options).fit(small, exact))  # noqa: B023
        assert len(texts) == 1
        assert "lower edge of the grid of alphas, [0.1, 10]" in texts[0]


def test_logistic_regression_warns_of_the_strength() -> None:
    for cv in (4, "alo"):
        model = LogisticRegressionCV([1e-6, 1e-5], cv=cv, scoring="neg_log_loss")
        texts = warned(lambda: model.fit(X, LABELS))  # noqa: B023
        assert len(texts) == 1
        assert texts[0].startswith("C = 1e-05 lies on the upper edge of the grid of Cs, [1e-06, ")
        assert texts[0].endswith("a wider grid may hold a better one")
    assert warned(lambda: LogisticRegressionCV([1e-6, 1e-5], refit=False).fit(X, LABELS)) != []
    assert warned(lambda: LogisticRegressionCV().fit(X, LABELS)) == []
    assert warned(lambda: LogisticRegressionCV([1.0]).fit(X, LABELS)) == []


def test_moments_advise_what_they_have() -> None:
    moments = elltwo.Moments(3).add(X, Y)
    texts = warned(lambda: moments.gcv(alphas=[1e3, 1e4]))
    assert len(texts) == 1
    assert "extend" not in texts[0]


@pytest.mark.parametrize("weight", [None, WEIGHTS], ids=["even", "weighted"])
@pytest.mark.parametrize("cv", [None, 5])
@pytest.mark.parametrize("scoring", [None, "r2", "neg_mean_squared_error"])
@pytest.mark.filterwarnings("ignore:alpha = .* lies on the:UserWarning")
def test_each_target_has_its_alpha(weight: Any, scoring: str | None, cv: Any) -> None:  # noqa: ANN401
    """Each is what a fit of the target alone chooses."""
    alphas = np.geomspace(1e-2, 1e4, 7)
    options: dict[str, Any] = {"cv": cv, "scoring": scoring}
    model: Any = RidgeCV(alphas, alpha_per_target=True, **options).fit(X, TARGETS, weight)
    assert model.scores_.shape == (7, 3)
    for target, y in enumerate(TARGETS.T):
        alone: Any = RidgeCV(alphas, **options).fit(X, y, weight)
        assert model.alpha_[target] == alone.alpha_
        np.testing.assert_allclose(model.coef_[target], alone.coef_, rtol=1e-9)
        np.testing.assert_allclose(model.scores_[:, target], alone.scores_, rtol=1e-9)
        if alone.scores_se_ is None:
            assert model.scores_se_ is None
        else:
            np.testing.assert_allclose(model.scores_se_[:, target], alone.scores_se_, rtol=1e-8)
    if cv == 5 and scoring == "neg_mean_squared_error" and weight is None:
        fit = elltwo.ridge_cv(X, TARGETS, alphas=alphas, cv=5, per_target=True)
        np.testing.assert_array_equal(model.alpha_, fit.alpha)


@pytest.mark.filterwarnings("ignore:alpha = .* lies on the:UserWarning")
def test_one_standard_error_of_each_target() -> None:
    alphas = np.geomspace(1e-2, 1e4, 13)
    model: Any = RidgeCV(alphas, cv=5, alpha_per_target=True, select="1se").fit(X, TARGETS)
    for target, y in enumerate(TARGETS.T):
        assert model.alpha_[target] == RidgeCV(alphas, cv=5, select="1se").fit(X, y).alpha_


@pytest.mark.filterwarnings("ignore:alpha = .* lies on the:UserWarning")
def test_score_of_a_target_is_scikit_learns() -> None:
    constant = np.column_stack([TARGETS, np.ones(60)])
    splits = list(KFold(3).split(X))
    model: Any = RidgeCV([1.0, 5.0], cv=splits, alpha_per_target=True).fit(X, constant)
    scores = []
    for train, test in splits:
        fit = elltwo.ridge(X[train], constant[train], alpha=1.0)
        predicted = fit.predict(X[test])
        scores.append(r2_score(constant[test], predicted, multioutput="raw_values"))
    np.testing.assert_allclose(model.scores_[0], np.mean(scores, axis=0), rtol=1e-9)
