"""Many elastic nets in one call: the bits of single fits, options, errors and records."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest

import elltwo
from elltwo.exceptions import ConvergenceWarning

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

RNG = np.random.default_rng(14)
K, N, P = 23, 30, 6
X = RNG.normal(size=(K, N, P)) + RNG.normal(size=(K, 1, P))
Y = X @ [1.0, 0.0, -2.0, 0.0, 0.0, 0.5] + RNG.normal(size=(K, N))
PAIR = np.stack([Y, Y[:, ::-1]], axis=2)
W = RNG.uniform(0.5, 2.0, (K, N))
W[:, 4] = 0.0
ALPHAS = np.exp(RNG.uniform(-2.0, 4.0, K))


def singles(y: Array, alpha: Any, **options: Any) -> list[elltwo.ElasticNetFit]:  # noqa: ANN401
    """Fit the problems one by one."""
    each = np.broadcast_to(alpha, (K,))
    own = {**options}
    weight = own.pop("sample_weight", None)
    fits = []
    for k in range(K):
        w = weight if weight is None or weight.ndim == 1 else weight[k]
        fits.append(
            elltwo.elastic_net(X[k], y[k], float(each[k]), sample_weight=w, n_threads=1, **own)
        )
    return fits


def require_same(fit: Any, expected: list[elltwo.ElasticNetFit]) -> None:  # noqa: ANN401
    np.testing.assert_array_equal(fit.coef, [one.coef for one in expected])
    np.testing.assert_array_equal(fit.intercept, [one.intercept for one in expected])
    np.testing.assert_array_equal(fit.gap, [one.info.gap for one in expected])
    np.testing.assert_array_equal(fit.violation, [one.info.violation for one in expected])
    np.testing.assert_array_equal(fit.n_active, [one.info.n_active for one in expected])


@pytest.mark.parametrize("l1_ratio", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("y", [Y, PAIR], ids=["one target", "two targets"])
def test_single_fits_to_the_bit(y: Array, l1_ratio: float) -> None:
    fit = elltwo.elastic_net_batch(X, y, alpha=ALPHAS, l1_ratio=l1_ratio)
    expected = singles(y, ALPHAS, l1_ratio=l1_ratio)
    require_same(fit, expected)
    assert fit.l1_ratio == l1_ratio
    np.testing.assert_array_equal(fit.alpha, ALPHAS)
    infos = [one.info for one in expected]
    assert fit.info.status == "converged"
    assert fit.info.gap == max(info.gap for info in infos)
    assert fit.info.n_active == sum(info.n_active for info in infos)
    assert fit.info.n_iter == sum(info.n_iter for info in infos)
    assert fit.info.objective == pytest.approx(sum(info.objective for info in infos), rel=1e-13)
    assert fit.info.alpha_max == max(info.alpha_max for info in infos)
    assert len(fit) == K


def test_answers_do_not_depend_on_threads() -> None:
    many = np.tile(X, (20, 1, 1))
    y = np.tile(Y, (20, 1))
    one = elltwo.elastic_net_batch(many, y, alpha=2.0, n_threads=1)
    two = elltwo.elastic_net_batch(many, y, alpha=2.0, n_threads=2)
    np.testing.assert_array_equal(one.coef, two.coef)
    np.testing.assert_array_equal(one.intercept, two.intercept)
    assert one.info._replace(n_threads=2) == two.info._replace(n_threads=2)
    np.testing.assert_array_equal(one.coef[:K], elltwo.elastic_net_batch(X, Y, alpha=2.0).coef)


@pytest.mark.parametrize(
    "options",
    [
        {"fit_intercept": False},
        {"sample_weight": W},
        {"sample_weight": W[0]},
        {"penalty_factors": np.array([0.0, 1.0, np.inf, 2.0, 1.0, 1.0])},
        {"prior_mean": np.array([1.0, 0.0, -2.0, 0.1, 0.0, 0.5])},
        {"bounds": (0.0, None)},
        {"bounds": (np.full(P, -0.4), np.full(P, 0.6)), "sample_weight": W},
        {"tol": 1e-6},
    ],
    ids=" ".join,
)
def test_options(options: dict[str, Any]) -> None:
    fit = elltwo.elastic_net_batch(X, Y, alpha=ALPHAS, l1_ratio=0.8, **options)
    require_same(fit, singles(Y, ALPHAS, l1_ratio=0.8, **options))


def test_extreme_alphas() -> None:
    alphas = np.r_[0.0, np.inf, ALPHAS[2:]]
    fit = elltwo.elastic_net_batch(X, Y, alpha=alphas, l1_ratio=1.0)
    require_same(fit, singles(Y, alphas, l1_ratio=1.0))
    assert not fit.coef[1].any()
    np.testing.assert_allclose(fit.coef[0], elltwo.ridge(X[0], Y[0], alpha=0.0).coef, rtol=1e-10)


def test_problems_that_share_x_are_wide_or_degenerate() -> None:
    shared = RNG.normal(size=(5, 12))  # more features than rows
    shared[:, 3] = shared[:, 4]
    y = RNG.normal(size=(4, 5))
    fit = elltwo.elastic_net_batch(shared, y, alpha=0.3, l1_ratio=0.9)
    for k in range(4):
        one = elltwo.elastic_net(shared, y[k], 0.3, 0.9, n_threads=1)
        np.testing.assert_array_equal(fit.coef[k], one.coef)
        assert fit.intercept[k] == one.intercept
    constant = np.ones((3, 8, 2))
    flat = elltwo.elastic_net_batch(constant, np.ones((3, 8)), alpha=1.0)
    assert not flat.coef.any()
    np.testing.assert_array_equal(flat.intercept, 1.0)


def test_memory_orders_float32_and_out() -> None:
    plain = elltwo.elastic_net_batch(X, Y, alpha=3.0)
    for other in (np.asfortranarray(X), np.swapaxes(np.ascontiguousarray(X.swapaxes(0, 2)), 0, 2)):
        fit = elltwo.elastic_net_batch(other, np.asfortranarray(Y), alpha=3.0)
        np.testing.assert_allclose(fit.coef, plain.coef, rtol=1e-12, atol=1e-14)
    single = elltwo.elastic_net_batch(X.astype(np.float32), Y, alpha=3.0)
    assert single.coef.dtype == single.intercept.dtype == np.float32
    np.testing.assert_allclose(single.coef, plain.coef, rtol=1e-4, atol=1e-5)
    coef, intercept = np.empty((K, P)), np.empty(K)
    written = elltwo.elastic_net_batch(X, Y, alpha=3.0, out=(coef, intercept))
    assert written.coef is coef
    np.testing.assert_array_equal(coef, plain.coef)
    np.testing.assert_array_equal(intercept, plain.intercept)


def test_no_problems() -> None:
    fit = elltwo.elastic_net_batch(np.empty((0, 4, 2)), np.empty((0, 4)), alpha=1.0)
    assert fit.coef.shape == (0, 2)
    assert fit.info.status == "converged"


def test_record() -> None:
    frame = pd.DataFrame(X[0], columns=list("abcdef"))
    fit = elltwo.elastic_net_batch(
        frame,
        Y[:3],
        alpha=2.0,
        penalty_factors=pd.Series({"a": 0.5, "b": 1.0, "c": 1, "d": 1, "e": 1, "f": 1}),
    )
    assert fit.feature_names == tuple("abcdef")
    rows = RNG.normal(size=(4, P))
    predicted = fit.predict(pd.DataFrame(rows, columns=list("abcdef"))[list("fedcba")])
    np.testing.assert_allclose(predicted, (rows @ fit.coef.T + fit.intercept).T, rtol=1e-13)
    for twin in (pickle.loads(pickle.dumps(fit)),):
        np.testing.assert_array_equal(twin.coef, fit.coef)
        np.testing.assert_array_equal(twin.gap, fit.gap)
        assert (twin.info, twin.l1_ratio) == (fit.info, 0.5)
        assert twin.feature_names == fit.feature_names
    assert repr(fit) == "ElasticNetBatchFit(3 problems, coef of shape (3, 6), status='converged')"
    with pytest.raises(ValueError, match=r"X has 2 problems, but the fit has 3"):
        fit.predict(np.zeros((2, 4, P)))


def test_early_stops_are_told() -> None:
    hard = RNG.normal(size=(3, 40, 90))
    y = RNG.normal(size=(3, 40))
    with pytest.warns(ConvergenceWarning, match=r"stopped in problem \d of a batch at a relative"):
        fit = elltwo.elastic_net_batch(hard, y, alpha=0.01, l1_ratio=1.0, max_iter=1, tol=1e-14)
    assert fit.info.status == "max_iter_reached"
    assert fit.info.gap == fit.gap.max() > 1e-14
    assert np.isfinite(fit.coef).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"l1_ratio": 1.5}, r"l1_ratio must be a number in \[0, 1\], got 1.5"),
        ({"alpha": -1.0}, r"alpha must be in \[0, inf\], got -1"),
        ({"alpha": [1.0, 2.0]}, "alpha must be a number or have one entry for each of the 23"),
        ({"bounds": (1.0, 0.0)}, "bounds"),
        ({"bounds": (np.zeros(5), None)}, r"bounds\[0\] must be a number or have shape \(6,\)"),
        ({"sample_weight": np.zeros(N)}, "sample_weight of problem 0"),
        ({"sample_weight": -np.ones((K, N))}, "sample_weight of problem 0 must be finite"),
        ({"penalty_factors": np.ones(5)}, "penalty_factors"),
        ({"tol": -1.0}, "tol"),
        ({"max_iter": 0}, "max_iter"),
        ({"y": Y[:, :-1]}, "X and y must have the same number of problems and rows"),
    ],
)
def test_bad_input(change: dict[str, Any], message: str) -> None:
    given = {"X": X, "y": Y, "alpha": 1.0, **change}
    with pytest.raises(ValueError, match=message):
        elltwo.elastic_net_batch(**given)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_named(bad: float) -> None:
    rows, y = X.copy(), Y.copy()
    rows[17, 3, 2] = bad
    with pytest.raises(ValueError, match=r"X of problem 17 .* row 3, column 2"):
        elltwo.elastic_net_batch(rows, Y, alpha=1.0)
    y[[5, 9], 1] = bad
    with pytest.raises(ValueError, match=r"y of problem 5 .* row 1"):
        elltwo.elastic_net_batch(X, y, alpha=1.0)


def test_groups_are_fitted_as_their_rows_are() -> None:
    rows = RNG.normal(size=(90, 5))
    y = rows @ [1.0, 0.0, 0.0, -1.0, 0.0] + RNG.normal(size=90)
    keys = RNG.permutation(np.r_[["b"] * 40, ["c"] * 3, ["a"] * 47])
    w = RNG.uniform(0.5, 2.0, 90)
    alpha = {"a": 1.0, "b": 5.0, "c": 0.2}
    for options in ({}, {"sample_weight": w}, {"bounds": (0.0, None)}):
        fit = elltwo.elastic_net_grouped(rows, y, keys, alpha=alpha, l1_ratio=0.7, **options)
        assert fit.groups.tolist() == ["a", "b", "c"]
        assert fit.n_rows.tolist() == [47, 40, 3]
        for g, key in enumerate("abc"):
            at = keys == key
            own: dict[str, Any] = {**options}
            if "sample_weight" in own:
                own["sample_weight"] = w[at]
            one = elltwo.elastic_net(rows[at], y[at], alpha[key], 0.7, n_threads=1, **own)
            np.testing.assert_array_equal(fit.coef[g], one.coef)
            assert fit.intercept[g] == one.intercept
            assert fit.gap[g] == one.info.gap
            assert fit.n_active[g] == one.info.n_active
    of_rows = np.searchsorted(fit.groups, keys)
    expected = np.einsum("ij,ij->i", rows, fit.coef[of_rows]) + fit.intercept[of_rows]
    np.testing.assert_allclose(fit.predict(rows, keys), expected, rtol=1e-12)
    assert fit.alpha.tolist() == [1.0, 5.0, 0.2]
    twin = pickle.loads(pickle.dumps(fit))
    np.testing.assert_array_equal(twin.coef, fit.coef)
    assert (twin.info, twin.l1_ratio) == (fit.info, 0.7)


def test_groups_by_starts_and_two_targets() -> None:
    rows, y = X.reshape(-1, P), PAIR.reshape(-1, 2)
    fit = elltwo.elastic_net_grouped(rows, y, starts=np.arange(0, K * N + 1, N), alpha=ALPHAS)
    batch = elltwo.elastic_net_batch(X, PAIR, alpha=ALPHAS)
    np.testing.assert_array_equal(fit.coef, batch.coef)
    np.testing.assert_array_equal(fit.intercept, batch.intercept)
    np.testing.assert_array_equal(fit.violation, batch.violation)
    assert fit.info == batch.info


def test_errors_name_groups() -> None:
    rows, y, keys = X[0].copy(), Y[0], np.arange(N) % 3
    rows[4, 2] = np.nan
    with pytest.raises(ValueError, match=r"X of group 1 .* row 4, column 2"):
        elltwo.elastic_net_grouped(rows, y, keys, alpha=1.0)
    with pytest.raises(ValueError, match=r"alpha must be in \[0, inf\], got -1 for group 2"):
        elltwo.elastic_net_grouped(X[0], y, keys, alpha=[1.0, 1.0, -1.0])
    with pytest.raises(TypeError, match="give either groups"):
        elltwo.elastic_net_grouped(X[0], y, alpha=1.0)
