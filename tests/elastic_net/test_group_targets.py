"""Elastic nets whose targets are penalised together (multi-task)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse

import elltwo
from group_reference import descend, group_problem

if TYPE_CHECKING:
    from group_reference import Array

RATIOS = [1.0, 0.5]


def data(n: int = 60, p: int = 12, n_targets: int = 3, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + rng.normal(size=(n, 1)) + 3.0
    B = np.zeros((p, n_targets))
    B[::4] = rng.normal(size=B[::4].shape)
    return X, X @ B + rng.normal(size=(n, n_targets)) + [1.0, -2.0, 5.0][:n_targets]


def largest_alpha(X: Array, Y: Array, l1_ratio: float) -> float:
    centred = X - X.mean(axis=0)
    norms = np.linalg.norm(centred.T @ (Y - Y.mean(axis=0)), axis=1)
    return float(norms.max()) / l1_ratio


@pytest.mark.parametrize("l1_ratio", RATIOS)
@pytest.mark.parametrize("n_targets", [2, 3])
def test_equals_block_coordinate_descent(l1_ratio: float, n_targets: int) -> None:
    X, Y = data(n_targets=n_targets)
    alpha = 0.1 * largest_alpha(X, Y, l1_ratio)
    fit = elltwo.elastic_net(X, Y, alpha, l1_ratio, tol=1e-14, group_targets=True)
    wanted = descend(group_problem(X, Y, alpha, l1_ratio)).T
    assert ((fit.coef != 0.0) == (wanted != 0.0)).all()
    np.testing.assert_allclose(fit.coef, wanted, rtol=0.0, atol=1e-9 * np.abs(wanted).max())
    np.testing.assert_allclose(fit.intercept, (Y - X @ wanted.T).mean(axis=0), rtol=1e-8)
    assert fit.info.n_active == (wanted != 0.0).any(axis=0).sum()


@pytest.mark.parametrize("l1_ratio", RATIOS)
def test_every_point_of_a_path_reaches_the_tolerance(l1_ratio: float) -> None:
    X, Y = data(40, 100)
    path = elltwo.elastic_net_path(X, Y, l1_ratio=l1_ratio, n_alphas=20, group_targets=True)
    assert path.converged.all()
    for at, alpha in enumerate(path.alphas):
        problem = group_problem(X, Y, alpha, l1_ratio)
        B = path.coef[at].T
        assert problem.relative_gap(B) <= 2e-10
        assert path.objective[at, 0] == pytest.approx(problem.objective(B), rel=1e-12)
        assert path.n_active[at, 0] == np.any(B != 0.0, axis=1).sum()
        assert (np.any(B != 0.0, axis=1) == np.all(B != 0.0, axis=1)).all()
    assert not path.coef[0].any()
    assert path.alphas[0] == pytest.approx(largest_alpha(X, Y, l1_ratio), rel=1e-12)


def test_weights_factors_and_prior_means() -> None:
    X, Y = data()
    rng = np.random.default_rng(1)
    weight = rng.integers(0, 4, size=len(X)).astype(float)
    factors: Array = np.asarray(rng.uniform(0.5, 2.0, size=X.shape[1]))
    factors[3] = np.inf
    prior = rng.normal(size=(Y.shape[1], X.shape[1])) / 4
    fit = elltwo.elastic_net(
        X,
        Y,
        20.0,
        0.7,
        sample_weight=weight,
        penalty_factors=factors,
        prior_mean=prior,
        tol=1e-14,
        group_targets=True,
    )
    wanted = descend(group_problem(X, Y, 20.0, 0.7, weight=weight, factors=factors, prior=prior.T))
    np.testing.assert_allclose(fit.coef, wanted.T + prior, atol=1e-9)
    assert (fit.coef[:, 3] == prior[:, 3]).all()
    repeated = elltwo.elastic_net(
        np.repeat(X, weight.astype(int), axis=0),
        np.repeat(Y, weight.astype(int), axis=0),
        20.0,
        0.7,
        penalty_factors=factors,
        prior_mean=prior,
        tol=1e-14,
        group_targets=True,
    )
    np.testing.assert_allclose(fit.coef, repeated.coef, atol=1e-9)


@pytest.mark.parametrize("l1_ratio", RATIOS)
def test_unpenalised_features_are_least_squares(l1_ratio: float) -> None:
    X, Y = data()
    factors = np.ones(X.shape[1])
    factors[[1, 5]] = 0.0
    alpha = 0.1 * largest_alpha(X, Y, l1_ratio)
    given: dict[str, Any] = {"penalty_factors": factors, "tol": 1e-14, "group_targets": True}
    fit = elltwo.elastic_net(X, Y, alpha, l1_ratio, **given)
    wanted = descend(group_problem(X, Y, alpha, l1_ratio, factors=factors))
    np.testing.assert_allclose(fit.coef, wanted.T, atol=1e-8)
    R = Y - fit.predict(X)
    centred = X - X.mean(axis=0)
    assert np.abs(centred[:, [1, 5]].T @ R).max() <= 1e-9 * np.abs(centred.T @ Y).max()
    far = elltwo.elastic_net(X, Y, 1e9, l1_ratio, **given)
    assert (np.flatnonzero(far.coef.any(axis=0)) == [1, 5]).all()
    columns = np.column_stack([np.ones(len(X)), X[:, [1, 5]]])
    np.testing.assert_allclose(
        far.coef[:, [1, 5]], np.linalg.lstsq(columns, Y, rcond=None)[0][1:].T, rtol=1e-9
    )


@pytest.mark.parametrize("l1_ratio", RATIOS)
def test_one_target_is_the_single_elastic_net(l1_ratio: float) -> None:
    X, Y = data()
    alone = elltwo.elastic_net(X, Y[:, :1], 5.0, l1_ratio)
    grouped = elltwo.elastic_net(X, Y[:, :1], 5.0, l1_ratio, group_targets=True)
    assert (alone.coef == grouped.coef).all()
    assert grouped.info.solver == alone.info.solver
    assert grouped.edf == alone.edf


def test_without_absolute_values_it_is_ridge() -> None:
    X, Y = data()
    ridge = elltwo.ridge(X, Y, alpha=3.0)
    for fit in (
        elltwo.elastic_net(X, Y, 3.0, 0.0, group_targets=True),
        elltwo.elastic_net_path(X, Y, [3.0, 1.0], 0.0, group_targets=True).at(3.0),
    ):
        assert (fit.coef == ridge.coef).all()
        assert fit.info.objective == pytest.approx(
            group_problem(X, Y, 3.0, 0.0).objective(fit.coef.T), rel=1e-12
        )
    least_squares = elltwo.elastic_net(X, Y, 0.0, 0.5, group_targets=True)
    assert (least_squares.coef == elltwo.ridge(X, Y, alpha=0.0).coef).all()
    assert least_squares.info.n_active == X.shape[1]


def test_duplicated_columns_of_both_signs() -> None:
    X, Y = data(30, 8)
    X = np.column_stack([X, X, -X, X[:, :1] + 1e-6 * np.sin(np.arange(30.0))[:, np.newaxis]])
    for l1_ratio in RATIOS:
        path = elltwo.elastic_net_path(X, Y, l1_ratio=l1_ratio, n_alphas=30, group_targets=True)
        assert path.converged.all()
        for at, alpha in enumerate(path.alphas):
            assert group_problem(X, Y, alpha, l1_ratio).relative_gap(path.coef[at].T) <= 1e-9


def test_sparse_moments_single_precision_and_any_order_agree() -> None:
    X, Y = data(80, 10)
    X = np.where(np.abs(X - 3.0) > 1.0, X, 0.0)
    fit = elltwo.elastic_net(X, Y, 10.0, 0.8, tol=1e-14, group_targets=True)
    for given in (sparse.csr_array(X), sparse.csc_array(X), np.asfortranarray(X)):
        other = elltwo.elastic_net(given, Y, 10.0, 0.8, tol=1e-14, group_targets=True)
        np.testing.assert_allclose(other.coef, fit.coef, atol=1e-9)
    single = elltwo.elastic_net(X.astype(np.float32), Y, 10.0, 0.8, group_targets=True)
    assert single.coef.dtype == np.float32
    np.testing.assert_allclose(single.coef, fit.coef, atol=1e-5)


def test_threads_change_no_bit() -> None:
    X, Y = data(50, 120)
    one, two = (
        elltwo.elastic_net_path(X, Y, l1_ratio=1.0, n_alphas=15, n_threads=k, group_targets=True)
        for k in (1, 2)
    )
    assert (one.coef == two.coef).all()


def test_a_start_changes_the_time_alone() -> None:
    X, Y = data()
    fit = elltwo.elastic_net(X, Y, 10.0, 0.9, tol=1e-14, group_targets=True)
    again = elltwo.elastic_net(X, Y, 10.0, 0.9, tol=1e-14, start=fit, group_targets=True)
    np.testing.assert_allclose(again.coef, fit.coef, atol=1e-10)
    assert again.info.n_iter <= 1


def test_a_nearly_exact_fit_is_certified_from_the_rows() -> None:
    X, Y = data(60, 12)
    Y = X @ np.linalg.lstsq(X, Y, rcond=None)[0] + 1e-8 * Y
    alpha = 1e-9 * largest_alpha(X, Y, 1.0)
    fit = elltwo.elastic_net(X, Y, alpha, 1.0, group_targets=True)
    assert fit.info.status == "converged"
    assert group_problem(X, Y, alpha, 1.0).relative_gap(fit.coef.T) <= 1e-6


def test_scales_of_powers_of_two_change_nothing() -> None:
    X, Y = data()
    fit = elltwo.elastic_net(X, Y, 10.0, 0.5, group_targets=True)
    for unit in (2.0**-500, 2.0**400):
        scaled = elltwo.elastic_net(X * unit, Y * unit, 10.0 * unit**2, 1.0, group_targets=True)
        plain = elltwo.elastic_net(X, Y, 10.0, 1.0, group_targets=True)
        np.testing.assert_allclose(scaled.coef, plain.coef, rtol=1e-7, atol=1e-12)
    assert fit.info.status == "converged"


def test_cross_validation_shares_alpha_and_features() -> None:
    X, Y = data(80, 10)
    fit = elltwo.elastic_net_cv(X, Y, [0.5, 1.0], n_alphas=10, cv=4, group_targets=True)
    active = fit.coef != 0.0
    assert (active.any(axis=0) == active.all(axis=0)).all()
    at = int(np.argmin(fit.cv_mse[-1])) if fit.l1_ratio == 1.0 else int(np.argmin(fit.cv_mse[0]))
    alpha = fit.alphas[-1][at] if np.ndim(fit.alphas[0]) else fit.alphas[at]
    errors = []
    for fold in np.array_split(np.arange(len(X)), 4):
        rest = np.setdiff1d(np.arange(len(X)), fold)
        part = elltwo.elastic_net(X[rest], Y[rest], alpha, fit.l1_ratio, group_targets=True)
        errors.append(((Y[fold] - part.predict(X[fold])) ** 2).mean())
    assert np.mean(errors) == pytest.approx(fit.cv_mse.min(), rel=1e-8)


def test_what_cannot_be_grouped_is_refused() -> None:
    X, Y = data()
    with pytest.raises(ValueError, match="bounds must be None with group_targets=True"):
        elltwo.elastic_net(X, Y, bounds=(0.0, None), group_targets=True)
    with pytest.raises(ValueError, match="per_target must be False"):
        elltwo.elastic_net_cv(X, Y, per_target=True, group_targets=True)
    with pytest.raises(ValueError, match="alpha"):
        elltwo.elastic_net(X, Y, [1.0, 2.0, 3.0], group_targets=True)
    with pytest.raises(TypeError, match="group_targets"):
        elltwo.elastic_net(X, Y, group_targets=1)  # type: ignore[arg-type]
