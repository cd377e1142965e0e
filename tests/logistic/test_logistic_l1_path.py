"""Paths and cross-validation of logistic regression with an L1 part of the penalty."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression as Peer

import elltwo
from elltwo.linear_model import LogisticRegression, LogisticRegressionCV
from logistic_l1_reference import L1Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

RNG = np.random.default_rng(8)
n, p = 100, 250
X = RNG.normal(size=(n, p)) + 0.5 * RNG.normal(size=(n, 1))
TWO = (X[:, :5].sum(axis=1) + RNG.logistic(size=n) > 0).astype(int)
THREE = np.argmax(X[:, :3] + RNG.gumbel(size=(n, 3)), axis=1)


@pytest.mark.parametrize("l1_ratio", [1.0, 0.6])
@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_every_point_is_certified_by_the_data(y: Array, l1_ratio: float) -> None:
    path = elltwo.logistic_path(X, y, l1_ratio=l1_ratio, n_alphas=30)
    assert path.coef.shape[0] == path.alphas.size == 30
    assert path.n_active[0] == 0
    assert path.alphas[-1] == pytest.approx(1e-2 * path.alphas[0])
    assert path.l1_ratio == l1_ratio
    np.testing.assert_array_equal(path.n_active, [np.count_nonzero(coef) for coef in path.coef])
    assert path.n_active[1] > 0
    for alpha, coef, intercept in zip(path.alphas, path.coef, path.intercept, strict=True):
        problem = L1Problem(X, y, float(alpha), l1_ratio, int(y.max()) + 1)
        assert problem.gap(coef, intercept) <= 1e-9
    assert path.gap.max() <= 1e-10


def test_points_are_those_of_single_fits() -> None:
    path = elltwo.logistic_path(X, TWO, l1_ratio=0.9, n_alphas=20)
    for k in (1, 10, 19):
        single = elltwo.logistic(X, TWO, alpha=path.alphas[k], l1_ratio=0.9)
        np.testing.assert_allclose(path.coef[k], single.coef, atol=1e-9)
        at = path.at(path.alphas[k])
        np.testing.assert_array_equal(at.coef, path.coef[k])
    between = float(np.sqrt(path.alphas[10] * path.alphas[11]))
    single = elltwo.logistic(X, TWO, alpha=between, l1_ratio=0.9)
    np.testing.assert_allclose(path.at(between).coef, single.coef, atol=1e-9)


def test_alphas_in_any_order_and_repeated() -> None:
    alphas = np.array([1.0, 30.0, 1.0, 5.0, 1e4])
    path = elltwo.logistic_path(X, TWO, alphas, l1_ratio=1.0)
    np.testing.assert_array_equal(path.alphas, alphas)
    np.testing.assert_array_equal(path.coef[0], path.coef[2])
    np.testing.assert_array_equal(path.coef[4], 0.0)
    falling = elltwo.logistic_path(X, TWO, [30.0, 5.0, 1.0], l1_ratio=1.0)
    np.testing.assert_allclose(path.coef[[1, 3, 0]], falling.coef, atol=1e-9)
    again = pickle.loads(pickle.dumps(path))
    np.testing.assert_array_equal(again.coef, path.coef)


def test_largest_alpha_is_the_first_without_coefficients() -> None:
    factors = np.where(np.arange(p) < 2, 0.0, 1.0)
    for options in ({}, {"penalty_factors": factors}, {"bounds": (0.0, None)}):
        path = elltwo.logistic_path(X, TWO, l1_ratio=1.0, n_alphas=2, **options)
        free = 2 if "penalty_factors" in options else 0
        assert path.n_active[0] == free
        below = elltwo.logistic(X, TWO, alpha=0.999 * path.alphas[0], l1_ratio=1.0, **options)
        assert np.count_nonzero(below.coef) == free + 1


@pytest.mark.parametrize("l1_ratio", [1.0, 0.5])
@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_no_worse_than_saga(y: Array, l1_ratio: float) -> None:
    peer = Peer(C=0.2, l1_ratio=l1_ratio, solver="saga", tol=1e-10, max_iter=20000)
    peer.fit(X, y)
    model = LogisticRegression(C=0.2, l1_ratio=l1_ratio).fit(X, y)
    np.testing.assert_allclose(model.coef_, peer.coef_, atol=1e-5)
    problem = L1Problem(X, y, 5.0, l1_ratio, int(y.max()) + 1)
    ours = problem.objective(model.coef_, model.intercept_)
    assert ours <= problem.objective(peer.coef_, peer.intercept_) * (1.0 + 1e-12)


def test_cross_validation_of_pairs() -> None:
    fit = elltwo.logistic_cv(X, TWO, l1_ratio=[0.5, 1.0], cv=4)
    assert fit.l1_ratio in {0.5, 1.0}
    assert fit.alphas.shape == fit.cv_score.shape == fit.cv_se.shape == (2, 100)
    assert fit.fold_scores.shape == (2, 4, 100)
    row = list(fit.l1_ratios).index(fit.l1_ratio)
    assert fit.cv_score.max() == fit.cv_score[row][fit.alphas[row] == fit.alpha][0]
    single = elltwo.logistic(X, TWO, alpha=fit.alpha, l1_ratio=fit.l1_ratio)
    np.testing.assert_allclose(fit.coef, single.coef, atol=1e-8)
    one = elltwo.logistic_cv(X, TWO, l1_ratio=fit.l1_ratio, cv=4)
    assert one.alphas.shape == (100,)
    assert one.alpha == fit.alpha
    with pytest.raises(ValueError, match="without an L1 penalty"):
        elltwo.logistic_cv(X, TWO, l1_ratio=1.0, cv="alo")
    with pytest.raises(ValueError, match="l1_ratio must be a number, or 1-D and not empty"):
        elltwo.logistic_cv(X, TWO, l1_ratio=[])


def test_options_of_the_grid() -> None:
    path = elltwo.logistic_path(X, TWO, l1_ratio=1.0, n_alphas=5, alpha_min_ratio=0.1)
    assert path.alphas[-1] == pytest.approx(0.1 * path.alphas[0])
    with pytest.raises(ValueError, match="alpha_min_ratio needs an L1 penalty"):
        elltwo.logistic_path(X, TWO, alpha_min_ratio=0.1)
    with pytest.raises(ValueError, match="alpha_min_ratio must be between 0 and 1, got 2"):
        elltwo.logistic_path(X, TWO, l1_ratio=1.0, alpha_min_ratio=2)


def test_names_of_penalties() -> None:
    lasso = LogisticRegression(l1_ratio=1, C=0.2).fit(X, TWO)
    named = LogisticRegression("l1", C=0.2).fit(X, TWO)
    np.testing.assert_array_equal(lasso.coef_, named.coef_)
    net = LogisticRegression("elasticnet", l1_ratio=0.5, C=0.2).fit(X, TWO)
    np.testing.assert_array_equal(
        net.coef_, LogisticRegression(l1_ratio=0.5, C=0.2).fit(X, TWO).coef_
    )
    with pytest.warns(UserWarning, match="only used when penalty is 'elasticnet'"):
        LogisticRegression("l2", l1_ratio=0.5).fit(X, TWO)
    thin = LogisticRegression(l1_ratio=1, C=0.2).fit(X, TWO).sparsify()
    assert thin.coef_.nnz == np.count_nonzero(lasso.coef_)
    np.testing.assert_allclose(thin.predict_proba(X), lasso.predict_proba(X), rtol=1e-12)
    np.testing.assert_array_equal(thin.densify().coef_, lasso.coef_)
    warm = LogisticRegression(l1_ratio=1, C=0.2, warm_start=True).fit(X, TWO).fit(X, TWO)
    np.testing.assert_allclose(warm.coef_, lasso.coef_, atol=1e-9)


@pytest.mark.parametrize("legacy", [True, False])
def test_chosen_pair_of_the_estimator(legacy: bool) -> None:
    model = LogisticRegressionCV(
        [0.02, 0.07, 0.2],
        l1_ratios=[0.5, 1.0],
        cv=3,
        scoring="neg_log_loss",
        use_legacy_attributes=legacy,
    ).fit(X, THREE)
    if legacy:
        assert model.scores_[0].shape == (3, 3, 2)
        assert model.coefs_paths_[0].shape == (3, 3, 2, p + 1)
        assert model.n_iter_.shape == (1, 3, 3, 2)
        chosen, ratio = np.ravel(model.C_)[0], np.ravel(model.l1_ratio_)[0]
    else:
        assert model.scores_.shape == (3, 2, 3)
        assert model.coefs_paths_.shape == (3, 2, 3, 3, p + 1)
        chosen, ratio = model.C_, model.l1_ratio_
    single = LogisticRegression(C=chosen, l1_ratio=ratio).fit(X, THREE)
    np.testing.assert_allclose(model.coef_, single.coef_, atol=1e-8)
