"""Columns of categories become a column for each level, which are known before the pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import elltwo
from elltwo.exceptions import StreamError
from elltwo.integrations._reduce import fits
from elltwo.integrations._reduce.engine import Column, Schema
from elltwo.integrations._reduce.serial import SerialEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    from partitions import Anything

N = 300
LEVELS = ("red", "green", "blue")
NAMES = ["x", "color_red", "color_green", "color_blue", "z"]
rng = np.random.default_rng(0)
COLORS = rng.choice(LEVELS, N)
FRAME = pd.DataFrame(
    {
        "x": rng.normal(size=N),
        "color": pd.Categorical(COLORS, categories=list(LEVELS)),
        "z": rng.normal(size=N),
        "t": rng.normal(size=N) + (COLORS == "red"),
    }
)
EXPECTED = elltwo.ridge(
    np.column_stack([FRAME["x"], *(np.equal(COLORS, level) for level in LEVELS), FRAME["z"]]),
    FRAME["t"].to_numpy(),
    alpha=1.0,
)
NUMBERS = [Column("x"), Column("z"), Column("t")]


def columns_with(levels: tuple[str, ...] | None) -> list[Column]:
    category = Column("color", is_number=False, kind="category", levels=levels)
    return [NUMBERS[0], category, *NUMBERS[1:]]


def schema(levels: tuple[str, ...] | None) -> Schema:
    return Schema(columns_with(levels))


def fit(parts: list[Anything], known: Schema, **options: Anything) -> Anything:
    return fits.ridge(SerialEngine(parts, known), {"target": "t", **options}, alpha=1.0)  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    "kind",
    [
        lambda frame: frame,
        lambda frame: frame.assign(color=frame["color"].astype(str)),
        lambda frame: frame.assign(
            color=frame["color"].cat.set_categories(["blue", "red", "green"])
        ),
        pl.from_pandas,
        lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    ],
    ids=["categories", "text", "reordered", "polars", "arrow"],
)
def test_every_level_has_a_column(kind: Callable[[pd.DataFrame], Anything]) -> None:
    parts = [kind(FRAME[:100]), kind(FRAME[100:100]), kind(FRAME[100:])]
    found = fit(parts, schema(LEVELS), encode="one-hot")
    np.testing.assert_allclose(found.coef, EXPECTED.coef, rtol=1e-10)
    assert list(found.feature_names) == NAMES
    given = fits.ridge(SerialEngine(parts), {"target": "t", "encode": {"color": LEVELS}}, alpha=1.0)
    np.testing.assert_array_equal(given.coef, found.coef)


def test_levels_that_no_row_has_keep_their_column() -> None:
    found = fit([FRAME], schema((*LEVELS, "grey")), encode="one-hot")
    assert found.feature_names[4] == "color_grey"
    assert found.coef[4] == 0.0


def test_unknown_values_name_partition_row_and_column() -> None:
    odd = FRAME.assign(color=FRAME["color"].astype(str))
    odd.loc[117, "color"] = "mauve"
    with pytest.raises(StreamError) as caught:
        fit([odd[:100], odd[100:]], schema(LEVELS), encode="one-hot")
    assert str(caught.value) == (
        "partition 1, row 17, column 'color' holds 'mauve', which is none of its levels 'red', "
        "'green', 'blue'"
    )


def test_missing_categories_are_missing_values() -> None:
    gone = FRAME.copy()
    gone.loc[117, "color"] = None
    with pytest.raises(
        StreamError, match=r"^partition 1, row 17, column 'color' is missing or NaN$"
    ):
        fit([gone[:100], gone[100:]], schema(LEVELS), encode="one-hot")
    found = fit([gone], schema(LEVELS), encode="one-hot", missing="skip")
    kept = fit([FRAME.drop(index=117)], schema(LEVELS), encode="one-hot")
    np.testing.assert_allclose(found.coef, kept.coef, rtol=1e-12)


def test_what_cannot_be_encoded_is_refused_before_the_pass() -> None:
    with pytest.raises(TypeError, match=r"column 'color' holds category values.*encode='one-hot'"):
        fit([FRAME], schema(LEVELS))
    with pytest.raises(ValueError, match=r"'color' are not known; call .categorize\(\) first"):
        fit([FRAME], schema(None), encode="one-hot")
    with pytest.raises(ValueError, match="encode names a column 'shape', which is no feature"):
        fit([FRAME], schema(LEVELS), encode={"shape": ["round"]})
    with pytest.raises(TypeError, match="levels must be text, numbers or booleans, got None of"):
        fit([FRAME], schema(LEVELS), encode={"color": [None]})
    with pytest.raises(ValueError, match="encode must be 'one-hot'"):
        fit([FRAME], schema(LEVELS), encode="dummy")
    with pytest.raises(ValueError, match=r"pass encode={column: levels}"):
        fits.ridge(SerialEngine([FRAME]), {"target": "t", "encode": "one-hot"}, alpha=1.0)
    columns = [*columns_with(LEVELS), Column("color_red")]
    with pytest.raises(ValueError, match="encode makes two columns named 'color_red'"):
        fit([FRAME.assign(color_red=1.0)], Schema(columns), encode="one-hot")
