"""`LogisticRegression`: scikit-learn's contract, its answers, its parameters."""

from __future__ import annotations

import pickle
import warnings
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.linear_model import LogisticRegression as Reference
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

import elltwo
from elltwo.linear_model import LogisticRegression

if TYPE_CHECKING:
    from collections.abc import Callable

Input: TypeAlias = Any  # what an estimator takes for an argument

RNG = np.random.default_rng(21)
n, p = 40, 4
X = RNG.normal(size=(n, p))
TWO = np.where(X[:, 0] + RNG.logistic(size=n) > 0.0, "yes", "no")
THREE = np.argmax(X[:, :3] + RNG.gumbel(size=(n, 3)), axis=1) * 10
WEIGHT = RNG.integers(0, 4, n).astype(np.float64)
FRAME = pd.DataFrame(X, columns=list("abcd"))
TIGHT: dict[str, Any] = {"tol": 1e-12, "max_iter": 10_000, "solver": "newton-cholesky"}
each_y = pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])


@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [LogisticRegression(), LogisticRegression(C=0.1, warm_start=True)],
)
def test_scikit_learn_contract(
    estimator: LogisticRegression, check: Callable[[LogisticRegression], None]
) -> None:
    check(estimator)


@each_y
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weight", [None, 2.0, WEIGHT], ids=["plain", "scalar", "weights"])
@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_same_answers_as_scikit_learn(
    y: Input, weight: Input, fit_intercept: bool, class_weight: Input
) -> None:
    options: dict[str, Any] = {
        "C": 0.7,
        "fit_intercept": fit_intercept,
        "class_weight": class_weight,
    }
    ours = LogisticRegression(**options).fit(X, y, weight)
    theirs = Reference(**options, **TIGHT).fit(X, y, weight)
    for name in ("coef_", "intercept_", "classes_", "n_iter_"):
        assert getattr(ours, name).shape == getattr(theirs, name).shape
        assert getattr(ours, name).dtype == getattr(theirs, name).dtype
    np.testing.assert_array_equal(ours.classes_, theirs.classes_)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-6)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=1e-6)
    for method in ("decision_function", "predict_proba", "predict_log_proba"):
        mine, other = getattr(ours, method)(X), getattr(theirs, method)(X)
        assert mine.shape == other.shape
        np.testing.assert_allclose(mine, other, atol=1e-5)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    assert ours.score(X, y, WEIGHT) == theirs.score(X, y, WEIGHT)


@each_y
def test_the_function_fits(y: Input) -> None:
    options: dict[str, Any] = {
        "penalty_factors": [0.0, 1.0, 2.0, np.inf],
        "prior_mean": [1.0, 0.0, 0.0, 0.5],
        "tol": 1e-9,
        "n_threads": 1,
    }
    model = LogisticRegression(C=0.25, **options).fit(X, y, WEIGHT)
    fit = elltwo.logistic(X, y, alpha=4.0, sample_weight=WEIGHT, **options)
    np.testing.assert_array_equal(model.coef_, np.atleast_2d(fit.coef))
    np.testing.assert_array_equal(model.intercept_, np.atleast_1d(fit.intercept))
    assert model.info_ == fit.info
    assert model.n_iter_.tolist() == [fit.info.n_iter]
    np.testing.assert_array_equal(model.predict_proba(X), fit.predict_proba(X))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.zeros(n), "samples of at least 2 classes in the data, but|at least 2 classes"),
        (X[:, 0], "Unknown label type: continuous"),
        (np.where(TWO == "yes", 1.0, np.nan), "contains NaN"),
        (np.array(["yes", None], dtype=object)[(TWO == "no").astype(int)], "NaN|None"),
        (np.c_[THREE, THREE], "1d array"),
        (TWO[:7], "inconsistent numbers of samples"),
    ],
)
def test_labels_that_are_refused(y: Input, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LogisticRegression().fit(X, y)


def test_class_weights_are_weights_of_rows() -> None:
    weights = {0: 2.0, 10: 0.5}
    model = LogisticRegression(class_weight={**weights, 20: 1.0}).fit(X, THREE, WEIGHT)
    by_row = WEIGHT * [weights.get(label, 1.0) for label in THREE.tolist()]
    np.testing.assert_allclose(
        model.coef_, LogisticRegression().fit(X, THREE, by_row).coef_, rtol=1e-12
    )
    spare = LogisticRegression(class_weight={"no": 1.0, "yes": 3.0, "perhaps": 9.0}).fit(X, TWO)
    named = LogisticRegression(class_weight={"yes": 3.0}).fit(X, TWO)
    np.testing.assert_array_equal(spare.coef_, named.coef_)


@pytest.mark.parametrize("data", [X, X.tolist(), FRAME, X.astype(object), np.asfortranarray(X)])
def test_every_road_of_validation_gives_the_same_answer(data: Input) -> None:
    expected = LogisticRegression().fit(X, TWO)
    model = LogisticRegression().fit(data, list(TWO))
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-12)
    np.testing.assert_allclose(model.predict_proba(data), expected.predict_proba(X), rtol=1e-12)


def test_labels_of_objects() -> None:
    y = pd.Series(TWO, dtype="category")
    model = LogisticRegression().fit(X, y)
    assert model.classes_.tolist() == ["no", "yes"]
    assert set(model.predict(X)) == {"no", "yes"}
    mixed = np.array(["b", 1, None], dtype=object)[:2][(TWO == "yes").astype(int)]
    for labels in (mixed, mixed.tolist()):
        with pytest.raises(TypeError, match=r"labels of one kind, .* got 'b' in row \d+ and 1 in"):
            LogisticRegression().fit(X, labels)
    with pytest.warns(DataConversionWarning):
        LogisticRegression().fit(X, TWO[:, np.newaxis])


@each_y
def test_warm_start(y: Input) -> None:
    model = LogisticRegression(warm_start=True).fit(X, y)
    coef, n_iter = model.coef_.copy(), model.n_iter_[0]
    model.fit(X, y)
    assert model.n_iter_[0] <= 1 < n_iter
    np.testing.assert_allclose(model.coef_, coef, rtol=1e-8, atol=1e-9)
    model.set_params(C=1.1).fit(X, y)
    np.testing.assert_allclose(model.coef_, LogisticRegression(C=1.1).fit(X, y).coef_, atol=1e-8)
    model.fit(X[:, :2], np.where(TWO == "no", THREE, 5))  # another shape: from the beginning
    assert model.coef_.shape == (np.unique(np.where(TWO == "no", THREE, 5)).size, 2)


@each_y
def test_float32(y: Input) -> None:
    data = X.astype(np.float32)
    model = LogisticRegression().fit(data, y)
    assert model.coef_.dtype == np.float32
    assert np.asarray(model.intercept_).dtype == np.float32
    assert model.predict_proba(data).dtype == model.decision_function(data).dtype == np.float32
    np.testing.assert_allclose(model.coef_, LogisticRegression().fit(X, y).coef_, atol=1e-5)


def test_one_against_the_rest() -> None:
    ours = OneVsRestClassifier(LogisticRegression()).fit(X, THREE)
    theirs = OneVsRestClassifier(Reference(**TIGHT)).fit(X, THREE)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-6)


def test_in_scikit_learns_hands() -> None:
    search = GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression()),
        {"logisticregression__C": [0.1, 1.0]},
        scoring="neg_log_loss",
    ).fit(FRAME, TWO)
    assert search.best_params_["logisticregression__C"] in {0.1, 1.0}
    calibrated = CalibratedClassifierCV(LogisticRegression(), cv=2).fit(X, THREE)
    assert calibrated.predict_proba(X).shape == (n, 3)


def test_feature_names_come_and_go() -> None:
    model = LogisticRegression().fit(FRAME, TWO)
    assert list(model.feature_names_in_) == list("abcd")
    with pytest.raises(ValueError, match="feature names"):
        model.predict_proba(FRAME[list("bacd")])
    with pytest.raises(ValueError, match="X has 3 features, but LogisticRegression is expecting 4"):
        LogisticRegression().fit(X, TWO).decision_function(X[:, :3])
    model.fit(X, TWO)
    assert not hasattr(model, "feature_names_in_")


def test_prediction_before_the_fit() -> None:
    for method in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        with pytest.raises(NotFittedError):
            getattr(LogisticRegression(), method)(X)


@pytest.mark.parametrize("data", [X, FRAME], ids=["array", "frame"])
def test_pickle_clone_and_repr(data: Input) -> None:
    model = LogisticRegression(C=0.3, n_threads=1).fit(data, THREE)
    again = pickle.loads(pickle.dumps(model))
    assert again.info_ == model.info_
    np.testing.assert_array_equal(again.predict_proba(data), model.predict_proba(data))
    assert repr(clone(model)) == "LogisticRegression(C=0.3, n_threads=1)"
    assert "fitted" in model._repr_html_()


def test_tags() -> None:
    tags = get_tags(LogisticRegression())
    assert tags.estimator_type == "classifier"
    assert tags.classifier_tags.multi_class
    assert not tags.classifier_tags.multi_label
    assert tags.input_tags.sparse


def test_raw_units_do_not_matter() -> None:
    scales = np.array([1e-4, 1.0, 1e4, 1e8])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = LogisticRegression(penalty_factors=scales**2).fit(X * scales, TWO)
    expected = LogisticRegression().fit(X, TWO)
    np.testing.assert_allclose(model.coef_ * scales, expected.coef_, rtol=1e-8)
