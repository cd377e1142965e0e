"""ElasticNetCV and LassoCV: their contract, and the same choices as scikit-learn's own."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
import sklearn
import sklearn.linear_model as reference
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning
from sklearn.model_selection import GroupKFold, KFold, LeaveOneOut, RepeatedKFold, ShuffleSplit
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from elltwo.linear_model import ElasticNet, ElasticNetCV, Lasso, LassoCV

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Input: TypeAlias = Any  # what an estimator takes for an array

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on the:UserWarning")

RNG = np.random.default_rng(41)
X = RNG.normal(size=(43, 6)) + 1.0
y = X @ [2.0, 0.0, -1.0, 0.5, 0.0, 0.0] + 1.5 * RNG.normal(size=43) + 3.0
WEIGHT = RNG.integers(0, 4, 43).astype(np.float64)
FRAME = pd.DataFrame(X, columns=list("abcdef"))
WIDE = RNG.normal(size=(30, 60))
EXACT: dict[str, Any] = {"tol": 1e-13, "max_iter": 100_000}  # of scikit-learn's fits

# check: the reason why it fails
EXPECTED_FAILURES: dict[str, str] = {}


@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [
        ElasticNetCV(alphas=10),
        ElasticNetCV(l1_ratio=[0.0, 0.5, 1.0], alphas=[0.1, 1.0], cv=3),
        LassoCV(alphas=10, cv=3),
    ],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
def test_scikit_learn_contract(estimator: LassoCV, check: Callable[[LassoCV], None]) -> None:
    check(estimator)


def assert_same_choice(ours: Any, theirs: Any, rtol: float = 1e-8) -> None:  # noqa: ANN401
    np.testing.assert_allclose(ours.alphas_, theirs.alphas_, rtol=1e-11)
    assert ours.mse_path_.shape == theirs.mse_path_.shape
    np.testing.assert_allclose(ours.mse_path_, theirs.mse_path_, rtol=rtol)
    assert ours.alpha_ == pytest.approx(theirs.alpha_, rel=1e-11)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=rtol, atol=rtol)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=rtol, atol=rtol)
    assert hasattr(ours, "l1_ratio_") == hasattr(theirs, "l1_ratio_")
    assert getattr(ours, "l1_ratio_", 1) == getattr(theirs, "l1_ratio_", 1)
    assert 0.0 <= ours.dual_gap_ < 1e-9


@pytest.mark.parametrize("weight", [None, 2.0, WEIGHT], ids=["plain", "scalar", "weights"])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("positive", [True, False])
@pytest.mark.parametrize("as_sparse", [True, False])
def test_same_choice_as_scikit_learn(
    weight: Input, fit_intercept: bool, positive: bool, as_sparse: bool
) -> None:
    data: Any = sparse.csc_matrix(X) if as_sparse else X
    options: dict[str, Any] = {"fit_intercept": fit_intercept, "positive": positive}
    ours = LassoCV(**options).fit(data, y, sample_weight=weight)
    theirs = reference.LassoCV(**options, **EXACT).fit(data, y, sample_weight=weight)
    assert_same_choice(ours, theirs)


@pytest.mark.parametrize(
    "options",
    [
        {"l1_ratio": [0.1, 0.5, 0.9, 1.0]},
        {"l1_ratio": [0.7], "alphas": 20},
        {"l1_ratio": 0.2, "alphas": 15, "eps": 0.02},
        {"l1_ratio": [1e-4, 1.0], "alphas": 6},
        {"alphas": [0.3, 0.01, 0.01, 2.0]},
        {"alphas": [0.1]},
        {"l1_ratio": [0.0, 0.5], "alphas": [0.1, 1.0, 10.0]},
        {"alphas": 1, "eps": 1.0},
    ],
    ids=str,
)
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weights"])
def test_same_choice_on_any_grid(options: dict[str, Any], weight: Input) -> None:
    ours = ElasticNetCV(**options).fit(X, y, sample_weight=weight)
    theirs = reference.ElasticNetCV(**options, **EXACT).fit(X, y, sample_weight=weight)
    assert_same_choice(ours, theirs)


@pytest.mark.parametrize(
    "cv",
    [
        3,
        KFold(4, shuffle=True, random_state=0),
        ShuffleSplit(3, random_state=0),
        RepeatedKFold(n_splits=3, n_repeats=2, random_state=0),
        LeaveOneOut(),
        list(KFold(2).split(X)),
    ],
    ids=lambda cv: type(cv).__name__,
)
@pytest.mark.parametrize("weight", [None, WEIGHT + 1.0], ids=["plain", "weights"])
def test_same_choice_with_any_splits(cv: Input, weight: Input) -> None:
    ours = ElasticNetCV(cv=cv, alphas=12).fit(X, y, weight)
    assert_same_choice(ours, reference.ElasticNetCV(cv=cv, alphas=12, **EXACT).fit(X, y, weight))


def test_more_features_than_samples() -> None:
    target = WIDE[:, :5].sum(axis=1) + RNG.normal(size=30)
    ours = LassoCV(alphas=30, eps=1e-2, cv=3).fit(WIDE, target)
    theirs = reference.LassoCV(alphas=30, eps=1e-2, cv=3, **EXACT).fit(WIDE, target)
    assert_same_choice(ours, theirs, rtol=1e-6)


def test_float32() -> None:
    ours = LassoCV(alphas=10).fit(X.astype(np.float32), y)
    assert ours.coef_.dtype == ours.predict(X.astype(np.float32)).dtype == np.float32
    rounded = reference.LassoCV(alphas=10, **EXACT).fit(X.astype(np.float32).astype(float), y)
    assert_same_choice(ours, rounded, rtol=1e-6)


def test_fit_to_all_rows_is_that_of_one_alpha() -> None:
    chosen = ElasticNetCV(l1_ratio=[0.3, 0.8], alphas=20).fit(X, y, WEIGHT)
    direct = ElasticNet(chosen.alpha_, l1_ratio=chosen.l1_ratio_).fit(X, y, WEIGHT)
    np.testing.assert_allclose(chosen.coef_, direct.coef_, rtol=1e-12, atol=1e-14)
    assert chosen.intercept_ == pytest.approx(direct.intercept_, rel=1e-12)
    assert chosen.info_.status == "converged"


def test_one_standard_error() -> None:
    least = LassoCV(alphas=30).fit(X, y)
    sparser = LassoCV(alphas=30, select="1se").fit(X, y)
    mean, se = least.mse_path_.mean(axis=1), least.mse_path_.std(axis=1, ddof=1) / np.sqrt(5)
    best = int(np.argmin(mean))
    within = np.flatnonzero(mean <= mean[best] + se[best])
    assert sparser.alpha_ == sparser.alphas_[within[0]] > least.alpha_
    direct = Lasso(sparser.alpha_).fit(X, y)
    np.testing.assert_allclose(sparser.coef_, direct.coef_, rtol=1e-11, atol=1e-13)
    with pytest.raises(ValueError, match='select="1se" needs at least 2 splits'):
        LassoCV(cv=[(np.arange(30), np.arange(30, 43))], select="1se").fit(X, y)


def test_names_of_older_versions() -> None:
    assert LassoCV(n_alphas=7).fit(X, y).alphas_.shape == (7,)
    assert LassoCV(n_alphas=7, alphas=None).fit(X, y).alphas_.shape == (7,)
    assert LassoCV(n_alphas=7, alphas=[0.1, 0.2]).fit(X, y).alphas_.shape == (2,)
    assert LassoCV(alphas=None).fit(X, y).alphas_.shape == (100,)


def test_options_of_the_penalty() -> None:
    options: dict[str, Any] = {
        "penalty_factors": [0.0, 1.0, 2.0, np.inf, 1.0, 1.0],
        "prior_mean": [0.0, 1.0, 0.0, 0.5, 0.0, 0.0],
        "bounds": (-0.4, None),
        "n_threads": 1,
    }
    chosen = LassoCV(alphas=20, **options).fit(X, y)
    direct = Lasso(chosen.alpha_, **options).fit(X, y)
    np.testing.assert_allclose(chosen.coef_, direct.coef_, rtol=1e-11, atol=1e-13)
    assert chosen.coef_[3] == 0.5
    assert chosen.coef_.min() == -0.4


@pytest.mark.parametrize(
    "parameters",
    [
        {"copy_X": False},
        {"random_state": 3},
        {"selection": "random"},
        {"precompute": False},
        {"precompute": True},
        {"n_jobs": 2},
        {"n_jobs": -1},
        {"verbose": 2},
    ],
)
def test_parameters_without_effect(parameters: dict[str, Any]) -> None:
    model = LassoCV(alphas=8, **parameters).fit(X, y)
    expected = LassoCV(alphas=8).fit(X, y)
    np.testing.assert_array_equal(model.coef_, expected.coef_)
    np.testing.assert_array_equal(model.mse_path_, expected.mse_path_)


@pytest.mark.parametrize("constant", [0.0, 5.0])
@pytest.mark.parametrize("model", [LassoCV(alphas=3), ElasticNetCV(l1_ratio=[0.5, 1], alphas=3)])
def test_constant_target(model: LassoCV, constant: float) -> None:
    model.fit(X, np.full(43, constant))
    assert not model.coef_.any()
    assert model.intercept_ == constant
    np.testing.assert_array_equal(model.alphas_.ravel()[:3], [np.finfo(float).resolution] * 3)
    assert model.mse_path_.max() < 1e-28


def test_targets_of_other_shapes() -> None:
    with pytest.warns(DataConversionWarning, match="A column-vector y was passed"):
        column = LassoCV(alphas=5).fit(X, y[:, np.newaxis])
    np.testing.assert_array_equal(column.coef_, LassoCV(alphas=5).fit(X, y).coef_)
    for model in (LassoCV(), ElasticNetCV()):
        with pytest.raises(ValueError, match=f"use MultiTask{type(model).__name__}"):
            model.fit(X, np.c_[y, y])


def test_l1_ratio_of_zero_needs_alphas() -> None:
    for ratio in (0, [0.5, 0.0]):
        with pytest.raises(ValueError, match=r"not supported for l1_ratio=0\. Please supply"):
            ElasticNetCV(l1_ratio=ratio).fit(X, y)


@pytest.mark.parametrize(
    ("weight", "match"),
    [
        (np.r_[np.zeros(34), np.ones(9)], "zero on a test set, got zeros .* of split 0"),
        (np.r_[np.ones(9), np.zeros(34)], "zero on a training set, got zeros .* of split 0"),
        (np.r_[-1.0, np.ones(42)], "finite and not negative, got -1 at row 0"),
        (np.r_[np.ones(42), np.nan], "finite and not negative, got nan at row 42"),
    ],
)
def test_weights_that_are_refused(weight: NDArray[Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        LassoCV().fit(X, y, weight)


def test_edges_of_grids_that_were_given_are_worth_a_warning() -> None:
    with pytest.warns(UserWarning, match=r"alpha = 0.2 lies on the lower edge .*alphas=None"):
        LassoCV(alphas=[0.2, 0.5, 2.0]).fit(X, y)
    with pytest.warns(UserWarning, match="alpha = 0.0001 lies on the upper edge"):
        LassoCV(alphas=[1e-4, 1e-5]).fit(X, y)


@pytest.mark.filterwarnings("error")
def test_edges_without_a_warning() -> None:
    assert LassoCV(alphas=[1.0]).fit(X, y).alpha_ == 1.0
    noise = np.random.default_rng(3).normal(size=43)
    model = LassoCV(alphas=10).fit(X, noise)
    assert model.alpha_ == model.alphas_[0]
    assert not model.coef_.any()
    assert LassoCV(alphas=[5.0, 9.0]).fit(X, noise).alpha_ == 9.0


def test_early_stops_warn() -> None:
    with pytest.warns(ConvergenceWarning):
        LassoCV(alphas=5, max_iter=1).fit(WIDE, RNG.normal(size=30))


def test_groups_are_routed_to_the_splitter() -> None:
    groups = np.arange(43) % 6
    words = "is only supported if enable_metadata_routing=True"
    with pytest.raises(ValueError, match=words):
        LassoCV().fit(X, y, groups=groups)
    with sklearn.config_context(enable_metadata_routing=True):
        splitter = GroupKFold(3).set_split_request(groups=True)
        model = LassoCV(cv=splitter, alphas=9).set_fit_request(sample_weight=True)
        model.fit(X, y, sample_weight=WEIGHT, groups=groups)
    direct = LassoCV(cv=list(GroupKFold(3).split(X, y, groups)), alphas=9).fit(X, y, WEIGHT)
    np.testing.assert_array_equal(model.mse_path_, direct.mse_path_)


def test_names_pickles_clones_and_tags() -> None:
    factors = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], index=list("fedcba"))
    model = LassoCV(alphas=9, penalty_factors=factors).fit(FRAME, y)
    expected = LassoCV(alphas=9, penalty_factors=factors.to_numpy()[::-1]).fit(X, y)
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-12)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(FRAME), model.predict(FRAME))
    assert repr(clone(ElasticNetCV(l1_ratio=[0.5, 1.0]))) == "ElasticNetCV(l1_ratio=[0.5, 1.0])"
    for ours, theirs in ((LassoCV, reference.LassoCV), (ElasticNetCV, reference.ElasticNetCV)):
        tags, expected_tags = get_tags(ours()), get_tags(theirs())
        assert tags.target_tags == expected_tags.target_tags
        assert tags.input_tags == expected_tags.input_tags
        own = {"tol", "n_alphas"}  # of scikit-learn before 1.9 the latter
        for name in theirs().get_params().keys() - own:
            assert name in ours().get_params()
