"""Odd but valid inputs: each gives the answer of a plain float64 array and is left as it was."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import elltwo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

# Small integers, so that every dtype below holds them exactly.
RNG = np.random.default_rng(2)
X = RNG.integers(-9, 10, (30, 4)).astype(np.float64)
Y = RNG.integers(-9, 10, (30, 2)).astype(np.float64)
WEIGHT = RNG.integers(0, 4, 30).astype(np.float64)


def misaligned(a: NDArray[Any]) -> NDArray[Any]:
    buffer = np.zeros(a.nbytes + 1, dtype=np.uint8)
    view = buffer[1:].view(a.dtype).reshape(a.shape)
    view[...] = a
    assert not view.flags.aligned
    return view


def read_only(a: NDArray[Any]) -> NDArray[Any]:
    a = a.copy()
    a.flags.writeable = False
    return a


def embedded(a: NDArray[Any], *steps: int) -> NDArray[Any]:
    """Return a view that equals `a`, with these steps in a larger array."""
    big = np.full([abs(s) * n for s, n in zip(steps, a.shape, strict=True)], 1e300)
    view = big[tuple(slice(None, None, s) for s in steps)]
    view[...] = a
    return view


def packed_records(a: NDArray[Any]) -> NDArray[Any]:
    """Return a column of records: strides that are no multiple of the item's size."""
    records = np.zeros(a.shape, dtype=[("flag", "u1"), ("value", "f8")])
    records["value"] = a
    return records["value"]


def same(a: NDArray[Any]) -> NDArray[Any]:
    return a


KINDS: dict[str, Callable[[NDArray[Any]], Any]] = {
    "read_only": read_only,
    "fortran": np.asfortranarray,
    "row_strided": lambda a: embedded(a, 3, *[1] * (a.ndim - 1)),
    "strided": lambda a: embedded(a, *[2] * a.ndim),
    "negative_strides": lambda a: embedded(a, *[-1] * a.ndim),
    "negative_steps": lambda a: embedded(a, *[-3] * a.ndim),
    "misaligned": misaligned,
    "packed_records": packed_records,
    "big_endian": lambda a: a.astype(">f8"),
    "big_endian_float32": lambda a: a.astype(">f4"),
    "float16": lambda a: a.astype(np.float16),
    "longdouble": lambda a: a.astype(np.longdouble),
    "int8": lambda a: a.astype(np.int8),
    "int64": lambda a: a.astype(np.int64),
    "big_endian_int": lambda a: a.astype(">i4"),
    "object": lambda a: a.astype(object),
    "fractions": np.vectorize(lambda v: Fraction(int(v)), otypes=[object]),
    "unmasked": np.ma.asarray,
    "list": lambda a: a.tolist(),
    "list_of_arrays": list,
    "tuple": lambda a: tuple(map(tuple, a.tolist())) if a.ndim == 2 else tuple(a.tolist()),
    "pandas": lambda a: pd.DataFrame(a) if a.ndim == 2 else pd.Series(a),
    "pandas_nullable": lambda a: (
        pd.DataFrame(a).astype("Int64") if a.ndim == 2 else pd.Series(a).astype("Int64")
    ),
    "pandas_mixed": lambda a: (
        pd.DataFrame(a).astype({0: "int64", 1: "float32"}) if a.ndim == 2 else pd.Series(a)
    ),
}
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


def assert_same_fit(fit: elltwo.RidgeFit, expected: elltwo.RidgeFit) -> None:
    assert fit.coef.dtype == expected.coef.dtype
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(fit.intercept, expected.intercept, rtol=1e-12, atol=1e-13)


@each_kind
@pytest.mark.parametrize("targets", [Y, Y[:, 0].copy()], ids=["two", "one"])
def test_data(kind: Callable[[NDArray[Any]], Any], targets: NDArray[Any]) -> None:
    expected = elltwo.ridge(X, targets, alpha=2.0)
    assert_same_fit(elltwo.ridge(kind(X), targets, alpha=2.0), expected)
    assert_same_fit(elltwo.ridge(X, kind(targets), alpha=2.0), expected)
    assert_same_fit(elltwo.ridge(kind(X), kind(targets), alpha=2.0), expected)


@each_kind
def test_options(kind: Callable[[NDArray[Any]], Any]) -> None:
    def fit(convert: Callable[[NDArray[Any]], Any]) -> elltwo.RidgeFit:
        return elltwo.ridge(
            X,
            Y,
            alpha=convert(np.array([1.0, 3.0])),
            penalty_factors=convert(np.array([0.0, 1.0, 2.0, 3.0])),
            prior_mean=convert(np.array([[1.0, 0.0, 2.0, 1.0], [0.0, 4.0, 1.0, 1.0]])),
            sample_weight=convert(WEIGHT),
        )

    assert_same_fit(fit(kind), fit(same))


@each_kind
def test_prediction(kind: Callable[[NDArray[Any]], Any]) -> None:
    fit = elltwo.ridge(X, Y, alpha=2.0)
    np.testing.assert_allclose(fit.predict(kind(X)), fit.predict(X), rtol=1e-12, atol=1e-13)


@each_kind
def test_cross_validation(kind: Callable[[NDArray[Any]], Any]) -> None:
    alphas = np.array([0.0, 1.0, 9.0])
    expected = elltwo.ridge_cv(X, Y, alphas=[*alphas, np.inf], cv=3)
    fit = elltwo.ridge_cv(kind(X), kind(Y), alphas=[*kind(alphas), np.inf], cv=3)
    np.testing.assert_allclose(fit.fold_mse, expected.fold_mse, rtol=1e-10)


def test_memory_map(tmp_path: Path) -> None:
    X.tofile(tmp_path / "X")
    mapped = np.memmap(tmp_path / "X", dtype=np.float64, mode="r", shape=X.shape)
    fit = elltwo.ridge(mapped, Y, alpha=2.0)
    assert_same_fit(fit, elltwo.ridge(X, Y, alpha=2.0))
    assert type(fit.predict(mapped)) is np.ndarray


def test_matrix_is_an_array() -> None:
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix(X)
    fit = elltwo.ridge(matrix, Y, alpha=2.0)
    assert_same_fit(fit, elltwo.ridge(X, Y, alpha=2.0))
    assert type(fit.predict(matrix)) is np.ndarray


def test_booleans_are_zeros_and_ones() -> None:
    flags = X > 0.0
    expected = elltwo.ridge(flags.astype(np.float64), Y, alpha=2.0)
    assert_same_fit(elltwo.ridge(flags, Y, alpha=2.0), expected)


def test_repeated_rows_by_zero_strides() -> None:
    row = np.broadcast_to(X[0], X.shape)
    assert_same_fit(elltwo.ridge(row, Y, alpha=2.0), elltwo.ridge(row.copy(), Y, alpha=2.0))


@pytest.mark.parametrize("n_rows", [1, 2])
def test_strides_that_are_no_multiple_of_the_item(n_rows: int) -> None:
    """Those of an axis of length one do not count as misaligned, but are as odd."""
    few, targets = X[:n_rows], Y[:n_rows]
    fit = elltwo.ridge(packed_records(few), packed_records(targets), alpha=2.0)
    assert_same_fit(fit, elltwo.ridge(few, targets, alpha=2.0))
    one = elltwo.ridge(packed_records(few), packed_records(targets[:, 0]), alpha=2.0)
    assert_same_fit(one, elltwo.ridge(few, targets[:, 0], alpha=2.0))


def test_dataframe_column_of_floats() -> None:
    frame = pd.DataFrame(X)
    fit = elltwo.ridge(frame[[1, 3]], frame[0], alpha=2.0)
    assert_same_fit(fit, elltwo.ridge(X[:, [1, 3]], X[:, 0], alpha=2.0))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(30, 4), (3, 4), (300, 40)], ids=["small", "wide", "large"])
def test_inputs_are_not_modified(shape: tuple[int, int], dtype: type) -> None:
    rng = np.random.default_rng(0)
    arrays: dict[str, Any] = {
        "X": rng.normal(size=shape).astype(dtype),
        "y": rng.normal(size=(shape[0], 2)),
        "alpha": np.array([1.0, 2.0]),
        "penalty_factors": rng.uniform(size=shape[1]),
        "prior_mean": rng.normal(size=(2, shape[1])),
        "sample_weight": rng.uniform(size=shape[0]),
    }
    before = {name: array.copy() for name, array in arrays.items()}
    elltwo.ridge(**arrays)
    grid = np.array([0.0, 1.0, np.inf])
    elltwo.ridge_cv(**{k: v for k, v in arrays.items() if k != "alpha"}, alphas=grid, cv=3)
    elltwo.ridge(arrays["X"], arrays["y"], alpha=1.0).predict(arrays["X"])
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, before[name])
    np.testing.assert_array_equal(grid, [0.0, 1.0, np.inf])
