"""RidgeCV and RidgeClassifierCV: options, metadata routing, and what they keep of their input."""

from __future__ import annotations

import pickle
import warnings
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
import sklearn
import sklearn.linear_model as reference
from sklearn.base import clone
from sklearn.metrics import make_scorer, mean_squared_error
from sklearn.model_selection import GroupKFold, KFold, LeaveOneOut
from sklearn.utils import get_tags

from elltwo.linear_model import RidgeClassifierCV, RidgeCV

Input: TypeAlias = Any  # what an estimator takes for an array

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on the:UserWarning")

RNG = np.random.default_rng(31)
X = RNG.normal(size=(24, 4)) + 1.0
y = X @ RNG.normal(size=4) + RNG.normal(size=24) + 3.0
TWO = (y > np.median(y)).astype(np.int64)
WEIGHT = RNG.integers(1, 4, 24).astype(np.float64)
GROUPS = np.arange(24) % 5
FRAME = pd.DataFrame(X, columns=list("abcd"))
ALPHAS = [0.01, 0.3, 3.0, 30.0, 1000.0]


@pytest.mark.parametrize("cv", [None, 3])
def test_grid_for_the_data(cv: int | None) -> None:
    model = RidgeCV(None, cv=cv).fit(X, y)
    assert model.alpha_ in model.alphas_
    assert model.alphas_.size > 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alphas": [1.0, -1.0]}, r"alphas\[1\] == -1.0, must be >= 0"),
        ({"alphas": [1.0, np.nan]}, r"alphas\[1\] must be in \[0, inf\], got nan"),
        ({"alphas": -2.0}, "alphas == -2.0, must be >= 0"),
        ({"alphas": []}, "alphas must be 1-D and not empty"),
        ({"alphas": [[1.0]]}, "alphas must be 1-D and not empty"),
        ({"alphas": [1.0, "2"]}, r"alphas\[1\] must be an instance of float, not str"),
        ({"select": "max"}, "select must be"),
        ({"cv": "kfold"}, "cv must be None"),
        ({"cv": 3, "store_cv_results": True}, "cv!=None and store_cv_results=True are incomp"),
        ({"cv": "gcv", "scoring": "r2"}, "predicts no rows"),
        ({"cv": "gcv", "store_cv_results": True}, "predicts no rows"),
        ({"scoring": "r2", "select": "1se"}, "needs a standard error"),
        ({"cv": list(KFold(2).split(X))[:1], "select": "1se"}, "at least 2 splits, got 1"),
        ({"scoring": "nonsense"}, "scoring"),
        ({"gcv_mode": "qr"}, "gcv_mode must be one of .* got 'qr'"),
        ({"fit_intercept": "yes"}, "fit_intercept must be True or False"),
    ],
    ids=str,
)
def test_options_that_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        RidgeCV(**options).fit(X, y)


@pytest.mark.filterwarnings("ignore:R.2 score is not well-defined")
def test_splits_without_a_score_do_not_count() -> None:
    splits = list(KFold(3).split(X))
    single = (np.arange(1, 24), np.array([0]))
    model = RidgeCV(ALPHAS, cv=[*splits, single]).fit(X, y)
    assert model.best_score_ == RidgeCV(ALPHAS, cv=splits).fit(X, y).best_score_
    with pytest.raises(ValueError, match=r"R\^2, the default for folds, needs two rows"):
        RidgeCV(ALPHAS, cv=LeaveOneOut()).fit(X, y)


def test_scores_that_are_no_numbers_are_refused() -> None:
    def nothing(estimator: object, rows: object, targets: object) -> float:  # noqa: ARG001
        return float("nan")

    for cv in (None, 3):
        with pytest.raises(ValueError, match="scoring gives NaN for every"):
            RidgeCV(ALPHAS, scoring=nothing, cv=cv).fit(X, y)


@pytest.mark.parametrize("mode", [None, "auto", "svd", "eigen"])
def test_gcv_mode_does_not_matter(mode: str | None) -> None:
    model = RidgeCV(ALPHAS, gcv_mode=mode).fit(X, y)
    np.testing.assert_array_equal(model.coef_, RidgeCV(ALPHAS).fit(X, y).coef_)


@pytest.mark.parametrize("cv", [None, 3])
def test_groups_without_routing_are_refused(cv: int | None) -> None:
    with pytest.raises(ValueError, match=r"enable_metadata_routing=True.*groups"):
        RidgeCV(cv=cv).fit(X, y, groups=GROUPS)


def test_groups_are_routed_to_the_splitter() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        model = RidgeCV(ALPHAS, cv=GroupKFold(5)).fit(X, y, groups=GROUPS)
    splits = list(GroupKFold(5).split(X, y, GROUPS))
    assert model.best_score_ == RidgeCV(ALPHAS, cv=splits).fit(X, y).best_score_


@pytest.mark.parametrize("cv", [None, 3])
def test_weights_are_routed_to_the_scorer(cv: int | None) -> None:
    for asked in (True, False):
        with sklearn.config_context(enable_metadata_routing=True):
            scorer = make_scorer(mean_squared_error, greater_is_better=False)
            scorer = scorer.set_score_request(sample_weight=asked)
            ours = RidgeCV(ALPHAS, cv=cv, scoring=scorer).fit(X, y, sample_weight=WEIGHT)
            theirs = reference.RidgeCV(ALPHAS, cv=cv, scoring=scorer)
            theirs.fit(X, y, sample_weight=WEIGHT)
            assert ours.best_score_ == pytest.approx(theirs.best_score_, rel=1e-9)
            assert ours.alpha_ == theirs.alpha_


@pytest.mark.parametrize("estimator", [RidgeCV(), RidgeClassifierCV(), RidgeCV(cv=GroupKFold(2))])
def test_routing_says_what_goes_where(estimator: RidgeCV) -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        routing = estimator.get_metadata_routing()
        assert routing.consumes("fit", ["sample_weight"]) == {"sample_weight"}
        clone(estimator).fit(
            X,
            TWO,
            sample_weight=WEIGHT,
            **({"groups": GROUPS} if isinstance(estimator.cv, GroupKFold) else {}),
        )


@pytest.mark.parametrize("kind", [RidgeCV, RidgeClassifierCV])
@pytest.mark.parametrize("data", [X.tolist(), FRAME, X.astype(object), np.asfortranarray(X)])
def test_every_road_of_validation_gives_the_same_answer(kind: Any, data: Input) -> None:  # noqa: ANN401
    expected, model = kind(ALPHAS).fit(X, TWO), kind(ALPHAS).fit(data, list(TWO))
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-12)
    np.testing.assert_allclose(model.predict(data), expected.predict(X), rtol=1e-12)


@pytest.mark.parametrize("kind", [RidgeCV, RidgeClassifierCV])
def test_names_pickle_and_clone(kind: Any) -> None:  # noqa: ANN401
    model = kind(ALPHAS, select="1se", penalty_factors=[1.0, 2.0, 0.0, 1.0]).fit(FRAME, TWO)
    assert list(model.feature_names_in_) == list("abcd")
    assert model.n_features_in_ == 4
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(FRAME), model.predict(FRAME))
    assert again.info_ == model.info_
    assert clone(model).get_params() == model.get_params()


def test_inputs_are_not_modified() -> None:
    data, labels, weight, alphas = X.copy(), TWO.copy(), WEIGHT.copy(), np.array(ALPHAS)
    for cv in (None, 3):
        RidgeClassifierCV(alphas, cv=cv, class_weight="balanced").fit(data, labels, weight)
    np.testing.assert_array_equal(data, X)
    np.testing.assert_array_equal(labels, TWO)
    np.testing.assert_array_equal(weight, WEIGHT)
    np.testing.assert_array_equal(alphas, ALPHAS)


def test_float32_is_kept() -> None:
    data = X.astype(np.float32)
    for cv in (None, 3):
        model = RidgeCV(ALPHAS, cv=cv).fit(data, y)
        assert model.coef_.dtype == np.float32
        assert model.predict(data).dtype == np.float32
        np.testing.assert_allclose(model.coef_, RidgeCV(ALPHAS, cv=cv).fit(X, y).coef_, rtol=1e-4)


def test_tags() -> None:
    assert get_tags(RidgeCV()).estimator_type == "regressor"
    assert get_tags(RidgeCV()).target_tags.multi_output
    assert get_tags(RidgeClassifierCV()).estimator_type == "classifier"
    assert get_tags(RidgeClassifierCV()).classifier_tags.multi_label


def test_a_class_missing_from_a_fold_is_never_predicted_there() -> None:
    labels = np.array(["rare", *np.array(["a", "b"])[TWO[1:]]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the stratification
        model = RidgeClassifierCV(ALPHAS, cv=KFold(3)).fit(X, labels)
    assert 0.0 <= model.best_score_ <= 1.0
    assert list(model.classes_) == ["a", "b", "rare"]
