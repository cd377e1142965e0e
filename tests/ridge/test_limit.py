"""alpha = 0 where least squares has many solutions: the limit of small penalties, at every door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from scipy import sparse

import elltwo
import reference
from elltwo import linear_model
from limit_reference import limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]
    Fit: TypeAlias = Callable[[Array, Array, dict[str, Any]], Any]

INTERCEPTS: dict[str, dict[str, Any]] = {
    "free": {},
    "none": {"fit_intercept": False},
    "penalised": {"penalize_intercept": True},
}
FACTORS: dict[str, Callable[[int], Array]] = {
    "spread": lambda p: np.linspace(0.3, 5.0, p),
    "one_free": lambda p: np.r_[0.0, np.linspace(0.3, 5.0, p - 1)],
    "undetermined_free": lambda p: np.r_[1.0, 1.0, 1.0, 2.0, 0.0, 0.0, np.ones(p - 6)],
    "ends": lambda p: np.r_[0.0, np.inf, 1.0, 2.0, 1.0, 5.0, np.inf, np.ones(p - 7)],
    "all_free": np.zeros,
}


def deficient(n: int, p: int, seed: int = 0) -> Array:
    """Standard normal X, in multiples of 2^-20; where it is tall, columns depend on each other.

    They do so exactly, and one is constant.
    """
    X = np.round(np.random.default_rng(seed).standard_normal((n, p)) * 2**20) / 2**20
    if n > p:
        X[:, 3], X[:, 5], X[:, 7] = X[:, 0] - X[:, 1], 2.0 * X[:, 4], 1.5
    return X


def target(X: Array, seed: int = 1) -> Array:
    return np.random.default_rng(seed).standard_normal(len(X)) + 2.0


def assert_limit(fit: Any, expected: Any, tol: float = 1e-9) -> None:  # noqa: ANN401
    assert reference.relative_error(np.asarray(fit.coef), expected.coef) <= tol
    assert abs(fit.intercept - expected.intercept) <= tol * (1.0 + abs(expected.intercept))


FITS: dict[str, Fit] = {
    "auto": lambda X, y, k: elltwo.ridge(X, y, alpha=0.0, **k),
    "svd": lambda X, y, k: elltwo.ridge(X, y, alpha=0.0, solver="svd", **k),
    "cholesky": lambda X, y, k: elltwo.ridge(X, y, alpha=0.0, solver="cholesky", **k),
    "path": lambda X, y, k: elltwo.ridge_path(X, y, [1.0], **k).at(0.0),
    "sparse": lambda X, y, k: elltwo.ridge(sparse.csr_array(X), y, alpha=0.0, **k),
    "sparse_svd": lambda X, y, k: elltwo.ridge(
        sparse.csr_array(X), y, alpha=0.0, solver="svd", **k
    ),
    "sparse_cg": lambda X, y, k: elltwo.ridge(
        sparse.csr_array(X), y, alpha=0.0, solver="cg", tol=1e-13, max_iter=500, **k
    ),
    "sparse_path": lambda X, y, k: elltwo.ridge_path(sparse.csr_array(X), y, [1.0], **k).at(0.0),
}


@pytest.mark.parametrize("shape", [(40, 10), (8, 20)], ids=["tall", "wide"])
@pytest.mark.parametrize("intercept", INTERCEPTS)
@pytest.mark.parametrize("factors", FACTORS)
@pytest.mark.parametrize("fit", FITS)
def test_single_fits(fit: str, factors: str, intercept: str, shape: tuple[int, int]) -> None:
    X = deficient(*shape)
    y = target(X)
    rng = np.random.default_rng(2)
    weight = np.r_[0.0, rng.uniform(0.5, 2.0, len(X) - 1)]
    for extra in ({}, {"sample_weight": weight, "prior_mean": rng.standard_normal(X.shape[1])}):
        given = {"penalty_factors": FACTORS[factors](X.shape[1]), **INTERCEPTS[intercept], **extra}
        expected = limit(X, y, **given)
        assert_limit(FITS[fit](X, y, given), expected)


@pytest.mark.parametrize("shape", [(40, 10), (8, 20)], ids=["tall", "wide"])
@pytest.mark.parametrize("factors", ["spread", "one_free", "ends"])
@pytest.mark.parametrize("penalised", [False, True])
def test_is_what_small_penalties_tend_to(
    factors: str, penalised: bool, shape: tuple[int, int]
) -> None:
    """In 50 digits at alpha = 1e-20, and our own fits at 1e-7."""
    X = deficient(*shape)
    y = target(X)
    given: dict[str, Any] = {
        "penalty_factors": FACTORS[factors](X.shape[1]),
        "penalize_intercept": penalised,
    }
    coef, intercept = reference.ridge(X, y, 1e-20, **given)
    for fit in (elltwo.ridge(X, y, alpha=0.0, **given), elltwo.ridge_path(X, y, [0.0], **given)):
        assert reference.relative_error(np.ravel(fit.coef), coef) <= 1e-9
        assert np.ravel(fit.intercept)[0] == pytest.approx(intercept, rel=1e-9)
    near = elltwo.ridge(X, y, alpha=1e-7, **given)
    assert reference.relative_error(near.coef, coef) <= 1e-5


@pytest.mark.parametrize("spread", [1e2, 1e4, 1e6])
@pytest.mark.parametrize("shape", [(40, 10), (8, 20)], ids=["tall", "wide"])
def test_factors_of_very_different_sizes(shape: tuple[int, int], spread: float) -> None:
    X = deficient(*shape)
    X[:, 7 if shape[0] > shape[1] else 0] = np.arange(len(X))
    y = target(X)
    factors = np.geomspace(1.0 / spread, spread, X.shape[1])
    np.random.default_rng(4).shuffle(factors)
    coef, _ = reference.ridge(X, y, 1e-22, penalty_factors=factors)
    for fit in (
        elltwo.ridge(X, y, alpha=0.0, penalty_factors=factors),
        elltwo.ridge_path(X, y, [0.0], penalty_factors=factors),
        elltwo.ridge(sparse.csr_array(X), y, alpha=0.0, penalty_factors=factors),
    ):
        assert reference.relative_error(np.ravel(fit.coef), coef) <= 1e-8


@pytest.mark.parametrize("shape", [(40, 10), (8, 20)], ids=["tall", "wide"])
def test_float32_and_several_targets(shape: tuple[int, int]) -> None:
    """An alpha for each target, of which one is 0; float32 data are those numbers in double."""
    X = np.round(deficient(*shape) * 2**6).astype(np.float32) / np.float32(2**6)
    if shape[0] > shape[1]:
        X[:, 3], X[:, 5], X[:, 7] = X[:, 0] - X[:, 1], 2 * X[:, 4], 1.5
    Y = np.column_stack([target(X, 1), target(X, 2)]).astype(np.float32)
    factors = FACTORS["one_free"](X.shape[1])
    fit = elltwo.ridge(X, Y, alpha=[0.0, 2.0], penalty_factors=factors)
    wide = X.astype(np.float64)
    expected = limit(wide, Y[:, 0].astype(np.float64), factors)
    assert reference.relative_error(fit.coef[0], expected.coef) <= 1e-5
    both = elltwo.ridge(wide, Y.astype(np.float64), alpha=0.0, penalty_factors=factors)
    for t in range(2):
        expected = limit(wide, Y[:, t].astype(np.float64), factors)
        assert reference.relative_error(both.coef[t], expected.coef) <= 1e-9


@pytest.mark.parametrize("intercept", INTERCEPTS)
@pytest.mark.parametrize("shape", [(40, 10), (8, 20)], ids=["tall", "wide"])
@pytest.mark.parametrize("factors", ["spread", "undetermined_free", "ends"])
def test_batches_groups_and_moments(factors: str, shape: tuple[int, int], intercept: str) -> None:
    X = deficient(*shape)
    y, given = target(X), {"penalty_factors": FACTORS[factors](X.shape[1]), **INTERCEPTS[intercept]}
    expected = limit(X, y, **given)
    batch = elltwo.ridge_batch(np.stack([X, X]), np.stack([y, y]), alpha=0.0, **given)
    grouped = elltwo.ridge_grouped(
        np.vstack([X, X]), np.r_[y, y], np.repeat([0, 1], len(X)), alpha=0.0, **given
    )
    for many in (batch, grouped):
        assert reference.relative_error(many.coef[1], expected.coef) <= 1e-9
    moments = elltwo.Moments(X.shape[1]).add(X, y)
    assert_limit(moments.ridge(0.0, **given), expected, 1e-7)
    assert_limit(moments.path([1.0], **given).at(0.0), expected, 1e-7)
    streamed = elltwo.fit_stream([(X, y)], alpha=0.0, **given)
    assert_limit(streamed, expected, 1e-7)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("factors", ["spread", "undetermined_free", "ends"])
def test_windows(factors: str, fit_intercept: bool) -> None:
    """Each of the last steps, of windows with fewer rows than features and with more."""
    X = deficient(40, 10)
    y, f = target(X), FACTORS[factors](10)
    given: dict[str, Any] = {"penalty_factors": f, "fit_intercept": fit_intercept}
    for window in (6, 20):
        rolling = elltwo.ridge_rolling(X, y, window=window, alpha=0.0, min_periods=5, **given)
        expected = limit(X[-window:], y[-window:], **given)
        assert reference.relative_error(rolling.coef[-1], expected.coef) <= 1e-8
    growing = elltwo.ridge_expanding(X, y, alpha=0.0, min_periods=5, **given)
    decaying = elltwo.ridge_ewm(X, y, half_life=10.0, alpha=0.0, min_periods=5, **given)
    for step in (5, 39):
        rows = slice(0, step + 1)
        expected = limit(X[rows], y[rows], **given)
        assert reference.relative_error(growing.coef[step], expected.coef) <= 1e-8
        weight = 0.5 ** (np.arange(step + 1)[::-1] / 10.0)
        expected = limit(X[rows], y[rows], sample_weight=weight, **given)
        assert reference.relative_error(decaying.coef[step], expected.coef) <= 1e-8


def left_out(X: Array, y: Array, sets: list[Array], **given: Any) -> Array:  # noqa: ANN401
    """Return errors of rows by the limit of the fit without the set that they are in."""
    errors = np.empty(len(y))
    weight = given.pop("sample_weight", np.ones(len(y)))
    for rows in sets:
        kept = np.setdiff1d(np.arange(len(y)), rows)
        at = limit(X[kept], y[kept], sample_weight=weight[kept], **given)
        errors[rows] = y[rows] - X[rows] @ at.coef - at.intercept
    return errors


@pytest.mark.filterwarnings("ignore:.*edge of the grid")
@pytest.mark.parametrize("shape", [(30, 10), (12, 30)], ids=["tall", "wide"])
@pytest.mark.parametrize("intercept", INTERCEPTS)
@pytest.mark.parametrize("factors", ["spread", "one_free", "ends"])
def test_leaving_rows_out(factors: str, intercept: str, shape: tuple[int, int]) -> None:
    """Leave-one-out errors are those of refits, from one decomposition; folds likewise."""
    X = deficient(*shape)
    if len(X) > X.shape[1]:
        X[:, 7] = np.arange(30.0)
    y = target(X)
    given: dict[str, Any] = {
        "penalty_factors": FACTORS[factors](X.shape[1]),
        **INTERCEPTS[intercept],
    }
    weight = np.random.default_rng(2).uniform(0.5, 2.0, len(X))
    prior = np.random.default_rng(3).standard_normal(X.shape[1])
    given |= {"sample_weight": weight, "prior_mean": prior}
    rows = np.arange(len(y))
    e = left_out(X, y, [np.array([i]) for i in rows], **given)
    folds = np.array_split(rows, 3)
    f = left_out(X, y, folds, **given)
    splits = [(np.setdiff1d(rows, fold), fold) for fold in folds]
    grid = [1e-3, 0.0]
    for features in (X, sparse.csr_array(X)):
        path = elltwo.ridge_path(features, y, [1.0], **given)
        np.testing.assert_allclose(path.loo_residuals(0.0), e, rtol=0, atol=1e-8 * abs(e).max())
        statistics = elltwo.ridge(features, y, alpha=0.0, **given).statistics
        residuals = statistics.loo_residuals
        np.testing.assert_allclose(residuals, e, rtol=0, atol=1e-8 * abs(e).max())
        loo = _mse(elltwo.ridge_cv, features, y, grid, "loo", given)
        assert loo == pytest.approx((weight * e**2).sum() / weight.sum(), rel=1e-8)
        folded = _mse(elltwo.ridge_cv, features, y, grid, splits, given)
        assert folded == pytest.approx((weight * f**2).sum() / weight.sum(), rel=1e-8)


def _mse(cv: Any, X: Any, y: Array, grid: list[float], how: Any, given: dict[str, Any]) -> float:  # noqa: ANN401
    """Return the error at alpha = 0, which wins or is chosen from a grid of it alone."""
    fit = cv(X, y, alphas=grid, cv=how, **given)
    return float(np.asarray(fit.cv_mse)[grid.index(0.0)])


def test_leaving_rows_out_of_wide_data() -> None:
    """200 refits of 200 x 3000 for each alpha took a minute; the closed form is exact."""
    rng = np.random.default_rng(0)
    n, p = 200, 3000
    X, y = rng.standard_normal((n, p)), rng.standard_normal(n)
    factors = np.r_[0.0, 0.0, np.linspace(0.5, 2.0, p - 2)]
    path = elltwo.ridge_path(X, y, [1.0], penalty_factors=factors)
    e = path.loo_residuals(0.0)
    for i in (0, 77, 199):
        kept = np.arange(n) != i
        one = elltwo.ridge(X[kept], y[kept], alpha=0.0, penalty_factors=factors)
        assert y[i] - one.predict(X[i : i + 1])[0] == pytest.approx(e[i], rel=1e-8)


def test_a_row_that_alone_decides_a_direction() -> None:
    """Its left-out error is that of a refit, which the closed form cannot tell."""
    X = np.vstack([deficient(40, 10)[:, :9], np.zeros(9)])
    X = np.column_stack([X, np.r_[np.zeros(40), 1.0]])
    y, factors = target(X), np.linspace(0.3, 5.0, 10)
    e = elltwo.ridge_path(X, y, [1.0], penalty_factors=factors).loo_residuals(0.0)
    one = limit(X[:40], y[:40], factors)
    assert e[40] == pytest.approx(y[40] - X[40] @ one.coef - one.intercept, rel=1e-9)


def test_estimators() -> None:
    X = deficient(8, 20)
    y, factors = target(X), FACTORS["one_free"](20)
    expected = limit(X, y, factors)
    single = linear_model.Ridge(alpha=0.0, penalty_factors=factors).fit(X, y)
    assert reference.relative_error(single.coef_, expected.coef) <= 1e-9
    chosen = linear_model.RidgeCV(alphas=[0.0], penalty_factors=factors).fit(X, y)
    assert reference.relative_error(chosen.coef_, expected.coef) <= 1e-9


@pytest.mark.parametrize("n_targets", [1, 3])
def test_cross_validated_moments(n_targets: int) -> None:
    """The fits of moments_cv and gcv at 0, and its errors, which are those of folds of rows."""
    X = deficient(60, 10)
    Y = np.column_stack([target(X, t) for t in range(n_targets)])
    factors = FACTORS["one_free"](10)
    folds = [elltwo.Moments(10, n_targets).add(X[i::3], Y[i::3]) for i in range(3)]
    fit = elltwo.moments_cv(folds, [0.0], penalty_factors=factors)
    together = folds[0].copy().merge(folds[1]).merge(folds[2])
    for one in (fit, together.gcv([0.0], penalty_factors=factors)):
        for t in range(n_targets):
            expected = limit(X, Y[:, t], factors)
            coef = np.reshape(one.coef, (n_targets, 10))[t]
            assert reference.relative_error(coef, expected.coef) <= 1e-7
    splits = [(np.flatnonzero(np.arange(60) % 3 != i), np.arange(i, 60, 3)) for i in range(3)]
    rows = elltwo.ridge_cv(X, Y, alphas=[0.0], cv=splits, penalty_factors=factors)
    np.testing.assert_allclose(fit.cv_mse, rows.cv_mse, rtol=1e-7)


@pytest.mark.parametrize("cv", ["loo", 3])
def test_choices_for_many_problems(cv: Any) -> None:  # noqa: ANN401
    X = deficient(12, 20)
    y, factors = target(X), FACTORS["one_free"](20)
    one = elltwo.ridge_cv(X, y, alphas=[0.0], cv=cv, penalty_factors=factors)
    batch = elltwo.ridge_batch_cv(
        np.stack([X, X]), np.stack([y, y]), alphas=[0.0], cv=cv, penalty_factors=factors
    )
    np.testing.assert_allclose(batch.coef[1], one.coef, rtol=0, atol=1e-10)
    expected = limit(X, y, factors)
    assert reference.relative_error(one.coef, expected.coef) <= 1e-9


@pytest.mark.parametrize("bounds", [(0.0, None), (-0.1, 0.3)])
@pytest.mark.parametrize("shape", [(40, 10), (8, 20)], ids=["tall", "wide"])
@pytest.mark.parametrize("factors", ["spread", "one_free"])
def test_bounds(factors: str, shape: tuple[int, int], bounds: tuple[float, float | None]) -> None:
    """Of all minima within the bounds the one that small penalties tend to."""
    X = deficient(*shape)
    y, f = target(X), FACTORS[factors](X.shape[1])
    near = elltwo.ridge(X, y, alpha=1e-8, penalty_factors=f, bounds=bounds)
    for features in (X, sparse.csr_array(X)):
        fit = elltwo.ridge(features, y, alpha=0.0, penalty_factors=f, bounds=bounds)
        assert fit.info.optimality <= 1e-10
        np.testing.assert_allclose(fit.coef, near.coef, rtol=0, atol=1e-4)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("factors", ["spread", "one_free"])
def test_logistic_regression(factors: str, n_classes: int) -> None:
    """Collinear features without a penalty share as they do under a small one."""
    X = deficient(200, 8)[:, :6]
    y = np.random.default_rng(5).integers(0, n_classes, 200)
    f = FACTORS[factors](6)
    fit = elltwo.logistic(X, y, alpha=0.0, penalty_factors=f)
    near = elltwo.logistic(X, y, alpha=1e-6, penalty_factors=f, tol=1e-12)
    assert reference.relative_error(fit.coef, near.coef) <= 1e-5
