"""Elastic nets whose targets are penalised together, on working sets of the columns of X."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse

import elltwo
from group_reference import descend, group_problem

if TYPE_CHECKING:
    from group_reference import Array

P = 3100  # from 3001 features on fewer rows are solved on working sets


def data(n: int = 40, p: int = P, n_targets: int = 3, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    X[:, 1:] += 0.5 * X[:, :-1]
    B = np.zeros((p, n_targets))
    B[::400] = rng.normal(size=B[::400].shape)
    return X + 1.0, X @ B + 0.1 * rng.normal(size=(n, n_targets)) + 2.0


@pytest.mark.parametrize("l1_ratio", [1.0, 0.7])
def test_every_point_of_a_path_reaches_the_tolerance(l1_ratio: float) -> None:
    X, Y = data()
    path = elltwo.elastic_net_path(
        X, Y, l1_ratio=l1_ratio, n_alphas=25, alpha_min_ratio=0.02, group_targets=True
    )
    assert path.converged.all()
    assert "working sets" in path.info.reason
    for at in range(0, 25, 4):
        problem = group_problem(X, Y, path.alphas[at], l1_ratio)
        assert problem.relative_gap(path.coef[at].T) <= 2e-10
        assert path.objective[at, 0] == pytest.approx(problem.objective(path.coef[at].T), rel=1e-11)
    assert not path.coef[0].any()
    assert path.info.n_ever < P / 4


def test_equals_the_gram_matrix_with_weights_factors_and_prior_means() -> None:
    X, Y = data(p=60)
    rng = np.random.default_rng(1)
    weight = rng.integers(0, 3, size=len(X)).astype(float)
    factors = rng.uniform(0.5, 2.0, size=60)
    factors[[4, 7]] = 0.0
    factors[9] = np.inf
    prior = rng.normal(size=(3, 60)) / 10
    pad = np.zeros((len(X), P))  # constant columns are pinned, and add nothing
    given: dict[str, Any] = {
        "alphas": [20.0, 5.0, 1.0],
        "l1_ratio": 0.8,
        "sample_weight": weight,
        "tol": 1e-13,
        "group_targets": True,
    }
    narrow = elltwo.elastic_net_path(X, Y, penalty_factors=factors, prior_mean=prior, **given)
    wide = elltwo.elastic_net_path(
        np.hstack([X, pad]),
        Y,
        penalty_factors=np.concatenate([factors, np.ones(P)]),
        prior_mean=np.hstack([prior, np.zeros((3, P))]),
        **given,
    )
    assert "working sets" in wide.info.reason
    assert "working sets" not in narrow.info.reason
    np.testing.assert_allclose(wide.coef[:, :, :60], narrow.coef, atol=1e-8)
    np.testing.assert_allclose(wide.intercept, narrow.intercept, atol=1e-7)
    np.testing.assert_allclose(wide.objective, narrow.objective, rtol=1e-11)
    wanted = descend(group_problem(X, Y, 5.0, 0.8, weight=weight, factors=factors, prior=prior.T))
    np.testing.assert_allclose(wide.coef[1, :, :60], wanted.T + prior, atol=1e-8)


def test_sparse_columns_and_single_precision() -> None:
    X, Y = data()
    X = np.where(np.abs(X - 1.0) > 1.5, X, 0.0)
    fit = elltwo.elastic_net(X, Y, 3.0, 0.9, tol=1e-13, group_targets=True)
    for given in (sparse.csr_array(X), sparse.csc_array(X), np.asfortranarray(X)):
        other = elltwo.elastic_net(given, Y, 3.0, 0.9, tol=1e-13, group_targets=True)
        # A relative gap of 1e-13 holds the coefficients to its root.
        np.testing.assert_allclose(other.coef, fit.coef, atol=1e-6)
    single = elltwo.elastic_net(X.astype(np.float32), Y, 3.0, 0.9, group_targets=True)
    np.testing.assert_allclose(single.coef, fit.coef, atol=1e-4)


def test_one_cold_alpha_and_a_start_agree_with_the_path() -> None:
    X, Y = data()
    path = elltwo.elastic_net_path(
        X, Y, l1_ratio=0.9, n_alphas=10, alpha_min_ratio=0.02, tol=1e-13, group_targets=True
    )
    cold = elltwo.elastic_net(X, Y, path.alphas[-1], 0.9, tol=1e-13, group_targets=True)
    np.testing.assert_allclose(cold.coef, path.coef[-1], atol=1e-8)
    start: dict[str, Any] = {"start": path.coef[-2], "tol": 1e-13, "group_targets": True}
    warm = elltwo.elastic_net(X, Y, path.alphas[-1], 0.9, **start)
    np.testing.assert_allclose(warm.coef, path.coef[-1], atol=1e-8)
    beyond = elltwo.elastic_net(X, Y, 1e6, 0.9, group_targets=True)
    assert not beyond.coef.any()
    np.testing.assert_allclose(beyond.intercept, Y.mean(axis=0), rtol=1e-12)


def test_threads_change_no_bit() -> None:
    X, Y = data()
    one, two = (
        elltwo.elastic_net_path(
            X, Y, l1_ratio=1.0, n_alphas=8, alpha_min_ratio=0.1, n_threads=k, group_targets=True
        )
        for k in (1, 2)
    )
    assert (one.coef == two.coef).all()


def test_cross_validation() -> None:
    X, Y = data()
    fit = elltwo.elastic_net_cv(
        X, Y, 1.0, n_alphas=8, alpha_min_ratio=0.01, cv=3, group_targets=True
    )
    active = fit.coef != 0.0
    assert (active.any(axis=0) == active.all(axis=0)).all()
    assert np.isfinite(fit.cv_mse).all()
