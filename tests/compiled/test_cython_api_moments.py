"""Moments through their C functions: row by row, in portions, merged, stored, solved."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import elltwo
from c_moments import CMoments

RNG = np.random.default_rng(0)
X = RNG.normal(size=(700, 5)) + 1e6
Y = np.column_stack([X.sum(axis=1), RNG.normal(size=700)])
ALPHA = np.array([0.5, 20.0])


def check_equals(moments: CMoments, fit: elltwo.RidgeFit) -> None:
    coef, intercept = moments.ridge(ALPHA)
    assert_allclose(coef, fit.coef, rtol=1e-10, atol=1e-12)
    assert_allclose(intercept, fit.intercept, rtol=1e-10, atol=1e-5)  # of sums of 1e6


def test_rows_one_by_one_are_rows_at_once() -> None:
    """Rows that wait are in every answer."""
    by_row = CMoments(5, 2)
    for count, (x, y) in enumerate(zip(X, Y, strict=True), start=1):
        by_row.add_row(x, y)
        if count in {3, 300, 700}:
            check_equals(by_row, elltwo.ridge(X[:count], Y[:count], alpha=ALPHA))


def test_weights_count_as_repetitions() -> None:
    weight = RNG.integers(0, 4, size=700).astype(float)
    by_row, at_once = CMoments(5, 2), CMoments(5, 2)
    for x, y, w in zip(X, Y, weight, strict=True):
        by_row.add_row(x, y, w)
    at_once.add(X, Y, weight, threads=2)
    fit = elltwo.ridge(X, Y, alpha=ALPHA, sample_weight=weight)
    check_equals(by_row, fit)
    check_equals(at_once, fit)


def test_any_strides() -> None:
    wide = np.full((1400, 15), np.nan)
    wide[::-2, ::3] = X
    fit = elltwo.ridge(X, Y, alpha=ALPHA)
    check_equals(CMoments(5, 2).add(wide[::-2, ::3], np.asfortranarray(Y)), fit)
    by_row = CMoments(5, 2)
    for x, y in zip(wide[::-2, ::3], np.asfortranarray(Y), strict=True):
        by_row.add_row(x, y)
    check_equals(by_row, fit)


def test_merge_takes_waiting_rows_along() -> None:
    first, second = CMoments(5, 2).add(X[:400], Y[:400]), CMoments(5, 2)
    for x, y in zip(X[400:], Y[400:], strict=True):
        second.add_row(x, y)
    first.add_row(X[0], Y[0])
    fit = elltwo.ridge(np.r_[X, X[:1]], np.r_[Y, Y[:1]], alpha=ALPHA)
    check_equals(first.merge(second), fit)
    check_equals(second, elltwo.ridge(X[400:], Y[400:], alpha=ALPHA))


def test_bytes_are_the_package_s() -> None:
    moments = CMoments(5, 2).add(X, Y)
    moments.add_row(X[0], Y[0])
    python = elltwo.Moments.from_bytes(moments.to_bytes())
    assert python.n_rows == 701
    stored = elltwo.Moments(5, 2).add(X, Y).to_bytes()
    check_equals(CMoments(5, 2, stored), elltwo.ridge(X, Y, alpha=ALPHA))


def test_bad_rows_are_named_and_change_nothing() -> None:
    moments = CMoments(5, 2).add(X, Y)
    bad = X[:3].copy()
    bad[1, 2] = np.inf
    with pytest.raises(ValueError, match=r"X contains infinity at row 1"):
        moments.add(bad, Y[:3])
    with pytest.raises(ValueError, match="x contains NaN or infinity"):
        moments.add_row(bad[1], Y[1])
    with pytest.raises(ValueError, match="y contains NaN or infinity"):
        moments.add_row(X[1], np.array([1.0, np.nan]))
    with pytest.raises(ValueError, match="weight must be finite and not negative"):
        moments.add_row(X[1], Y[1], -1.0)
    check_equals(moments, elltwo.ridge(X, Y, alpha=ALPHA))


def test_other_bad_input() -> None:
    with pytest.raises(ValueError, match="feature"):
        CMoments(0, 1)
    with pytest.raises(ValueError, match=r"of 5 feature.*the others of 4"):
        CMoments(5, 2).merge(CMoments(4, 2))
    with pytest.raises(ValueError, match="these bytes do not hold Moments"):
        CMoments(5, 2, elltwo.Moments(5, 2).to_bytes()[:-1])
    with pytest.raises(ValueError, match=r"alpha must be in \[0, inf\]"):
        CMoments(5, 2).add(X, Y).ridge(np.array([-1.0]))
    with pytest.raises(ValueError, match="no rows of positive weight"):
        CMoments(5, 2).ridge(ALPHA)
