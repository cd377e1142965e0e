"""The estimators give with sparse features what they give with the same features dense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from scipy import sparse
from sklearn.model_selection import GroupKFold, ShuffleSplit

from elltwo.linear_model import Ridge, RidgeClassifier, RidgeClassifierCV, RidgeCV
from sparse_data import DENSE, X, Y, y

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on")

FORMATS = ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"]
RNG = np.random.default_rng(4)
WEIGHT = RNG.uniform(0.5, 2.0, 60)
LABELS = np.array(["low", "high"])[(y > np.median(y)).astype(int)]
THREE = np.digitize(y, np.quantile(y, [0.3, 0.6]))
FACTORS = np.array([0.0, np.inf, 0.5, 3.0, 1.0, 1.0, 1.0, 2.0, np.inf, 1.0, 1.0, 1.0])
ALPHAS = [0.1, 1.0, 10.0]


def assert_same_model(model: Any, expected: Any) -> None:  # noqa: ANN401  # estimators
    for name in ("coef_", "intercept_", "alpha_", "best_score_", "cv_results_"):
        if hasattr(expected, name):
            np.testing.assert_allclose(
                getattr(model, name), getattr(expected, name), rtol=1e-8, atol=1e-10
            )
    predicted, wanted = model.predict(X), expected.predict(DENSE)
    if wanted.dtype.kind == "f":
        np.testing.assert_allclose(predicted, wanted, rtol=1e-8, atol=1e-10)
    else:
        np.testing.assert_array_equal(predicted, wanted)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("make", "target"),
    [
        (Ridge, Y),
        (RidgeCV, Y),
        (RidgeClassifier, LABELS),
        (RidgeClassifierCV, THREE),
    ],
    ids=["Ridge", "RidgeCV", "RidgeClassifier", "RidgeClassifierCV"],
)
def test_every_format(make: Callable[[], Any], target: Array, form: str) -> None:
    entries: Any = sparse.coo_matrix(X)
    matrix = entries.asformat(form)
    model, expected = make().fit(matrix, target, WEIGHT), make().fit(DENSE, target, WEIGHT)
    assert_same_model(model, expected)
    assert model.n_features_in_ == 12
    assert model.__sklearn_tags__().input_tags.sparse


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"cv": "gcv"},
        {"cv": 4},
        {"cv": ShuffleSplit(3, random_state=0)},
        {"cv": list(GroupKFold(3).split(DENSE, y, np.arange(60) // 7))},
        {"cv": 4, "select": "1se"},
        {"scoring": "neg_mean_absolute_error"},
        {"scoring": "r2", "cv": 3},
        {"store_cv_results": True},
        {"alpha_per_target": True},
        {"alphas": None},
        {"fit_intercept": False},
        {"penalize_intercept": True},
        {"penalty_factors": FACTORS, "prior_mean": 0.3},
        {"penalty_factors": FACTORS, "prior_mean": 0.3, "cv": 3},
    ],
    ids=str,
)
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["even", "weighted"])
def test_ridge_cv(options: dict[str, Any], weight: Array | None) -> None:
    options = {"alphas": ALPHAS} | options
    matrix: Any = sparse.csc_matrix(X)
    model = RidgeCV(**options).fit(matrix, Y, weight)
    assert_same_model(model, RidgeCV(**options).fit(DENSE, Y, weight))


@pytest.mark.parametrize("target", [LABELS, THREE], ids=["two", "three"])
@pytest.mark.parametrize("options", [{}, {"cv": 3}, {"scoring": "accuracy"}], ids=str)
def test_ridge_classifier_cv(options: dict[str, Any], target: Array) -> None:
    make = RidgeClassifierCV(ALPHAS, class_weight="balanced", **options)
    model = make.fit(X, target)
    expected = RidgeClassifierCV(ALPHAS, class_weight="balanced", **options).fit(DENSE, target)
    assert_same_model(model, expected)
    np.testing.assert_allclose(
        model.decision_function(X), expected.decision_function(DENSE), rtol=1e-8, atol=1e-10
    )


@pytest.mark.parametrize("make", [Ridge, RidgeCV])
def test_float32_stays_float32(make: Callable[[], Any]) -> None:
    model = make().fit(X.astype(np.float32), Y)
    assert model.coef_.dtype == np.float32
    np.testing.assert_allclose(model.coef_, make().fit(DENSE, Y).coef_, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("make", [Ridge, RidgeCV, RidgeClassifier, RidgeClassifierCV])
def test_nan_is_refused(make: Callable[[], Any]) -> None:
    matrix = sparse.csr_matrix(X, copy=True)
    matrix.data[3] = np.nan
    with pytest.raises(ValueError, match="contains NaN"):
        make().fit(matrix, THREE)
