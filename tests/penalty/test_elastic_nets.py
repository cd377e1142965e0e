"""Elastic nets between conventions: the objectives as packages define them, fits, round trips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import linear_model

import elltwo

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]
    Objective: TypeAlias = Callable[["Rows", float, Array, float, float], float]

NAMES = list(elltwo.elastic_net_conventions())
RNG = np.random.default_rng(5)
N, P = 60, 4
W = RNG.uniform(0.5, 2.0, N)
X = RNG.standard_normal((N, P)) * [1.0, 2.0, 0.5, 3.0] + [1.0, -1.0, 0.0, 2.0]
Y = 7.0 + X @ [2.5, -1.0, 5.0, 0.0] + 2.0 * RNG.standard_normal(N)
LABEL = (X @ [0.5, -0.4, 1.0, 0.0] + RNG.standard_normal(N) > 0.3).astype(np.float64)
ONE_ONLY = {
    "sklearn.Lasso",
    "celer.Lasso",
    "skglm.Lasso",
    "celer.LogisticRegression",
    "liblinear.logistic",
}


class Rows:
    """Features with the losses of coefficients, and their deviations by a divisor."""

    def __init__(self, features: Array) -> None:
        self.X = features

    def squares(self, b0: float, b: Array) -> float:
        return float(np.sum((Y - b0 - self.X @ b) ** 2))

    def logloss(self, b0: float, b: Array) -> float:
        eta = b0 + self.X @ b
        return float(np.sum(np.logaddexp(0.0, eta) - LABEL * eta))

    def sd(self, ddof: int) -> Array:
        deviations: Array = self.X.std(axis=0, ddof=ddof)
        return deviations


def mixed(b: Array, rho: float) -> float:
    return float(rho * np.abs(b).sum() + (1.0 - rho) / 2.0 * (b**2).sum())


def half_squares(rows: Rows, b0: float, b: Array, v: float, rho: float) -> float:
    return rows.squares(b0, b) / 2 + v * mixed(b, rho)


def mean_squares(rows: Rows, b0: float, b: Array, v: float, rho: float) -> float:
    return rows.squares(b0, b) / (2 * N) + v * mixed(b, rho)


def sum_logloss(rows: Rows, b0: float, b: Array, v: float, rho: float) -> float:
    return rows.logloss(b0, b) + v * mixed(b, rho)


def mean_logloss(rows: Rows, b0: float, b: Array, v: float, rho: float) -> float:
    return rows.logloss(b0, b) / N + v * mixed(b, rho)


def c_logloss(rows: Rows, b0: float, b: Array, v: float, rho: float) -> float:
    return v * rows.logloss(b0, b) + mixed(b, rho)


def scaled_squares(ddof: int) -> Objective:
    """Columns and y have unit deviation, and lambda is divided by the deviation of y."""

    def objective(rows: Rows, b0: float, b: Array, v: float, rho: float) -> float:
        t = Y.std(ddof=ddof)
        loss = rows.squares(b0, b) / (2 * N * t**2)
        return float(loss + v / t * mixed(rows.sd(ddof) * b / t, rho))

    return objective


def scaled_columns(loss: Objective, ddof: int) -> Objective:
    def objective(rows: Rows, b0: float, b: Array, v: float, rho: float) -> float:
        return loss(rows, b0, b, 0.0, rho) + v * mixed(rows.sd(ddof) * b, rho)

    return objective


OBJECTIVES: dict[str, Objective] = {
    "elastic_net": half_squares,
    "logistic_elastic_net": sum_logloss,
    "sklearn.ElasticNet": mean_squares,
    "sklearn.Lasso": mean_squares,
    "sklearn.SGDRegressor": mean_squares,
    "sklearn.SGDClassifier": mean_logloss,
    "sklearn.LogisticRegression": c_logloss,
    "cuml.ElasticNet": mean_squares,
    "celer.ElasticNet": mean_squares,
    "celer.Lasso": mean_squares,
    "celer.LogisticRegression": c_logloss,
    "skglm.ElasticNet": mean_squares,
    "skglm.Lasso": mean_squares,
    "glum": mean_squares,
    "adelie": mean_squares,
    "statsmodels.OLS": mean_squares,
    "statsmodels.GLM": mean_logloss,
    "polars_ols.elastic_net": mean_squares,
    "liblinear.logistic": c_logloss,
    "snapml.LogisticRegression": sum_logloss,
    "glmnet.gaussian": scaled_squares(0),
    "glmnet.binomial": scaled_columns(mean_logloss, 0),
    "spark.LinearRegression": scaled_squares(0),
    "spark.LinearRegression.l-bfgs": scaled_squares(1),
    "spark.LogisticRegression": scaled_columns(mean_logloss, 1),
    "h2o.GLM": scaled_columns(mean_squares, 1),
}
LOGISTIC = {
    name for name in NAMES if OBJECTIVES[name] in {mean_logloss, sum_logloss, c_logloss}
} | {"glmnet.binomial", "spark.LogisticRegression"}


def ours(name: str, rows: Rows, penalty: dict[str, Any]) -> Callable[[float, Array], float]:
    alpha, rho = penalty["alpha"], penalty["l1_ratio"]
    f = np.broadcast_to(penalty.get("penalty_factors", 1.0), P)

    def objective(b0: float, b: Array) -> float:
        loss = rows.logloss(b0, b) if name in LOGISTIC else rows.squares(b0, b) / 2
        return float(loss + alpha * (f @ (rho * np.abs(b) + (1.0 - rho) / 2.0 * b**2)))

    return objective


def assert_proportional(name: str, rows: Rows, v: float, rho: float, mine: Any) -> None:  # noqa: ANN401
    places = [(RNG.normal(), RNG.normal(size=P)) for _ in range(6)]
    ratios = [OBJECTIVES[name](rows, b0, b, v, rho) / mine(b0, b) for b0, b in places]
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-12)


def test_every_convention_has_an_objective_here() -> None:
    assert OBJECTIVES.keys() == set(NAMES)


@pytest.mark.parametrize("rho", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("name", NAMES)
def test_objectives_are_proportional(name: str, rho: float) -> None:
    if name in ONE_ONLY and rho < 1.0:
        with pytest.raises(ValueError, match="has no L2 part, so l1_ratio must be 1"):
            elltwo.elastic_net_penalty_from(name, 0.2, rho, n_samples=N)
        return
    scales: dict[str, Any] = {"n_samples": N, "sd_y": Y.std(), "sd_x": X.std(axis=0)}
    if "sd_x" in elltwo.elastic_net_conventions()[name] and 0.0 < rho < 1.0:
        with pytest.raises(ValueError, match="sd_x must be equal for all columns where l1_ratio"):
            elltwo.elastic_net_penalty_from(name, 0.2, rho, **scales)
        return
    penalty = elltwo.elastic_net_penalty_from(name, 0.2, rho, **scales)
    rows = Rows(X)
    assert_proportional(name, rows, 0.2, rho, ours(name, rows, penalty))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ONE_ONLY])
def test_columns_of_one_deviation_convert_both_parts(name: str) -> None:
    rows = Rows(2.0 * X / X.std(axis=0))
    scales: dict[str, Any] = {"n_samples": N, "sd_y": Y.std()}
    two = np.full(P, 2.0)
    penalty = elltwo.elastic_net_penalty_from(name, 0.2, 0.3, sd_x=two, **scales)
    hub = "logistic_elastic_net" if name in LOGISTIC else "elastic_net"
    pair = elltwo.convert_elastic_net(0.2, 0.3, from_=name, to=hub, sd_x=2.0, **scales)
    assert pair == (penalty["alpha"], penalty["l1_ratio"])
    assert_proportional(name, rows, 0.2, 0.3, ours(name, rows, penalty))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("rho", [0.1, 0.5, 1.0])
def test_sklearn_fits(weighted: bool, rho: float) -> None:
    weight = W if weighted else None
    peer = linear_model.ElasticNet(0.3, l1_ratio=rho, tol=1e-12, max_iter=100_000)
    peer.fit(X, Y, sample_weight=weight)
    penalty = elltwo.elastic_net_penalty_from(
        "sklearn.ElasticNet", 0.3, rho, sum_weight=W.sum() if weighted else N
    )
    fit = elltwo.elastic_net(X, Y, **penalty, sample_weight=weight)
    np.testing.assert_allclose(fit.coef, peer.coef_, rtol=1e-6, atol=1e-6)
    assert fit.intercept == pytest.approx(peer.intercept_, rel=1e-6)


def test_sklearn_lasso_fits() -> None:
    peer = linear_model.Lasso(0.7, tol=1e-13).fit(X, Y)
    penalty = elltwo.elastic_net_penalty_from("sklearn.Lasso", 0.7, n_samples=N)
    fit = elltwo.elastic_net(X, Y, **penalty)
    assert penalty["l1_ratio"] == 1.0
    np.testing.assert_allclose(fit.coef, peer.coef_, rtol=1e-6, atol=1e-7)
    assert np.array_equal(fit.coef == 0.0, peer.coef_ == 0.0)


@pytest.mark.parametrize("package", ["celer", "skglm"])
def test_packages_like_scikit_learn(package: str) -> None:
    module: Any = pytest.importorskip(package)
    peer = module.ElasticNet(alpha=0.3, l1_ratio=0.5, tol=1e-12).fit(X, Y)
    penalty = elltwo.elastic_net_penalty_from(f"{package}.ElasticNet", 0.3, 0.5, n_samples=N)
    fit = elltwo.elastic_net(X, Y, **penalty)
    np.testing.assert_allclose(fit.coef, np.ravel(peer.coef_), rtol=1e-5, atol=1e-6)


def test_glmnets_lasso_by_factors() -> None:
    """A lasso on columns and y that are scaled by hand is the same as one with factors."""
    sd_x, sd_y = X.std(axis=0), Y.std()
    penalty = elltwo.elastic_net_penalty_from(
        "glmnet.gaussian", 0.5, 1.0, n_samples=N, sd_y=sd_y, sd_x=sd_x
    )
    fit = elltwo.elastic_net(X, Y, **penalty)
    by_hand = elltwo.elastic_net(X / sd_x, Y / sd_y, N * 0.5 / sd_y, 1.0)
    np.testing.assert_allclose(fit.coef, by_hand.coef * sd_y / sd_x, rtol=1e-10, atol=1e-12)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.tuples(*[st.sampled_from([name for name in NAMES if name not in ONE_ONLY])] * 3),
    st.floats(1e-9, 1e9),
    st.floats(0.0, 1.0),
    st.fixed_dictionaries(
        {
            "n_samples": st.integers(2, 10**9),
            "sum_weight": st.floats(1e-3, 1e6),
            "sd_y": st.floats(1e-3, 1e3),
            "sd_x": st.floats(1e-3, 1e3),
            "standardize": st.booleans(),
        }
    ),
)
def test_a_detour_changes_nothing(
    names: tuple[str, str, str], value: float, rho: float, quantities: dict[str, Any]
) -> None:
    from_, over, to = names
    assume(not LOGISTIC & set(names))
    direct = elltwo.convert_elastic_net(value, rho, from_=from_, to=to, **quantities)
    there = elltwo.convert_elastic_net(value, rho, from_=from_, to=over, **quantities)
    detour = elltwo.convert_elastic_net(*there, from_=over, to=to, **quantities)
    assert detour == pytest.approx(direct, rel=1e-8, abs=1e-300)


def test_values_of_c_and_arrays() -> None:
    C = np.array([0.0, 0.5, np.inf])
    alpha, rho = elltwo.convert_elastic_net(
        C, 0.25, from_="sklearn.LogisticRegression", to="logistic_elastic_net"
    )
    assert isinstance(alpha, np.ndarray)
    assert (alpha.tolist(), rho) == ([np.inf, 2.0, 0.0], 0.25)


def test_penalised_constants_ask_for_a_column_of_ones() -> None:
    penalty = elltwo.elastic_net_penalty_from("statsmodels.OLS", 0.1, 0.5, n_samples=10)
    assert penalty == {"alpha": 1.0, "l1_ratio": 0.5, "fit_intercept": False}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"from_": "sklearn.lasso"}, r"from_ must be one of .* got 'sklearn.lasso' .*'sklearn.La"),
        ({"to": "ridge"}, "to must be one of the names of elastic_net_conventions"),
        ({"to": "logistic_elastic_net"}, "same loss, got .* for 'ridge' and .* for 'logistic'"),
        ({"l1_ratio": None}, "'sklearn.ElasticNet' needs l1_ratio"),
        ({"l1_ratio": 1.5}, r"l1_ratio must be a number in \[0, 1\], got 1.5"),
        ({"to": "celer.Lasso"}, "'celer.Lasso' has no L2 part, so l1_ratio must be 1, got 0.5"),
        ({"n_samples": None}, "'sklearn.ElasticNet' needs n_samples"),
        ({"value": -1.0}, r"value must be in \[0, inf\], got -1.0"),
        ({"sd_x": [1.0, 2.0]}, "sd_x must be a number"),
    ],
)
def test_bad_values(changes: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"value": 1.0, "l1_ratio": 0.5, "n_samples": 9}
    arguments |= {"from_": "sklearn.ElasticNet", "to": "elastic_net"} | changes
    with pytest.raises(ValueError, match=message):
        elltwo.convert_elastic_net(**arguments)
