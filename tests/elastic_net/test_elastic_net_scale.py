"""The elastic net at the ends of the exponent range: answers in other units, no overflow."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import elltwo
from elastic_net_problems import linear
from elastic_net_reference import Array, Problem, alpha_max

SHAPES = [(60, 6), (12, 30)]
SCALES = {"e150": 2.0**498, "e-150": 2.0**-498, "e300": 2.0**996, "e-300": 2.0**-996}
each_scale = pytest.mark.parametrize("unit", SCALES.values(), ids=SCALES)
each_shape = pytest.mark.parametrize("shape", SHAPES, ids=["tall", "wide"])
each_form = pytest.mark.parametrize("form", [np.asarray, sparse.csc_array])


def make_data(shape: tuple[int, int]) -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    X = rng.standard_normal(shape) * (rng.random(shape) < 0.8)
    return X, linear(X, rng, 3, 0.5)


def lasso(X: Array, y: Array, alpha: float, ratio: float = 1.0) -> elltwo.ElasticNetFit:
    fit = elltwo.elastic_net(X, y, alpha=alpha, l1_ratio=ratio)
    assert fit.info.status == "converged"
    return fit


@each_form
@each_shape
@each_scale
def test_features_in_other_units(unit: float, shape: tuple[int, int], form: type) -> None:
    """Alpha is in units of X, and b as small as X is large."""
    X, y = make_data(shape)
    alpha = 0.1 * alpha_max(Problem(X, y, 1.0))
    fit = lasso(form(X), y, alpha)
    scaled = lasso(form(X * unit), y, alpha * unit)
    np.testing.assert_allclose(scaled.coef * unit, fit.coef, rtol=0, atol=1e-13)
    assert np.array_equal(scaled.coef != 0, fit.coef != 0)
    assert scaled.intercept == pytest.approx(fit.intercept, rel=1e-12)


@each_form
@each_shape
@each_scale
def test_targets_in_other_units(unit: float, shape: tuple[int, int], form: type) -> None:
    X, y = make_data(shape)
    alpha = 0.1 * alpha_max(Problem(X, y, 1.0))
    fit = lasso(form(X), y, alpha)
    scaled = lasso(form(X), y * unit, alpha * unit)
    np.testing.assert_allclose(scaled.coef / unit, fit.coef, rtol=0, atol=1e-13)
    assert np.array_equal(scaled.coef != 0, fit.coef != 0)


@each_form
@each_shape
@each_scale
def test_weights_in_other_units(unit: float, shape: tuple[int, int], form: type) -> None:
    X, y = make_data(shape)
    alpha = 0.1 * alpha_max(Problem(X, y, 1.0))
    weight = np.linspace(0.5, 2.0, len(y))
    fit = elltwo.elastic_net(form(X), y, alpha=alpha, sample_weight=weight)
    scaled = elltwo.elastic_net(form(X), y, alpha=alpha * unit, sample_weight=weight * unit)
    np.testing.assert_allclose(scaled.coef, fit.coef, rtol=0, atol=1e-13)


@each_form
@each_shape
@each_scale
def test_one_column_in_other_units(unit: float, shape: tuple[int, int], form: type) -> None:
    """With a factor of the same unit the penalty on it is what it was."""
    X, y = make_data(shape)
    alpha = 0.1 * alpha_max(Problem(X, y, 1.0))
    units = np.ones(shape[1])
    first = int(np.abs(lasso(X, y, alpha).coef).argmax())
    units[first] = unit
    fit = lasso(form(X), y, alpha)
    scaled = elltwo.elastic_net(
        form(X * units), y, alpha=alpha, l1_ratio=1.0, penalty_factors=units
    )
    np.testing.assert_allclose(scaled.coef * units, fit.coef, rtol=0, atol=1e-13)


@each_form
@each_shape
def test_a_subnormal_column(shape: tuple[int, int], form: type) -> None:
    """Integers times the smallest numbers there are: under the penalty it stays out."""
    X, y = make_data(shape)
    X[:, 0] = np.round(4 * X[:, 0]) * 2.0**-1074
    fit = lasso(form(X), y, 1.0, 0.5)
    without = lasso(form(X[:, 1:]), y, 1.0, 0.5)
    assert fit.coef[0] == 0.0
    np.testing.assert_allclose(fit.coef[1:], without.coef, rtol=0, atol=1e-13)


@each_shape
def test_all_columns_subnormal(shape: tuple[int, int]) -> None:
    X, y = make_data(shape)
    integers = np.round(4 * X)
    unit = 2.0**-1060
    alpha = 0.1 * alpha_max(Problem(integers, y, 1.0))
    fit = lasso(integers, y, alpha)
    tiny = elltwo.elastic_net(integers * unit, y * unit**0.5, alpha=0.0, l1_ratio=1.0)
    assert np.isfinite(tiny.coef).all()
    held = lasso(integers * unit, y, 1.0)
    assert not held.coef.any()
    assert fit.coef.any()


@each_scale
def test_paths_have_a_grid_in_any_unit(unit: float) -> None:
    X, y = make_data(SHAPES[0])
    path = elltwo.elastic_net_path(X, y, l1_ratio=1.0, n_alphas=20)
    scaled = elltwo.elastic_net_path(X * unit, y, l1_ratio=1.0, n_alphas=20)
    np.testing.assert_allclose(scaled.alphas / unit, path.alphas, rtol=1e-12)
    np.testing.assert_allclose(scaled.coef * unit, path.coef, rtol=0, atol=1e-12)
    assert scaled.converged.all()


@pytest.mark.parametrize("size", [1e155, 4e307])
def test_what_is_beyond_range_is_said(size: float) -> None:
    """A coefficient beyond the range of doubles is an error, not infinity."""
    X = np.array([[1.0], [2.0], [4.0]]) * 1e-300
    y = np.array([1.0, 3.0, 4.0]) * size
    with pytest.raises(OverflowError):
        elltwo.elastic_net(X, y, alpha=0.0, l1_ratio=1.0)
