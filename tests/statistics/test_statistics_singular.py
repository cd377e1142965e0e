"""Statistics where X leaves something open: only the penalty, or nothing, determines it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import mpmath as mp
import numpy as np
import pytest

import elltwo
from reference import relative_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


def data(n: int = 30, p: int = 4) -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p)) + 2.0
    return X, rng.standard_normal(n) + X[:, 0]


def exact_inverse(X: Array, penalties: list[float]) -> Array:
    """Diagonal of (Z^T Z + Lambda)^-1 in 60 digits, Z with ones last."""
    with mp.workdps(60):
        z = mp.matrix(np.column_stack([X, np.ones(len(X))]).tolist())
        inverse = mp.inverse(z.T * z + mp.diag([mp.mpf(v) for v in penalties]))
        return np.array([inverse[j, j] for j in range(len(penalties))], dtype=np.float64)


def test_free_features_that_are_collinear_are_not_determined() -> None:
    """Their sum is, and penalised features are."""
    X, y = data()
    X = np.column_stack([X, X[:, 0]])
    fit = elltwo.ridge(X, y, alpha=1.0, penalty_factors=[0.0, 1.0, 0.0, 1.0, 0.0])
    errors = fit.statistics.standard_errors().coef
    np.testing.assert_array_equal(np.isinf(errors), [True, False, False, False, True])
    np.testing.assert_array_equal(np.isinf(fit.statistics.vif), np.isinf(errors))
    once = elltwo.ridge(X[:, :4], y, alpha=1.0, penalty_factors=[0.0, 1.0, 0.0, 1.0])
    expected = once.statistics.standard_errors().coef[1:4]
    assert relative_error(errors[1:4], expected) < 1e-10


def test_a_feature_that_repeats_a_free_one_has_the_variance_of_its_prior() -> None:
    X, y = data()
    X = np.column_stack([X, X[:, 0], X[:, 1]])
    factors = [0.0, 1.0, 1.0, 1.0, 4.0, 1.0]
    statistics = elltwo.ridge(X, y, alpha=0.5, penalty_factors=factors).statistics
    covariance = statistics.covariance() / statistics.sigma**2
    Z = np.column_stack([X, np.ones(len(X))])
    expected = np.linalg.inv(Z.T @ Z + 0.5 * np.diag([*factors, 0.0]))
    assert relative_error(covariance, expected) < 1e-11
    assert covariance[4, 4] == pytest.approx(0.5, rel=1e-12)
    variances = np.diag(statistics.covariance())[:-1]
    assert relative_error(statistics.standard_errors().coef ** 2, variances) < 1e-12


def test_free_features_that_are_collinear_beside_a_penalised_intercept() -> None:
    """A free constant is determined then, because the intercept is."""
    X, y = data()
    X = np.column_stack([X, X[:, 0], np.full(30, 2.0)])
    factors = [0.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    fit = elltwo.ridge(X, y, alpha=1.0, penalty_factors=factors, penalize_intercept=True)
    errors = fit.statistics.standard_errors()
    np.testing.assert_array_equal(np.flatnonzero(np.isinf(errors.coef)), [0, 4])
    expected = exact_inverse(np.delete(X, 4, axis=1), [0.0, 1.0, 1.0, 1.0, 0.0, 1.0])
    got = np.array([*errors.coef[[1, 2, 3, 5]], errors.intercept]) / fit.statistics.sigma
    assert relative_error(got**2, expected[1:]) < 1e-9


def test_a_weak_part_in_an_exact_collinearity_keeps_its_digits() -> None:
    """A share of 1e-8 of the null space, over an alpha of 1e-9."""
    X, y = data()
    X = np.round(X * 2.0**20) / 2.0**20
    X = np.column_stack([X, X[:, 0] + 2.0**-13 * X[:, 1]])
    statistics = elltwo.ridge(X, y, alpha=1e-9).statistics
    expected = exact_inverse(X, [1e-9] * 5 + [0.0])
    errors = statistics.standard_errors()
    got = np.append(errors.coef, errors.intercept) / statistics.sigma
    np.testing.assert_allclose(got**2, expected, rtol=1e-10)


def test_what_rows_determine_does_not_depend_on_how_much_they_leave_open() -> None:
    """Of ten features seven are constant, and alpha is next to nothing."""
    X, y = data(30, 3)
    wide = np.column_stack([X, np.full((30, 7), 0.0)])
    statistics = elltwo.ridge(wide, y, alpha=1e-12).statistics
    plain = elltwo.ridge(X, y, alpha=0.0).statistics.standard_errors()
    errors = statistics.standard_errors()
    assert relative_error(errors.coef[:3], plain.coef) < 1e-9
    assert relative_error(errors.intercept, plain.intercept) < 1e-9
    variances = np.diag(statistics.covariance())
    assert relative_error(variances, np.append(errors.coef, errors.intercept) ** 2) < 1e-12
    np.testing.assert_allclose(variances[:3], errors.coef[:3] ** 2, rtol=1e-12)
