"""Elastic nets of moments whose targets are penalised together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import elltwo

N, P, T = 80, 10, 3


def data() -> tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.float64]]]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, P)) + rng.normal(size=(N, 1)) + 3.0
    B = np.zeros((P, T))
    B[::4] = rng.normal(size=B[::4].shape)
    return X, X @ B + rng.normal(size=(N, T)) + [1.0, -2.0, 5.0]


def moments() -> elltwo.Moments:
    X, Y = data()
    return elltwo.Moments(P, T).add(X[:30], Y[:30]).add(X[30:], Y[30:])


@pytest.mark.parametrize("l1_ratio", [1.0, 0.5, 0.0])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_a_fit_equals_that_of_rows(l1_ratio: float, fit_intercept: bool) -> None:
    X, Y = data()
    given: dict[str, Any] = {"fit_intercept": fit_intercept, "tol": 1e-14, "group_targets": True}
    ours = moments().elastic_net(9.0, l1_ratio, **given)
    rows = elltwo.elastic_net(X, Y, 9.0, l1_ratio, **given)
    size = np.abs(rows.coef).max()
    np.testing.assert_allclose(ours.coef, rows.coef, rtol=0.0, atol=1e-10 * size)
    np.testing.assert_allclose(ours.intercept, rows.intercept, rtol=0.0, atol=1e-9)
    assert ((ours.coef != 0.0) == (rows.coef != 0.0)).all()
    assert ours.info.n_active == rows.info.n_active
    np.testing.assert_allclose(ours.edf, rows.edf, rtol=1e-9)


def test_factors_and_prior_means_count_as_in_a_fit_of_rows() -> None:
    X, Y = data()
    given: dict[str, Any] = {
        "penalty_factors": np.array([0.0, 1.0, 2.0, 0.5, np.inf, 1.0, 1.0, 1.0, 3.0, 1.0]),
        "prior_mean": np.linspace(-0.3, 0.3, T * P).reshape(T, P),
        "tol": 1e-14,
        "group_targets": True,
    }
    ours = moments().elastic_net(9.0, 0.7, **given)
    rows = elltwo.elastic_net(X, Y, 9.0, 0.7, **given)
    np.testing.assert_allclose(ours.coef, rows.coef, rtol=0.0, atol=1e-10)


@pytest.mark.parametrize("l1_ratio", [1.0, 0.5])
def test_a_path_equals_that_of_rows(l1_ratio: float) -> None:
    X, Y = data()
    given: dict[str, Any] = {"n_alphas": 20, "tol": 1e-14, "group_targets": True}
    ours = moments().elastic_net_path(l1_ratio=l1_ratio, **given)
    rows = elltwo.elastic_net_path(X, Y, l1_ratio=l1_ratio, **given)
    np.testing.assert_allclose(ours.alphas, rows.alphas, rtol=1e-12)
    size = np.abs(rows.coef).max()
    np.testing.assert_allclose(ours.coef, rows.coef, rtol=0.0, atol=1e-10 * size)
    np.testing.assert_allclose(ours.rss, rows.rss, rtol=1e-11)
    np.testing.assert_allclose(ours.bic(), rows.bic(), rtol=1e-9)
    assert ours.converged.all()
    one = elltwo.elastic_net_path(X, Y, l1_ratio=l1_ratio, n_alphas=20)
    assert np.abs(one.coef - ours.coef).max() > 1e-3 * size  # together is another problem


def test_what_cannot_be_grouped_is_refused() -> None:
    whole = moments()
    with pytest.raises(ValueError, match="bounds must be None with group_targets=True"):
        whole.elastic_net(1.0, bounds=(0.0, None), group_targets=True)
    with pytest.raises(TypeError, match="group_targets"):
        whole.elastic_net_path(group_targets=1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="alpha"):
        whole.elastic_net([1.0, 2.0, 3.0], group_targets=True)


def test_a_start_changes_nothing_but_the_time() -> None:
    given: dict[str, Any] = {"tol": 1e-14, "group_targets": True}
    whole = moments()
    fit = whole.elastic_net(9.0, 0.5, **given)
    again = whole.elastic_net(9.0, 0.5, start=fit, **given)
    np.testing.assert_allclose(again.coef, fit.coef, rtol=0.0, atol=1e-11)
