"""Tables become matrices: numbers, categories, dates and missing values, whatever stores them."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from elltwo.tabular import Coding
from elltwo.tabular._text_table import Layout, TextTable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

pd = pytest.importorskip("pandas")

N = 60


def frame() -> Any:  # noqa: ANN401
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "size": rng.normal(size=N),
            "rooms": rng.integers(1, 5, size=N),
            "garden": rng.random(N) < 0.5,
            "region": rng.choice(["north", "south", "west"], size=N),
        }
    )


def as_polars(table: Any) -> Any:  # noqa: ANN401
    return pytest.importorskip("polars").from_pandas(table)


def as_arrow(table: Any) -> Any:  # noqa: ANN401
    return pytest.importorskip("pyarrow").Table.from_pandas(table)


def as_text(table: Any) -> TextTable:  # noqa: ANN401
    columns: dict[str, Sequence[str]] = {
        name: ["" if pd.isna(value) else str(value) for value in table[name]] for name in table
    }
    return TextTable("t.csv", columns, range(2, len(table) + 2), Layout())


KINDS: dict[str, Callable[[Any], Any]] = {
    "pandas": lambda table: table,
    "polars": as_polars,
    "arrow": as_arrow,
    "text": as_text,
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_the_matrix_is_that_of_get_dummies(kind: str) -> None:
    table = frame()
    coding = Coding.of(KINDS[kind](table))
    expected = pd.get_dummies(table, columns=["region"], prefix_sep="=", dtype=float)
    assert coding.names == list(expected.columns)
    assert coding.terms == ["size", "rooms", "garden", "region", "region", "region"]
    np.testing.assert_array_equal(coding.matrix(KINDS[kind](table)), expected.to_numpy(dtype=float))
    assert coding.categories == {"region": table["region"].value_counts().sort_index().to_dict()}


@every_kind
def test_a_reference_level_has_no_column(kind: str) -> None:
    table = frame()
    coding = Coding.of(KINDS[kind](table), ["region"], reference=True)
    expected = pd.get_dummies(table["region"], dtype=float).iloc[:, 1:]
    assert coding.names == ["region=south", "region=west"]
    np.testing.assert_array_equal(coding.matrix(KINDS[kind](table)), expected.to_numpy())


@pytest.mark.parametrize("other", KINDS)
@every_kind
def test_a_coding_reads_tables_of_other_packages(kind: str, other: str) -> None:
    table = frame()
    coding = Coding.of(KINDS[kind](table), categorical=["rooms"])
    np.testing.assert_array_equal(
        coding.matrix(KINDS[other](table)), coding.matrix(KINDS[kind](table))
    )
    as_floats = table.assign(rooms=table["rooms"].astype(float))  # 3.0 is the level 3
    np.testing.assert_array_equal(coding.matrix(KINDS[other](as_floats)), coding.matrix(table))


@every_kind
def test_missing_values_are_nan_or_replaced(kind: str) -> None:
    table = frame()
    table.loc[3, "size"] = np.nan
    table.loc[5, "region"] = None
    read = KINDS[kind](table)
    matrix = Coding.of(read).matrix(read)
    assert np.argwhere(np.isnan(matrix)).tolist() == [[3, 0], [5, 3], [5, 4], [5, 5]]
    coding = Coding.of(read, missing="mean")
    assert coding.names[-1] == "region=missing"
    filled = coding.matrix(read)
    assert filled[3, 0] == pytest.approx(table["size"].mean(), rel=1e-14)
    assert filled[5, 3:].tolist() == [0.0, 0.0, 0.0, 1.0]
    whole = frame()
    shares = whole["region"].value_counts(normalize=True).sort_index()
    learned = Coding.of(KINDS[kind](whole), missing="mean").matrix(read)
    np.testing.assert_allclose(learned[5, 3:], shares, rtol=1e-14)


@every_kind
def test_unseen_levels(kind: str) -> None:
    table = frame()
    coding = Coding.of(KINDS[kind](table))
    table.loc[7, "region"] = "east"
    read = KINDS[kind](table)
    with pytest.raises(ValueError, match=r"'region'.* is 'east', which is none of the levels"):
        coding.matrix(read)
    assert coding.matrix(read, unseen="ignore")[7, 3:].tolist() == [0.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="unseen must be one of error, ignore, got 'drop'"):
        coding.matrix(read, unseen="drop")


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow"])
def test_dates_are_counted_in_days_if_asked(kind: str) -> None:
    noon = datetime(1970, 1, 3, 12, tzinfo=timezone.utc)
    table = pd.DataFrame({"day": [date(1970, 1, 2)] * 2, "time": [noon, noon + timedelta(1)]})
    read = KINDS[kind](table)
    with pytest.raises(ValueError, match="column 'day' holds dates; column 'time' holds dates"):
        Coding.of(read)
    coding = Coding.of(read, numeric=["day", "time"])
    assert coding.matrix(read).tolist() == [[1.0, 2.5], [1.0, 3.5]]


def test_dates_in_text() -> None:
    table = TextTable("t.csv", {"day": ["1970-01-02", "", "2000-02-29T12:00"]}, [2, 3, 4], Layout())
    with pytest.raises(ValueError, match=r"t.csv: column 'day' holds dates"):
        Coding.of(table)
    days = Coding.of(table, numeric=["day"]).matrix(table)[:, 0]
    assert days[0] == 1.0
    assert np.isnan(days[1])
    assert days[2] == (datetime(2000, 2, 29, 12) - datetime(1970, 1, 1)) / timedelta(1)
    german = TextTable("t.csv", {"day": ["29.2.2000", "1.3.2000"]}, [2, 3], Layout())
    with pytest.raises(ValueError, match=r"row 1 \(line 2\), column 'day' is not a date such as"):
        Coding.of(german, numeric=["day"])


@every_kind
def test_names_are_no_categories(kind: str) -> None:
    table = frame().assign(name=[f"house {i}" for i in range(N)])
    read = KINDS[kind](table)
    with pytest.raises(ValueError, match="'name' holds 60 different texts such as 'house 0'"):
        Coding.of(read)
    assert len(Coding.of(read, ["name"], categorical=["name"]).names) == N


def test_numbers_with_some_text_are_refused() -> None:
    cells = ["1", "2.5", "n/k", "4", "5"]
    table = TextTable("t.csv", {"x": cells}, range(2, 7), Layout())
    with pytest.raises(ValueError, match=r"row 3 \(line 4\), column 'x' .*'n/k', where most"):
        Coding.of(table)
    read = TextTable("t.csv", {"x": cells}, range(2, 7), Layout(nulls=frozenset({"", "n/k"})))
    assert np.isnan(Coding.of(read).matrix(read)[:, 0]).tolist() == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert Coding.of(table, categorical=["x"]).names == ["x=1", "x=2.5", "x=4", "x=5", "x=n/k"]


def test_ordered_categories_keep_their_order() -> None:
    sizes = pd.Categorical(["small", "large", "small"], ["small", "large"], ordered=True)
    assert Coding.of(pd.DataFrame({"size": sizes})).names == ["size=small", "size=large"]
    plain = pd.DataFrame({"size": sizes.astype(str)})
    assert Coding.of(plain).names == ["size=large", "size=small"]


def test_levels_that_are_numbers_are_in_their_order() -> None:
    table = pd.DataFrame({"code": [10, 9, 100, 9]})
    names = Coding.of(table, categorical=["code"]).names
    assert names == ["code=9", "code=10", "code=100"]


@every_kind
def test_the_state_is_plain_data(kind: str) -> None:
    table = frame()
    table.loc[5, "region"] = None
    coding = Coding.of(KINDS[kind](table), missing="mean")
    again = Coding.from_state(json.loads(json.dumps(coding.state())))
    assert again == coding
    np.testing.assert_array_equal(again.matrix(table), coding.matrix(table))


STATE = {
    "missing": "error",
    "columns": [
        {"type": "number", "name": "x", "mean": 0.0},
        {
            "type": "category",
            "name": "c",
            "levels": ["a", "b"],
            "counts": [1, 2],
            "missing_level": False,
            "reference": False,
        },
    ],
}


@pytest.mark.parametrize(
    ("place", "key", "value", "word"),
    [
        (0, "mean", "1", "the mean '1'"),
        (0, "mean", float("nan"), "the mean nan"),
        (0, "name", 3, "no name"),
        (0, "name", "c", "two columns of the same name"),
        (0, "type", "text", "of kind 'text'"),
        (1, "levels", [], "no list of levels"),
        (1, "levels", ["a", "a"], "no list of levels"),
        (1, "levels", ["a", 1], "no list of levels"),
        (1, "counts", [1], "a count for each level"),
        (1, "counts", [1, -2], "a count for each level"),
        (1, "missing_level", 0, "lacks missing_level"),
    ],
)
def test_a_broken_state_is_refused(place: int, key: str, value: object, word: str) -> None:
    columns: Any = [dict(column) for column in STATE["columns"]]  # type: ignore[arg-type]
    assert Coding.from_state({**STATE, "columns": columns}).names == ["x", "c=a", "c=b"]
    columns[place][key] = value
    with pytest.raises(ValueError, match=word):
        Coding.from_state({**STATE, "columns": columns})


@pytest.mark.parametrize("state", [None, [], {}, {"columns": 3}, {**STATE, "missing": "guess"}])
def test_what_is_no_state_is_refused(state: object) -> None:
    with pytest.raises(ValueError, match=r"no list of columns|missing must be one of"):
        Coding.from_state(state)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(TypeError, match="must be a table of pandas, polars or Arrow, got ndarray"):
        Coding.of(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="must have text for the names of all columns"):
        Coding.of(pd.DataFrame(np.zeros((2, 2))))
    with pytest.raises(ValueError, match="has no column 'weight'; its columns are size"):
        Coding.of(frame(), ["weight"])
    with pytest.raises(ValueError, match=r"'size'.* is infinite"):
        Coding.of(frame().assign(size=np.inf), ["size"])
    with pytest.raises(ValueError, match="column 'none' has no value in any row"):
        Coding.of(frame().assign(none=np.nan))


def test_the_table_is_not_changed() -> None:
    table = frame()
    before = table.copy()
    Coding.of(table, missing="mean").matrix(table)
    pd.testing.assert_frame_equal(table, before)
