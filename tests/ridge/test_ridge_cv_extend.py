"""Grids that `ridge_cv` continues beyond an edge: the same scores, and the best alpha inside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import elltwo

RNG = np.random.default_rng(12)
X = RNG.standard_normal((50, 6))
Y = X @ RNG.standard_normal((6, 2)) + 3.0 * RNG.standard_normal((50, 2))
y = np.ascontiguousarray(Y[:, 0])
NOISE = np.random.default_rng(0).standard_normal(50)
FAINT = 0.1 * X[:, 0] + RNG.standard_normal(50)

ROADS: dict[str, dict[str, Any]] = {
    "loo": {"cv": "loo"},
    "stored": {"cv": "loo", "store_cv": True},
    "gcv": {"cv": "gcv"},
    "folds": {"cv": 5},
    "each_row": {"cv": 50},
    "scoring": {"cv": 5, "scoring": lambda a, b: -float(np.mean((a - b) ** 2))},
    "per_target": {"cv": 5, "per_target": True},
    "bounds": {"cv": 5, "bounds": (0.0, 1.0)},
    "weights": {"cv": "loo", "sample_weight": RNG.uniform(0.5, 2.0, 50)},
}


@pytest.mark.parametrize("road", ROADS.values(), ids=ROADS)
@pytest.mark.parametrize("given", [[1e5, 1e3], [1e-7, 1e-5, 1e-6], [1e-8]])
def test_best_lies_inside_and_scores_are_those_of_the_whole_grid(
    road: dict[str, Any], given: list[float]
) -> None:
    targets = Y if "per_target" in road else y
    fit = elltwo.ridge_cv(X, targets, alphas=given, extend=True, **road)
    n = len(given)
    np.testing.assert_array_equal(fit.alphas[:n], given)
    assert np.unique(fit.alphas).size == fit.alphas.size > n
    inside = (fit.alphas.min() < fit.alpha) & (fit.alpha < fit.alphas.max())
    assert np.all(inside | (fit.alpha == 0.0) | (fit.alpha == np.inf))
    whole = elltwo.ridge_cv(X, targets, alphas=fit.alphas, **road)
    np.testing.assert_array_equal(whole.alpha, fit.alpha)
    np.testing.assert_allclose(fit.cv_mse, whole.cv_mse, rtol=1e-10)
    np.testing.assert_allclose(fit.cv_score, whole.cv_score, rtol=1e-10)
    np.testing.assert_allclose(fit.coef, whole.coef, rtol=1e-9, atol=1e-12)
    for name in ("cv_se", "fold_mse", "cv_predictions"):
        if hasattr(whole, name):
            np.testing.assert_allclose(getattr(fit, name), getattr(whole, name), rtol=1e-9)


def test_the_ratio_is_that_of_the_grid() -> None:
    fit = elltwo.ridge_cv(X, y, alphas=np.geomspace(1e3, 1e5, 5), extend=True)
    tried = np.sort(fit.alphas[fit.alphas > 0.0])
    np.testing.assert_allclose(tried[1:] / tried[:-1], 10**0.5)
    assert tried.max() == 1e5
    one = elltwo.ridge_cv(X, y, alphas=[1e4], extend=True)
    assert set(one.alphas) >= {1e4, 1e3, 1e2, 1e1, 1e0}


@pytest.mark.parametrize(
    ("target", "given", "end"),
    [(X @ np.arange(6.0), [1.0, 10.0], 0.0), (NOISE, [0.1, 1.0], np.inf)],
    ids=["signal", "noise"],
)
def test_zero_or_infinity_ends_it(target: Any, given: list[float], end: float) -> None:  # noqa: ANN401
    fit = elltwo.ridge_cv(X, target, alphas=given, extend=True)
    assert fit.alpha == fit.alphas[-1] == end
    assert fit.alphas.size < 80


def test_nothing_is_added_where_the_best_is_inside() -> None:
    grid = [1e-3, 1.0, 10.0, 100.0, 1e5]
    plain = elltwo.ridge_cv(X, y, alphas=grid)
    assert 1e-3 < plain.alpha < 1e5
    fit = elltwo.ridge_cv(X, y, alphas=grid, extend=True)
    np.testing.assert_array_equal(fit.alphas, grid)
    assert fit.alpha == plain.alpha


def test_one_standard_error_reaches_upwards() -> None:
    plain = elltwo.ridge_cv(X, FAINT, cv=5, select="1se")
    fit = elltwo.ridge_cv(X, FAINT, cv=5, select="1se", alphas=[1e-3, 1e-2], extend=True)
    assert fit.alpha == plain.alpha or fit.alpha > 10.0


def test_sparse_and_automatic_grids() -> None:
    S = sparse.csr_array(np.where(np.abs(X) > 1.0, X, 0.0))
    fit = elltwo.ridge_cv(S, y, alphas=[1e-6, 1e-5], extend=True, cv=5)
    dense = elltwo.ridge_cv(S.toarray(), y, alphas=[1e-6, 1e-5], extend=True, cv=5)
    np.testing.assert_allclose(fit.alphas, dense.alphas)
    assert fit.alpha == dense.alpha
    automatic = elltwo.ridge_cv(X, y, extend=True)
    np.testing.assert_array_equal(automatic.alphas, elltwo.ridge_cv(X, y).alphas)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.floats(0.0, np.inf, allow_subnormal=False), min_size=1, max_size=5))
def test_any_grid_comes_to_an_end(given: list[float]) -> None:
    fit = elltwo.ridge_cv(X, y, alphas=given, extend=True)
    assert fit.alphas.size < 2000
    assert np.isfinite(fit.cv_mse).all()
    inside = fit.alphas.min() < fit.alpha < fit.alphas.max()
    assert inside or fit.alpha in {0.0, np.inf}


def test_bad_extend() -> None:
    with pytest.raises(TypeError, match="extend must be True or False, got 'up'"):
        elltwo.ridge_cv(X, y, alphas=[1.0], extend="up")  # type: ignore[arg-type]
