"""ElasticNet and Lasso: their contract, and the same answers as scikit-learn's own."""

from __future__ import annotations

import pickle
import warnings
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
import sklearn
import sklearn.linear_model as reference
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, KFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

import elltwo
from elltwo.linear_model import ElasticNet, Lasso

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Input: TypeAlias = Any  # what an estimator takes for an array

RNG = np.random.default_rng(23)
X = RNG.normal(size=(40, 6)) + 1.0
Y = X @ RNG.normal(size=(6, 2)) + RNG.normal(size=(40, 2)) + 3.0
y = np.ascontiguousarray(Y[:, 0])
WEIGHT = RNG.integers(0, 4, 40).astype(np.float64)
FRAME = pd.DataFrame(X, columns=list("abcdef"))
EXACT: dict[str, Any] = {"tol": 1e-14, "max_iter": 100_000}  # of scikit-learn's fits

# check: the reason why it fails
EXPECTED_FAILURES: dict[str, str] = {}


@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [
        ElasticNet(),
        ElasticNet(alpha=0.1, l1_ratio=0.0),
        Lasso(),
        Lasso(alpha=0.0),
        Lasso(alpha=0.01, positive=True, fit_intercept=False),
    ],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
def test_scikit_learn_contract(estimator: Lasso, check: Callable[[Lasso], None]) -> None:
    check(estimator)


def objective(model: Any, data: Input, targets: NDArray[Any], weight: Any = None) -> float:  # noqa: ANN401
    """What one target's coefficients are to minimise, in scikit-learn's units."""
    w = np.ones(len(targets)) if weight is None else weight
    residuals = targets - np.asarray(data @ model.coef_, dtype=np.float64) - model.intercept_
    b, rho = model.coef_.astype(np.float64), model.l1_ratio
    penalty = rho * np.abs(b).sum() + (1.0 - rho) / 2.0 * b @ b
    return float(w @ residuals**2 / (2.0 * w.sum()) + model.alpha * penalty)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weight", [None, 2.0, WEIGHT], ids=["plain", "scalar", "weights"])
@pytest.mark.parametrize("targets", [y, Y, Y[:, :1]], ids=["vector", "matrix", "column"])
@pytest.mark.parametrize("as_sparse", [False, True])
def test_same_answers_as_scikit_learn(
    targets: NDArray[Any], weight: Input, fit_intercept: bool, dtype: type, as_sparse: bool
) -> None:
    data: Any = X.astype(dtype)
    data = sparse.csc_matrix(data) if as_sparse else data
    wide = sparse.csc_matrix(X) if as_sparse else X
    options: dict[str, Any] = {"alpha": 0.15, "fit_intercept": fit_intercept}
    rtol = 1e-10 if dtype is np.float64 else 1e-5
    for name in ("ElasticNet", "Lasso"):
        ours = (ElasticNet if name == "ElasticNet" else Lasso)(**options)
        ours.fit(data, targets, sample_weight=weight)
        theirs = getattr(reference, name)(**options, **EXACT)
        theirs.fit(wide, targets, sample_weight=weight)
        assert ours.coef_.shape == theirs.coef_.shape
        assert np.shape(ours.intercept_) == np.shape(theirs.intercept_) or not fit_intercept
        assert ours.predict(data).shape == theirs.predict(wide).shape
        assert ours.coef_.dtype == ours.predict(data).dtype == dtype
        assert np.shape(ours.dual_gap_) == np.shape(theirs.dual_gap_)
        assert np.shape(ours.n_iter_) == np.shape(theirs.n_iter_)
        np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=rtol, atol=rtol)
        np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=rtol, atol=rtol)
        assert ((ours.coef_ == 0.0) == (theirs.coef_ == 0.0)).all()


@pytest.mark.parametrize("alpha", [0.0, 1e-3, 0.1, 1.0, 100.0])
@pytest.mark.parametrize("l1_ratio", [0.0, 1e-6, 0.3, 1.0])
@pytest.mark.parametrize("positive", [False, True])
def test_objective_is_not_above_scikit_learns(
    alpha: float, l1_ratio: float, positive: bool
) -> None:
    options: dict[str, Any] = {"alpha": alpha, "l1_ratio": l1_ratio, "positive": positive}
    ours = ElasticNet(**options).fit(X, y, WEIGHT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = reference.ElasticNet(**options, **EXACT).fit(X, y, WEIGHT)
    best = objective(theirs, X, y, WEIGHT)
    assert objective(ours, X, y, WEIGHT) <= best * (1.0 + 1e-12)
    assert not positive or ours.coef_.min() >= 0.0
    assert 0.0 <= ours.dual_gap_ <= 1e-9 * best


def test_alpha_of_the_function_is_multiplied_by_the_weights() -> None:
    options: dict[str, Any] = {
        "l1_ratio": 0.7,
        "penalty_factors": [0.0, 1.0, 2.0, np.inf, 1.0, 1.0],
        "prior_mean": [0.0, 1.0, 0.0, 0.5, 0.0, 0.0],
        "bounds": (-1.0, None),
        "n_threads": 1,
    }
    model = ElasticNet(alpha=0.2, **options).fit(X, y, WEIGHT)
    fit = elltwo.elastic_net(X, y, 0.2 * WEIGHT.sum(), **options, sample_weight=WEIGHT)
    np.testing.assert_array_equal(model.coef_, fit.coef)
    assert model.intercept_ == fit.intercept
    assert model.info_ == fit.info
    assert model.n_iter_ == fit.info.n_iter
    gap = fit.info.gap * fit.info.objective / WEIGHT.sum()
    assert model.dual_gap_ == pytest.approx(gap, rel=1e-12, abs=0.0)


def test_ends_of_l1_ratio() -> None:
    lasso = Lasso(alpha=0.1).fit(X, y)
    np.testing.assert_array_equal(ElasticNet(alpha=0.1, l1_ratio=1.0).fit(X, y).coef_, lasso.coef_)
    assert lasso.l1_ratio == 1.0
    assert "l1_ratio" not in lasso.get_params()
    ridge = elltwo.ridge(X, y, alpha=0.1 * 40)
    net = ElasticNet(alpha=0.1, l1_ratio=0.0).fit(X, y)
    np.testing.assert_allclose(net.coef_, ridge.coef, rtol=1e-10)


def test_alpha_of_zero_is_least_squares_without_advice() -> None:
    datasets: list[Any] = [X, sparse.csr_matrix(X)]
    for data in datasets:
        model = Lasso(alpha=0.0).fit(data, y)
        np.testing.assert_allclose(model.coef_, reference.LinearRegression().fit(X, y).coef_)


def test_large_alpha_leaves_exact_zeros() -> None:
    model = Lasso(alpha=100.0).fit(X, Y)
    assert not model.coef_.any()
    np.testing.assert_allclose(model.intercept_, Y.mean(axis=0), rtol=1e-14)
    assert not ElasticNet(alpha=np.inf).fit(X, y).coef_.any()


@pytest.mark.parametrize(
    "parameters",
    [
        {"copy_X": False},
        {"random_state": 3},
        {"selection": "random"},
        {"precompute": True},
        {"precompute": "auto"},
        {"warm_start": True},
        {"max_iter": None},
    ],
)
def test_parameters_without_effect(parameters: dict[str, Any]) -> None:
    before = X.copy()
    model = Lasso(alpha=0.1, **parameters).fit(X, y)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(model.coef_, Lasso(alpha=0.1).fit(X, y).coef_)


@pytest.mark.parametrize("targets", [y, Y, Y[:, :1]], ids=["vector", "matrix", "column"])
def test_warm_start_does_not_change_the_answer(targets: NDArray[Any]) -> None:
    model = Lasso(alpha=1.0, warm_start=True).fit(X, targets)
    for alpha in (0.3, 0.01, 0.2):
        warm = model.set_params(alpha=alpha).fit(X, targets).coef_.copy()
        cold = Lasso(alpha=alpha).fit(X, targets).coef_
        np.testing.assert_allclose(warm, cold, rtol=1e-12, atol=1e-13)
        assert ((warm == 0.0) == (cold == 0.0)).all()


def test_warm_start_with_data_of_another_shape() -> None:
    model = Lasso(alpha=0.1, warm_start=True).fit(X, y)
    model.fit(X[:, :3], y)
    np.testing.assert_allclose(model.coef_, Lasso(alpha=0.1).fit(X[:, :3], y).coef_, rtol=1e-12)
    model.fit(X, Y)
    np.testing.assert_allclose(model.coef_, Lasso(alpha=0.1).fit(X, Y).coef_, rtol=1e-12)
    model.coef_ = np.full((2, 6), np.nan)
    np.testing.assert_array_equal(model.fit(X, Y).coef_, Lasso(alpha=0.1).fit(X, Y).coef_)


def test_early_stops_warn_in_scikit_learns_words_and_ours() -> None:
    rng = np.random.default_rng(0)
    wide = rng.normal(size=(30, 200))
    with pytest.warns(ConvergenceWarning, match="Objective did not converge") as caught:
        Lasso(alpha=1e-4, max_iter=1).fit(wide, rng.normal(size=30))
    assert isinstance(caught[0].message, elltwo.exceptions.ConvergenceWarning)
    assert "relative duality gap" in str(caught[0].message)


@pytest.mark.parametrize("data", [X, X.tolist(), FRAME, X.astype(object), np.asfortranarray(X)])
def test_every_road_of_validation_gives_the_same_answer(data: Input) -> None:
    expected = Lasso(alpha=0.1).fit(X, y)
    model = Lasso(alpha=0.1).fit(data, list(y))
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-12)
    np.testing.assert_allclose(model.predict(data), expected.predict(X), rtol=1e-12)


@pytest.mark.parametrize("alpha", [0.0, 1e-9, 0.1])
@pytest.mark.parametrize(
    "data",
    [
        X[:3],
        np.ones((6, 2)),
        np.c_[X, np.ones(40)],
        np.c_[X, X],
        np.c_[X, -X],
        np.zeros((5, 3)),
        X[:1],
        X[:, :1],
    ],
    ids=["wide", "constant", "constant_column", "twice", "opposite", "zeros", "row", "column"],
)
@pytest.mark.parametrize("positive", [False, True])
def test_degenerate_data_neither_raise_nor_warn(
    data: NDArray[Any], alpha: float, positive: bool
) -> None:
    for model in (Lasso(alpha, positive=positive), ElasticNet(alpha, positive=positive)):
        assert np.isfinite(model.fit(data, y[: len(data)]).predict(data)).all()
        assert model.dual_gap_ >= 0.0


@pytest.mark.parametrize("constant", [0.0, 5.0])
def test_constant_targets(constant: float) -> None:
    model = Lasso(alpha=0.1).fit(X, np.full(40, constant))
    assert not model.coef_.any()
    assert (model.intercept_, model.dual_gap_) == (constant, 0.0)


def test_weights_are_relative() -> None:
    model = ElasticNet(alpha=0.1)
    first = model.fit(X, y, WEIGHT).coef_.copy()
    np.testing.assert_allclose(model.fit(X, y, 1e6 * WEIGHT).coef_, first, rtol=1e-12)
    np.testing.assert_array_equal(model.fit(X, y, 4.0 * WEIGHT).coef_, first)
    repeated = WEIGHT.astype(int)
    again = model.fit(np.repeat(X, repeated, axis=0), np.repeat(y, repeated)).coef_
    np.testing.assert_allclose(again, first, rtol=1e-11)


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf])
def test_number_of_weights_that_means_nothing_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="sample_weight must be positive and finite"):
        Lasso().fit(X, y, weight)


@pytest.mark.parametrize(
    ("weight", "match"),
    [
        (WEIGHT[:5], r"(?i)sample.weights?.*\n.*must have shape \(40,\)"),
        (np.zeros(40), "sample_weight"),
        (np.r_[-1.0, WEIGHT[1:]], "sample_weight"),
        (np.r_[np.nan, WEIGHT[1:]], "sample_weight"),
    ],
)
def test_weights_that_are_refused(weight: NDArray[Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        Lasso().fit(X, y, weight)


def test_sparse_coefficients() -> None:
    for targets, shape in ((y, (1, 6)), (Y, (2, 6))):
        model = Lasso(alpha=0.5).fit(X, targets)
        stored = model.sparse_coef_
        assert isinstance(stored, sparse.csr_matrix)
        assert stored.shape == shape
        assert stored.nnz == np.count_nonzero(model.coef_) < model.coef_.size
        np.testing.assert_array_equal(stored.toarray(), np.atleast_2d(model.coef_))


@pytest.mark.parametrize("targets", [y, Y, Y[:, :1]], ids=["vector", "matrix", "column"])
def test_sparsify(targets: NDArray[Any]) -> None:
    model = Lasso(alpha=0.5, warm_start=True)
    with pytest.raises(NotFittedError):
        model.sparsify()
    coef: Any = model.fit(X, targets).coef_
    expected = model.predict(X)
    assert model.sparsify().sparsify() is model
    assert sparse.isspmatrix_csr(model.coef_)
    again = pickle.loads(pickle.dumps(model))
    for data in (X, sparse.csr_matrix(X)):
        np.testing.assert_allclose(again.predict(data), expected, rtol=1e-12)
    assert model.score(X, targets) == pytest.approx(clone(model).fit(X, targets).score(X, targets))
    np.testing.assert_array_equal(model.densify().coef_, coef)
    again = model.sparsify().fit(X, targets).coef_
    np.testing.assert_allclose(again, coef, rtol=1e-13)


def test_feature_names_come_and_go() -> None:
    factors = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], index=list("fedcba"))
    model = Lasso(alpha=0.1, penalty_factors=factors).fit(FRAME, y)
    assert list(model.feature_names_in_) == list("abcdef")
    expected = Lasso(alpha=0.1, penalty_factors=factors.to_numpy()[::-1]).fit(X, y)
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-12)
    with pytest.raises(ValueError, match="feature names"):
        model.predict(FRAME[list("bacdef")])
    model.set_params(penalty_factors=None).fit(X[:, :3], y)
    assert not hasattr(model, "feature_names_in_")
    assert model.n_features_in_ == 3


def test_prediction_before_the_fit() -> None:
    with pytest.raises(NotFittedError):
        Lasso().predict(X)


@pytest.mark.parametrize("data", [X, FRAME], ids=["array", "frame"])
def test_pickle_clone_and_repr(data: Input) -> None:
    model = ElasticNet(alpha=0.3, l1_ratio=0.2, selection="random").fit(data, Y)
    again = pickle.loads(pickle.dumps(model))
    assert again.info_ == model.info_
    np.testing.assert_array_equal(again.predict(data), model.predict(data))
    assert clone(model).get_params() == model.get_params()
    assert repr(model) == "ElasticNet(alpha=0.3, l1_ratio=0.2, selection='random')"


def test_tags_and_parameters_of_scikit_learn() -> None:
    for ours, theirs in ((ElasticNet, reference.ElasticNet), (Lasso, reference.Lasso)):
        tags = get_tags(ours())
        assert tags.estimator_type == "regressor"
        assert tags.input_tags.sparse
        assert tags.target_tags.multi_output
        assert tags.target_tags.single_output
        mine = ours().get_params()
        assert theirs().get_params().keys() <= mine.keys()
        same = theirs().get_params().items() - {("tol", 1e-4)}
        assert same <= mine.items()


def test_grid_search_in_a_pipeline() -> None:
    pipeline = make_pipeline(StandardScaler().set_output(transform="pandas"), Lasso())
    search = GridSearchCV(pipeline, {"lasso__alpha": [0.01, 0.1, 1.0]}, cv=KFold(4))
    search.fit(FRAME, y)
    theirs = make_pipeline(StandardScaler(), reference.Lasso(**EXACT))
    expected = GridSearchCV(theirs, {"lasso__alpha": [0.01, 0.1, 1.0]}, cv=KFold(4)).fit(X, y)
    scores = expected.cv_results_["mean_test_score"]
    np.testing.assert_allclose(search.cv_results_["mean_test_score"], scores, rtol=1e-9)
    assert list(search.best_estimator_[-1].feature_names_in_) == list("abcdef")


def test_metadata_routing() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        model = Lasso(0.1).set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=True)
        assert "check_input" not in str(model.get_metadata_routing())
        weight = WEIGHT + 1.0
        routed = cross_validate(
            model, X, y, cv=KFold(2), params={"sample_weight": weight}, return_estimator=True
        )
    for (train, test), fitted, score in zip(
        KFold(2).split(X), routed["estimator"], routed["test_score"], strict=True
    ):
        direct = Lasso(0.1).fit(X[train], y[train], weight[train])
        np.testing.assert_array_equal(fitted.coef_, direct.coef_)
        assert score == direct.score(X[test], y[test], weight[test])
