"""L1 penalties of logistic regression: optimality and gaps from the data, every option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest
from scipy import sparse

import elltwo
from elltwo.exceptions import SeparationWarning
from logistic_l1_reference import L1Problem, newton_on_support

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

RNG = np.random.default_rng(5)
n, p = 120, 8
X = RNG.normal(size=(n, p)) * [1, 1, 1, 50, 0.02, 1, 1, 1] + [0, 3, -2, 10, 0, 0, 0, 0]
Z = (X - X.mean(axis=0)) / X.std(axis=0)
TWO = (Z @ [1.0, -1.0, 0.0, 0.5, 0.0, 0.0, 0.2, 0.0] + RNG.logistic(size=n) > 0).astype(int)
THREE = np.argmax(Z[:, :3] + RNG.gumbel(size=(n, 3)), axis=1)
WEIGHT = RNG.uniform(size=n) * (RNG.uniform(size=n) > 0.1)
FACTORS = np.array([1.0, 0.5, 2.0, 0.0, 1.0, np.inf, 1.0, 3.0])
PRIOR = np.array([0.1, 0.0, -0.2, 0.0, 0.0, 0.3, 0.0, 0.0])
OFFSET = RNG.normal(size=n)
OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "weights": {"sample_weight": WEIGHT},
    "factors": {"penalty_factors": FACTORS},
    "offset": {"offset": OFFSET},
    "prior": {"prior_mean": PRIOR},
    "no intercept": {"fit_intercept": False},
    "all": {
        "sample_weight": WEIGHT,
        "penalty_factors": FACTORS,
        "offset": OFFSET,
        "prior_mean": PRIOR,
    },
}
NAMES = {
    "sample_weight": "weight",
    "penalty_factors": "factors",
    "offset": "offset",
    "prior_mean": "prior",
    "bounds": "bounds",
    "fit_intercept": "fit_intercept",
}
each_ratio = pytest.mark.parametrize("l1_ratio", [1.0, 0.5, 1e-3])
each_option = pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)


def problem_of(
    y: Array, alpha: float, l1_ratio: float, options: dict[str, Any], X: Array = X
) -> L1Problem:
    named = {NAMES[name]: value for name, value in options.items()}
    if y.max() > 1 and "offset" in named:
        named["offset"] = np.column_stack([OFFSET, 0.5 * OFFSET, -OFFSET])
    return L1Problem(X, y, alpha, l1_ratio, int(y.max()) + 1, **named)


def fit_of(problem: L1Problem, X: object = None) -> elltwo.LogisticFit:
    return elltwo.logistic(
        problem.X if X is None else X,  # type: ignore[arg-type]  # a sparse matrix
        problem.y,
        alpha=problem.alpha,
        l1_ratio=problem.l1_ratio,
        penalty_factors=problem.factors,
        prior_mean=problem.prior,
        bounds=None if problem.bounds == (None, None) else problem.bounds,
        sample_weight=problem.weight,
        offset=problem.offset,
        fit_intercept=problem.fit_intercept,
    )


def assert_optimal(problem: L1Problem, fit: elltwo.LogisticFit) -> None:
    assert fit.info.status == "converged"
    assert fit.info.solver == "prox_newton"
    assert fit.info.gap <= fit.info.tolerance == 1e-10
    value = problem.objective(fit.coef, fit.intercept)
    assert fit.info.objective == pytest.approx(value, rel=1e-13)
    scale = np.abs(problem.X).max() * problem.w.sum()
    assert problem.violation(fit.coef, fit.intercept) <= 2e-12 * scale


@each_option
@each_ratio
@pytest.mark.parametrize("alpha", [20.0, 2.0, 0.05])
@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_conditions_and_gap_from_the_data(
    y: Array, alpha: float, l1_ratio: float, options: dict[str, Any]
) -> None:
    problem = problem_of(y, alpha, l1_ratio, options)
    fit = fit_of(problem)
    assert_optimal(problem, fit)
    assert problem.gap(fit.coef, fit.intercept) <= 1e-9
    pinned = np.isinf(problem.f)
    np.testing.assert_array_equal(problem.distance(fit.coef)[:, pinned], 0.0)


@each_option
@each_ratio
@pytest.mark.parametrize("alpha", [5.0, 0.5])
def test_newton_in_fifty_digits(alpha: float, l1_ratio: float, options: dict[str, Any]) -> None:
    problem = problem_of(TWO, alpha, l1_ratio, options)
    if not problem.fit_intercept:
        pytest.skip("the reference has an intercept")
    fit = fit_of(problem)
    coef, intercept = newton_on_support(problem, fit.coef, float(fit.intercept))
    units = X.std(axis=0)
    np.testing.assert_allclose(fit.coef * units, coef * units, rtol=1e-9, atol=1e-10)
    assert fit.intercept == pytest.approx(intercept, rel=1e-9, abs=1e-10)
    np.testing.assert_array_equal(fit.coef == 0.0, coef == 0.0)


@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
@pytest.mark.parametrize("bounds", [(0.0, None), (None, 0.0), (-0.1, 0.2), (0.01, None)])
@each_ratio
def test_bounds(l1_ratio: float, bounds: tuple[Any, Any], y: Array) -> None:
    for factors in (None, np.where(np.isinf(FACTORS), 1.0, FACTORS)):
        options = {"bounds": bounds, "penalty_factors": factors}
        problem = problem_of(y, 2.0, l1_ratio, options)
        fit = fit_of(problem)
        low, high = problem.box
        assert ((fit.coef >= low) & (fit.coef <= high)).all()
        assert_optimal(problem, fit)


@each_ratio
def test_sparse_is_dense(l1_ratio: float) -> None:
    dense = np.where(RNG.uniform(size=(n, p)) < 0.4, X, 0.0)
    for options in OPTIONS.values():
        problem = problem_of(TWO, 1.0, l1_ratio, options, dense)
        expected = fit_of(problem)
        for made in (sparse.csr_array, sparse.csc_array):
            fit = fit_of(problem, made(dense))
            assert_optimal(problem, fit)
            units = dense.std(axis=0)
            np.testing.assert_allclose(fit.coef * units, expected.coef * units, atol=1e-9)
    bounded = problem_of(TWO, 1.0, l1_ratio, {"bounds": (0.0, 0.3)}, dense)
    assert_optimal(bounded, fit_of(bounded, sparse.csr_array(dense)))


@pytest.mark.parametrize("order", ["C", "F"])
def test_float32_and_orders(order: Literal["C", "F"]) -> None:
    narrow = np.asarray(X, dtype=np.float32, order=order)
    exact = elltwo.logistic(narrow.astype(np.float64), TWO, alpha=2.0, l1_ratio=0.8)
    fit = elltwo.logistic(narrow, TWO, alpha=2.0, l1_ratio=0.8)
    assert fit.coef.dtype == np.float32
    np.testing.assert_allclose(fit.coef, exact.coef, rtol=1e-6, atol=1e-9)
    strided = np.repeat(X, 2, axis=1)[:, ::2]
    assert_same_bits = np.testing.assert_array_equal
    wide = elltwo.logistic(strided, TWO, alpha=2.0, l1_ratio=0.8)
    np.testing.assert_allclose(
        wide.coef, elltwo.logistic(X, TWO, alpha=2.0, l1_ratio=0.8).coef, rtol=1e-9
    )
    before = X.copy()
    elltwo.logistic(X, TWO, l1_ratio=1.0)
    assert_same_bits(X, before)


def test_ratio_of_zero_is_the_ridge_penalty() -> None:
    for options in OPTIONS.values():
        problem = problem_of(TWO, 1.0, 0.0, options)
        fit = fit_of(problem)
        assert fit.info.solver != "prox_newton"
        assert problem.violation(fit.coef, fit.intercept) < 1e-7
    near = elltwo.logistic(X, TWO, l1_ratio=1e-9)
    units = X.std(axis=0)
    np.testing.assert_allclose(near.coef * units, elltwo.logistic(X, TWO).coef * units, atol=1e-7)


def test_alpha_of_zero_and_infinity() -> None:
    free = elltwo.logistic(X, TWO, alpha=0.0)
    np.testing.assert_array_equal(elltwo.logistic(X, TWO, alpha=0.0, l1_ratio=1.0).coef, free.coef)
    path = elltwo.logistic_path(X, TWO, [np.inf, 0.0, 1.0], l1_ratio=1.0, prior_mean=PRIOR)
    np.testing.assert_array_equal(path.coef[0], PRIOR)
    assert path.info[0].status == "converged"


def test_threads_give_the_same_bits() -> None:
    wide = RNG.normal(size=(80, 3000))
    y = wide[:, :4].sum(axis=1) + RNG.logistic(size=80) > 0
    one = elltwo.logistic_path(wide, y, l1_ratio=1.0, n_threads=1)
    two = elltwo.logistic_path(wide, y, l1_ratio=1.0, n_threads=2)
    np.testing.assert_array_equal(one.coef, two.coef)
    np.testing.assert_array_equal(one.intercept, two.intercept)


def test_free_columns_that_separate() -> None:
    y = (X[:, 0] > 0).astype(int)
    factors = [0.0, *np.ones(p - 1)]
    with pytest.warns(SeparationWarning):
        fit = elltwo.logistic(X, y, l1_ratio=1.0, penalty_factors=factors)
    assert fit.info.status == "separable"
    assert np.isfinite(fit.coef).all()


def test_separated_classes_with_a_penalty() -> None:
    wide = RNG.normal(size=(40, 300))
    y = (wide[:, 0] > 0).astype(int)
    path = elltwo.logistic_path(wide, y, l1_ratio=1.0, alpha_min_ratio=1e-4)
    assert path.gap.max() <= 1e-10
    problem = L1Problem(wide, y, float(path.alphas[-1]), 1.0)
    assert problem.gap(path.coef[-1], path.intercept[-1]) <= 1e-9


def test_classes_without_rows() -> None:
    weight = (THREE != 1).astype(float)
    fit = elltwo.logistic(X, THREE, l1_ratio=1.0, sample_weight=weight)
    assert fit.info.n_empty_classes == 1
    np.testing.assert_array_equal(fit.coef[1], 0.0)
    assert (fit.predict(X) != 1).all()
    only = elltwo.logistic(X, TWO, l1_ratio=1.0, sample_weight=(TWO == 1).astype(float))
    np.testing.assert_array_equal(only.coef, 0.0)


def test_equal_and_constant_columns() -> None:
    doubled = np.column_stack([X, X[:, :2], -X[:, 2], np.full(n, 4.0)])
    for y in (TWO, THREE):
        problem = L1Problem(doubled, y, 1.0, 1.0, int(y.max()) + 1)
        fit = fit_of(problem)
        assert_optimal(problem, fit)
        np.testing.assert_array_equal(np.atleast_2d(fit.coef)[:, -1], 0.0)
        plain = elltwo.logistic(X, y, l1_ratio=1.0)
        assert fit.info.objective == pytest.approx(plain.info.objective, rel=1e-9)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"l1_ratio": -0.1}, ValueError, r"l1_ratio must be a number in \[0, 1\], got -0.1"),
        ({"l1_ratio": 1.1}, ValueError, r"l1_ratio must be a number in \[0, 1\], got 1.1"),
        ({"l1_ratio": np.nan}, ValueError, r"l1_ratio must be a number in \[0, 1\], got nan"),
        ({"l1_ratio": "1"}, TypeError, "l1_ratio must be a number, got '1'"),
        ({"l1_ratio": True}, TypeError, "l1_ratio must be a number, got True"),
        ({"l1_ratio": 1.0, "alpha": -1.0}, ValueError, "alpha"),
        ({"l1_ratio": 1.0, "bounds": (1.0, 0.0)}, ValueError, "feature 0"),
        ({"l1_ratio": 1.0, "sample_weight": np.zeros(n)}, ValueError, "sample_weight"),
    ],
)
def test_refusals(options: dict[str, Any], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        elltwo.logistic(X, TWO, **options)


def test_values_that_are_not_finite() -> None:
    for bad in (np.nan, np.inf):
        broken = X.copy()
        broken[3, 2] = bad
        with pytest.raises(ValueError, match=r"X (must be finite|contains)"):
            elltwo.logistic(broken, TWO, l1_ratio=1.0)
        with pytest.raises(ValueError, match=r"X (must be finite|contains)"):
            elltwo.logistic(sparse.csr_array(broken), TWO, l1_ratio=1.0)


def test_statistics_are_refused() -> None:
    fit = elltwo.logistic(X, TWO, alpha=2.0, l1_ratio=1.0)
    with pytest.raises(ValueError, match="selected"):
        _ = fit.statistics
    assert fit.n_active == np.count_nonzero(fit.coef)
