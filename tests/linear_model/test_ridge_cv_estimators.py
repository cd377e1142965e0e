"""RidgeCV and RidgeClassifierCV: their contract, and the same choices as scikit-learn's own."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
import sklearn.linear_model as reference
from sklearn.metrics import accuracy_score, mean_squared_error
from sklearn.model_selection import GridSearchCV, KFold, LeaveOneOut, cross_val_predict
from sklearn.utils.estimator_checks import parametrize_with_checks

from elltwo.linear_model import Ridge, RidgeClassifier, RidgeClassifierCV, RidgeCV

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Input: TypeAlias = Any  # what an estimator takes for an array

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on the:UserWarning")

RNG = np.random.default_rng(29)
X = RNG.normal(size=(24, 4)) + 1.0
Y = X @ RNG.normal(size=(4, 2)) + RNG.normal(size=(24, 2)) * [1.0, 9.0] + 3.0
y = np.ascontiguousarray(Y[:, 0])
TWO = (y > np.median(y)).astype(np.int64)
THREE = np.digitize(y, np.quantile(y, [0.3, 0.7]))
MANY = np.column_stack([TWO, X[:, 0] > 1.0, X[:, 1] < 0.5]).astype(np.int64)
WEIGHT = RNG.integers(1, 4, 24).astype(np.float64)
GROUPS = np.arange(24) % 5
FRAME = pd.DataFrame(X, columns=list("abcd"))
ALPHAS = [0.01, 0.3, 3.0, 30.0, 1000.0]
ERROR = "neg_mean_squared_error"


# check: the reason why it fails
EXPECTED_FAILURES: dict[str, str] = {}


@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [
        RidgeCV(),
        RidgeCV(cv=3, alphas=[1.0, 2.0], scoring=ERROR),
        RidgeClassifierCV(),
        RidgeClassifierCV(cv=3, alphas=[1.0]),
    ],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
def test_scikit_learn_contract(estimator: RidgeCV, check: Callable[[RidgeCV], None]) -> None:
    check(estimator)


def assert_same_fit(ours: Any, theirs: Any) -> None:  # noqa: ANN401
    assert np.shape(ours.alpha_) == np.shape(theirs.alpha_)
    np.testing.assert_allclose(ours.alpha_, theirs.alpha_)
    np.testing.assert_allclose(ours.best_score_, theirs.best_score_, rtol=1e-9)
    coef = np.reshape(theirs.coef_, ours.coef_.shape)  # (1, n_features) before scikit-learn 1.7
    np.testing.assert_allclose(ours.coef_, coef, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=1e-8)


@pytest.mark.parametrize("weight", [None, 2.0, WEIGHT], ids=["plain", "scalar", "weights"])
@pytest.mark.parametrize("targets", [y, Y, Y[:, :1]], ids=["vector", "matrix", "column"])
@pytest.mark.parametrize("scoring", [None, "r2", ERROR])
@pytest.mark.parametrize("data", [X, np.c_[X, X[:, ::-1] ** 2, X**3, X[::-1] ** 2][:12]], ids=len)
def test_rows_left_out_as_in_scikit_learn(
    data: NDArray[Any], targets: NDArray[Any], weight: Input, scoring: str | None
) -> None:
    n = len(data)
    weight = weight[:n] if isinstance(weight, np.ndarray) else weight
    options: dict[str, Any] = {"alphas": ALPHAS, "scoring": scoring, "store_cv_results": True}
    ours = RidgeCV(**options).fit(data, targets[:n], weight)
    repeated = np.full(n, weight) if isinstance(weight, float) else weight
    theirs = reference.RidgeCV(**options).fit(data, targets[:n], repeated)
    assert_same_fit(ours, theirs)
    assert ours.cv_results_.shape == theirs.cv_results_.shape
    np.testing.assert_allclose(ours.cv_results_, theirs.cv_results_, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("scoring", [None, ERROR])
def test_alpha_of_each_target(scoring: str | None) -> None:
    options: dict[str, Any] = {"alphas": ALPHAS, "alpha_per_target": True, "scoring": scoring}
    ours = RidgeCV(**options).fit(X, Y, WEIGHT)
    assert_same_fit(ours, reference.RidgeCV(**options).fit(X, Y, WEIGHT))
    first, second = np.asarray(ours.alpha_)
    assert first != second
    alone = RidgeCV(**options).fit(X, y, WEIGHT)
    assert alone.alpha_ == first
    assert isinstance(alone.alpha_, float)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weights"])
@pytest.mark.parametrize("scoring", [None, ERROR, "neg_median_absolute_error"])
@pytest.mark.parametrize("cv", [4, KFold(3, shuffle=True, random_state=1), list(KFold(2).split(X))])
@pytest.mark.parametrize("targets", [y, Y], ids=["vector", "matrix"])
def test_folds_as_in_scikit_learn(
    targets: NDArray[Any], cv: Input, scoring: str | None, weight: Input
) -> None:
    options: dict[str, Any] = {"alphas": [0.0, *ALPHAS], "scoring": scoring, "cv": cv}
    assert_same_fit(
        RidgeCV(**options).fit(X, targets, weight),
        reference.RidgeCV(**options).fit(X, targets, weight),
    )


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weights"])
@pytest.mark.parametrize("class_weight", [None, "balanced", {0: 3.0}], ids=str)
@pytest.mark.parametrize("labels", [TWO, THREE, MANY], ids=["two", "three", "multilabel"])
@pytest.mark.parametrize("cv", [None, 3])
def test_classes_as_in_scikit_learn(
    labels: NDArray[Any], class_weight: Input, weight: Input, cv: int | None
) -> None:
    if labels is MANY and isinstance(class_weight, dict):
        pytest.skip("scikit-learn takes no weights of classes that rows may share")
    options: dict[str, Any] = {"alphas": ALPHAS, "class_weight": class_weight, "cv": cv}
    ours = RidgeClassifierCV(**options).fit(X, labels, weight)
    theirs = reference.RidgeClassifierCV(**options).fit(X, labels, weight)
    assert_same_fit(ours, theirs)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    np.testing.assert_array_equal(ours.classes_, theirs.classes_)


def test_scorers_see_the_labels_of_rows_left_out() -> None:
    names = np.array(["ape", "bee", "cat"])
    for labels in (names[TWO], names[THREE], MANY):
        model = RidgeClassifierCV(ALPHAS, scoring="accuracy").fit(X, labels)
        scores = [
            accuracy_score(
                labels, cross_val_predict(RidgeClassifier(a), X, labels, cv=LeaveOneOut())
            )
            for a in ALPHAS
        ]
        assert model.best_score_ == pytest.approx(max(scores), abs=1e-12)
        assert model.alpha_ == ALPHAS[int(np.argmax(scores))]


def test_ranking_scorers_see_decisions() -> None:
    model = RidgeClassifierCV([1.0], scoring="roc_auc").fit(X, TWO)
    decisions = cross_val_predict(
        RidgeClassifier(1.0), X, TWO, cv=LeaveOneOut(), method="decision_function"
    )
    above = np.subtract.outer(decisions[TWO == 1], decisions[TWO == 0]) > 0
    assert model.best_score_ == pytest.approx(above.mean())


@pytest.mark.parametrize("labels", [TWO, THREE])
def test_shapes_of_stored_results(labels: NDArray[Any]) -> None:
    n_columns = 1 if labels is TWO else 3
    for scoring in (None, "accuracy"):
        model = RidgeClassifierCV(ALPHAS, scoring=scoring, store_cv_results=True).fit(X, labels)
        assert model.cv_results_.shape == (24, n_columns, 5)


def test_callable_scorers_see_an_estimator_and_the_shape_of_y() -> None:
    shapes: set[tuple[Any, ...]] = set()

    def scorer(estimator: Any, rows: NDArray[Any], targets: NDArray[Any]) -> float:  # noqa: ANN401
        shapes.add((rows.shape, targets.shape, estimator.predict(rows).shape))
        return -float(mean_squared_error(targets, estimator.predict(rows)))

    for targets in (y, Y, Y[:, :1]):
        ours = RidgeCV(ALPHAS, scoring=scorer).fit(X, targets)
        assert ours.alpha_ == RidgeCV(ALPHAS).fit(X, targets).alpha_
    expected = {((24, 1), (24,), (24,)), ((24, 2), (24, 2), (24, 2)), ((24, 1), (24, 1), (24, 1))}
    assert shapes == expected
    folds = RidgeCV(ALPHAS, scoring=scorer, cv=2).fit(X, Y)
    assert folds.best_score_ == pytest.approx(
        reference.RidgeCV(ALPHAS, scoring=scorer, cv=2).fit(X, Y).best_score_
    )


def test_folds_with_a_prior_and_factors_are_a_grid_search() -> None:
    problem: dict[str, Any] = {
        "prior_mean": [[1.0, 0.0, 0.0, 2.0], [0.0, -1.0, 0.0, 0.0]],
        "penalty_factors": [0.0, 1.0, 2.0, np.inf],
        "penalize_intercept": True,
        "fit_intercept": True,
        "n_threads": 1,
    }
    ours = RidgeCV(ALPHAS, cv=4, **problem).fit(X, Y, WEIGHT)
    search = GridSearchCV(Ridge(**problem), {"alpha": ALPHAS}, cv=4).fit(X, Y, sample_weight=WEIGHT)
    assert ours.best_score_ == pytest.approx(search.best_score_, rel=1e-10)
    assert ours.alpha_ == search.best_params_["alpha"]
    np.testing.assert_allclose(ours.coef_, search.best_estimator_.coef_, rtol=1e-10)


def test_one_standard_error_over_folds() -> None:
    scores = np.array(
        [
            reference.RidgeCV([a], cv=[split], scoring=ERROR).fit(X, y).best_score_
            for split in KFold(6).split(X)
            for a in ALPHAS
        ]
    ).reshape(6, 5)
    best = scores.mean(axis=0).argmax()
    limit = scores.mean(axis=0)[best] - scores[:, best].std(ddof=1) / np.sqrt(6)
    expected = max(a for a, s in zip(ALPHAS, scores.mean(axis=0), strict=True) if s >= limit)
    model: Any = RidgeCV(ALPHAS, cv=6, scoring=ERROR, select="1se").fit(X, y)
    assert model.alpha_ == expected
    assert model.alpha_ > RidgeCV(ALPHAS, cv=6, scoring=ERROR).fit(X, y).alpha_
    np.testing.assert_allclose(model.scores_, scores.mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(model.scores_se_, scores.std(axis=0, ddof=1) / np.sqrt(6))


def test_one_standard_error_over_rows() -> None:
    kept: Any = RidgeCV(ALPHAS, store_cv_results=True).fit(X, y)
    best = kept.cv_results_.mean(axis=0).argmin()
    limit = -kept.best_score_ + kept.cv_results_[:, best].std(ddof=1) / np.sqrt(24)
    model = RidgeCV(ALPHAS, select="1se").fit(X, y)
    good = [a for a, e in zip(ALPHAS, kept.cv_results_.mean(axis=0), strict=True) if e <= limit]
    assert model.alpha_ == max(good)
    assert model.alpha_ > kept.alpha_
    np.testing.assert_allclose(kept.scores_, -kept.cv_results_.mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(kept.scores_se_, kept.cv_results_.std(axis=0, ddof=1) / np.sqrt(24))


@pytest.mark.parametrize(
    "options", [{"cv": "gcv"}, {"scoring": ERROR}, {"cv": [(np.arange(20), np.arange(20, 24))]}]
)
def test_scores_without_standard_errors(options: dict[str, Any]) -> None:
    model: Any = RidgeCV(ALPHAS, **options).fit(X, y)
    assert model.scores_.shape == (5,)
    assert model.scores_.max() == model.scores_[ALPHAS.index(model.alpha_)] == model.best_score_
    assert model.scores_se_ is None


def test_scores_of_each_target() -> None:
    for scoring in (None, ERROR):
        model = RidgeCV(ALPHAS, alpha_per_target=True, scoring=scoring).fit(X, Y)
        assert model.scores_.shape == (5, 2)
        np.testing.assert_array_equal(model.scores_.max(axis=0), model.best_score_)
        for target in (0, 1):
            alone = RidgeCV(ALPHAS, scoring=scoring).fit(X, Y[:, target])
            np.testing.assert_allclose(model.scores_[:, target], alone.scores_, rtol=1e-10)


def test_folds_do_not_copy_targets_for_each_alpha() -> None:
    rng = np.random.default_rng(31)
    data, targets = rng.normal(size=(3000, 5)), rng.normal(size=(3000, 8))
    tracemalloc.start()
    RidgeCV(np.geomspace(1.0, 100.0, 50), cv=2, scoring=ERROR).fit(data, targets)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * (data.nbytes + targets.nbytes), peak
