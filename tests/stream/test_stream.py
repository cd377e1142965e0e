"""Streams give the fit of all rows, from arrays and from iterators, with and without folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import elltwo
from stream_tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stream_tables import Array


def chunks(*arrays: Array, size: int) -> Iterator[tuple[Array, ...]]:
    for first in range(0, len(arrays[0]), size):
        yield tuple(array[first : first + size] for array in arrays)


def fold_lists(n: int, cv: int, fold_rows: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """The documented rule: row i belongs to fold (i // fold_rows) % cv."""
    fold = np.arange(n) // fold_rows % cv
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(cv)]


@pytest.mark.parametrize("alpha", [0.0, 1.0, 300.0, np.inf])
def test_chunks_give_the_fit_of_all_rows(alpha: float) -> None:
    X, y, weight = rows(5000)
    expected = elltwo.ridge(X, y, alpha=alpha, sample_weight=weight)
    fit = elltwo.fit_stream(chunks(X, y, weight, size=700), alpha=alpha)
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(fit.intercept, expected.intercept, rtol=1e-12)
    np.testing.assert_allclose(fit.predict(X[:5]), expected.predict(X[:5]), rtol=1e-12)
    assert (fit.n_rows, fit.n_skipped, fit.alpha) == (5000, 0, alpha)
    assert fit.moments.n_rows == 5000
    assert fit.info.status == "converged"


def test_options_of_the_fit_are_those_of_ridge() -> None:
    X, y, _ = rows(400)
    options = {
        "alpha": 5.0,
        "penalty_factors": [1.0, 0.0, 3.0],
        "prior_mean": [1.0, 2.0, 3.0],
        "penalize_intercept": True,
    }
    fit = elltwo.fit_stream((X, y), **options)  # type: ignore[call-overload]
    np.testing.assert_allclose(fit.coef, elltwo.ridge(X, y, **options).coef, rtol=1e-11)  # type: ignore[arg-type]
    through_zero = elltwo.fit_stream((X, y), alpha=2.0, fit_intercept=False)
    expected = elltwo.ridge(X, y, alpha=2.0, fit_intercept=False)
    np.testing.assert_allclose(through_zero.coef, expected.coef, rtol=1e-11)
    assert through_zero.intercept == 0.0


def test_several_targets_each_with_its_penalty() -> None:
    X, y, _ = rows(500)
    Y = np.column_stack([y, X[:, 0] - y])
    fit = elltwo.fit_stream(chunks(X, Y, size=99), alpha=[1.0, 50.0])
    expected = elltwo.ridge(X, Y, alpha=[1.0, 50.0])
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-11)
    np.testing.assert_allclose(fit.intercept, expected.intercept, rtol=1e-11)


@pytest.mark.parametrize("cv", [2, 3, 5])
def test_folds_are_those_of_the_rule(cv: int) -> None:
    X, y, _ = rows(3333)
    grid = np.geomspace(1e-2, 1e5, 9)
    expected = elltwo.ridge_cv(X, y, alphas=grid, cv=fold_lists(3333, cv, 100))
    fit = elltwo.fit_stream(chunks(X, y, size=170), alphas=grid, cv=cv, fold_rows=100)
    assert fit.alpha == expected.alpha
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-11)
    assert fit.scores is not None
    np.testing.assert_allclose(fit.scores.cv_mse, expected.cv_mse, rtol=1e-10)
    assert len(fit.fold_moments) == cv
    assert sum(moments.n_rows for moments in fit.fold_moments) == 3333


def test_gcv_is_that_of_all_rows() -> None:
    X, y, _ = rows(1000)
    grid = np.geomspace(1e-2, 1e5, 15)
    fit = elltwo.fit_stream(chunks(X, y, size=128), alphas=grid, cv="gcv")
    expected = elltwo.ridge_cv(X, y, alphas=grid, cv="gcv")
    assert fit.alpha == expected.alpha
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-11)
    assert elltwo.fit_stream((X, y), cv="gcv").alpha == elltwo.ridge_cv(X, y, cv="gcv").alpha


@settings(deadline=None, max_examples=25)
@given(sizes=st.lists(st.integers(0, 400), min_size=1, max_size=8))
def test_folds_do_not_depend_on_chunks(sizes: list[int]) -> None:
    X, y, _ = rows(max(sum(sizes), 30))
    ends = np.cumsum(sizes)[:-1]
    pieces = list(zip(np.split(X, ends), np.split(y, ends), strict=True))
    fit = elltwo.fit_stream(pieces, alphas=[1.0], cv=3, fold_rows=7)
    whole = elltwo.fit_stream((X, y), alphas=[1.0], cv=3, fold_rows=7)
    for ours, theirs in zip(fit.fold_moments, whole.fold_moments, strict=True):
        assert ours.n_rows == theirs.n_rows
        np.testing.assert_allclose(ours.x_mean, theirs.x_mean, rtol=1e-12)


def test_arrays_and_memory_maps_are_read_in_place(tmp_path: Path) -> None:
    X, y, weight = rows(4000)
    for name, array in (("X", X), ("y", y), ("w", weight)):
        np.save(tmp_path / f"{name}.npy", array)
    expected = elltwo.ridge(X, y, alpha=1.0, sample_weight=weight)
    paths = [tmp_path / f"{name}.npy" for name in "Xyw"]
    mapped = tuple(np.load(path, mmap_mode="r") for path in paths)
    for source in ((X, y, weight), mapped, paths, tuple(map(str, paths))):
        fit = elltwo.fit_stream(source, alpha=1.0)
        np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-12)
    float32 = elltwo.fit_stream((np.asfortranarray(X, dtype=np.float32), y), alpha=1.0)
    np.testing.assert_allclose(float32.coef, elltwo.ridge(X, y, alpha=1.0).coef, rtol=1e-3)


def test_a_function_makes_the_chunks() -> None:
    X, y, _ = rows(100)
    fit = elltwo.fit_stream(lambda: chunks(X, y, size=30), alpha=1.0)
    np.testing.assert_allclose(fit.coef, elltwo.ridge(X, y, alpha=1.0).coef, rtol=1e-11)


def test_names_of_data_frames_are_kept() -> None:
    pd = pytest.importorskip("pandas")
    X, y, _ = rows(100)
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    fit = elltwo.fit_stream([(frame, pd.Series(y)), (frame, pd.Series(y))], alpha=1.0)
    assert fit.feature_names == ["a", "b", "c"]
    shuffled = elltwo.fit_stream([(frame, y), (frame[["b", "a", "c"]], y)], alpha=1.0)
    np.testing.assert_array_equal(shuffled.coef, fit.coef)
    with pytest.raises(elltwo.exceptions.StreamError, match="chunk 1: X has no column 'c'"):
        elltwo.fit_stream([(frame, y), (frame[["b", "a"]], y)], alpha=1.0)


def test_a_chunk_may_be_reused_for_the_next() -> None:
    X, y, _ = rows(900)
    buffer, target = np.empty((300, 3)), np.empty(300)

    def refilled() -> Iterator[tuple[Array, Array]]:
        for first in range(0, 900, 300):
            buffer[:], target[:] = X[first : first + 300], y[first : first + 300]
            yield buffer, target

    fit = elltwo.fit_stream(refilled(), alpha=1.0)
    np.testing.assert_allclose(fit.coef, elltwo.ridge(X, y, alpha=1.0).coef, rtol=1e-11)


def test_bits_do_not_depend_on_threads() -> None:
    X, y, _ = rows(200_000)
    fits = [elltwo.fit_stream(chunks(X, y, size=70_000), alpha=1.0, n_threads=k) for k in (1, 2, 4)]
    assert len({fit.moments.to_bytes() for fit in fits}) == 1
