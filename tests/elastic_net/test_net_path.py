"""Paths of the elastic net: order of alphas, points, criteria, relaxed paths, limits, pickles."""

from __future__ import annotations

import pickle
from math import comb, log

import numpy as np
import pytest
from scipy import sparse

import elltwo

RNG = np.random.default_rng(4)
N, P = 60, 10
X = RNG.normal(size=(N, P))
Y = X @ [2.0, -1.0, 0.5, *[0.0] * 7] + RNG.normal(size=N)
PAIR = np.column_stack([Y, X[:, 4] + 0.1 * Y])


def test_alphas_keep_their_order_and_repeat() -> None:
    alphas = [3.0, 1e6, 0.0, 3.0, 0.5, np.inf]
    path = elltwo.elastic_net_path(X, Y, alphas, 0.8)
    assert path.alphas.tolist() == alphas
    assert path.coef.shape == (6, P)
    np.testing.assert_array_equal(path.coef[0], path.coef[3])
    for i, alpha in enumerate(alphas):
        fit = elltwo.elastic_net(X, Y, alpha, 0.8)
        np.testing.assert_allclose(path.coef[i], fit.coef, rtol=1e-10, atol=1e-12)
        assert path.intercept[i] == pytest.approx(fit.intercept, rel=1e-10)
        assert path.n_active[i] == fit.active.size
        assert path.edf[i] == pytest.approx(fit.edf, rel=1e-9)
    assert path.gaps.max() <= 1e-12
    assert path.converged.all()
    rss = np.sum((Y[:, np.newaxis] - path.predict(X)) ** 2, axis=0)
    np.testing.assert_allclose(path.rss, rss, rtol=1e-11)


def test_automatic_grid() -> None:
    path = elltwo.elastic_net_path(X, Y, l1_ratio=0.5, n_alphas=7, alpha_min_ratio=0.02)
    top = np.abs((X - X.mean(axis=0)).T @ (Y - Y.mean())).max() / 0.5
    np.testing.assert_allclose(path.alphas, np.geomspace(top, 0.02 * top, 7), rtol=1e-9)
    assert path.alpha_max == pytest.approx(top)
    assert path.n_active[0] == 0
    assert path.n_active[1] > 0
    assert elltwo.elastic_net_path(X, Y).alphas.size == 100
    ratio = np.ptp(np.log(elltwo.elastic_net_path(X, Y).alphas))
    assert ratio == pytest.approx(log(1e3))
    assert np.ptp(np.log(elltwo.elastic_net_path(X[:8], Y[:8]).alphas)) == pytest.approx(log(1e2))


def test_targets_share_the_grid() -> None:
    path = elltwo.elastic_net_path(X, PAIR, l1_ratio=1.0)
    assert path.coef.shape == (100, 2, P)
    assert path.n_active.shape == path.gaps.shape == path.edf.shape == (100, 2)
    assert path.alphas[0] == pytest.approx(path.alpha_max.max())
    assert path.predict(X).shape == (N, 100, 2)
    for t in range(2):
        one = elltwo.elastic_net_path(X, PAIR[:, t], path.alphas, 1.0)
        np.testing.assert_allclose(path.coef[:, t], one.coef, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(path.bic()[:, t], one.bic(), rtol=1e-9)


def test_compressed_columns() -> None:
    path = elltwo.elastic_net_path(X, PAIR, [1.0, 50.0, 5.0], 1.0)
    for t in range(2):
        matrix = sparse.csr_array(path.csr(t), shape=(3, P))
        np.testing.assert_array_equal(matrix.toarray(), path.coef[:, t])


def test_any_alpha_and_points() -> None:
    path = elltwo.elastic_net_path(X, Y, l1_ratio=0.9)
    point = path.at(path.alphas[37])
    np.testing.assert_array_equal(point.coef, path.coef[37])
    assert point.info.gap == path.gaps[37]
    between = float(np.sqrt(path.alphas[37] * path.alphas[38]))
    for alpha in (between, 0.0, 1e9):
        fit = elltwo.elastic_net(X, Y, alpha, 0.9)
        np.testing.assert_allclose(path.at(alpha).coef, fit.coef, rtol=1e-10, atol=1e-12)
    assert point.relaxed().coef.shape == (P,)


def test_criteria() -> None:
    path = elltwo.elastic_net_path(X, Y, l1_ratio=1.0)
    k, edf, rss = path.n_active, path.edf, path.rss
    np.testing.assert_array_equal(edf, k + 1.0)
    np.testing.assert_allclose(path.gcv(), N * rss / (N - edf) ** 2)
    np.testing.assert_allclose(path.aic(), N * np.log(rss / N) + 2 * edf)
    np.testing.assert_allclose(path.bic(), N * np.log(rss / N) + log(N) * edf)
    extra = 2 * 0.5 * np.log([comb(P, int(one)) for one in k])
    np.testing.assert_allclose(path.ebic(0.5), path.bic() + extra, rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(path.aic(2.0), N * log(2.0) + rss / 2.0 + 2 * edf)
    for name in ("aic", "bic", "ebic", "gcv"):
        best = path.choose(name)
        values = path.criterion(name)
        assert best.alpha == path.alphas[values == values.min()].max()
        np.testing.assert_array_equal(best.coef, path.coef[values.argmin()])
    each = elltwo.elastic_net_path(X, PAIR).choose("bic")
    assert np.shape(each.alpha) in {(), (2,)}


def test_relaxed_path() -> None:
    path = elltwo.elastic_net_path(X, Y, l1_ratio=1.0, n_alphas=12)
    relaxed, whole = path.relaxed(), path.relaxed(1.0)
    np.testing.assert_array_equal(whole.coef, path.coef)
    np.testing.assert_allclose(whole.rss, path.rss, rtol=1e-11)
    for i in range(12):
        active = np.flatnonzero(path.coef[i])
        if active.size:
            free = elltwo.ridge(X[:, active], Y, alpha=0.0)
            np.testing.assert_allclose(relaxed.coef[i, active], free.coef, rtol=1e-9)
        assert np.count_nonzero(relaxed.coef[i]) == active.size
    assert (relaxed.rss <= path.rss * (1 + 1e-12)).all()
    assert relaxed.predict(X).shape == (N, 12)


def test_stop_at_a_number_of_features() -> None:
    path = elltwo.elastic_net_path(X, Y, l1_ratio=1.0, max_features=3)
    assert path.stopped_early
    assert path.n_active.max() <= 3
    full = elltwo.elastic_net_path(X, Y, l1_ratio=1.0)
    reached = path.alphas.size
    assert 0 < reached < 100
    np.testing.assert_allclose(path.coef, full.coef[:reached], rtol=1e-10, atol=1e-13)
    assert full.n_active[reached] > 3
    assert not full.stopped_early
    shuffled = elltwo.elastic_net_path(X, Y, full.alphas[::-1], 1.0, max_features=3)
    np.testing.assert_array_equal(shuffled.alphas, path.alphas[::-1])
    with pytest.raises(ValueError, match="max_features is less than there are at the largest"):
        elltwo.elastic_net_path(X, Y, [0.1], 1.0, max_features=2)


def test_pickles_compute_on() -> None:
    path = elltwo.elastic_net_path(X, PAIR, [5.0, 1.0, 20.0])
    twin = pickle.loads(pickle.dumps(path))
    np.testing.assert_array_equal(twin.coef, path.coef)
    np.testing.assert_array_equal(twin.edf, path.edf)
    np.testing.assert_array_equal(twin.at(2.0).coef, path.at(2.0).coef)
    assert twin.info == path.info
    assert repr(twin) == repr(path)


def test_moments() -> None:
    moments = elltwo.Moments(P, 2).add(X[:20], PAIR[:20]).add(X[20:], PAIR[20:])
    fit, same = moments.elastic_net(4.0, 0.7), elltwo.elastic_net(X, PAIR, 4.0, 0.7)
    np.testing.assert_allclose(fit.coef, same.coef, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(fit.edf, same.edf, rtol=1e-10)
    np.testing.assert_allclose(fit.relaxed().coef, same.relaxed().coef, rtol=1e-9, atol=1e-12)
    assert fit.summary(target=1).facts["rows"] == N
    path, rows = moments.elastic_net_path(l1_ratio=1.0), elltwo.elastic_net_path(X, PAIR, None, 1.0)
    np.testing.assert_allclose(path.alphas, rows.alphas, rtol=1e-12)
    np.testing.assert_allclose(path.coef, rows.coef, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(path.gcv(), rows.gcv(), rtol=1e-9)
    np.testing.assert_allclose(path.relaxed().rss, rows.relaxed().rss, rtol=1e-8)
    bounded = moments.elastic_net(1.0, bounds=(0.0, None))
    assert bounded.coef.min() == 0.0
    moments.add(X, PAIR)
    np.testing.assert_array_equal(fit.relaxed().coef.shape, (2, P))
    with pytest.raises(ValueError, match="the Moments hold no rows of positive weight yet"):
        elltwo.Moments(P).elastic_net()
