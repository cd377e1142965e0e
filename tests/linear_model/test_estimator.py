"""The scikit-learn estimator: its contract, and the same answers as scikit-learn's own."""

from __future__ import annotations

import pickle
import warnings
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge as ReferenceRidge
from sklearn.model_selection import GridSearchCV, KFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

import elltwo
from elltwo.linear_model import Ridge

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Input: TypeAlias = Any  # what an estimator takes for an array

RNG = np.random.default_rng(17)
X = RNG.normal(size=(20, 4)) + 1.0
Y = X @ RNG.normal(size=(4, 2)) + RNG.normal(size=(20, 2)) + 3.0
y = np.ascontiguousarray(Y[:, 0])
WEIGHT = RNG.integers(0, 4, 20).astype(np.float64)
FRAME = pd.DataFrame(X, columns=list("abcd"))

# check: the reason why it fails
EXPECTED_FAILURES: dict[str, str] = {}


@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [Ridge(), Ridge(alpha=0.0), Ridge(fit_intercept=False, solver="svd")],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
def test_scikit_learn_contract(estimator: Ridge, check: Callable[[Ridge], None]) -> None:
    check(estimator)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weight", [None, 2.0, WEIGHT], ids=["plain", "scalar", "weights"])
@pytest.mark.parametrize("targets", [y, Y, Y[:, :1]], ids=["vector", "matrix", "column"])
def test_same_answers_as_scikit_learn(
    targets: NDArray[Any], weight: Input, fit_intercept: bool, dtype: type
) -> None:
    data: NDArray[Any] = X.astype(dtype)
    ours = Ridge(alpha=2.5, fit_intercept=fit_intercept).fit(data, targets, weight)
    theirs = ReferenceRidge(alpha=2.5, fit_intercept=fit_intercept).fit(X, targets, weight)
    rtol = 1e-10 if dtype is np.float64 else 1e-5
    assert ours.coef_.shape == theirs.coef_.shape
    assert ours.predict(data).shape == theirs.predict(X).shape
    assert ours.coef_.dtype == dtype
    assert ours.predict(data).dtype == dtype
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=rtol, atol=rtol)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=rtol, atol=rtol)
    np.testing.assert_allclose(ours.predict(data), theirs.predict(X), rtol=rtol, atol=rtol)
    assert ours.score(data, targets) == pytest.approx(theirs.score(X, targets), abs=10 * rtol)


def test_alpha_of_each_target() -> None:
    ours, theirs = Ridge([0.5, 20.0]).fit(X, Y), ReferenceRidge([0.5, 20.0]).fit(X, Y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-10)


def test_parameters_reach_the_function() -> None:
    options: dict[str, Any] = {
        "alpha": 0.5,
        "penalize_intercept": True,
        "penalty_factors": [0.0, 1.0, 2.0, np.inf],
        "prior_mean": [1.0, 0.0, 0.0, 0.5],
        "solver": "svd",
        "tol": 1e-9,
        "n_threads": 1,
    }
    model = Ridge(**options, max_iter=3).fit(X, Y, WEIGHT)
    fit = elltwo.ridge(X, Y, **options, max_iter=3, sample_weight=WEIGHT)
    np.testing.assert_array_equal(model.coef_, fit.coef)
    np.testing.assert_array_equal(model.intercept_, fit.intercept)
    assert model.info_ == fit.info
    assert model.solver_ == fit.info.solver
    assert model.n_iter_ == 1 + fit.info.n_iter


@pytest.mark.parametrize("data", [X, X.tolist(), FRAME, X.astype(object), np.asfortranarray(X)])
def test_every_road_of_validation_gives_the_same_answer(data: Input) -> None:
    expected = Ridge().fit(X, y)
    model = Ridge().fit(data, list(y))
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-12)
    np.testing.assert_allclose(model.predict(data), expected.predict(X), rtol=1e-12)


@pytest.mark.parametrize("solver", ["lsqr", "sparse_cg", "sag", "saga", "lbfgs"])
def test_iterative_solvers_stand_for_auto(solver: str) -> None:
    model, auto = Ridge(solver=solver).fit(X, y), Ridge().fit(X, y)
    np.testing.assert_allclose(model.coef_, auto.coef_, rtol=1e-12)
    assert model.get_params()["solver"] == solver
    assert model.info_.reason == f'solver="{solver}" stands for "auto" here: {auto.info_.reason}'


def test_solver_used_has_scikit_learns_name() -> None:
    model = Ridge().fit(X[:3], y[:3])
    assert (model.solver_, model.info_.solver) == ("cholesky", "dual_cholesky")


def test_alphas_and_targets_of_other_numbers() -> None:
    with pytest.raises(ValueError, match=r"do not correspond: 3 != 2\n.*alpha"):
        Ridge(alpha=[1.0, 2.0, 3.0]).fit(X, Y)


def test_unknown_solver_is_refused() -> None:
    with pytest.raises(ValueError, match=r"solver must be one of .* got 'newton'"):
        Ridge(solver="newton").fit(X, y)


@pytest.mark.parametrize("weight", [WEIGHT[:, np.newaxis], WEIGHT[:5], [[1.0, 2.0]]])
def test_weights_of_another_shape_are_refused_in_both_words(weight: Input) -> None:
    with pytest.raises(ValueError, match=r"(?i)sample.weights?.*\n.*must have shape \(20,\)"):
        Ridge().fit(X, y, weight)


@pytest.mark.parametrize("parameters", [{"copy_X": False}, {"random_state": 3}])
def test_parameters_without_effect(parameters: dict[str, Any]) -> None:
    before = X.copy()
    model = Ridge(**parameters).fit(X, y)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(model.coef_, Ridge().fit(X, y).coef_)


@pytest.mark.parametrize("alpha", [0.0, 1e-12, 1.0])
@pytest.mark.parametrize(
    "data",
    [X[:3], np.ones((6, 2)), np.c_[X, np.ones(20)], np.c_[X, X], np.zeros((5, 3))],
    ids=["wide", "constant", "constant_column", "duplicates", "zeros"],
)
def test_degenerate_data_neither_raise_nor_warn(data: NDArray[Any], alpha: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        predicted = Ridge(alpha).fit(data, y[: len(data)]).predict(data)
    assert np.isfinite(predicted).all()


def test_feature_names_come_and_go() -> None:
    model = Ridge().fit(FRAME, y)
    assert list(model.feature_names_in_) == list("abcd")
    assert model.n_features_in_ == 4
    np.testing.assert_allclose(model.predict(FRAME), Ridge().fit(X, y).predict(X), rtol=1e-12)
    with pytest.raises(ValueError, match="feature names"):
        model.predict(FRAME[list("bacd")])
    with pytest.warns(UserWarning, match="valid feature names"):
        model.predict(X)
    model.fit(X[:, :3], y)
    assert not hasattr(model, "feature_names_in_")
    assert model.n_features_in_ == 3
    with pytest.warns(UserWarning, match="fitted without feature names"):
        model.predict(FRAME[list("abc")])


def test_number_of_features_is_checked() -> None:
    model = Ridge().fit(X, y)
    for data in (X[:, :2], FRAME[["a", "b"]].to_numpy().tolist()):
        with pytest.raises(ValueError, match="X has 2 features, but Ridge is expecting 4"):
            model.predict(data)


def test_one_dimensional_data_are_refused_in_scikit_learns_words() -> None:
    with pytest.raises(ValueError, match="Reshape your data"):
        Ridge().fit(y, y)
    with pytest.raises(ValueError, match="Reshape your data"):
        Ridge().fit(X, y).predict(X[0])


def test_lengths_that_disagree_are_named() -> None:
    with pytest.raises(ValueError, match="inconsistent numbers of samples") as caught:
        Ridge().fit(X, y[:7])
    assert "20 in X and 7 in y" in str(caught.value)


def test_prediction_before_the_fit() -> None:
    with pytest.raises(NotFittedError):
        Ridge().predict(X)
    with pytest.raises(NotFittedError):
        Ridge().predict(FRAME)


def test_prediction_follows_changed_coefficients() -> None:
    model = Ridge().fit(X, y)
    model.coef_ = np.array([1.0, 0.0, 0.0, 0.0])
    model.intercept_ = 2.0
    np.testing.assert_allclose(model.predict(X), X[:, 0] + 2.0)


@pytest.mark.parametrize("data", [X, FRAME], ids=["array", "frame"])
def test_pickle(data: Input) -> None:
    model = Ridge(alpha=0.3).fit(data, Y)
    again = pickle.loads(pickle.dumps(model))
    assert again.get_params() == model.get_params()
    assert again.info_ == model.info_
    np.testing.assert_array_equal(again.predict(data), model.predict(data))
    np.testing.assert_array_equal(again.fit(data, Y).coef_, model.coef_)


def test_clone_and_repr() -> None:
    model = Ridge(alpha=0.3, solver="svd", n_threads=1)
    assert clone(model).get_params() == model.get_params()
    assert repr(model) == "Ridge(alpha=0.3, n_threads=1, solver='svd')"
    assert "fitted" in Ridge().fit(X, y)._repr_html_()


def test_tags() -> None:
    tags = get_tags(Ridge())
    assert tags.estimator_type == "regressor"
    assert tags.target_tags.required
    assert tags.target_tags.multi_output
    assert tags.input_tags.sparse
    assert not tags.input_tags.allow_nan


def test_grid_search_in_a_pipeline_agrees_with_ridge_cv() -> None:
    alphas = [0.0, 0.1, 1.0, 10.0, 1000.0]
    search = GridSearchCV(
        make_pipeline("passthrough", Ridge()),
        {"ridge__alpha": alphas},
        cv=KFold(5),
        scoring="neg_mean_squared_error",
    ).fit(X, y)
    fit = elltwo.ridge_cv(X, y, alphas=alphas, cv=5)
    np.testing.assert_allclose(-search.cv_results_["mean_test_score"], fit.cv_mse, rtol=1e-9)
    assert search.best_params_ == {"ridge__alpha": fit.alpha}


def test_pipeline_hands_names_on() -> None:
    pipeline = make_pipeline(StandardScaler().set_output(transform="pandas"), Ridge())
    pipeline.fit(FRAME, y)
    assert list(pipeline[-1].feature_names_in_) == list("abcd")
    assert pipeline.predict(FRAME).shape == (20,)


def test_metadata_routing() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        model = Ridge().set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        routed = cross_validate(
            model, X, y, cv=KFold(2), params={"sample_weight": WEIGHT}, return_estimator=True
        )
    for (train, test), fitted, score in zip(
        KFold(2).split(X), routed["estimator"], routed["test_score"], strict=True
    ):
        direct = Ridge().fit(X[train], y[train], WEIGHT[train])
        np.testing.assert_array_equal(fitted.coef_, direct.coef_)
        assert score == direct.score(X[test], y[test], WEIGHT[test])
