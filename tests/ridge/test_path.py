"""One decomposition answers for every alpha: what separate fits, and fits without a row, say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import elltwo
from elltwo import ridge, ridge_cv, ridge_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on")

ALPHAS = np.array([1.0, 0.01, np.inf, 100.0])


class Case(NamedTuple):
    """A problem with every option."""

    X: Array
    y: Array
    options: dict[str, Any]

    def fit(self, alpha: float, weight: Array | None = None) -> elltwo.RidgeFit:
        options = dict(self.options)
        if weight is not None:
            options["sample_weight"] = weight
        return ridge(self.X, self.y, alpha=alpha, **options)

    @property
    def weight(self) -> Array:
        w = self.options["sample_weight"]
        return np.ones(len(self.X)) if w is None else w

    def left_out(self, alpha: float) -> Array:
        """Predictions of every row by the fit without it."""
        rows = []
        for i in range(len(self.X)):
            weight = self.weight.copy()
            weight[i] = 0.0
            rows.append(self.fit(alpha, weight).predict(self.X[i : i + 1])[0])
        return np.array(rows)

    def leverages(self, alpha: float) -> Array:
        """Derivatives of fitted values by their own observations."""
        fitted = self.fit(alpha).predict(self.X)
        h = []
        for i in range(len(self.X)):
            y = self.y.copy()
            y[i] += 1.0
            moved = ridge(self.X, y, alpha=alpha, **self.options).predict(self.X[i : i + 1])
            h.append((moved - fitted[i]).flat[0])
        return np.array(h)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    n, p, targets = draw(st.integers(4, 12)), draw(st.integers(1, 15)), draw(st.integers(0, 2))
    X = rng.standard_normal((n, p)) + 3 * rng.standard_normal(p)
    if draw(st.booleans()):
        X[:, 0] = 2.0
    if p > 1 and draw(st.booleans()):
        X[:, -1] = X[:, 0]
    y = rng.standard_normal((n, targets) if targets else n)
    factors = None
    if draw(st.booleans()):
        factors = rng.choice([0.0, 0.5, 1.0, 2.0, np.inf], p)
        factors[np.flatnonzero(factors == 0.0)[2:]] = 1.0
    intercept = draw(st.booleans())
    options = {
        "penalty_factors": factors,
        "prior_mean": rng.standard_normal(p) if draw(st.booleans()) else None,
        "sample_weight": rng.uniform(0.5, 2.0, n) if draw(st.booleans()) else None,
        "fit_intercept": intercept,
        "penalize_intercept": intercept and draw(st.booleans()),
    }
    return Case(X, y, options)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_path_equals_separate_fits(case: Case) -> None:
    path = ridge_path(case.X, case.y, ALPHAS, **case.options)
    w = case.weight if case.y.ndim == 1 else case.weight[:, np.newaxis]
    for k, alpha in enumerate(ALPHAS):
        fit = case.fit(alpha)
        size = np.abs(fit.coef).max() + 1e-3
        np.testing.assert_allclose(path.coef[k], fit.coef, rtol=0, atol=1e-8 * size)
        np.testing.assert_allclose(path.intercept[k], fit.intercept, rtol=0, atol=1e-7 * size)
        rss = (w * (case.y - fit.predict(case.X)) ** 2).sum(axis=0)
        np.testing.assert_allclose(path.rss[k], rss, rtol=0, atol=1e-9 * (w * case.y**2).sum())


@settings(max_examples=30, deadline=None)
@given(cases())
def test_leverages_and_degrees_of_freedom_are_derivatives(case: Case) -> None:
    path = ridge_path(case.X, case.y, ALPHAS, **case.options)
    for k, alpha in enumerate(ALPHAS):
        h = case.leverages(alpha)
        np.testing.assert_allclose(path.leverages(alpha), h, rtol=0, atol=1e-9)
        np.testing.assert_allclose(path.edf[k], h.sum(), rtol=0, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_leaving_one_out_equals_brute_force(case: Case) -> None:
    fit = ridge_cv(case.X, case.y, alphas=ALPHAS, cv="loo", store_cv=True, **case.options)
    path = ridge_path(case.X, case.y, ALPHAS, **case.options)
    share = case.weight / case.weight.sum()
    for k, alpha in enumerate(ALPHAS):
        expected = case.left_out(alpha)
        tolerance = 1e-9 * (np.abs(expected).max() + np.abs(case.y).max())
        got = fit.cv_predictions[:, :, k].reshape(case.y.shape)
        np.testing.assert_allclose(got, expected, rtol=0, atol=tolerance)
        residuals = path.loo_residuals(alpha)
        np.testing.assert_allclose(residuals, case.y - expected, rtol=0, atol=tolerance)
        squares = (case.y - expected) ** 2
        mse = share @ (squares if squares.ndim == 1 else squares.mean(axis=1))
        np.testing.assert_allclose(fit.cv_mse[k], mse, rtol=1e-8)


@pytest.mark.parametrize("shape", [(15, 4), (10, 10), (8, 14)])
def test_leaving_one_out_without_a_penalty(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    case = Case(X, y, {"sample_weight": None})
    fit = ridge_cv(X, y, alphas=[0.0], store_cv=True)
    expected = case.left_out(0.0)
    np.testing.assert_allclose(fit.cv_predictions[:, 0, 0], expected, rtol=1e-8, atol=1e-8)


def test_a_row_that_alone_decides_a_direction() -> None:
    """Its leverage is 1 and r / (1 - h) says nothing: it is refitted without."""
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((12, 3)), rng.standard_normal(12)
    X[:, 2] = 0.0
    X[4, 2] = 1.0
    case = Case(X, y, {"sample_weight": None, "penalty_factors": [1.0, 1.0, 0.0]})
    fit = ridge_cv(X, y, alphas=[0.5], penalty_factors=[1.0, 1.0, 0.0], store_cv=True)
    np.testing.assert_allclose(fit.cv_predictions[:, 0, 0], case.left_out(0.5), rtol=1e-9)


def hat(X: Array, alpha: float) -> Array:
    Z = X - X.mean(0)
    inner: Array = Z @ np.linalg.solve(Z.T @ Z + alpha * np.eye(X.shape[1]), Z.T)
    return inner + 1 / len(X)


def test_information_criteria_and_gcv() -> None:
    rng = np.random.default_rng(2)
    X, y = rng.standard_normal((20, 4)), rng.standard_normal(20)
    path = ridge_path(X, y, [0.1, 5.0])
    for k, alpha in enumerate(path.alphas):
        S = hat(X, alpha)
        rss, edf = ((y - S @ y) ** 2).sum(), np.trace(S)
        np.testing.assert_allclose(path.gcv[k], 20 * rss / (20 - edf) ** 2)
        np.testing.assert_allclose(path.aic[k], 20 * np.log(rss / 20) + 2 * edf)
        np.testing.assert_allclose(path.bic[k], 20 * np.log(rss / 20) + np.log(20) * edf)
    fit = ridge_cv(X, y, alphas=[1e-3, 0.1, 5.0, np.inf], cv="gcv")
    np.testing.assert_allclose(fit.cv_mse[1:3], path.gcv)


def test_automatic_grid_and_its_ends() -> None:
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((30, 5)), rng.standard_normal(30)
    path = ridge_path(X, y, n_alphas=7, include_ends=True)
    assert path.alphas.shape == (9,)
    np.testing.assert_allclose(path.edf[[0, 1, -2, -1]], [6.0, 5.99, 1.01, 1.0], atol=1e-4)
    assert (np.diff(path.edf) < 0).all()
    np.testing.assert_allclose(path.coef[-1], 0.0)


@pytest.mark.parametrize("shape", [(30, 6), (6, 30)])
def test_any_other_alpha_afterwards(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    path = ridge_path(X, y, [1.0, 10.0])
    for alpha in (0.0, 1e-9, 3.3, np.inf):
        point, fit = path.at(alpha), ridge(X, y, alpha=alpha)
        np.testing.assert_allclose(point.coef, fit.coef, atol=1e-10)
        np.testing.assert_allclose(point.intercept, fit.intercept, atol=1e-10)


def test_ill_conditioned_features_go_by_singular_values() -> None:
    rng = np.random.default_rng(5)
    X = rng.standard_normal((40, 3))
    X[:, 2] = X[:, 0] + 1e-6 * X[:, 2]
    y = rng.standard_normal(40)
    path = ridge_path(X, y, [1e-11, 1e-6])
    assert path.solver == "svd"
    for k, alpha in enumerate(path.alphas):
        fit = ridge(X, y, alpha=alpha)
        np.testing.assert_allclose(path.coef[k], fit.coef, rtol=1e-7)


@pytest.mark.parametrize("shape", [(40, 6), (6, 40)])
def test_float32_data_take_products_in_double(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(6)
    X = rng.standard_normal(shape).astype(np.float32)
    y = rng.standard_normal(shape[0])
    path = ridge_path(X, y, [0.5])
    np.testing.assert_allclose(
        path.coef[0], ridge_path(X.astype(float), y, [0.5]).coef[0], rtol=1e-10
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alphas": []}, "alphas must be 1-D and not empty"),
        ({"alphas": [1.0, np.nan]}, "alphas must be in .*, got nan at position 1"),
        ({"alphas": [-1.0]}, "alphas must be in .*, got -1 at position 0"),
        ({"X": [[1.0], [np.nan], [2.0]]}, "X contains NaN at row 1"),
        ({"X": [[1e200], [2e200], [5e200]], "alphas": None}, "range"),
        ({"n_alphas": 0}, "n_alphas"),
    ],
)
def test_bad_input(change: dict[str, Any], message: str) -> None:
    arguments = {"X": [[1.0], [3.0], [2.0]], "y": [1.0, 2.0, 4.0], "alphas": [1.0], **change}
    with pytest.raises(ValueError, match=message):
        ridge_path(**arguments)
    path = ridge_path([[1.0], [3.0], [2.0]], [1.0, 2.0, 4.0], [1.0])
    with pytest.raises(ValueError, match="alpha must be a number in"):
        path.at(-1.0)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_constant_feature_without_a_penalty_changes_nothing_in_wide_data(weighted: bool) -> None:
    """Centred it is a column of rounding errors, which must not count as a direction."""
    rng = np.random.default_rng(12)
    X, y = rng.standard_normal((6, 15)), rng.standard_normal(6)
    weight = np.array([0.0, 1.0, 0.3, 2.0, 1.0, 0.7]) if weighted else None
    factors = np.ones(15)
    factors[4] = 0.0
    X[:, 4] = 0.1
    others = np.delete(np.arange(15), 4)
    wanted = ridge(X[:, others], y, alpha=1.0, sample_weight=weight)
    options: dict[str, Any] = {"penalty_factors": factors, "sample_weight": weight}
    fit = ridge(X, y, alpha=1.0, **options)
    path = ridge_path(X, y, [1.0], **options)
    for coef in (fit.coef, path.coef[0]):
        assert coef[4] == 0.0
        np.testing.assert_allclose(coef[others], wanted.coef, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("rank", [6, 3])
def test_a_penalised_intercept_beside_more_free_features_than_rows(rank: int) -> None:
    """The intercept fits what the features leave over: with P their null projection, 1'Py."""
    rng = np.random.default_rng(13)
    X = rng.standard_normal((6, rank)) @ rng.standard_normal((rank, 9))
    y = rng.standard_normal(6)
    left = np.eye(6) - X @ np.linalg.pinv(X)
    intercept = (left @ y).sum() / (left.sum() + 2.0)
    coef = np.linalg.pinv(X) @ (y - intercept)
    options: dict[str, Any] = {"penalty_factors": np.zeros(9), "penalize_intercept": True}
    fit = ridge(X, y, alpha=2.0, **options)
    point = ridge_path(X, y, [2.0], **options).at(2.0)
    for got in (fit, point):
        np.testing.assert_allclose(got.intercept, intercept, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(got.coef, coef, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("shape", [(6, 9), (9, 6)])
def test_without_a_penalty_alpha_changes_no_degrees_of_freedom(shape: tuple[int, int]) -> None:
    X, y = np.random.default_rng(14).standard_normal(shape), np.arange(shape[0], dtype=float)
    path = ridge_path(X, y, [0.1, 10.0], penalty_factors=np.zeros(shape[1]))
    np.testing.assert_allclose(path.edf, min(shape[0], shape[1] + 1), rtol=1e-12)
    np.testing.assert_allclose(path.rss[0], path.rss[1], atol=1e-12)


def test_a_penalised_copy_of_a_free_feature_adds_no_degree_of_freedom() -> None:
    rng = np.random.default_rng(15)
    x, y = rng.standard_normal(12), rng.standard_normal(12)
    path = ridge_path(np.column_stack([x, x]), y, [0.0, 1.0], penalty_factors=[0.0, 1.0])
    np.testing.assert_allclose(path.edf, 2.0, rtol=1e-12)
