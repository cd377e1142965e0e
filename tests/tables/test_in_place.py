"""Tables are read where they lie, if their columns lie as those of a matrix."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import ipc

import elltwo
from elltwo.functional._base.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

N, P = 101, 4
F = np.asfortranarray(np.random.default_rng(0).normal(size=(N, P)))
NAMES = [f"c{j}" for j in range(P)]
COLUMNS = dict(zip(NAMES, F.T, strict=True))


def first_address(table: Any) -> int:  # noqa: ANN401  # of pyarrow
    address: int = table.column(0).chunk(0).buffers()[1].address
    return address


IN_PLACE: dict[str, Callable[[], Any]] = {
    "arrow": lambda: pa.table(COLUMNS),
    "polars": lambda: pl.DataFrame(COLUMNS),
    "polars of a matrix": lambda: pl.DataFrame(F, schema=NAMES),
}


@pytest.mark.parametrize("made", IN_PLACE)
def test_tables_of_a_matrix_by_columns_are_not_copied(made: str) -> None:
    read = read_table(IN_PLACE[made](), "X")
    assert np.shares_memory(read, F)
    np.testing.assert_array_equal(read, F)


def test_frames_of_pandas_are_not_copied() -> None:
    frame = pd.DataFrame(F, columns=NAMES)
    read = read_table(frame, "X")
    assert np.shares_memory(read, frame.to_numpy())
    arrow = pa.Table.from_pandas(frame)
    assert np.shares_memory(read_table(arrow, "X"), frame.to_numpy())


def test_some_neighbours_of_a_table() -> None:
    read = read_table(pa.table(COLUMNS), "X", NAMES[1:3])
    assert np.shares_memory(read, F)
    np.testing.assert_array_equal(read, F[:, 1:3])


def test_files_that_are_mapped_are_read_where_they_are(tmp_path: Path) -> None:
    table = pa.table(COLUMNS)
    with ipc.new_file(tmp_path / "a.arrow", table.schema) as sink:
        sink.write_table(table)
    with pa.memory_map(str(tmp_path / "a.arrow")) as source:
        mapped = ipc.open_file(source).read_all()
        read = read_table(mapped, "X")
        assert read.ctypes.data == first_address(mapped)
        assert read.strides[1] >= 8 * N
        np.testing.assert_array_equal(read, F)
        fit = elltwo.ridge(mapped, F[:, 0], alpha=1.0)
    expected = elltwo.ridge(F, F[:, 0], alpha=1.0, n_threads=1)
    np.testing.assert_array_equal(fit.coef, expected.coef)


def test_the_matrix_keeps_its_columns_alive() -> None:
    read = read_table(pa.table({name: F[:, j].copy() for j, name in enumerate(NAMES[:1])}), "X")
    both = pa.concat_tables([pa.table(COLUMNS)]).combine_chunks()
    taken = read_table(both, "X")
    del both
    gc.collect()
    filled = [np.full(N, 7.0) for _ in range(50)]
    assert len(filled) == 50
    np.testing.assert_array_equal(read, F[:, :1])
    np.testing.assert_array_equal(taken, F)


@pytest.mark.parametrize(
    "columns",
    [
        {"a": F[:, 0], "b": F[:, 2], "c": F[:, 3]},  # unequal distances
        {"a": F[:, 2], "b": F[:, 1], "c": F[:, 0]},  # backwards
        {"a": F[:, 0], "b": F[:, 1], "c": np.arange(N)},  # integers
        {"a": F[:, 0], "b": F[:, 1], "c": F[:, 2].astype(np.float32)},
        {"a": F[:, 0].astype(np.float32), "b": F[:, 1], "c": F[:, 2]},
        {"a": F[:, 0], "b": F[:, 0], "c": F[:, 0]},
    ],
)
def test_what_lies_otherwise_is_copied(columns: dict[str, Array]) -> None:
    expected = np.column_stack(list(columns.values()))
    read = read_table(pa.table(columns), "X")
    assert not np.shares_memory(read, F)
    assert read.dtype == np.float64
    np.testing.assert_array_equal(read, expected)


def test_chunks_and_gaps() -> None:
    table = pa.table(COLUMNS)
    chunks = pa.concat_tables([table.slice(0, 40), table.slice(40)])
    np.testing.assert_array_equal(read_table(chunks, "X"), F)
    gap = table.set_column(2, "c2", pa.array([None, *F[1:, 2]], pa.float64()))
    read = read_table(gap, "X", keep_missing=True)
    assert np.isnan(read[0, 2])
    np.testing.assert_array_equal(read[1:], F[1:])
    with pytest.raises(ValueError, match="missing value \\(null\\) in column 'c2', row 0"):
        read_table(gap, "X")
    assert read_table(table.slice(0, 0), "X").shape == (0, P)


def test_float32_stays() -> None:
    single = np.asfortranarray(F, dtype=np.float32)
    table = pa.table(dict(zip(NAMES, single.T, strict=True)))
    read = read_table(table, "X")
    assert np.shares_memory(read, single)
    assert elltwo.ridge(table, F[:, 0], alpha=1.0).coef.dtype == np.float32


def test_answers_have_the_bits_of_arrays() -> None:
    y = F @ [1.0, -1.0, 0.5, 0.0]
    expected = elltwo.ridge(F, y, alpha=0.3, n_threads=1)  # not by the way of small arrays
    for made in IN_PLACE.values():
        fit = elltwo.ridge(made(), y, alpha=0.3)
        np.testing.assert_array_equal(fit.coef, expected.coef)
        np.testing.assert_array_equal(
            fit.statistics.standard_errors().coef, expected.statistics.standard_errors().coef
        )
