"""Statistics of logistic regressions that are singular, pinned, separable or in any units."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
import logistic_statistics_reference as slow
from elltwo.exceptions import ConvergenceWarning, SeparationWarning
from reference import relative_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

KINDS = ("bayesian", "sampling", "sandwich_hc0", "sandwich")
each_number_of_classes = pytest.mark.parametrize("n_classes", [2, 3])


def data(n_classes: int, n: int = 30, p: int = 3) -> tuple[Array, Array]:
    rng = np.random.default_rng(5)
    label = rng.integers(0, n_classes, n)
    label[:n_classes] = np.arange(n_classes)
    return rng.standard_normal((n, p)) + 1.0, label


def errors(fit: elltwo.LogisticFit, kind: str = "bayesian") -> Array:
    """Standard errors, (n_outputs, n_features + 1), intercepts last."""
    coef, intercept = fit.statistics.standard_errors(kind)
    return np.column_stack([np.atleast_2d(coef), np.atleast_1d(intercept)])


@each_number_of_classes
def test_equal_columns_without_penalty(n_classes: int) -> None:
    """Neither has an error; the solution of least norm halves that of the one alone."""
    X, label = data(n_classes)
    one = elltwo.logistic(X, label, alpha=0.0)
    two = elltwo.logistic(np.column_stack([X, X[:, 0]]), label, alpha=0.0)
    assert two.edf == pytest.approx(one.edf, rel=1e-10)
    got, expected = errors(two), errors(one)
    assert np.isinf(got[:, [0, 3]]).all()
    assert relative_error(got[:, [1, 2, 4]], expected[:, 1:]) < 1e-8
    for kind in KINDS[1:]:
        got, expected = errors(two, kind), errors(one, kind)
        assert relative_error(got[:, [0, 3]], expected[:, [0, 0]] / 2.0) < 1e-8
        assert relative_error(got[:, [1, 2, 4]], expected[:, 1:]) < 1e-8
    with pytest.raises(ValueError, match="X does not determine all unpenalised coefficients"):
        two.statistics.covariance()
    both = two.statistics.covariance("sampling")
    np.testing.assert_allclose(np.sqrt(np.diag(both)), errors(two, "sampling").ravel(), rtol=1e-8)


@each_number_of_classes
def test_equal_columns_with_a_penalty(n_classes: int) -> None:
    X, label = data(n_classes)
    X = np.column_stack([X, X[:, 0]])
    for alpha in (1e-6, 1.0):
        fit = elltwo.logistic(X, label, alpha=alpha)
        theta = np.column_stack([np.atleast_2d(fit.coef), np.atleast_1d(fit.intercept)])
        expected = slow.statistics(X, label, theta, np.full(4, alpha))
        assert fit.edf == pytest.approx(expected.edf, rel=1e-9)
        variances = np.diag(expected.bayesian).reshape(theta.shape)
        assert relative_error(errors(fit) ** 2, variances) < 1e-8
        sampling = np.diag(expected.sampling).reshape(theta.shape)
        assert relative_error(errors(fit, "sampling") ** 2, sampling) < 1e-8


@each_number_of_classes
def test_a_penalty_below_rounding_leaves_infinite_errors_finite(n_classes: int) -> None:
    X, label = data(n_classes)
    plain = elltwo.logistic(X, label, alpha=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # eight digits will do
        fit = elltwo.logistic(np.column_stack([X, X[:, 0]]), label, alpha=1e-20)
    share = 1.0 if n_classes == 2 else 2.0 / 3.0  # of the prior in contrasts
    expected = np.sqrt(0.5 * share / 1e-20)
    np.testing.assert_allclose(errors(fit)[:, [0, 3]], expected, rtol=1e-6)
    assert relative_error(errors(fit)[:, 1:3], errors(plain)[:, 1:3]) < 1e-7


@each_number_of_classes
def test_constant_columns(n_classes: int) -> None:
    """Without a penalty they are the intercept over again, with one they have their prior."""
    X, label = data(n_classes)
    wide = np.column_stack([X, np.full(30, 7.0)])
    plain = elltwo.logistic(X, label, alpha=0.0)
    free = elltwo.logistic(wide, label, alpha=0.0)
    assert np.isinf(errors(free)[:, 3:]).all()
    assert relative_error(errors(free)[:, :3], errors(plain)[:, :3]) < 1e-8
    got = errors(free, "sampling")
    assert relative_error(got[:, [0, 1, 2, 4]], errors(plain, "sampling")) < 1e-8
    assert np.abs(got[:, 3]).max() < 1e-8
    held = elltwo.logistic(wide, label, alpha=2.0)
    prior = np.sqrt(0.5 * (1.0 if n_classes == 2 else 2.0 / 3.0))
    np.testing.assert_allclose(errors(held)[:, 3], prior, rtol=1e-8)
    assert held.edf == pytest.approx(elltwo.logistic(X, label, alpha=2.0).edf, rel=1e-8)


@each_number_of_classes
def test_pinned_coefficients_have_no_error(n_classes: int) -> None:
    X, label = data(n_classes)
    fit = elltwo.logistic(X, label, penalty_factors=[1.0, np.inf, 1.0], prior_mean=0.3)
    shift = np.full(30, 0.3) * X[:, 1]
    offset = shift if n_classes == 2 else np.column_stack([shift] * 3)
    without = elltwo.logistic(X[:, [0, 2]], label, prior_mean=0.3, offset=offset)
    assert fit.edf == pytest.approx(without.edf, rel=1e-9)
    for kind in KINDS:
        assert not errors(fit, kind)[:, 1].any()
        assert relative_error(errors(fit, kind)[:, [0, 2, 3]], errors(without, kind)) < 1e-8
    assert np.isnan(np.atleast_2d(fit.statistics.z_values().coef)[:, 1]).all()
    assert not fit.statistics.covariance()[1].any()


@each_number_of_classes
def test_infinite_alpha_leaves_the_intercept(n_classes: int) -> None:
    X, label = data(n_classes)
    fit = elltwo.logistic(X, label, alpha=np.inf)
    s = fit.statistics
    assert s.edf == pytest.approx(n_classes - 1.0, rel=1e-12)
    assert s.deviance == pytest.approx(s.null_deviance, rel=1e-12)
    for kind in KINDS:
        assert not errors(fit, kind)[:, :-1].any()
        assert (errors(fit, kind)[:, -1] > 0.0).all()
    free = elltwo.logistic(X, label, alpha=np.inf, penalty_factors=[0.0, 1.0, 1.0])
    alone = elltwo.logistic(X[:, :1], label, alpha=0.0)
    assert relative_error(errors(free)[:, [0, 3]], errors(alone)) < 1e-8
    nothing = elltwo.logistic(X, label, alpha=np.inf, fit_intercept=False)
    assert nothing.edf == 0.0
    assert not errors(nothing).any()


@each_number_of_classes
def test_separated_classes_have_finite_statistics(n_classes: int) -> None:
    label = np.repeat(np.arange(n_classes), 5)
    X = (label * 10.0 + np.arange(label.size) % 5)[:, np.newaxis]
    with pytest.warns(SeparationWarning):
        fit = elltwo.logistic(X, label, alpha=0.0)
    s = fit.statistics
    assert 0.0 <= s.edf <= 2.0 * (n_classes - 1) * (1.0 + 1e-9)
    assert s.r_squared_mcfadden == pytest.approx(1.0, abs=1e-5)
    assert s.r_squared_nagelkerke == pytest.approx(1.0, abs=1e-6)
    for kind in KINDS:
        assert not np.isnan(errors(fit, kind)).any()
    assert (errors(fit) > 1.0).all()
    held = elltwo.logistic(X, label, alpha=1e-3)
    assert np.isfinite(errors(held)).all()


@each_number_of_classes
@pytest.mark.parametrize("p", [3, 50])
@pytest.mark.parametrize("size", [1e-60, 1e-8, 1e8, 1e60])
def test_units_do_not_matter(n_classes: int, p: int, size: float) -> None:
    """Columns in other units, with factors that follow them."""
    X, label = data(n_classes, p=p)
    size = float(2.0 ** round(np.log2(size)))
    units = np.ones(p)
    units[0] = size
    a = elltwo.logistic(X, label, alpha=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        b = elltwo.logistic(X * units, label, alpha=1.0, penalty_factors=units**2)
        assert b.edf == pytest.approx(a.edf, rel=1e-8)
        for kind in KINDS:
            got = errors(b, kind) * np.append(units, 1.0)
            assert relative_error(got, errors(a, kind)) < 1e-7


@each_number_of_classes
@pytest.mark.parametrize("size", [1e-300, 1e-20, 1e20, 1e250])
def test_weights_of_any_size(n_classes: int, size: float) -> None:
    X, label = data(n_classes)
    a = elltwo.logistic(X, label, alpha=1.0)
    b = elltwo.logistic(X, label, alpha=size, sample_weight=np.full(30, size))
    assert b.edf == pytest.approx(a.edf, rel=1e-9)
    root = np.sqrt(size)
    assert relative_error(errors(b) * root, errors(a)) < 1e-8
    assert relative_error(errors(b, "sandwich_hc0"), errors(a, "sandwich_hc0")) < 1e-8
