"""Blends of elastic nets with refits of their active features, chosen by cross-validation."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from scipy import sparse
from sklearn.model_selection import KFold

import elltwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

RNG = np.random.default_rng(11)
N, P = 60, 9
X = RNG.normal(size=(N, P))
Y = X @ [2.0, -1.0, 0.5, *[0.0] * 6] + RNG.normal(size=N)
PAIR = np.column_stack([Y, RNG.normal(size=N)])
W = RNG.uniform(0.5, 2.0, N)
W[[3, 17]] = 0.0
ALPHAS = [0.03, 30.0, 3.0, 0.3, 1e4]
GAMMAS = [1.0, 0.6, 0.0]


def refit(features: Array, y: Array, w: Array, active: Array) -> tuple[Array, float]:
    """Least squares on some features and a constant, by an orthogonal decomposition."""
    design = np.column_stack([features[:, active], np.ones(len(y))]) * np.sqrt(w)[:, np.newaxis]
    solved = np.linalg.lstsq(design, np.sqrt(w) * y, rcond=None)[0]
    coef = np.zeros(features.shape[1])
    coef[active] = solved[:-1]
    return coef, float(solved[-1])


def blend(fit: elltwo.ElasticNetFit, rows: Array, gamma: float) -> tuple[Array, float]:
    """Return the coefficients and the intercept of a blend, refitted to some rows."""
    coef, intercept = refit(X[rows], Y[rows], W[rows], np.flatnonzero(fit.coef))
    share = gamma * fit.coef + (1 - gamma) * coef, gamma * fit.intercept + (1 - gamma) * intercept
    return share[0], float(share[1])


def errors(l1_ratio: float, folds: list[Any], share: bool) -> Array:
    """Weighted means of squared errors of shape (n_splits, n_gammas, n_alphas)."""
    result = np.empty((len(folds), len(GAMMAS), len(ALPHAS)))
    for s, (train, test) in enumerate(folds):
        scale = W[train].sum() / W.sum() if share else 1.0
        for a, alpha in enumerate(ALPHAS):
            fit = elltwo.elastic_net(
                X[train], Y[train], scale * alpha, l1_ratio, sample_weight=W[train]
            )
            for g, gamma in enumerate(GAMMAS):
                coef, intercept = blend(fit, train, gamma)
                squares = (Y[test] - X[test] @ coef - intercept) ** 2
                result[s, g, a] = np.average(squares, weights=W[test])
    return result


@pytest.mark.parametrize("share", [False, True])
def test_errors_are_those_of_single_fits_and_least_squares(share: bool) -> None:
    fit = elltwo.elastic_net_cv(
        X, Y, 0.7, alphas=ALPHAS, cv=4, sample_weight=W, mean_loss=share, relax=GAMMAS[::-1]
    )
    folds = list(KFold(4).split(X))
    expected = errors(0.7, folds, share)
    assert isinstance(fit, elltwo.RelaxedCVFit)
    np.testing.assert_allclose(fit.fold_mse, expected.transpose(1, 0, 2), rtol=1e-8)
    weight = np.array([W[test].sum() for _, test in folds])
    mean = np.tensordot(weight / W.sum(), expected, axes=1)
    np.testing.assert_allclose(fit.cv_mse, mean, rtol=1e-8)
    best = np.unravel_index(fit.cv_mse.argmin(), mean.shape)
    assert fit.gammas.tolist() == GAMMAS
    assert (fit.gamma, fit.alpha) == (GAMMAS[best[0]], ALPHAS[best[1]])
    assert fit.cv_se.shape == fit.cv_score.shape == (3, 5)
    every = np.arange(N)
    coef, intercept = blend(fit.net, every, fit.gamma)
    np.testing.assert_allclose(fit.coef, coef, rtol=1e-9, atol=1e-12)
    assert fit.intercept == pytest.approx(intercept, rel=1e-9)
    np.testing.assert_allclose(fit.predict(X), X @ coef + intercept, rtol=1e-9)


def test_the_whole_share_is_the_elastic_net_to_the_bit() -> None:
    plain = elltwo.elastic_net_cv(X, Y, [0.4, 1.0], n_alphas=20)
    fit = elltwo.elastic_net_cv(X, Y, [0.4, 1.0], n_alphas=20, relax=1.0)
    assert fit.gamma == 1.0
    np.testing.assert_array_equal(fit.cv_mse[:, 0], plain.cv_mse)
    np.testing.assert_array_equal(fit.cv_se[:, 0], plain.cv_se)
    np.testing.assert_array_equal(fit.fold_mse[:, 0], plain.fold_mse)
    np.testing.assert_array_equal(fit.coef, plain.coef)
    assert (fit.alpha, fit.l1_ratio, fit.intercept) == (
        plain.alpha,
        plain.l1_ratio,
        plain.intercept,
    )


def test_of_equal_shares_the_largest() -> None:
    y = RNG.normal(size=N)  # nothing to be found: no feature is active
    fit = elltwo.elastic_net_cv(X, y, 1.0, alphas=[1e4], relax=True)
    assert not fit.active.size
    np.testing.assert_array_equal(fit.cv_mse, fit.cv_mse[0, 0])
    assert fit.gamma == 1.0
    assert not fit.coef.any()
    assert fit.gammas.tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]


def test_clear_signals_are_not_shrunk() -> None:
    many = RNG.normal(size=(N, 60))
    y = many[:, :2] @ [2.0, -1.0] + 0.3 * RNG.normal(size=N)
    fit = elltwo.elastic_net_cv(many, y, 1.0, relax=[0.0, 1.0])
    assert fit.gamma == 0.0
    assert fit.cv_mse[1].min() < 0.96 * fit.cv_mse[0].min()
    assert fit.active.tolist() == [0, 1]
    np.testing.assert_allclose(fit.coef, refit(many, y, np.ones(N), fit.active)[0], rtol=1e-9)


def test_several_l1_ratios_and_rules() -> None:
    given: dict[str, Any] = {"n_alphas": 25, "relax": [0.0, 0.5, 1.0]}
    fit = elltwo.elastic_net_cv(X, Y, [0.3, 1.0], **given)
    assert fit.cv_mse.shape == fit.cv_se.shape == (2, 3, 25)
    assert fit.fold_mse.shape == (2, 3, 5, 25)
    assert fit.alphas.shape == (2, 25)
    r, g, a = np.unravel_index(fit.cv_mse.argmin(), fit.cv_mse.shape)
    assert (fit.l1_ratio, fit.gamma, fit.alpha) == (
        fit.l1_ratios[r],
        fit.gammas[g],
        fit.alphas[r, a],
    )
    wide = elltwo.elastic_net_cv(X, Y, [0.3, 1.0], select="1se", **given)
    assert (wide.l1_ratio, wide.gamma) == (fit.l1_ratio, fit.gamma)
    limit = fit.cv_mse[r, g, a] + fit.cv_se[r, g, a]
    assert wide.alpha == fit.alphas[r][fit.cv_mse[r, g] <= limit].max() > fit.alpha


def test_each_target_may_choose() -> None:
    given: dict[str, Any] = {"alphas": ALPHAS, "relax": GAMMAS, "cv": 3}
    fit = elltwo.elastic_net_cv(X, PAIR, [0.5, 1.0], per_target=True, **given)
    assert fit.gamma.shape == fit.alpha.shape == fit.l1_ratio.shape == (2,)
    assert fit.cv_mse.shape == (2, 3, 5, 2)
    for t in range(2):
        one = elltwo.elastic_net_cv(X, PAIR[:, t], [0.5, 1.0], **given)
        assert (fit.alpha[t], fit.l1_ratio[t], fit.gamma[t]) == (one.alpha, one.l1_ratio, one.gamma)
        np.testing.assert_allclose(fit.coef[t], one.coef, rtol=1e-9, atol=1e-11)
        assert np.ravel(fit.intercept)[t] == pytest.approx(one.intercept, rel=1e-9)
    assert fit.gamma[0] != fit.gamma[1]
    both = elltwo.elastic_net_cv(X, PAIR, 1.0, **given)
    assert both.cv_mse.shape == (3, 5)
    assert isinstance(both.gamma, float)
    grouped = elltwo.elastic_net_cv(X, PAIR, 1.0, group_targets=True, **given)
    rows = np.flatnonzero(grouped.net.coef[1])
    assert rows.size
    expected = refit(X, PAIR[:, 1], np.ones(N), rows)[0]
    blended = grouped.gamma * grouped.net.coef[1] + (1 - grouped.gamma) * expected
    np.testing.assert_allclose(grouped.coef[1], blended, rtol=1e-8)


def test_sparse_and_float32() -> None:
    Z = X * (np.abs(X) > 0.6)
    dense = elltwo.elastic_net_cv(Z, Y, alphas=ALPHAS, relax=GAMMAS)
    for matrix in (sparse.csr_matrix(Z), sparse.csc_matrix(Z)):
        fit = elltwo.elastic_net_cv(matrix, Y, alphas=ALPHAS, relax=GAMMAS)
        np.testing.assert_allclose(fit.cv_mse, dense.cv_mse, rtol=1e-9)
        np.testing.assert_allclose(fit.coef, dense.coef, rtol=1e-8, atol=1e-10)
    single = elltwo.elastic_net_cv(Z.astype(np.float32), Y, alphas=ALPHAS, relax=GAMMAS)
    assert single.coef.dtype == np.float32
    assert (single.alpha, single.gamma) == (dense.alpha, dense.gamma)
    np.testing.assert_allclose(single.coef, dense.coef, rtol=1e-5, atol=1e-6)


def test_scoring() -> None:
    fit = elltwo.elastic_net_cv(X, Y, 1.0, alphas=ALPHAS, scoring="r2", relax=GAMMAS, cv=3)
    folds = list(KFold(3).split(X))
    expected = np.zeros((3, 5))
    for train, test in folds:
        total = np.sum((Y[test] - Y[test].mean()) ** 2)
        for a, alpha in enumerate(ALPHAS):
            one = elltwo.elastic_net(X[train], Y[train], alpha, 1.0)
            for g, gamma in enumerate(GAMMAS):
                error = Y[test] - one.relaxed(gamma).predict(X[test])
                expected[g, a] += (1 - error @ error / total) / 3
    np.testing.assert_allclose(fit.cv_score, expected, rtol=1e-9, atol=1e-12)
    best = np.unravel_index(expected.argmax(), expected.shape)
    assert (fit.gamma, fit.alpha) == (GAMMAS[best[0]], ALPHAS[best[1]])

    def loss(true: Array, predicted: Array) -> float:
        return -float(np.mean(np.abs(true - predicted)))

    own = elltwo.elastic_net_cv(X, Y, 1.0, alphas=ALPHAS, scoring=loss, relax=GAMMAS, cv=3)
    assert own.cv_score.shape == (3, 5)
    assert own.cv_score.max() == own.cv_score[own.gammas == own.gamma].max()


def test_grids_are_continued_for_every_share() -> None:
    given: dict[str, Any] = {"cv": 3, "relax": [1.0, 0.0], "alphas": [50.0, 20.0]}
    fit = elltwo.elastic_net_cv(X, Y, 1.0, extend=True, **given)
    assert fit.cv_mse.shape == (2, fit.alphas.size)
    assert fit.alphas.size > 2
    for row in fit.cv_mse:
        assert fit.alphas[row.argmin()] not in {fit.alphas.min(), 0.0}
    for g, gamma in enumerate(fit.gammas):
        alone = elltwo.elastic_net_cv(X, Y, 1.0, cv=3, relax=gamma, alphas=fit.alphas)
        np.testing.assert_allclose(fit.cv_mse[g], alone.cv_mse[0], rtol=1e-9)


def test_options_reach_the_refits() -> None:
    factors = np.ones(P)
    factors[0], factors[1] = 0.0, np.inf
    given: dict[str, Any] = {
        "penalty_factors": factors,
        "prior_mean": np.r_[np.zeros(5), 0.25, np.zeros(3)],
        "bounds": (np.r_[np.full(8, -np.inf), -0.01], np.full(P, 0.3)),
        "fit_intercept": False,
    }
    fit = elltwo.elastic_net_cv(X, Y, 1.0, alphas=[0.1, 5.0, 1e4], cv=3, relax=[0.4], **given)
    expected = np.zeros((3, 3))
    for s, (train, test) in enumerate(KFold(3).split(X)):
        for a, alpha in enumerate([0.1, 5.0, 1e4]):
            one = elltwo.elastic_net(X[train], Y[train], alpha, 1.0, **given).relaxed(0.4)
            expected[s, a] = np.mean((Y[test] - one.predict(X[test])) ** 2)
    np.testing.assert_allclose(fit.fold_mse[0], expected, rtol=1e-9)
    whole = elltwo.elastic_net(X, Y, fit.alpha, 1.0, **given).relaxed(0.4)
    np.testing.assert_allclose(fit.coef, whole.coef, rtol=1e-8, atol=1e-10)


def test_record() -> None:
    fit = elltwo.elastic_net_cv(X, Y, 1.0, n_alphas=20, relax=True)
    net = elltwo.elastic_net(X, Y, fit.alpha, 1.0)
    np.testing.assert_allclose(fit.net.coef, net.coef, rtol=1e-9, atol=1e-12)
    assert fit.net.edf == pytest.approx(net.edf)
    assert fit.info == fit.net.info
    np.testing.assert_allclose(fit.relaxed(fit.gamma).coef, fit.coef, rtol=1e-12)
    assert str(fit.summary()) == str(fit.net.summary())
    with pytest.raises(ValueError, match="not known for a blend"):
        _ = fit.edf
    twin = pickle.loads(pickle.dumps(fit))
    assert (twin.gamma, twin.alpha) == (fit.gamma, fit.alpha)
    np.testing.assert_array_equal(twin.coef, fit.coef)
    np.testing.assert_array_equal(twin.net.coef, fit.net.coef)
    np.testing.assert_array_equal(twin.cv_mse, fit.cv_mse)


@pytest.mark.parametrize("relax", [[], [[0.5]], [1.5], [-0.1, 1.0], [np.nan]])
def test_bad_shares(relax: list[float]) -> None:
    with pytest.raises(ValueError, match=r"relax must be True, False or hold shares in \[0, 1\]"):
        elltwo.elastic_net_cv(X, Y, relax=relax)


def test_criteria_have_no_blends() -> None:
    with pytest.raises(ValueError, match="relax must be False with cv='bic'"):
        elltwo.elastic_net_cv(X, Y, cv="bic", relax=True)
    with pytest.raises(TypeError, match="relax"):
        elltwo.elastic_net_cv(X, Y, relax="all")
