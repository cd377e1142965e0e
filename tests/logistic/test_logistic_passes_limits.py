"""Logistic regressions over parts where there is no minimum, no data, or no room for numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.exceptions import ConvergenceWarning, SeparationWarning
from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.first_pass import FirstPass
from elltwo.functional._logistic_passes.rows import RowPass
from elltwo.functional._logistic_passes.task import FirstTask, Folds
from logistic_passes import first_sums, passes_fit, solver_of, split

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

N = 400
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N, 3))
Y = (X @ [1.0, -1.0, 0.5] + 0.2 + RNG.logistic(size=N) > 0.0).astype(int)
THREE = RNG.integers(0, 3, N)
LEFT = np.where(X[:, 0] > 0.0, 1, 0)
FLAG = (X[:, 1] > 1.0).astype(float)


def both(
    X: Array,
    y: Array,
    weight: Array | None = None,
    **options: Any,  # noqa: ANN401
) -> tuple[elltwo.PassesFit, elltwo.LogisticFit]:
    parts = split([50, 50, 130], X, y, weight)
    fit = passes_fit(parts, rows_a_column=10, tol=1e-10, **options)
    return fit, elltwo.logistic(X, y, sample_weight=weight, **options)


def assert_equal(fit: elltwo.PassesFit, expected: elltwo.LogisticFit, rtol: float = 1e-7) -> None:
    assert fit.info.status == expected.info.status
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=rtol)
    np.testing.assert_allclose(fit.intercept, expected.intercept, rtol=rtol, atol=1e-9)
    assert fit.info.n_empty_classes == expected.info.n_empty_classes


@pytest.mark.parametrize("alpha", [0.0, 1e-8, 1e300, np.inf])
@pytest.mark.parametrize("y", [Y, THREE], ids=["two", "three"])
def test_any_alpha(alpha: float, y: Array) -> None:
    assert_equal(*both(X, y, alpha=alpha))


@pytest.mark.parametrize("units", [[1e150, 1e-150, 1.0], [1e-3, 1.0, 1e3], [1e-300, 1e300, 1e9]])
def test_any_units(units: list[float]) -> None:
    assert_equal(*both(X * units, Y, alpha=0.0))


def test_any_units_of_weights() -> None:
    for unit in (1e-300, 1e300):
        assert_equal(*both(X, Y, np.full(N, unit), alpha=unit))


def test_constant_columns_stay_at_their_prior_means() -> None:
    constant = np.column_stack([X, np.full(N, 1e8)])
    fit, expected = both(constant, Y, prior_mean=[0.0, 0.0, 0.0, 3.0])
    assert fit.coef[3] == 3.0
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-7)
    np.testing.assert_allclose(fit.intercept, expected.intercept, rtol=1e-12)


@pytest.mark.parametrize(
    ("features", "y", "factors"),
    [
        (X, LEFT, [1.0, 1.0, 1.0]),
        (X, LEFT + (X[:, 0] > 1.0), [1.0, 1.0, 1.0]),
        (np.column_stack([X[:, 0], FLAG]), np.where(FLAG > 0.0, 1, Y), [1.0, 1.0]),
    ],
    ids=["two classes", "three classes", "some rows on the border"],
)
def test_classes_that_are_separable(features: Array, y: Array, factors: list[float]) -> None:
    parts = split([50, 130], features, y)
    for rows_a_column in (10, 200):
        with pytest.warns(SeparationWarning, match="separate the classes"):
            fit = passes_fit(parts, rows_a_column=rows_a_column, alpha=0.0, penalty_factors=factors)
        assert fit.info.status == "separable"
        assert np.isfinite(fit.coef).all()
        assert fit.info.gap == np.inf


def test_a_free_feature_alone_may_separate() -> None:
    features = np.column_stack([X[:, 0], FLAG])
    y = np.where(FLAG > 0.0, 1, Y)
    with pytest.warns(SeparationWarning):
        fit = passes_fit(split([60], features, y), penalty_factors=[1.0, 0.0])
    assert fit.info.status == "separable"


@pytest.mark.parametrize("seed", range(6))
def test_a_separable_sample_of_classes_that_are_not(seed: int) -> None:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(3000, 6))
    y = (features @ rng.normal(size=6) * 20.0 + rng.logistic(size=3000) > 0.0).astype(int)
    fit = passes_fit(split([1000], features, y), rows_a_column=6, alpha=0.0, tol=1e-10)
    expected = elltwo.logistic(features, y, alpha=0.0)
    assert fit.info.status == expected.info.status == "converged"
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-6)


def test_classes_without_weight() -> None:
    weight = np.where(THREE == 2, 0.0, 1.0)
    assert_equal(*both(X, THREE, weight))
    assert_equal(*both(X, THREE, weight, fit_intercept=False))
    assert_equal(*both(X, THREE, (THREE == 1).astype(float)))
    fit, expected = both(X, Y, (Y == 0).astype(float))
    assert fit.intercept == expected.intercept == -1e30


def test_a_class_that_one_part_has_alone() -> None:
    y = THREE.copy()
    y[:-1] %= 2
    y[-1] = 2
    fit = passes_fit(split([100, 300, N - 1], X, y), tol=1e-10)
    expected = elltwo.logistic(X, y)
    np.testing.assert_allclose(fit.coef, expected.coef, atol=1e-7)


def test_rows_without_weight_may_hold_anything() -> None:
    weight = np.ones(N)
    weight[[3, 60]] = 0.0
    dirty = X.copy()
    dirty[3, 1], dirty[60] = np.nan, np.inf
    fit = passes_fit(split([50], dirty, Y, weight), tol=1e-10)
    expected = elltwo.logistic(X[weight > 0.0], Y[weight > 0.0])
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-7)


def test_large_offsets() -> None:
    for offset in (np.full((N, 1), 1e6), RNG.normal(size=(N, 1)) * 30.0):
        fit = passes_fit(split([90], X, Y, None, offset), tol=1e-10)
        expected = elltwo.logistic(X, Y, offset=offset)
        np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-7)
        np.testing.assert_allclose(fit.intercept, expected.intercept, rtol=1e-7)


@pytest.mark.parametrize(
    ("alpha", "seed"), [(0.3, 19), (0.3, 20), (0.3, 36), (300.0, 0), (300.0, 51)]
)
def test_passes_end_where_rounding_hides_the_tolerance(alpha: float, seed: int) -> None:
    """Prior means far from zero leave these gradients with larger rounding than `tol` asks for."""
    rng = np.random.default_rng(seed)
    units = np.array([10.0, 0.03, 1e-3])
    x = rng.normal(size=(12, 3)) * units
    y = np.append([0, 1], rng.integers(0, 2, 10))
    prior = rng.normal(size=3) / units
    with pytest.warns(ConvergenceWarning, match="above the tolerance"):
        fit = passes_fit(
            split([], x, y),
            rows_a_column=1,
            alpha=alpha,
            prior_mean=prior,
            fit_intercept=False,
            tol=1e-12,
        )
    assert fit.info.optimality < 1e-8
    assert fit.passes.n_passes <= 40


def test_a_limit_of_steps() -> None:
    with pytest.warns(ConvergenceWarning, match="above the tolerance"):
        fit = passes_fit(split([50], X, Y), rows_a_column=10, max_iter=1, tol=1e-12)
    assert fit.info.status == "max_iter_reached"
    assert fit.info.n_iter == 1


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (split([], X[:0], Y[:0]), r"X has 0 sample\(s\) in all parts"),
        (split([20], X, np.zeros(N)), r"only one class: 0\.0"),
        (split([20], X, Y, np.zeros(N)), "sample_weight must not be all zero"),
        (split([20], X, Y, None, np.zeros((N, 2))), r"offset must have 1 column\(s\)"),
        ([*split([], X, Y), *split([], X[:, :2], Y)], "different numbers of features: 3 and 2"),
    ],
)
def test_nothing_to_fit(parts: list[Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        passes_fit(parts)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("alpha", -1.0, "alpha"),
        ("penalty_factors", [1.0], "penalty_factors"),
        ("prior_mean", [1.0, 2.0], "prior_mean"),
        ("tol", -1.0, "tol"),
        ("max_iter", -1, "max_iter"),
    ],
)
def test_options_are_checked(name: str, value: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises((ValueError, TypeError), match=message):
        passes_fit(split([20], X, Y), **{name: value})


def test_a_refused_portion_leaves_sums_as_they_were() -> None:
    task = FirstTask()
    first = FirstPass(task, 0)
    first.add(X, Y)
    before = first.sums().to_bytes()
    bad = X.copy()
    bad[7, 2] = np.nan
    with pytest.raises(ValueError, match="X contains NaN at row 7, column 2"):
        first.add(bad, Y)
    with pytest.raises(ValueError, match="y must hold labels"):
        first.add(X, np.full(N, np.nan))
    with pytest.raises(
        ValueError, match=r"sample_weight must be finite and not negative, got -1\.0"
    ):
        first.add(X, Y, np.full(N, -1.0))
    assert first.sums().to_bytes() == before

    solver = solver_of(split([], X, Y))
    solver.take(FirstSums.from_bytes(before))
    later: Any = solver.task
    rows = RowPass(later)
    with pytest.raises(ValueError, match="X contains NaN at row 7, column 2"):
        rows.add(bad, rows.codes(Y, N))
    with pytest.raises(ValueError, match="y holds 6 at row 0, which is not one of the classes"):
        rows.codes(Y + 5, N)
    assert rows.sums().n_rows == 0


def test_folds_add_up() -> None:
    whole = first_sums(split([70, 300], X, THREE))
    divided = first_sums(split([70, 300], X, THREE), FirstTask(n_parts=3, folds=Folds(4, 13)))
    assert divided.class_weight.shape == (4, 3)
    np.testing.assert_array_equal(divided.class_weight.sum(axis=0), whole.class_weight[0])
    together = divided.without_fold(-1)
    np.testing.assert_allclose(together.norm, whole.columns[0].norm, rtol=1e-13)
    np.testing.assert_allclose(together.mean, whole.columns[0].mean, atol=1e-15)
    least = divided.without_fold(2)
    fold = np.concatenate([Folds(4, 13).of_rows(j, 0, n) for j, n in enumerate((70, 230, 100))])
    rest = X[fold != 2]
    np.testing.assert_allclose(least.mean, rest.mean(axis=0), atol=1e-14)
    np.testing.assert_allclose(least.norm, rest.std(axis=0) * np.sqrt(len(rest)), rtol=1e-12)


def test_a_fit_has_no_statistics_and_says_so() -> None:
    fit = passes_fit(split([50], X, Y))
    with pytest.raises(ValueError, match=r"left its data behind.*elltwo\.logistic"):
        _ = fit.statistics
    assert fit.passes.n_passes == fit.info.n_passes >= 2
    assert len(fit.passes.seconds or ()) == fit.passes.n_passes
