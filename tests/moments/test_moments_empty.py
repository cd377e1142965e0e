"""Portions without rows add nothing, whatever they are and whatever type their columns have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

import elltwo

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(0)
NAMES = list("abc")
FRAME = pd.DataFrame(RNG.normal(size=(10, 3)), columns=NAMES)
Y = RNG.normal(size=10)

EMPTY: dict[str, Callable[[], Any]] = {
    "array": lambda: np.empty((0, 3)),
    "float32, reversed": lambda: np.empty((5, 3), np.float32)[5:, ::-1],
    "objects": lambda: np.empty((0, 3), object),
    "pandas": lambda: FRAME.iloc[:0],
    "pandas, another order": lambda: FRAME.iloc[:0][["c", "a", "b"]],
    "pandas, objects": lambda: pd.DataFrame(columns=NAMES),
    "pandas, nullable": lambda: pd.DataFrame(columns=NAMES, dtype="Int64"),
    "polars": lambda: pl.DataFrame(schema=dict.fromkeys(NAMES, pl.Float64)),
    "polars, untyped": lambda: pl.DataFrame(schema=NAMES),
    "arrow": lambda: pa.Table.from_pandas(FRAME.iloc[:0]),
    "arrow, batch": lambda: pa.RecordBatch.from_pandas(FRAME.iloc[:0]),
    "arrow, untyped": lambda: pa.table({name: pa.array([], pa.null()) for name in NAMES}),
    "csr": lambda: sparse.csr_array((0, 3)),
    "csc": lambda: sparse.csc_matrix((0, 3)),
}
TARGETS: dict[str, Any] = {
    "array": np.empty(0),
    "objects": pd.Series([], dtype=object),
    "polars": pl.Series([], dtype=pl.Null),
}


@pytest.mark.parametrize("kind", EMPTY)
@pytest.mark.parametrize("target", TARGETS)
def test_they_change_nothing(kind: str, target: str) -> None:
    nothing = EMPTY[kind]()
    expected = elltwo.Moments(3).add(FRAME, Y)
    later = elltwo.Moments(3).add(FRAME, Y).add(nothing, TARGETS[target])
    later.remove(nothing, TARGETS[target], sample_weight=np.empty(0))
    assert later.to_bytes() == expected.to_bytes()
    first = elltwo.Moments(3).add(nothing, TARGETS[target])
    assert first.n_rows == 0
    fit = first.add(FRAME, Y).ridge(1.0)
    named = dict(zip(fit.feature_names or NAMES, fit.coef, strict=True))
    np.testing.assert_allclose([named[name] for name in NAMES], expected.ridge(1.0).coef, 1e-14)


@pytest.mark.parametrize(
    ("X", "y", "text"),
    [
        (np.empty((0, 4)), np.empty(0), r"4 feature\(s\)"),
        (sparse.csr_array((0, 2)), np.empty(0), r"X has 2 feature\(s\)"),
        (FRAME.iloc[:0][["a"]], np.empty(0), "X has no column 'b', 'c'"),
        (FRAME.iloc[:0].rename(columns={"a": "z"}), np.empty(0), "X has no column 'a'"),
        (FRAME.iloc[:0], np.ones(3), "same number of rows, got 0 in X and 3 in y"),
        (FRAME.iloc[:0], np.empty((0, 2)), "y must have shape"),
    ],
)
def test_their_shapes_and_columns_are_checked(X: Any, y: Any, text: str) -> None:  # noqa: ANN401
    moments = elltwo.Moments(3).add(FRAME, Y)
    with pytest.raises(ValueError, match=text):
        moments.add(X, y)


def test_text_is_no_number_even_where_there_is_none() -> None:
    with pytest.raises(TypeError, match="X must hold real numbers, got dtype <U3"):
        elltwo.Moments(3).add(np.empty((0, 3), "U3"), np.empty(0))
