"""float32 features without full rank: the least norm, as of the same numbers in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import elltwo


@pytest.mark.parametrize(("n", "p"), [(200, 10), (500, 120), (60, 90)])
@pytest.mark.parametrize("level", [0.0, 4.0])
def test_a_column_that_is_the_sum_of_two(n: int, p: int, level: float) -> None:
    rng = np.random.default_rng(n + p)
    X = np.round(rng.standard_normal((n, p)) * 64.0) / 64.0 + level  # sums are exact in float32
    X[:, -1] = X[:, 0] + X[:, 1]
    y = X @ rng.standard_normal(p) + rng.standard_normal(n)
    fit = elltwo.ridge(X.astype(np.float32), y, alpha=0.0)
    expected = elltwo.ridge(X, y, alpha=0.0)
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=0, atol=1e-5)
    assert fit.info.rank == expected.info.rank == min(p - 1, n - 1)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 2**31), st.integers(2, 14), st.integers(0, 6), st.booleans())
def test_small_problems_with_every_factor(seed: int, p: int, more: int, intercept: bool) -> None:
    rng = np.random.default_rng(seed)
    n = p + more
    X = np.where(rng.random((n, p)) < rng.random(), rng.normal(1.0, 1.0, (n, p)), 0.0)
    X = X.astype(np.float32)
    X[:, -1] = X[:, 0]
    options: dict[str, Any] = {
        "alpha": 0.0,
        "penalty_factors": rng.choice([0.0, 0.5, 1.0, np.inf], p),
        "fit_intercept": intercept,
    }
    y = rng.normal(size=n)
    coef = elltwo.ridge(X, y, **options).coef
    expected = elltwo.ridge(X.astype(np.float64), y, **options).coef
    assert np.abs(coef - expected).max() <= 1e-4 * max(1.0, np.abs(expected).max())
