"""Moments: sums over rows that come and go, held against exact sums and one pass over the rows."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from elltwo import Moments

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array

RNG = np.random.default_rng(5)
X = RNG.normal(size=(400, 5)) * [1.0, 1e-3, 1e3, 1.0, 2.0] + RNG.normal(size=5)
Y = np.column_stack([X @ RNG.normal(size=5) + RNG.normal(size=400), RNG.normal(size=400) + 7.0])
y = np.ascontiguousarray(Y[:, 0])
WEIGHT = RNG.integers(0, 4, 400).astype(np.float64)


def portions(X: Float64Array, y: Float64Array, size: int, n_threads: int | None = None) -> Moments:
    m = Moments(X.shape[1], None if y.ndim == 1 else y.shape[1])
    for i in range(0, len(X), size):
        m.add(X[i : i + size], y[i : i + size], n_threads=n_threads)
    return m


def worst(m: Moments, reference: Moments) -> float:
    """Largest difference of products beside the lengths of the two columns."""
    lengths = np.sqrt(np.diag(reference.gram))
    gram = np.abs(m.gram - reference.gram) / np.outer(lengths, lengths)
    xty = np.abs(m.xty - reference.xty).T / lengths / np.sqrt(reference.yty).reshape(-1, 1)
    return float(max(gram.max(), xty.max()))


def exact_products(X: Float64Array) -> Float64Array:
    """Products about the means in exact arithmetic."""
    columns = [[Fraction(float(v)) for v in column] for column in X.T]
    n, sums = len(X), [sum(c) for c in columns]
    return np.array(
        [
            [
                float(sum(u * v for u, v in zip(a, b, strict=True)) - sa * sb / n)
                for b, sb in zip(columns, sums, strict=True)
            ]
            for a, sa in zip(columns, sums, strict=True)
        ]
    )


@pytest.mark.parametrize("size", [1, 3, 8, 9, 100, 400])
def test_sums_are_exact_to_rounding_whatever_the_portions(size: int) -> None:
    m = portions(X, Y, size)
    everything = exact_products(np.column_stack([X, Y]))
    lengths = np.sqrt(np.diag(everything))
    expected = everything / np.outer(lengths, lengths)
    assert m.n_rows == 400
    assert m.weight == 400.0
    np.testing.assert_allclose(m.x_mean, X.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(m.y_mean, Y.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(
        m.gram / np.outer(lengths[:5], lengths[:5]), expected[:5, :5], rtol=0, atol=4e-16
    )
    np.testing.assert_allclose(
        m.xty / np.outer(lengths[:5], lengths[5:]), expected[:5, 5:], rtol=0, atol=4e-16
    )
    np.testing.assert_allclose(m.yty, np.diag(everything)[5:], rtol=1e-15)


@pytest.mark.parametrize("size", [1, 7, 400])
def test_weights_mean_repetition(size: int) -> None:
    m = Moments(5)
    for i in range(0, 400, size):
        m.add(X[i : i + size], y[i : i + size], sample_weight=WEIGHT[i : i + size])
    rows = np.repeat(np.arange(400), WEIGHT.astype(int))
    whole = Moments(5).add(X[rows], y[rows])
    assert m.n_rows == np.count_nonzero(WEIGHT)
    assert m.weight == pytest.approx(WEIGHT.sum(), rel=1e-15)
    assert worst(m, whole) < 1e-15


def test_a_thousand_moments_merge_to_one_pass() -> None:
    level = np.repeat(RNG.normal(size=(1000, 5)) * 3.0, 10, axis=0)
    Z = RNG.normal(size=(10_000, 5)) + level + 1e6
    target = RNG.normal(size=10_000)
    parts = [Moments(5).add(Z[i : i + 10], target[i : i + 10]) for i in range(0, 10_000, 10)]
    one = Moments(5).add(Z, target)
    for order in (range(1000), RNG.permutation(1000)):
        m = Moments(5).merge(*(parts[i] for i in order))
        assert worst(m, one) < 5e-15
        np.testing.assert_allclose(m.x_mean, one.x_mean, rtol=1e-15)
    assert one.gram[0, 0] == pytest.approx(exact_products(Z[:, :1])[0, 0], rel=1e-14)


def test_errors_do_not_grow_with_the_number_of_portions() -> None:
    row, value = np.array([[0.1, 1e6 + 0.3]]), np.array([1.0])
    other = np.array([[0.7, 1e6 - 0.9]])
    m = Moments(2)
    for _ in range(20_000):
        m.add(row, value).add(other, value)
    spread = (other - row)[0]
    expected = 10_000.0 * np.outer(spread, spread)
    np.testing.assert_allclose(m.gram, expected, rtol=2e-14)


@pytest.mark.parametrize("size", [1, 50])
def test_removing_returns_to_the_start_within_the_stated_bound(size: int) -> None:
    start = portions(X[:100], y[:100], 50)
    m = start.copy()
    for i in range(100, 400, size):
        m.add(X[i : i + size], y[i : i + size])
    for i in range(399, 99, -3):
        m.remove(X[i - 2 : i + 1], y[i - 2 : i + 1])
    assert m.n_rows == 100
    lengths = np.diag(start.gram)
    assert (np.abs(np.diag(m.gram) - lengths) <= m.relative_error * lengths).all()
    assert m.relative_error.max() < 1e-11
    assert worst(m, start) < 1e-13
    np.testing.assert_allclose(m.x_mean, start.x_mean, rtol=1e-14)


def test_subtracting_what_was_merged_leaves_no_trace() -> None:
    start, more = portions(X[:100], y[:100], 10), portions(X[100:], y[100:], 30)
    m = start.copy().merge(more).subtract(more)
    assert worst(m, start) < 1e-15
    assert m.n_rows == 100


def test_removing_all_rows_leaves_none_and_all_but_one_that_one() -> None:
    m = portions(X, y, 100)
    assert m.copy().remove(X, y).to_bytes() == Moments(5).to_bytes()
    one = m.copy().remove(X[1:], y[1:])
    assert one.n_rows == 1
    np.testing.assert_allclose(one.x_mean, X[0], rtol=1e-12)
    assert (one.gram == 0.0).all()
    two = one.add(X[1:2], y[1:2])
    np.testing.assert_allclose(two.gram, Moments(5).add(X[:2], y[:2]).gram, rtol=1e-10)


def test_removing_refuses_what_would_lose_all_digits() -> None:
    outliers = X[:10] * 1e9
    m = Moments(5).add(X, y).add(outliers, y[:10])
    before = m.to_bytes()
    with pytest.raises(ValueError, match="nothing but rounding of the squares of feature 0"):
        m.remove(outliers, y[:10])
    with pytest.raises(ValueError, match="cannot take out more than there is"):
        m.subtract(m.copy().add(X[:1], y[:1]))
    with pytest.raises(ValueError, match="nothing but rounding"):
        Moments(5).add(X[:20], y[:20]).remove(X[20:30] * 3.0, y[20:30])
    assert m.to_bytes() == before
    m.remove(X[:50], y[:50])
    assert m.n_rows == 360


@pytest.mark.parametrize("size", [2.0**-996, 2.0**-664, 2.0**664, 2.0**996])
def test_squares_neither_overflow_nor_underflow(size: float) -> None:
    plain, m = Moments(5, 2), Moments(5, 2)
    for i in [*range(0, 400, 100), 400, 401]:
        rows = slice(i, i + 100) if i < 400 else slice(i - 400, i - 399)
        plain.add(X[rows], Y[rows])
        m.add(X[rows] * size, Y[rows] * size)
    np.testing.assert_allclose(m.x_mean / size, plain.x_mean, rtol=1e-15)
    a, b = m.ridge(0.0), plain.ridge(0.0)
    np.testing.assert_allclose(a.coef, b.coef, rtol=1e-12)
    c, d = m.ridge(0.0, fit_intercept=False), plain.ridge(0.0, fit_intercept=False)
    np.testing.assert_allclose(c.coef, d.coef, rtol=1e-9)


def test_columns_may_grow_and_shrink_by_hundreds_of_orders() -> None:
    small, large = np.array([[1e-200], [2e-200]]), np.array([[1e200], [-1e200]])
    target = np.array([1.0, 2.0])
    for first, second in ((small, large), (large, small)):
        m = Moments(1).add(first, target).add(second, target)
        assert m.x_mean[0] == pytest.approx(0.0, abs=1e-16 * 1e200)
        assert m.ridge(0.0).coef[0] == pytest.approx(-0.5e-200, rel=1e-14)
    m = Moments(1).add([[0.0], [0.0]], target).add(small, target)
    assert m.ridge(0.0).coef[0] == pytest.approx(0.5 / 2.75e-200, rel=1e-14)


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_weights_of_any_size(size: float) -> None:
    m = portions(X, y, 100)
    weighted = Moments(5)
    for i in range(0, 400, 100):
        weighted.add(X[i : i + 100], y[i : i + 100], sample_weight=np.full(100, size))
    assert weighted.weight / size == pytest.approx(400.0, rel=1e-13)
    np.testing.assert_allclose(weighted.ridge(0.0).coef, m.ridge(0.0).coef, rtol=1e-10)


def test_constant_columns_are_exactly_constant() -> None:
    Z = np.column_stack([X, np.full(400, 0.1)])
    m = portions(Z, y, 7)
    assert (m.gram[5] == 0.0).all()
    assert m.x_mean[5] == 0.1
    assert m.relative_error[5] == 0.0


def test_scaling_forgets_exponentially() -> None:
    m, weight = Moments(5), np.zeros(400)
    for i in range(0, 400, 10):
        m.scale(0.9).add(X[i : i + 10], y[i : i + 10])
        weight *= 0.9
        weight[i : i + 10] = 1.0
    whole = Moments(5).add(X, y, sample_weight=weight)
    assert worst(m, whole) < 2e-15
    assert m.weight == pytest.approx(weight.sum(), rel=1e-14)
    for _ in range(4000):
        m.scale(0.9)  # to 1e-183 of its weight, and on with rows of weight 1
    m.add(X, y)
    assert worst(m, Moments(5).add(X, y)) < 2e-15
    with pytest.raises(ValueError, match="out of"):
        m.scale(1e200).scale(1e200)


def test_selecting_features() -> None:
    m = portions(X, Y, 100)
    for columns in ([3, 0], [-1], np.array([True, False, True, False, True])):
        kept = np.arange(5)[columns]
        part, expected = m.select(columns), portions(X[:, kept], Y, 100)
        assert worst(part, expected) < 1e-15
        np.testing.assert_array_equal(part.x_mean, m.x_mean[kept])
    with pytest.raises(ValueError, match=r"columns must be in \[-5, 5\), got 5"):
        m.select([5])


@settings(deadline=None, max_examples=40)
@given(cuts=st.lists(st.integers(1, 399), min_size=1, max_size=6, unique=True), swap=st.booleans())
def test_any_cuts_merge_to_the_same(cuts: list[int], swap: bool) -> None:
    edges = [0, *sorted(cuts), 400]
    parts = [Moments(5).add(X[a:b], y[a:b]) for a, b in pairwise(edges)]
    m = Moments(5).merge(*(reversed(parts) if swap else parts))
    assert worst(m, Moments(5).add(X, y)) < 2e-15


def test_bits_do_not_depend_on_threads_or_layout() -> None:
    Z, target = RNG.normal(size=(30_000, 40)), RNG.normal(size=30_000)
    one = portions(Z, target, 15_000, n_threads=1)
    assert portions(Z, target, 15_000, n_threads=2).to_bytes() == one.to_bytes()
    assert portions(np.asfortranarray(Z), target, 15_000).to_bytes() == one.to_bytes()


def test_float32_is_multiplied_in_double() -> None:
    single = X.astype(np.float32)
    whole = Moments(5).add(single, y)
    assert worst(whole, portions(single.astype(np.float64), y, 100)) < 4e-15


def test_sparse_rows() -> None:
    Z = scipy.sparse.random_array((300, 6), density=0.2, rng=np.random.default_rng(1)).tocsr()
    m = Moments(6).add(Z, y[:300], sample_weight=WEIGHT[:300])
    assert worst(m, Moments(6).add(Z.toarray(), y[:300], sample_weight=WEIGHT[:300])) < 1e-14
    assert m.remove(Z, y[:300], sample_weight=WEIGHT[:300]).n_rows == 0
