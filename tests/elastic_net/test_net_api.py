"""Records of the elastic net: shapes, types, names, degrees of freedom, relaxed fits, summaries."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import elltwo
from elltwo.exceptions import ConvergenceWarning

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

RNG = np.random.default_rng(3)
N, P = 50, 8
X = RNG.normal(size=(N, P)) @ (np.eye(P) + 0.3)
Y = X @ [1.0, 0.0, 0.0, -2.0, 0.0, 0.5, 0.0, 0.0] + RNG.normal(size=N)
PAIR = np.column_stack([Y, X[:, 1] - Y])
W = RNG.uniform(0.5, 2.0, N)
NAMES = [f"c{j}" for j in range(P)]
FRAME = pd.DataFrame(X, columns=NAMES)


def test_a_fit_of_one_target() -> None:
    fit = elltwo.elastic_net(X, Y, 5.0, 1.0)
    assert fit.coef.shape == (P,)
    assert isinstance(fit.intercept, float)
    assert fit.active.tolist() == np.flatnonzero(fit.coef).tolist()
    assert (fit.alpha, fit.l1_ratio) == (5.0, 1.0)
    assert fit.info.status == "converged"
    assert fit.info.gap <= 1e-12
    assert fit.info.n_active == fit.active.size
    loss = 0.5 * np.sum((Y - fit.predict(X)) ** 2) + 5.0 * np.abs(fit.coef).sum()
    assert fit.info.objective == pytest.approx(loss, rel=1e-13)
    assert fit.feature_names is None


def test_targets_are_independent_and_may_have_alphas_of_their_own() -> None:
    both = elltwo.elastic_net(X, PAIR, [5.0, 2.0], 0.7)
    assert both.coef.shape == (2, P)
    assert both.alpha.tolist() == [5.0, 2.0]
    singles = [elltwo.elastic_net(X, PAIR[:, t], a, 0.7) for t, a in enumerate([5.0, 2.0])]
    for t, single in enumerate(singles):
        np.testing.assert_allclose(both.coef[t], single.coef, rtol=1e-11, atol=1e-13)
        assert both.active[t].tolist() == single.active.tolist()
        assert both.edf[t] == pytest.approx(single.edf, rel=1e-10)
    assert both.info.objective == pytest.approx(sum(one.info.objective for one in singles))
    assert both.predict(X).shape == (N, 2)


def test_alpha_of_infinity_and_zero() -> None:
    none = elltwo.elastic_net(X, Y, np.inf)
    assert none.coef.tolist() == [0.0] * P
    assert none.intercept == pytest.approx(Y.mean())
    assert none.edf == 1.0
    free = elltwo.elastic_net(X, Y, 0.0)
    np.testing.assert_allclose(free.coef, elltwo.ridge(X, Y, alpha=0.0).coef, rtol=1e-11)
    assert free.edf == P + 1.0


@pytest.mark.parametrize("alpha", [0.3, 5.0, 100.0])
def test_no_l1_part_is_ridge(alpha: float) -> None:
    ours = elltwo.elastic_net(X, Y, alpha, 0.0, sample_weight=W)
    ridge = elltwo.ridge(X, Y, alpha=alpha, sample_weight=W)
    np.testing.assert_allclose(ours.coef, ridge.coef, rtol=1e-13)
    assert ours.intercept == pytest.approx(ridge.intercept, rel=1e-13)
    assert ours.edf == pytest.approx(ridge.statistics.edf, rel=1e-11)


def test_float32_stays_float32() -> None:
    single, double = X.astype(np.float32), elltwo.elastic_net(X, Y, 5.0)
    fit = elltwo.elastic_net(single, Y, 5.0)
    assert fit.coef.dtype == np.float32
    assert fit.predict(single).dtype == np.float32
    np.testing.assert_allclose(fit.coef, double.coef, rtol=1e-4, atol=1e-6)
    assert fit.edf == pytest.approx(double.edf, rel=1e-4)
    assert elltwo.elastic_net_path(single, Y).coef.dtype == np.float32


def test_sparse_as_dense() -> None:
    Z = X * (np.abs(X) > 0.5)
    dense = elltwo.elastic_net(Z, Y, 3.0, 0.8)
    for matrix in (sparse.csr_matrix(Z), sparse.csc_array(Z), sparse.coo_matrix(Z)):
        fit = elltwo.elastic_net(matrix, Y, 3.0, 0.8)
        np.testing.assert_allclose(fit.coef, dense.coef, rtol=1e-11, atol=1e-13)
        assert fit.edf == pytest.approx(dense.edf, rel=1e-10)
        np.testing.assert_allclose(fit.relaxed().coef, dense.relaxed().coef, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(fit.predict(matrix), dense.predict(Z), rtol=1e-10)


@pytest.mark.parametrize("l1_ratio", [0.5, 1.0])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_degrees_of_freedom_are_the_divergence_of_the_fit(
    l1_ratio: float, fit_intercept: bool
) -> None:
    """The trace of the derivative of fitted values in y, by differences (Stein's formula)."""

    def fitted(y: Array) -> Array:
        return elltwo.elastic_net(X, y, 6.0, l1_ratio, fit_intercept=fit_intercept).predict(X)

    step, divergence = 1e-6, 0.0
    for i in range(N):
        change = np.zeros(N)
        change[i] = step
        divergence += (fitted(Y + change)[i] - fitted(Y - change)[i]) / (2 * step)
    fit = elltwo.elastic_net(X, Y, 6.0, l1_ratio, fit_intercept=fit_intercept)
    assert fit.edf == pytest.approx(divergence, abs=1e-6)


def test_degrees_of_freedom_with_factors_bounds_and_prior_means() -> None:
    factors = np.array([0.0, 1.0, 2.0, 0.0, np.inf, 1.0, 1.0, 1.0])
    options: dict[str, Any] = {"penalty_factors": factors, "bounds": (-1.0, 0.2), "prior_mean": 0.1}

    def fitted(y: Array) -> Array:
        return elltwo.elastic_net(X, y, 4.0, 0.6, **options).predict(X)

    step = 1e-6
    changes = step * np.eye(N)
    divergence = sum(
        (fitted(Y + one)[i] - fitted(Y - one)[i]) / (2 * step) for i, one in enumerate(changes)
    )
    fit = elltwo.elastic_net(X, Y, 4.0, 0.6, **options)
    assert fit.edf == pytest.approx(divergence, abs=1e-6)
    assert 4 not in fit.active
    assert fit.coef[4] == 0.1


def test_relaxed_is_least_squares_of_the_active_features() -> None:
    fit = elltwo.elastic_net(X, Y, 20.0, 1.0, sample_weight=W)
    assert 0 < fit.active.size < P
    free = elltwo.ridge(X[:, fit.active], Y, alpha=0.0, sample_weight=W)
    relaxed = fit.relaxed()
    np.testing.assert_allclose(relaxed.coef[fit.active], free.coef, rtol=1e-10)
    assert relaxed.intercept == pytest.approx(free.intercept, rel=1e-9)
    np.testing.assert_allclose(relaxed.predict(X), free.predict(X[:, fit.active]), rtol=1e-9)
    half = fit.relaxed(0.25)
    np.testing.assert_allclose(half.coef, 0.25 * fit.coef + 0.75 * relaxed.coef, rtol=1e-12)
    np.testing.assert_array_equal(fit.relaxed(1.0).coef, fit.coef)


def test_relaxed_keeps_bounds_and_prior_means() -> None:
    fit = elltwo.elastic_net(X, Y, 3.0, 0.9, bounds=(0.0, 0.4), prior_mean=0.05)
    relaxed = fit.relaxed()
    held = (fit.coef == 0.0) | (fit.coef == 0.4) | (fit.coef == 0.05)
    np.testing.assert_array_equal(relaxed.coef[held], fit.coef[held])
    rest = Y - X[:, held] @ fit.coef[held]
    free = elltwo.ridge(X[:, ~held], rest, alpha=0.0, bounds=(0.0, 0.4))
    np.testing.assert_allclose(relaxed.coef[~held], free.coef, rtol=1e-8, atol=1e-10)


def test_adaptive_lasso_by_factors() -> None:
    first = elltwo.elastic_net(X, Y, 5.0, 1.0)
    with np.errstate(divide="ignore"):
        factors = 1.0 / np.abs(first.coef)
    fit = elltwo.elastic_net(X, Y, 5.0, 1.0, penalty_factors=factors)
    assert set(fit.active) <= set(first.active)


def test_start_changes_nothing_but_the_rounds() -> None:
    fit = elltwo.elastic_net(X, Y, 2.0, 1.0)
    for start in (fit, fit.coef, np.zeros(P), elltwo.elastic_net(X, Y, 9.0, 1.0)):
        again = elltwo.elastic_net(X, Y, 2.0, 1.0, start=start)
        np.testing.assert_allclose(again.coef, fit.coef, rtol=1e-11, atol=1e-13)
        assert again.active.tolist() == fit.active.tolist()


def test_names_of_tables() -> None:
    y = pd.Series(Y, name="target")
    fit = elltwo.elastic_net(FRAME, y, 5.0, 1.0)
    assert fit.feature_names == tuple(NAMES)
    assert fit.target_names == ("target",)
    np.testing.assert_allclose(fit.predict(FRAME[NAMES[::-1]]), fit.predict(X), rtol=1e-10)
    factors = pd.Series(np.arange(1.0, P + 1.0), index=NAMES)
    labelled = elltwo.elastic_net(FRAME, y, 5.0, penalty_factors=factors[::-1])
    plain = elltwo.elastic_net(X, Y, 5.0, penalty_factors=factors.to_numpy())
    np.testing.assert_array_equal(labelled.coef, plain.coef)
    path = elltwo.elastic_net_path(FRAME, y)
    assert path.feature_names == tuple(NAMES)
    np.testing.assert_allclose(path.predict(FRAME[NAMES[::-1]]), path.predict(X), rtol=1e-10)
    assert path.relaxed().predict(FRAME).shape == (N, 100)


def test_summary_names_what_it_leaves_out() -> None:
    fit = elltwo.elastic_net(FRAME, pd.Series(Y, name="target"), 20.0, 1.0)
    report = fit.summary()
    assert report.names == (*(NAMES[j] for j in fit.active), "intercept")
    np.testing.assert_array_equal(report.coef[:-1], fit.coef[fit.active])
    np.testing.assert_allclose(report.relaxed[:-1], fit.relaxed().coef[fit.active], rtol=1e-12)
    assert report.facts["target"] == "target"
    assert report.facts["effective degrees of freedom"] == fit.active.size + 1.0
    assert report.facts["residual sum of squares"] == pytest.approx(
        np.sum((Y - fit.predict(X)) ** 2), rel=1e-11
    )
    assert "No standard errors" in str(report)
    assert max(map(len, str(report).splitlines())) <= 100
    assert elltwo.elastic_net(X, PAIR, 3.0).summary(target=1).names[-1] == "intercept"
    with pytest.raises(ValueError, match="target must be below 1, the number of targets, got 1"):
        fit.summary(target=1)


def test_copies_leave_the_data_behind() -> None:
    fit = elltwo.elastic_net(FRAME, Y, 5.0, prior_mean=0.1)
    for twin in (copy.copy(fit), pickle.loads(pickle.dumps(fit))):
        np.testing.assert_array_equal(twin.coef, fit.coef)
        assert twin.feature_names == fit.feature_names
        assert twin.active.tolist() == fit.active.tolist()
        assert twin.info == fit.info
        for ask in (lambda t=twin: t.edf, twin.relaxed, twin.summary):
            with pytest.raises(ValueError, match="left its data behind"):
                ask()


def test_an_early_stop_is_warned_of() -> None:
    Z = RNG.normal(size=(300, 60))
    y = Z[:, :30] @ RNG.normal(size=30) + RNG.normal(size=300)
    with pytest.warns(ConvergenceWarning, match="elastic net stopped at a relative duality gap"):
        fit = elltwo.elastic_net(Z, y, 5.0, 1.0, max_iter=1)
    assert fit.info.status == "max_iter_reached"
    assert fit.info.gap > fit.info.tolerance
