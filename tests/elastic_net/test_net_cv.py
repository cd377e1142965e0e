"""The penalty of the elastic net by cross-validation, criteria, and moments of folds."""

from __future__ import annotations

import pickle
import warnings
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.model_selection import GroupKFold, KFold

import elltwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

RNG = np.random.default_rng(6)
N, P = 60, 9
X = RNG.normal(size=(N, P))
Y = X @ [2.0, -1.0, 0.5, *[0.0] * 6] + RNG.normal(size=N)
PAIR = np.column_stack([Y, 3.0 * X[:, 4] + RNG.normal(size=N)])
W = RNG.uniform(0.5, 2.0, N)
ALPHAS = [0.03, 30.0, 3.0, 0.3, 1e4]


def errors(y: Array, l1_ratio: float, folds: list[Any], share: bool) -> Array:
    """Weighted means of squared errors by single fits, of shape (n_splits, n_alphas)."""
    result = []
    for train, test in folds:
        scale = W[train].sum() / W.sum() if share else 1.0
        fits = [
            elltwo.elastic_net(X[train], y[train], scale * a, l1_ratio, sample_weight=W[train])
            for a in ALPHAS
        ]
        squares = [(y[test] - fit.predict(X[test])) ** 2 for fit in fits]
        result.append([np.average(one, weights=W[test]) for one in squares])
    return np.array(result)


@pytest.mark.parametrize("share", [False, True])
def test_errors_are_those_of_single_fits(share: bool) -> None:
    folds = list(KFold(4).split(X))
    fit = elltwo.elastic_net_cv(X, Y, 0.7, alphas=ALPHAS, cv=4, sample_weight=W, mean_loss=share)
    expected = errors(Y, 0.7, folds, share)
    np.testing.assert_allclose(fit.fold_mse, expected, rtol=1e-8)
    weight = np.array([W[test].sum() for _, test in folds])
    np.testing.assert_allclose(fit.cv_mse, weight @ expected / W.sum(), rtol=1e-8)
    assert fit.alphas.tolist() == ALPHAS
    assert fit.alpha == ALPHAS[int(fit.cv_mse.argmin())]
    alone = elltwo.elastic_net(X, Y, fit.alpha, 0.7, sample_weight=W)
    np.testing.assert_allclose(fit.coef, alone.coef, rtol=1e-10, atol=1e-12)
    np.testing.assert_array_equal(fit.coef, fit.paths[0].at(fit.alpha).coef)
    assert fit.edf == pytest.approx(alone.edf, rel=1e-10)


def test_sparse() -> None:
    Z = X * (np.abs(X) > 0.6)
    dense = elltwo.elastic_net_cv(Z, Y, alphas=ALPHAS)
    for matrix in (sparse.csr_matrix(Z), sparse.csc_matrix(Z)):
        fit = elltwo.elastic_net_cv(matrix, Y, alphas=ALPHAS)
        np.testing.assert_allclose(fit.cv_mse, dense.cv_mse, rtol=1e-9)
        assert fit.alpha == dense.alpha


def test_several_l1_ratios() -> None:
    fit = elltwo.elastic_net_cv(X, Y, [0.3, 1.0], n_alphas=30)
    assert fit.cv_mse.shape == fit.alphas.shape == fit.cv_se.shape == (2, 30)
    assert fit.fold_mse.shape == (2, 5, 30)
    best = np.unravel_index(fit.cv_mse.argmin(), fit.cv_mse.shape)
    assert (fit.l1_ratio, fit.alpha) == (fit.l1_ratios[best[0]], fit.alphas[best])
    assert fit.alphas[0, 0] == pytest.approx(fit.alphas[1, 0] / 0.3)
    for k, ratio in enumerate([0.3, 1.0]):
        one = elltwo.elastic_net_cv(X, Y, ratio, n_alphas=30)
        np.testing.assert_allclose(fit.cv_mse[k], one.cv_mse, rtol=1e-9)
    wide = elltwo.elastic_net_cv(X, Y, [0.3, 1.0], select="1se", n_alphas=30)
    assert wide.l1_ratio == fit.l1_ratio
    assert wide.alpha > fit.alpha


def test_each_target_may_choose() -> None:
    fit = elltwo.elastic_net_cv(X, PAIR, [0.5, 1.0], alphas=ALPHAS, per_target=True)
    assert fit.alpha.shape == fit.l1_ratio.shape == (2,)
    assert fit.cv_mse.shape == (2, 5, 2)
    for t in range(2):
        one = elltwo.elastic_net_cv(X, PAIR[:, t], [0.5, 1.0], alphas=ALPHAS)
        assert (fit.alpha[t], fit.l1_ratio[t]) == (one.alpha, one.l1_ratio)
        np.testing.assert_allclose(fit.coef[t], one.coef, rtol=1e-9, atol=1e-11)
        assert fit.edf[t] == pytest.approx(one.edf, rel=1e-8)
    shared = elltwo.elastic_net_cv(X, PAIR, 1.0, alphas=ALPHAS)
    assert isinstance(shared.alpha, float)
    assert shared.cv_mse.shape == (5,)


def test_splitters_groups_and_leaving_one_out() -> None:
    groups = np.repeat(np.arange(12), 5)
    by = elltwo.elastic_net_cv(X, Y, alphas=ALPHAS, cv=GroupKFold(3), groups=groups)
    pairs = list(GroupKFold(3).split(X, Y, groups))
    np.testing.assert_allclose(
        by.cv_mse, elltwo.elastic_net_cv(X, Y, alphas=ALPHAS, cv=pairs).cv_mse, rtol=1e-12
    )
    each = elltwo.elastic_net_cv(X, Y, alphas=ALPHAS, cv=N)
    assert each.fold_mse.shape == (N, 5)
    frame = pd.DataFrame(X, index=np.arange(N) + 1)
    with pytest.raises(ValueError, match="X and groups must have the same index"):
        elltwo.elastic_net_cv(frame, Y, groups=pd.Series(groups), cv=GroupKFold(3))


def test_scoring() -> None:
    folds = list(KFold(5).split(X))
    fit = elltwo.elastic_net_cv(X, Y, 1.0, alphas=ALPHAS, scoring="r2")
    expected = []
    for train, test in folds:
        fits = [elltwo.elastic_net(X[train], Y[train], a, 1.0) for a in ALPHAS]
        total = np.sum((Y[test] - Y[test].mean()) ** 2)
        expected.append([1 - np.sum((Y[test] - f.predict(X[test])) ** 2) / total for f in fits])
    np.testing.assert_allclose(fit.cv_score, np.mean(expected, axis=0), rtol=1e-8, atol=1e-10)
    own = elltwo.elastic_net_cv(
        X, PAIR, 1.0, alphas=ALPHAS, scoring=lambda y, p: -np.abs(y - p).max()
    )
    assert own.cv_score.shape == (5,)
    assert own.alpha == ALPHAS[int(own.cv_score.argmax())]


@pytest.mark.parametrize("name", ["gcv", "aic", "bic", "ebic"])
def test_criteria(name: str) -> None:
    fit = elltwo.elastic_net_cv(X, Y, [0.5, 1.0], cv=name)
    for k, path in enumerate(fit.paths):
        np.testing.assert_array_equal(fit.cv_mse[k], path.criterion(name))
    for missing in ("cv_se", "fold_mse"):
        with pytest.raises(AttributeError, match=f"has no {missing}"):
            getattr(fit, missing)


def test_edges() -> None:
    with pytest.warns(UserWarning, match="lies on the lower edge of the grid of alphas"):
        elltwo.elastic_net_cv(X, Y, 1.0, alphas=[100.0, 20.0])
    with pytest.warns(UserWarning, match="lies on the upper edge"):
        elltwo.elastic_net_cv(X, Y, 1.0, alphas=[1e-3, 1e-4])
    extended = elltwo.elastic_net_cv(X, Y, 1.0, alphas=[100.0, 50.0], extend=True)
    assert extended.alphas[:2].tolist() == [100.0, 50.0]
    assert extended.alphas.min() < extended.alpha < 50.0
    assert extended.cv_mse.shape == extended.alphas.shape
    np.testing.assert_array_equal(extended.coef, extended.paths[0].at(extended.alpha).coef)
    up = elltwo.elastic_net_cv(X, Y, 1.0, alphas=[1e-4, 1e-3], extend=True)
    assert 1e-3 < up.alpha < up.alphas.max() <= up.paths[0].alpha_max * (1 + 1e-9)
    noise = RNG.normal(size=N)
    with warnings.catch_warnings():  # that no feature helps is no edge
        warnings.simplefilter("error")
        none = elltwo.elastic_net_cv(X, noise, 1.0, select="1se")
    assert none.active.size == 0


def test_both_ends_of_several_ratios_are_padded() -> None:
    fit = elltwo.elastic_net_cv(X, Y, [0.1, 1.0], alphas=[300.0, 60.0], extend=True)
    assert fit.alphas.shape == fit.cv_mse.shape
    np.testing.assert_array_equal(np.isnan(fit.alphas), np.isnan(fit.cv_mse))
    assert np.isfinite(fit.alphas[:, :2]).all()


def test_pickles_are_light() -> None:
    fit = elltwo.elastic_net_cv(X, PAIR, [0.5, 1.0], n_alphas=5, per_target=True)
    twin = pickle.loads(pickle.dumps(fit))
    for name in ("coef", "alpha", "l1_ratio", "alphas", "cv_mse", "cv_se", "fold_mse"):
        np.testing.assert_array_equal(getattr(twin, name), getattr(fit, name))
    np.testing.assert_array_equal(twin.paths[1].coef, fit.paths[1].coef)
    with pytest.raises(ValueError, match="left its data behind"):
        twin.paths[0].at(1.0)
    big = np.zeros((2000, P))
    big[:N] = X
    large = elltwo.elastic_net_cv(big, np.resize(Y, 2000), n_alphas=5, cv="gcv")
    assert len(pickle.dumps(large)) < big.nbytes / 4


def test_moments_of_folds() -> None:
    rows = np.array_split(np.arange(N), 5)
    folds = [elltwo.Moments(P, 2).add(X[some], PAIR[some]) for some in rows]
    fit = elltwo.elastic_net_moments_cv(folds, [0.5, 1.0])
    same = elltwo.elastic_net_cv(X, PAIR, [0.5, 1.0])
    np.testing.assert_allclose(fit.alphas, same.alphas, rtol=1e-12)
    np.testing.assert_allclose(fit.cv_mse, same.cv_mse, rtol=1e-9)
    np.testing.assert_allclose(fit.cv_se, same.cv_se, rtol=1e-7)
    np.testing.assert_allclose(fit.coef, same.coef, rtol=1e-8, atol=1e-10)
    assert fit.alpha == pytest.approx(same.alpha)
    with pytest.raises(ValueError, match="folds must hold at least 2 Moments, got 1"):
        elltwo.elastic_net_moments_cv(folds[:1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"l1_ratio": [0.0, 0.5]}, "l1_ratio=0 leaves no grid to begin with"),
        ({"l1_ratio": []}, "l1_ratio must be a number or 1-D and not empty"),
        ({"l1_ratio": 1.5}, r"l1_ratio must be a number in \[0, 1\], got 1.5"),
        ({"cv": "loo"}, "cv must be one of 'aic', 'bic', 'ebic', 'gcv', or folds"),
        ({"cv": 1}, r"cv must be an integer in \[2"),
        ({"cv": "bic", "select": "1se"}, "select='1se' needs standard errors"),
        ({"cv": "bic", "scoring": "r2"}, "scoring needs out-of-sample predictions"),
        ({"alphas": [1.0, np.nan]}, "alphas must be in .* got nan at position 1"),
        ({"n_alphas": 0}, "n_alphas must be an integer in"),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        elltwo.elastic_net_cv(X, Y, **options)
