"""What partitions may be, and what is said of one that cannot be used: place, once, the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse

import elltwo
from elltwo.exceptions import StreamError
from elltwo.integrations._reduce import fits, reader
from elltwo.integrations._reduce.engine import Column, Schema
from elltwo.integrations._reduce.fault import LeafTraceback
from elltwo.integrations._reduce.in_place import in_place
from elltwo.integrations._reduce.logistic import logistic
from elltwo.integrations._reduce.serial import SerialEngine
from partitions import NAMES, Anything, cut_rows, frames, linear_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from elltwo.integrations._reduce.chunks import Chunk
    from elltwo.integrations._reduce.options import RunOptions
    from elltwo.stream._columns import Columns

N = 900
X, Y, WEIGHT = linear_rows(N)
CUTS = [0, 0, 100, 200, 300, 301, 500, 600, 800, N]
TARGET: RunOptions = {"target": "t"}
SCHEMA = Schema([Column(name) for name in (*NAMES, "t")])
EXPECTED = elltwo.ridge(X, Y, alpha=2.0)


def fit(parts: Anything, options: RunOptions = TARGET, schema: Schema | None = None) -> Anything:
    engine = SerialEngine(parts) if schema is None else SerialEngine(parts, schema)
    return fits.ridge(engine, options, alpha=2.0)


def close(found: Anything) -> None:
    np.testing.assert_allclose(found.coef, EXPECTED.coef, rtol=1e-11)


def tables() -> list[pd.DataFrame]:
    return frames(CUTS, X, Y)


@pytest.mark.parametrize(
    "kind",
    [
        lambda frame: frame,
        pl.from_pandas,
        lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
        lambda frame: iter(pa.Table.from_pandas(frame, preserve_index=False).to_batches(40)),
        lambda frame: [frame[:17], frame[17:]],
        lambda frame: (frame[list(NAMES)], frame["t"]),
        lambda frame: (frame[list(NAMES)].to_numpy(), frame["t"].to_numpy()),
        lambda frame: (scipy.sparse.csc_array(frame[list(NAMES)]), frame["t"].to_numpy()),
        lambda frame: (frame[list(NAMES)].to_numpy().tolist(), frame["t"].tolist()),
    ],
    ids="pandas polars arrow batches chunks pair arrays sparse lists".split(),  # noqa: SIM905
)
def test_partitions_of_every_kind(kind: Callable[[pd.DataFrame], Anything]) -> None:
    parts = [kind(frame) for frame in tables() if len(frame)]
    close(fit(parts, {} if isinstance(parts[0], tuple) else TARGET))


def test_weights_are_a_column_or_beside_x() -> None:
    expected = elltwo.ridge(X, Y, alpha=2.0, sample_weight=WEIGHT)
    weighted = [
        frame.assign(w=w, id="x")
        for frame, (w,) in zip(tables(), cut_rows(CUTS, WEIGHT), strict=True)
    ]
    options: RunOptions = {"target": "t", "sample_weight": "w", "ignore": "id"}
    one = fit(weighted, options)
    other = fit(
        [(frame.drop(columns=["t", "id"]), frame["t"]) for frame in weighted],
        {"sample_weight": "w"},
    )
    for found in (one, other):
        np.testing.assert_allclose(found.coef, expected.coef, rtol=1e-11)
        assert found.feature_names == NAMES


@pytest.mark.parametrize("classes", [False, True])
def test_negative_weights_are_named(classes: bool) -> None:
    y = np.where(Y > 0, "a", "b") if classes else Y
    weight = np.tile(WEIGHT, 80)
    weight[70_003] = -2.0
    parts = [(X, y, WEIGHT), (np.tile(X, (80, 1)), np.tile(y, 80), weight)]
    run: Any = logistic if classes else fits.ridge
    with pytest.raises(StreamError) as caught:
        run(SerialEngine(parts), {}, alpha=1.0)
    assert str(caught.value) == "partition 1, row 70003, column 'sample_weight' is negative, -2"


def test_features_are_chosen_by_name() -> None:
    found = fit(tables(), {"target": "t", "features": ["c", "a"]})
    expected = elltwo.ridge(X[:, [2, 0]], Y, alpha=2.0)
    np.testing.assert_allclose(found.coef, expected.coef, rtol=1e-11)
    assert found.feature_names == ("c", "a")


@pytest.mark.parametrize("schema", [None, SCHEMA])
def test_columns_in_another_order_are_put_right(schema: Schema | None) -> None:
    parts = tables()
    parts[3] = parts[3][["t", "d", "c", "b", "a"]]
    close(fit(parts, schema=schema))


@pytest.mark.parametrize("schema", [None, SCHEMA])
def test_order_is_that_of_the_first_with_rows(schema: Schema | None) -> None:
    parts = [frame[["t", "d", "c", "b", "a"]] for frame in tables()]
    parts[0] = parts[0][["a", "b", "c", "d", "t"]]
    names = fit(parts, schema=schema).feature_names
    assert names == (("d", "c", "b", "a") if schema is None else NAMES)


@pytest.mark.parametrize("schema", [None, SCHEMA])
def test_missing_and_extra_columns_name_the_partition(schema: Schema | None) -> None:
    first = "partition 1" if schema is None else "the schema"
    parts = tables()
    parts[6] = parts[6].drop(columns="b")
    with pytest.raises(StreamError, match=rf"^partition 6 has no column 'b', which {first} has$"):
        fit(parts, schema=schema)
    parts = tables()
    parts[6]["z"] = 1.0
    with pytest.raises(StreamError, match=rf"^partition 6 has a column 'z' that {first} has not"):
        fit(parts, schema=schema)
    close(fit(parts, {"target": "t", "features": NAMES}, schema))


def test_faults_of_columns_and_values_come_in_the_order_of_partitions() -> None:
    parts = tables()
    parts[3].loc[5, "a"] = np.nan
    parts[6]["z"] = 1.0
    with pytest.raises(StreamError, match=r"^partition 3, row 5, column 'a' is missing or NaN$"):
        fit(parts)
    parts[2]["z"] = 1.0
    with pytest.raises(
        StreamError, match=r"^partition 2 has a column 'z' that partition 1 has not"
    ):
        fit(parts)


@pytest.mark.parametrize("order", [None, range(8, -1, -1)])
def test_the_first_nan_is_named_once(order: Anything) -> None:
    parts = tables()
    parts[7].loc[12, "c"] = np.nan
    parts[8].loc[0, "a"] = np.nan
    with pytest.raises(StreamError) as caught:
        fits.ridge(SerialEngine(parts, order=order), TARGET, alpha=1.0)
    assert str(caught.value) == "partition 7, row 12, column 'c' is missing or NaN"
    assert caught.value.__cause__ is None


def test_values_without_names_are_named_by_place() -> None:
    parts = cut_rows(CUTS, X.copy(), Y.copy())
    parts[7][1][3] = np.inf
    with pytest.raises(StreamError, match=r"^partition 7, row 3, column 'y' is infinite$"):
        fit(parts, {})
    parts[5][0][7, 2] = np.nan
    with pytest.raises(
        StreamError, match=r"^partition 5, row 7, column 'X\[2\]' is missing or NaN$"
    ):
        fit(parts, {})


def test_rows_are_counted_through_chunks_and_blocks() -> None:
    rows = np.ones((70_000, 2))
    rows[66_000, 1] = np.nan
    frame = pd.DataFrame(rows, columns=["a", "b"]).assign(t=0.0)
    with pytest.raises(
        StreamError, match=r"^partition 1, row 66000, column 'b' is missing or NaN$"
    ):
        fit([frame[:5], frame])
    chunks = [frame[i : i + 100] for i in range(0, 70_000, 100)]
    with pytest.raises(
        StreamError, match=r"^partition 0, row 66000, column 'b' is missing or NaN$"
    ):
        fit([chunks])
    text = pd.DataFrame({"a": np.arange(70_000), "b": 1.0, "t": 0.0}, dtype=object)
    text.loc[67_000, "b"] = "none"
    with pytest.raises(
        TypeError, match=r"^partition 0 must hold real numbers, got 'none' .* row 67000"
    ):
        fit([text])


def test_rows_with_something_missing_are_left_out() -> None:
    parts = tables()
    parts[7].loc[12, "c"] = np.nan
    parts[2].loc[3, "t"] = np.nan
    gone = [CUTS[7] + 12, CUTS[2] + 3]
    found = fit(parts, {"target": "t", "missing": "skip"})
    expected = elltwo.ridge(np.delete(X, gone, 0), np.delete(Y, gone), alpha=2.0)
    np.testing.assert_allclose(found.coef, expected.coef, rtol=1e-11)


def test_other_types_are_refused_where_they_are_no_numbers() -> None:
    parts = tables()
    parts[4]["b"] = parts[4]["b"].astype(np.float32)
    parts[5]["b"] = parts[5]["b"].astype("Float64")
    fit(parts)
    parts[5]["b"] = parts[5]["b"].astype(str)
    with pytest.raises(
        TypeError, match=r"^partition 5 must hold real numbers, got .* column 'b', row 0"
    ):
        fit(parts)


def test_columns_known_to_hold_no_numbers_are_refused_before_the_pass() -> None:
    columns = [*SCHEMA.columns, Column("when", is_number=False, kind="datetime64[ns]")]  # type: ignore[misc]
    with pytest.raises(
        TypeError, match=r"column 'when' holds datetime64\[ns\] values, not numbers"
    ):
        fit(tables(), schema=Schema(columns))
    fit(
        [frame.assign(when="x") for frame in tables()],
        {"target": "t", "ignore": "when"},
        Schema(columns),
    )


@pytest.mark.parametrize(
    ("kind", "way"),
    [("string", "pass encode={'when': levels}"), ("date", "encode it as numbers")],
)
def test_a_refusal_says_how_the_column_can_be_used(kind: str, way: str) -> None:
    columns = [*SCHEMA.columns, Column("when", is_number=False, kind=kind)]  # type: ignore[misc]
    for encode in (None, "one-hot"):
        with pytest.raises(TypeError, match=f"column 'when' holds {kind} values, .*; {way}, or"):
            fit(tables(), {"target": "t", "encode": encode}, schema=Schema(columns))


def test_chunks_of_one_partition_have_the_same_columns() -> None:
    X, y = np.ones((6, 3)), np.ones(6)
    for other, text in (((X[:, :2], y), "2 .* had 3"), ((X, X), r"3 target.* had a 1-D y")):
        with pytest.raises(StreamError, match=f"^partition 0 has {text}"):
            fits.ridge(SerialEngine([[(X, y), other]]), {}, alpha=1.0)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_masked_entries_are_refused(place: int) -> None:
    ones = [np.ones((6, 2)), np.ones(6), np.ones(6)]
    masked: list[Any] = [*ones]
    masked[place] = np.ma.masked_array(ones[place], np.zeros(ones[place].shape, dtype=bool))
    masked[place].mask[4] = True
    what = ("X", "y", "sample_weight")[place]
    for fitted in (fits.ridge, logistic):
        with pytest.raises(ValueError, match=f"^partition 1.*{what} is a masked array .* row 4"):
            fitted(SerialEngine([tuple(ones), tuple(masked)]), {}, alpha=1.0)


def test_a_state_is_the_path_of_a_file(tmp_path: Path) -> None:
    wrong: Any = 5
    with pytest.raises(TypeError, match="state must be the path of a file, got 5"):
        fit(tables(), {"target": "t", "state": wrong})
    with pytest.raises(ValueError, match=r"state must be the path of a file, and .* is a folder"):
        fit(tables(), {"target": "t", "state": tmp_path})


def test_empty_partitions_say_nothing_about_columns() -> None:
    parts: list[Any] = [pd.DataFrame(), *tables()[1:]]
    parts[4] = pd.DataFrame({"t": [], "elsewhere": []}, dtype=object)
    expected = elltwo.ridge(np.delete(X, 300, 0), np.delete(Y, 300), alpha=2.0)
    np.testing.assert_allclose(fit(parts).coef, expected.coef, rtol=1e-11)


@pytest.mark.parametrize("parts", [[], [pd.DataFrame()], [pd.DataFrame({"t": []})] * 3])
def test_nothing_but_empty_partitions(parts: list[Anything]) -> None:
    with pytest.raises(ValueError, match=r"^X has 0 sample\(s\) .* minimum of 1 is required"):
        fit(parts)


@pytest.mark.parametrize(
    ("bad", "text"),
    [
        ((X[:5, :3], Y[:5]), "partition 2 has 3 feature(s), partition 0 has 4"),
        ((X[:5], Y[:5, np.newaxis]), "partition 2 has 1 target(s), partition 0 has a 1-D y"),
        ((X[:5], Y[:4]), "partition 2: X has 5 rows and y has 4"),
        ((X[:5], Y[:5], WEIGHT[:5]), "partition 2 has a sample_weight, partition 0 has not"),
        ((X[:5],), "partition 2 must be a table, (X, y)"),
        ((X[0], Y[:1]), "partition 2: X must be 2-D"),
        ("path", "partition 2 must be a table, (X, y)"),
    ],
)
def test_partitions_of_another_shape(bad: Anything, text: str) -> None:
    parts = [(X[:10], Y[:10]), (X[:0], Y[:0]), bad, (X[10:20], Y[10:20])]
    with pytest.raises(StreamError) as caught:
        fit(parts, {})
    assert str(caught.value).startswith(text)


def test_pairs_with_other_indexes_are_refused() -> None:
    frame = tables()[3]
    with pytest.raises(ValueError, match=r"^partition 1: X and y must have the same index"):
        fit([(X, Y), (frame[list(NAMES)], frame["t"][::-1])], {})


def test_what_a_leaf_cannot_foresee_is_raised_with_its_place() -> None:
    class Broken:
        shape = (3, 4)

        def __getitem__(self, _: object) -> object:
            raise KeyError("gone")

    with pytest.raises(RuntimeError, match=r"^partition 1: KeyError: 'gone'") as caught:
        fit([(X, Y), (Broken(), Y[:3])], {})
    assert isinstance(caught.value.__cause__, LeafTraceback)
    assert "__getitem__" in str(caught.value.__cause__)


def test_too_many_features_for_moments_are_refused() -> None:
    with pytest.raises(StreamError, match=r"^partition 0 has 8001 features, and moments of more"):
        fit([(scipy.sparse.csr_array((3, 8001)), np.zeros(3))], {})
    with pytest.raises(StreamError, match=r"^the rows have 8001 features, and moments of more"):
        fit([(X, Y)], {}, Schema(None, 8001))


@pytest.mark.parametrize("beside", [False, True])
def test_frames_are_read_in_place_to_the_same_bits(
    monkeypatch: pytest.MonkeyPatch, beside: bool
) -> None:
    weighted = [
        frame.assign(w=w) for frame, (w,) in zip(tables(), cut_rows(CUTS, WEIGHT), strict=True)
    ]
    parts: list[Any] = [(one.drop(columns="t"), one["t"]) for one in weighted]
    options: RunOptions = {"sample_weight": "w"}
    if not beside:
        parts, options = list(weighted), {"target": "t", "sample_weight": "w"}
    calls = []

    def counted(chunk: Chunk, columns: Columns) -> Chunk:
        rows = in_place(chunk, columns)
        calls.append(np.shares_memory(rows.X, chunk.X["a"].to_numpy()))
        return rows

    monkeypatch.setattr(reader, "in_place", counted)
    here = fit(parts, options)
    assert calls
    assert all(calls)
    monkeypatch.setattr(reader, "in_place", lambda chunk, _: chunk)
    assert fit(parts, options).coef.tobytes() == here.coef.tobytes()


@pytest.mark.parametrize(
    ("classes", "which"), [*((False, k) for k in range(3)), *((True, k) for k in range(4))]
)
def test_masked_arrays_are_refused_as_at_home(
    classes: bool, which: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "block_rows", lambda _: 4)
    y = np.where(Y > 0, 1.0, 0.0)
    rows: list[Any] = [X, y, np.ones(len(X)), np.zeros(len(X))][: 4 if classes else 3]
    mask = np.zeros(rows[which].shape, dtype=bool)
    mask[(9, 2) if which == 0 else 9] = True
    name = ("X", "y", "sample_weight", "offset")[which]
    run: Any = logistic if classes else fits.ridge
    good = [np.ma.masked_array(part, mask=False) for part in rows]
    whole = run(SerialEngine([tuple(rows)]), {}, alpha=1.0)
    np.testing.assert_array_equal(run(SerialEngine([tuple(good)]), {}, alpha=1.0).coef, whole.coef)
    bad = [*rows]
    bad[which] = np.ma.masked_array(rows[which], mask=mask)
    place = "row 9, column 2" if which == 0 else "row 9"
    text = f"^partition 1: {name} is a masked array with masked entries, the first in {place};"
    with pytest.raises(ValueError, match=text):
        run(SerialEngine([tuple(rows), tuple(bad)]), {}, alpha=1.0)
