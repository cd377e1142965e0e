"""The classifier: its contract, and the same answers as scikit-learn's own."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
import sklearn
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.linear_model import RidgeClassifier as ReferenceClassifier
from sklearn.model_selection import KFold, cross_validate
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

import elltwo
from elltwo.linear_model import Ridge, RidgeClassifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Input: TypeAlias = Any  # what an estimator takes for an array

RNG = np.random.default_rng(23)
X = RNG.normal(size=(40, 4)) + 1.0
SCORE = X @ [1.0, -2.0, 0.5, 0.0] + RNG.normal(size=40)
TWO = (SCORE > -0.5).astype(np.int64)
THREE = np.digitize(SCORE, [-1.5, 0.5])
MANY = np.column_stack([SCORE > 0.0, X[:, 0] > 1.0, SCORE < -2.0]).astype(np.int64)
WEIGHT = RNG.integers(0, 4, 40).astype(np.float64)
FRAME = pd.DataFrame(X, columns=list("abcd"))

# check: the reason why it fails
EXPECTED_FAILURES: dict[str, str] = {}


@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [RidgeClassifier(), RidgeClassifier(alpha=0.0, class_weight="balanced", solver="svd")],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
def test_scikit_learn_contract(
    estimator: RidgeClassifier, check: Callable[[RidgeClassifier], None]
) -> None:
    check(estimator)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weight", [None, 2.0, WEIGHT], ids=["plain", "scalar", "weights"])
@pytest.mark.parametrize("labels", [TWO, THREE, MANY], ids=["two", "three", "multilabel"])
def test_same_answers_as_scikit_learn(
    labels: NDArray[Any], weight: Input, fit_intercept: bool, dtype: type
) -> None:
    data: NDArray[Any] = X.astype(dtype)
    ours = RidgeClassifier(alpha=2.5, fit_intercept=fit_intercept).fit(data, labels, weight)
    theirs = ReferenceClassifier(alpha=2.5, fit_intercept=fit_intercept).fit(X, labels, weight)
    rtol = 1e-10 if dtype is np.float64 else 1e-5
    coef = theirs.coef_.reshape(ours.coef_.shape)  # (1, n_features) before scikit-learn 1.7
    assert ours.coef_.dtype == ours.intercept_.dtype == dtype
    np.testing.assert_allclose(ours.coef_, coef, rtol=rtol, atol=rtol)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=rtol, atol=rtol)
    np.testing.assert_array_equal(ours.classes_, theirs.classes_)
    np.testing.assert_allclose(
        ours.decision_function(data), theirs.decision_function(X), rtol=rtol, atol=rtol
    )
    np.testing.assert_array_equal(ours.predict(data), theirs.predict(X))
    assert ours.predict(data).dtype == theirs.predict(X).dtype
    assert ours.score(data, labels) == theirs.score(X, labels)


def test_shapes() -> None:
    two, three = RidgeClassifier().fit(X, TWO), RidgeClassifier().fit(X, THREE)
    assert two.coef_.shape == (4,)
    assert two.intercept_.shape == (1,)
    assert three.coef_.shape == (3, 4)
    assert three.intercept_.shape == (3,)
    assert two.decision_function(X).shape == (40,)
    assert three.decision_function(X).shape == (40, 3)


def test_columns_are_the_regressions_on_indicators() -> None:
    model = RidgeClassifier(alpha=[0.1, 1.0, 10.0]).fit(X, THREE)
    for label, alpha in enumerate([0.1, 1.0, 10.0]):
        alone = Ridge(alpha).fit(X, np.where(label == THREE, 1.0, -1.0))
        np.testing.assert_allclose(model.coef_[label], alone.coef_, rtol=1e-10)
        np.testing.assert_allclose(model.intercept_[label], alone.intercept_, rtol=1e-10)


@pytest.mark.parametrize("solver", ["auto", "svd", "sag"])
def test_parameters_reach_the_function(solver: str) -> None:
    options: dict[str, Any] = {
        "alpha": 0.5,
        "penalize_intercept": True,
        "penalty_factors": [0.0, 1.0, 2.0, np.inf],
        "prior_mean": [1.0, 0.0, 0.0, 0.5],
        "tol": 1e-9,
        "max_iter": 3,
        "n_threads": 1,
    }
    model = RidgeClassifier(**options, solver=solver).fit(X, THREE, WEIGHT)
    targets = np.where(THREE[:, np.newaxis] == [0, 1, 2], 1.0, -1.0)
    used = "auto" if solver == "sag" else solver
    fit = elltwo.ridge(X, targets, **options, solver=used, sample_weight=WEIGHT)
    np.testing.assert_array_equal(model.coef_, fit.coef)
    np.testing.assert_array_equal(model.intercept_, fit.intercept)
    assert model.info_._replace(reason="") == fit.info._replace(reason="")
    assert model.solver_ == fit.info.solver
    assert model.n_iter_ == 1 + fit.info.n_iter


@pytest.mark.parametrize("balanced_or_dict", ["balanced", {0: 3.0, 2: 0.0}])
@pytest.mark.parametrize("weight", [None, 2.0, WEIGHT], ids=["plain", "scalar", "weights"])
def test_class_weights_multiply(balanced_or_dict: Input, weight: Input) -> None:
    model = RidgeClassifier(class_weight=balanced_or_dict).fit(X, THREE, weight)
    if balanced_or_dict == "balanced":
        by_class = (40 / (3 * np.bincount(THREE)))[THREE]
    else:
        by_class = np.array([3.0, 1.0, 0.0])[THREE]
    expected = RidgeClassifier().fit(X, THREE, by_class * (1.0 if weight is None else weight))
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-10)
    theirs = ReferenceClassifier(class_weight=balanced_or_dict).fit(X, THREE, weight)
    np.testing.assert_allclose(model.coef_, theirs.coef_, rtol=1e-9)


def test_class_weights_of_a_multilabel_fit() -> None:
    model = RidgeClassifier(class_weight="balanced").fit(X, MANY)
    theirs = ReferenceClassifier(class_weight="balanced").fit(X, MANY)
    np.testing.assert_allclose(model.coef_, theirs.coef_, rtol=1e-9)


@pytest.mark.parametrize("bad", [{0: -1.0}, {0: np.nan}, {1: np.inf}])
def test_bad_class_weights_are_named(bad: dict[int, float]) -> None:
    with pytest.raises(ValueError, match="class_weight must be finite and not negative"):
        RidgeClassifier(class_weight=bad).fit(X, TWO)


def test_unknown_word_for_class_weight() -> None:
    with pytest.raises(ValueError, match="class_weight"):
        RidgeClassifier(class_weight="even").fit(X, TWO)


NAMES = np.array(["ape", "bee", "cat"])
AS_OBJECTS = NAMES.astype(object)[THREE]
AS_DATES = np.array(["2001-01-01", "2002-02-02", "2003-03-03"], dtype="datetime64[D]")[THREE]
AS_INTEGER_OBJECTS = THREE.astype(object)


@pytest.mark.parametrize(
    "labels",
    [
        NAMES[THREE],
        AS_OBJECTS,
        list(NAMES[THREE]),
        pd.Series(NAMES[THREE]),
        pd.Series(NAMES[THREE], dtype="category"),
        NAMES.astype("S3")[THREE],
        AS_DATES,
        AS_INTEGER_OBJECTS,
        THREE.astype(np.uint8) + 253,
        THREE - 1.0,
        THREE.astype(np.float32) * 1e6,
    ],
    ids=str,
)
def test_kinds_of_labels(labels: Input) -> None:
    model, plain = RidgeClassifier().fit(X, labels), RidgeClassifier().fit(X, THREE)
    np.testing.assert_array_equal(model.coef_, plain.coef_)
    np.testing.assert_array_equal(model.classes_, np.unique(np.asarray(labels)))
    np.testing.assert_array_equal(model.predict(X), model.classes_[plain.predict(X)])


def test_truth_values_are_labels() -> None:
    model = RidgeClassifier().fit(X, TWO.astype(bool))
    np.testing.assert_array_equal(model.predict(X), RidgeClassifier().fit(X, TWO).predict(X) == 1)
    assert model.predict(X).dtype == bool


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (SCORE, "continuous"),
        (np.where(TWO == 1, np.nan, 0.0), "NaN"),
        (np.where(TWO == 1, np.inf, 0.0), "infinity"),
        (np.column_stack([THREE, THREE]), "1d array"),
        (np.array([1, "a"] * 20, dtype=object), "labels of one kind"),
        ([1, "a"] * 20, "labels of one kind"),
        (TWO[:7], "inconsistent numbers of samples"),
    ],
    ids=["continuous", "nan", "inf", "multioutput", "mixed", "list", "short"],
)
def test_labels_that_are_none_are_refused(labels: Input, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        RidgeClassifier().fit(X, labels)


def test_a_column_of_labels_is_a_vector_with_a_warning() -> None:
    with pytest.warns(DataConversionWarning):
        model = RidgeClassifier().fit(X, THREE[:, np.newaxis])
    np.testing.assert_array_equal(model.predict(X), RidgeClassifier().fit(X, THREE).predict(X))


def test_one_class_is_always_predicted() -> None:
    model = RidgeClassifier().fit(X, ["only"] * 40)
    assert set(model.predict(X)) == {"only"}
    assert list(model.classes_) == ["only"]


@pytest.mark.parametrize("labels", [MANY * 2 - 1, csr_matrix(MANY), MANY.astype(bool)], ids=type)
def test_kinds_of_indicators(labels: Input) -> None:
    model, plain = RidgeClassifier().fit(X, labels), RidgeClassifier().fit(X, MANY)
    np.testing.assert_array_equal(model.coef_, plain.coef_)
    np.testing.assert_array_equal(model.predict(X), (plain.decision_function(X) > 0).astype(int))


@pytest.mark.parametrize("data", [X, X.tolist(), FRAME, X.astype(object), np.asfortranarray(X)])
def test_every_road_of_validation_gives_the_same_answer(data: Input) -> None:
    expected = RidgeClassifier().fit(X, THREE)
    model = RidgeClassifier().fit(data, list(THREE))
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-12)
    np.testing.assert_array_equal(model.predict(data), expected.predict(X))


def test_inputs_are_not_modified() -> None:
    data, labels, weight = X.copy(), MANY.copy(), WEIGHT.copy()
    RidgeClassifier(class_weight="balanced", copy_X=False).fit(data, labels, weight)
    np.testing.assert_array_equal(data, X)
    np.testing.assert_array_equal(labels, MANY)
    np.testing.assert_array_equal(weight, WEIGHT)


def test_a_new_fit_forgets_the_old_one() -> None:
    model = RidgeClassifier().fit(FRAME, MANY)
    assert list(model.feature_names_in_) == list("abcd")
    model.fit(X[:, :2], NAMES[THREE])
    assert not hasattr(model, "feature_names_in_")
    assert model.n_features_in_ == 2
    assert set(model.predict(X[:, :2])) <= set(NAMES)


def test_errors_name_the_classifier() -> None:
    model = RidgeClassifier().fit(X, TWO)
    with pytest.raises(ValueError, match="X has 2 features, but RidgeClassifier is expecting 4"):
        model.predict(X[:, :2])
    with pytest.raises(NotFittedError):
        RidgeClassifier().decision_function(X)
    with pytest.raises(ValueError, match="contains NaN"):
        RidgeClassifier().fit(np.where(X > 1.0, np.nan, X), TWO)
    with pytest.raises(ValueError, match=r"sample_weight must have shape \(40,\)"):
        RidgeClassifier(class_weight="balanced").fit(X, TWO, WEIGHT[:3])


@pytest.mark.parametrize("labels", [NAMES[THREE], MANY], ids=["names", "multilabel"])
def test_pickle_and_clone(labels: Input) -> None:
    model = RidgeClassifier(alpha=0.3, class_weight="balanced").fit(FRAME, labels)
    again = pickle.loads(pickle.dumps(model))
    assert again.get_params() == model.get_params() == clone(model).get_params()
    assert again.info_ == model.info_
    np.testing.assert_array_equal(again.predict(FRAME), model.predict(FRAME))


def test_tags() -> None:
    tags = get_tags(RidgeClassifier())
    assert tags.estimator_type == "classifier"
    assert tags.classifier_tags.multi_class
    assert tags.classifier_tags.multi_label
    assert tags.target_tags.required


def test_metadata_routing() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        model = RidgeClassifier().set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=True)
        routed = cross_validate(
            model, X, TWO, cv=KFold(2), params={"sample_weight": WEIGHT}, return_estimator=True
        )
    for (train, test), fitted, score in zip(
        KFold(2).split(X), routed["estimator"], routed["test_score"], strict=True
    ):
        direct = RidgeClassifier().fit(X[train], TWO[train], WEIGHT[train])
        np.testing.assert_array_equal(fitted.coef_, direct.coef_)
        assert score == direct.score(X[test], TWO[test], WEIGHT[test])
