"""Elastic nets of moments at one alpha, which do without copies where few features are active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elastic_net_reference import Problem, certificate

if TYPE_CHECKING:
    from elastic_net_reference import Array

N, P = 400, 120


def data(seed: int = 0, n_targets: int = 1) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N, P)) + 0.7 * rng.normal(size=(N, 1)) + 2.0
    X[:, 17] = 3.0
    B = np.zeros((P, n_targets))
    B[::20] = rng.normal(size=B[::20].shape)
    Y = X @ B + rng.normal(size=(N, n_targets)) + 5.0
    return X, Y[:, 0] if n_targets == 1 else Y


def moments(X: Array, Y: Array, w: Array | None = None) -> elltwo.Moments:
    whole = elltwo.Moments(P) if Y.ndim == 1 else elltwo.Moments(P, Y.shape[1])
    for rows in (slice(0, 150), slice(150, N)):
        whole.add(X[rows], Y[rows], sample_weight=None if w is None else w[rows])
    return whole


def check(fit: elltwo.ElasticNetFit, rows: elltwo.ElasticNetFit) -> None:
    size = np.abs(rows.coef).max() + 1e-300
    np.testing.assert_allclose(fit.coef, rows.coef, rtol=0.0, atol=1e-10 * size)
    np.testing.assert_allclose(fit.intercept, rows.intercept, rtol=1e-10)
    assert ((fit.coef != 0.0) == (rows.coef != 0.0)).all()
    assert fit.info.status == "converged"
    assert fit.info.objective == pytest.approx(rows.info.objective, rel=1e-11)


@pytest.mark.parametrize("l1_ratio", [1.0, 0.5])
@pytest.mark.parametrize("part", [0.9, 0.3, 0.05, 0.01, 1e-3])
def test_equals_a_fit_of_rows_with_a_start_and_without(l1_ratio: float, part: float) -> None:
    X, y = data()
    whole = moments(X, y)
    alpha = part * elltwo.elastic_net(X, y, 1.0, l1_ratio).info.alpha_max
    rows = elltwo.elastic_net(X, y, alpha, l1_ratio, tol=1e-14)
    near = elltwo.elastic_net(X, y, 1.1 * alpha, l1_ratio)
    for start in (None, near, rows, np.ones(P)):
        fit = whole.elastic_net(alpha, l1_ratio, start=start)
        check(fit, rows)
        assert certificate(Problem(X, y, alpha, l1_ratio), fit.coef, fit.intercept).gap <= 1e-12
        assert fit.coef[17] == 0.0
    np.testing.assert_allclose(fit.info.alpha_max, rows.info.alpha_max, rtol=1e-11)


def test_few_features_are_found_among_themselves_and_many_on_all_products() -> None:
    X, y = data()
    whole = moments(X, y)
    top = whole.elastic_net(1.0, 1.0).info.alpha_max
    few, many = (whole.elastic_net(part * top, 1.0) for part in (0.3, 1e-4))
    assert "features off zero" in few.info.reason
    assert "all features" in many.info.reason
    assert few.info.n_active <= P // 4 < P // 2 < many.info.n_active


def test_factors_weights_and_targets_count() -> None:
    X, Y = data(2, n_targets=3)
    rng = np.random.default_rng(5)
    w = rng.uniform(0.2, 2.0, N)
    factors = rng.uniform(0.5, 2.0, P)
    factors[40] = np.inf
    whole = moments(X, Y, w)
    given: dict[str, Any] = {"penalty_factors": factors}
    rows = elltwo.elastic_net(X, Y, 60.0, 0.8, sample_weight=w, tol=1e-14, **given)
    check(whole.elastic_net(60.0, 0.8, **given), rows)
    check(whole.elastic_net(60.0, 0.8, start=rows, **given), rows)
    assert (rows.coef[:, 40] == 0.0).all()


def test_above_alpha_max_and_without_a_signal_all_is_zero() -> None:
    X, y = data()
    whole = moments(X, y)
    top = whole.elastic_net(1.0, 1.0).info.alpha_max
    for alpha in (1.001 * top, 1e6 * top, np.inf):
        fit = whole.elastic_net(alpha, 1.0)
        assert not fit.coef.any()
        assert fit.intercept == pytest.approx(y.mean(), rel=1e-12)
    level = moments(X, np.full(N, 2.0)).elastic_net(1.0, 1.0)
    assert not level.coef.any()
    assert level.intercept == 2.0


def test_units_far_from_one() -> None:
    X, y = data(3)
    rows = elltwo.elastic_net(X, y, 50.0, 1.0)
    far = moments(1e120 * X, 1e-90 * y).elastic_net(50.0 * 1e30, 1.0)
    np.testing.assert_allclose(far.coef * 1e210, rows.coef, rtol=1e-9, atol=1e-12)
