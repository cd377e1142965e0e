"""The estimators for several tasks: their contract, and the same answers as scikit-learn's own."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
import sklearn.linear_model as reference
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

import elltwo.linear_model as ours
from elltwo.linear_model import (
    ElasticNet,
    ElasticNetCV,
    Lasso,
    MultiTaskElasticNet,
    MultiTaskElasticNetCV,
    MultiTaskLasso,
    MultiTaskLassoCV,
    enet_path,
    lasso_path,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Input: TypeAlias = Any  # what an estimator takes for an array

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on the:UserWarning")

RNG = np.random.default_rng(53)
X = RNG.normal(size=(44, 7)) + 1.0
B = RNG.normal(size=(7, 3)) * [[1.0], [0.0], [2.0], [0.0], [0.3], [0.0], [0.0]]
Y = X @ B + 1.5 * RNG.normal(size=(44, 3)) + [0.0, 5.0, -2.0]
WEIGHT = RNG.integers(0, 4, 44).astype(np.float64)
FRAME = pd.DataFrame(X, columns=list("abcdefg"))
EXACT: dict[str, Any] = {"tol": 1e-13, "max_iter": 100_000}  # of scikit-learn's fits
TOL = 1e-15  # of the fits compared with them: the gap is of second order in the coefficients
NAMES = ("MultiTaskElasticNet", "MultiTaskLasso")
CV_NAMES = ("MultiTaskElasticNetCV", "MultiTaskLassoCV")

# check: the reason why it fails
EXPECTED_FAILURES: dict[str, str] = {}


@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [
        MultiTaskElasticNet(),
        MultiTaskElasticNet(0.1, l1_ratio=0.0),
        MultiTaskLasso(alpha=0.01),
        MultiTaskElasticNetCV(l1_ratio=[0.5, 1.0], alphas=5, cv=3),
        MultiTaskLassoCV(alphas=5),
    ],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
def test_scikit_learn_contract(
    estimator: MultiTaskLasso, check: Callable[[MultiTaskLasso], None]
) -> None:
    check(estimator)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weight", [None, 2.0, WEIGHT], ids=["plain", "scalar", "weights"])
@pytest.mark.parametrize("targets", [Y, Y[:, :1]], ids=["three", "one"])
@pytest.mark.parametrize("as_sparse", [False, True])
def test_same_answers_as_scikit_learn(
    name: str,
    targets: NDArray[Any],
    weight: Input,
    fit_intercept: bool,
    dtype: type,
    as_sparse: bool,
) -> None:
    data: Any = sparse.csc_matrix(X.astype(dtype)) if as_sparse else X.astype(dtype)
    options: dict[str, Any] = {"alpha": 0.2, "fit_intercept": fit_intercept}
    model = getattr(ours, name)(**options, tol=TOL).fit(data, targets, sample_weight=weight)
    theirs = getattr(reference, name)(**options, **EXACT)
    theirs.fit(data.astype(np.float64), targets, sample_weight=weight)
    rtol = 1e-8 if dtype is np.float64 else 1e-5
    assert model.coef_.shape == theirs.coef_.shape
    assert model.coef_.dtype == dtype
    assert model.predict(data).shape == theirs.predict(data).shape == targets.shape
    np.testing.assert_allclose(model.coef_, theirs.coef_, rtol=rtol, atol=rtol)
    np.testing.assert_allclose(model.intercept_, theirs.intercept_, rtol=rtol, atol=rtol)
    assert ((model.coef_ == 0.0) == (theirs.coef_ == 0.0)).all()
    assert 0.0 <= model.dual_gap_ < 1e-8
    assert isinstance(model.n_iter_, int)
    assert model.eps_ * (1e-13 / model.tol) == pytest.approx(theirs.eps_, rel=1e-5)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weights"])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("MultiTaskLassoCV", {"alphas": 12}),
        ("MultiTaskElasticNetCV", {"alphas": 8, "l1_ratio": [0.3, 1.0], "cv": 3}),
        ("MultiTaskElasticNetCV", {"alphas": [0.5, 0.01, 2.0], "l1_ratio": [0.0, 0.7]}),
    ],
)
def test_same_choice_as_scikit_learn(
    name: str, options: dict[str, Any], fit_intercept: bool, weight: Input
) -> None:
    model = getattr(ours, name)(fit_intercept=fit_intercept, tol=TOL, **options)
    model.fit(X, Y, weight)
    theirs = getattr(reference, name)(fit_intercept=fit_intercept, **options, **EXACT)
    theirs.fit(X, Y, sample_weight=weight)
    np.testing.assert_allclose(model.alphas_, theirs.alphas_, rtol=1e-11)
    assert model.mse_path_.shape == theirs.mse_path_.shape
    np.testing.assert_allclose(model.mse_path_, theirs.mse_path_, rtol=1e-7)
    assert model.alpha_ == pytest.approx(theirs.alpha_, rel=1e-11)
    np.testing.assert_allclose(model.coef_, theirs.coef_, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(model.intercept_, theirs.intercept_, rtol=1e-7)
    if "l1_ratio" in options:
        assert model.l1_ratio_ == theirs.l1_ratio_


def test_one_task_is_the_single_problem() -> None:
    for many, one in ((MultiTaskLasso, Lasso), (MultiTaskElasticNet, ElasticNet)):
        group, single = many(0.2, tol=TOL).fit(X, Y[:, :1]), one(0.2).fit(X, Y[:, 0])
        assert group.coef_.shape == (1, 7)
        np.testing.assert_allclose(group.coef_[0], single.coef_, rtol=1e-9, atol=1e-11)
        assert np.shape(group.intercept_) == (1,)
        np.testing.assert_allclose(group.predict(X)[:, 0], single.predict(X), rtol=1e-9)
    chosen = MultiTaskElasticNetCV(alphas=7).fit(X, Y[:, :1])
    assert chosen.alpha_ == pytest.approx(ElasticNetCV(alphas=7).fit(X, Y[:, 0]).alpha_)


def test_features_are_shared() -> None:
    model = MultiTaskLasso(0.4).fit(X, Y)
    used = model.coef_.any(axis=0)
    assert 0 < used.sum() < 7
    assert (model.coef_[:, used] != 0.0).all()
    stored = model.sparse_coef_
    assert stored.shape == (3, 7)
    expected = model.predict(X)
    np.testing.assert_allclose(model.sparsify().predict(X), expected, rtol=1e-12)
    assert model.densify().coef_.shape == (3, 7)


@pytest.mark.parametrize("options", [{}, {"alphas": 6, "eps": 0.05}, {"alphas": [0.1, 1.0]}])
def test_paths(options: dict[str, Any]) -> None:
    for path, theirs in ((enet_path, reference.enet_path), (lasso_path, reference.lasso_path)):
        alphas, coefs, gaps = path(X, Y, **options, tol=TOL)
        expected = theirs(X, Y, **options, **EXACT)
        np.testing.assert_allclose(alphas, expected[0], rtol=1e-11)
        assert coefs.shape == expected[1].shape
        np.testing.assert_allclose(coefs, expected[1], rtol=1e-6, atol=1e-8)
        assert gaps.shape == alphas.shape
        assert gaps.max() < 1e-8
    with pytest.raises(ValueError, match="positive=True is not allowed for multi-output"):
        enet_path(X, Y, positive=True)


@pytest.mark.parametrize("name", NAMES + CV_NAMES)
def test_one_dimensional_targets_are_refused(name: str) -> None:
    single = name.removeprefix("MultiTask")
    with pytest.raises(ValueError, match=f"For mono-task outputs, use {single}$"):
        getattr(ours, name)().fit(X, Y[:, 0])


@pytest.mark.parametrize("name", NAMES + CV_NAMES)
def test_names_pickles_clones_and_tags(name: str) -> None:
    model = getattr(ours, name)(selection="random").fit(FRAME, Y)
    assert list(model.feature_names_in_) == list("abcdefg")
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(FRAME), model.predict(FRAME))
    assert repr(clone(model)) == f"{name}(selection='random')"
    tags, expected = get_tags(model), get_tags(getattr(reference, name)())
    assert tags.target_tags == expected.target_tags
    assert tags.input_tags == expected.input_tags
    known = getattr(reference, name)().get_params().keys()
    assert known <= model.get_params().keys() | {"n_alphas"}


def test_warm_start() -> None:
    model = MultiTaskLasso(1.0, warm_start=True).fit(X, Y)
    warm = model.set_params(alpha=0.1).fit(X, Y).coef_
    np.testing.assert_allclose(warm, MultiTaskLasso(0.1).fit(X, Y).coef_, rtol=1e-5, atol=1e-6)


def test_penalty_factors() -> None:
    factors = [1.0, 1.0, np.inf, 1.0, 2.0, 0.0, 1.0]
    model = MultiTaskLasso(0.3, penalty_factors=factors).fit(X, Y)
    assert not model.coef_[:, 2].any()
    assert model.coef_[:, 5].all()


def test_large_alpha_leaves_exact_zeros() -> None:
    model = MultiTaskLasso(100.0).fit(X, Y)
    assert not model.coef_.any()
    np.testing.assert_allclose(model.intercept_, Y.mean(axis=0), rtol=1e-14)


def test_early_stops_warn() -> None:
    wide = RNG.normal(size=(30, 100))
    with pytest.warns(ConvergenceWarning, match="Objective did not converge"):
        MultiTaskLasso(1e-3, max_iter=1).fit(wide, Y[:30])
