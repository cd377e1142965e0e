"""Degrees of freedom of elastic nets: against derivatives of fits, and matrices written out."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo import _core

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

N, P, T = 30, 8, 3


def data(seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N, P)) + rng.normal(size=(N, 1)) + 2.0
    B = np.zeros((P, T))
    B[::3] = rng.normal(size=B[::3].shape)
    return X, X @ B + rng.normal(size=(N, T)) + [1.0, -2.0, 5.0]


def divergence(X: Array, Y: Array, alpha: float, l1_ratio: float, **options: Any) -> float:  # noqa: ANN401
    """Return the sum of the derivatives of fitted values in their own y, by differences."""

    def fitted(given: Array) -> Array:
        fit = elltwo.elastic_net(
            X, given, alpha, l1_ratio, tol=1e-14, group_targets=True, **options
        )
        return np.asarray(fit.predict(X), dtype=np.float64)

    step, total = 1e-5, 0.0
    for place in np.ndindex(Y.shape):
        change = np.zeros_like(Y)
        change[place] = step
        total += float(fitted(Y + change)[place] - fitted(Y - change)[place]) / (2 * step)
    return total


@pytest.mark.parametrize("l1_ratio", [1.0, 0.6, 0.0])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_of_joined_targets_they_are_the_divergence(l1_ratio: float, fit_intercept: bool) -> None:
    X, Y = data()
    fit = elltwo.elastic_net(
        X, Y, 8.0, l1_ratio, fit_intercept=fit_intercept, tol=1e-14, group_targets=True
    )
    wanted = divergence(X, Y, 8.0, l1_ratio, fit_intercept=fit_intercept)
    np.testing.assert_allclose(fit.edf, wanted, rtol=0.0, atol=2e-6)
    assert fit.edf.shape == (T,)


def test_of_joined_targets_with_factors_prior_means_and_weights() -> None:
    X, Y = data(1)
    options: dict[str, Any] = {
        "penalty_factors": np.array([0.0, 1.0, 2.0, 0.0, np.inf, 1.0, 1.0, 0.5]),
        "prior_mean": np.linspace(-0.2, 0.3, T * P).reshape(T, P),
        "sample_weight": np.linspace(0.5, 2.0, N),
    }
    fit = elltwo.elastic_net(X, Y, 6.0, 0.7, tol=1e-14, group_targets=True, **options)
    wanted = divergence(X, Y, 6.0, 0.7, **options)
    np.testing.assert_allclose(fit.edf, wanted, rtol=0.0, atol=2e-6)


@pytest.mark.parametrize("alpha", [0.0, np.inf])
def test_of_joined_targets_at_the_ends(alpha: float) -> None:
    X, Y = data()
    factors = np.ones(P)
    factors[0] = 0.0
    fit = elltwo.elastic_net(X, Y, alpha, 0.5, penalty_factors=factors, group_targets=True)
    np.testing.assert_allclose(fit.edf, T * (P + 1 if alpha == 0.0 else 2), rtol=1e-12)


def test_a_path_of_joined_targets_has_criteria_of_all_observations() -> None:
    X, Y = data()
    path = elltwo.elastic_net_path(X, Y, l1_ratio=0.8, n_alphas=10, group_targets=True)
    for at in (0, 4, 9):
        np.testing.assert_allclose(path.edf[at], path.at(path.alphas[at]).edf, rtol=1e-9)
    edf, rss, n = path.edf, path.rss, N * T
    np.testing.assert_allclose(edf[0], T)
    np.testing.assert_allclose(path.gcv(), n * rss / (n - edf) ** 2)
    np.testing.assert_allclose(path.bic(), n * np.log(rss / n) + np.log(n) * edf)
    for name in ("aic", "bic", "ebic", "gcv"):
        values = path.criterion(name)[:, 0]
        chosen = path.choose(name)
        assert chosen.alpha == path.alphas[values.argmin()]
        given: dict[str, Any] = {"alphas": path.alphas, "cv": name, "group_targets": True}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a choice at the edge of the grid
            assert elltwo.elastic_net_cv(X, Y, 0.8, **given).alpha == chosen.alpha
    summary = path.choose("bic").summary(target=1)
    assert "GCV" in str(summary)


@pytest.mark.parametrize("factors", [None, np.linspace(0.5, 2.0, P)])
def test_of_paths_they_are_traces_written_out(factors: Array | None) -> None:
    X, Y = data()
    path = elltwo.elastic_net_path(X, Y[:, 0], l1_ratio=0.4, penalty_factors=factors, n_alphas=30)
    centred = X - X.mean(axis=0)
    weights = np.ones(P) if factors is None else factors
    for at, alpha in enumerate(path.alphas):
        active = np.flatnonzero(path.coef[at])
        Z = centred[:, active]
        ridge = np.diag(0.6 * alpha * weights[active])
        wanted = 1.0 + np.trace(np.linalg.solve(Z.T @ Z + ridge, Z.T @ Z))
        assert path.edf[at] == pytest.approx(wanted, rel=1e-11)


@pytest.mark.parametrize("n_outputs", [1, 2, 5])
def test_traces_of_rows_equal_those_of_the_whole_system(n_outputs: int) -> None:
    rng = np.random.default_rng(3)
    Z = rng.normal(size=(40, 12)) + rng.normal(size=(40, 1))
    gram = Z.T @ Z
    columns = np.array([0, 3, 4, 7, 11, 2, 5], dtype=np.int64)
    starts = np.array([0, 5, 5, 7], dtype=np.int64)
    ridge = np.array([1.0, 0.0, 2.0, 0.5, 1e-3, 0.0, 3.0])
    across = np.array([3.0, 1e3, 1e-2, 1e5, 0.0, 2.0, 1.0])
    rows = rng.normal(size=(7, n_outputs))
    directions = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    found = _core.grouped_net_traces(gram, (starts, columns, ridge), across, directions, 1)
    for k in range(3):
        own = slice(starts[k], starts[k + 1])
        G = np.kron(gram[np.ix_(columns[own], columns[own])], np.eye(n_outputs))
        H = G.copy()
        for a, (r, c, u) in enumerate(zip(ridge[own], across[own], directions[own], strict=True)):
            part = slice(a * n_outputs, (a + 1) * n_outputs)
            H[part, part] += r * np.eye(n_outputs) + c * (np.eye(n_outputs) - np.outer(u, u))
        assert found[k] == pytest.approx(np.trace(np.linalg.solve(H, G)), rel=1e-9)


def test_traces_do_not_depend_on_the_number_of_threads() -> None:
    rng = np.random.default_rng(4)
    Z = rng.normal(size=(200, 150))
    gram, columns = Z.T @ Z, np.tile(np.arange(150), 12).astype(np.int64)
    starts = np.arange(0, 150 * 12 + 1, 150, dtype=np.int64)
    ridge = np.repeat(np.geomspace(1.0, 100.0, 12), 150)
    one, two = (_core.net_traces(gram, (starts, columns, ridge), k) for k in (1, 2))
    np.testing.assert_array_equal(one, two)
    wanted = np.linalg.eigvalsh(gram)
    for k in range(12):
        trace = np.sum(wanted / (wanted + ridge[150 * k]))
        assert one[k] == pytest.approx(trace, rel=1e-12)


def test_faces_that_do_not_fit_are_refused() -> None:
    starts, columns = np.array([0, 2], dtype=np.int64), np.array([0, 3], dtype=np.int64)
    with pytest.raises(ValueError, match="do not fit"):
        _core.net_traces(np.eye(3), (starts, columns, np.ones(2)), 1)
    with pytest.raises(ValueError, match="positive semi-definite"):
        _core.net_traces(-3.0 * np.eye(4), (starts, columns, np.ones(2)), 1)
