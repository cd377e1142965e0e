"""Groups of rows by keys of every kind, against the sort that defines them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import elltwo

if TYPE_CHECKING:
    import numpy.typing as npt

N = 60
CODES = np.random.default_rng(3).integers(0, 5, N)


def objects(values: list[Any]) -> npt.NDArray[Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


KEYS = {
    "int64": np.array([-7, 0, 3, 11, 12]),
    "int8, the whole range": np.array([-128, -1, 0, 1, 127], dtype=np.int8),
    "int64, far apart": np.array([-(2**62), -5, 0, 10**12, 2**62]),
    "uint64 beyond int64": np.array([0, 1, 2**63, 2**63 + 1, 2**64 - 1], dtype=np.uint64),
    "uint64 beyond int64, near": np.arange(2**63 + 1, 2**63 + 6, dtype=np.uint64),
    "big-endian": np.array([1, 256, 65536, 2, 3], dtype=">i4"),
    "bool": np.array([False, True, True, True, True]),
    "float": np.array([-1.5, -0.0, 0.0, 2.5, np.inf]),
    "str": np.array(["", "a", "ab", "b", "\u00e4"]),
    "bytes": np.array([b"a", b"aa", b"b", b"ba", b"\xff"]),
    "dates": np.array(
        ["2020-01-01", "2020-02-01", "1969-01-01", "2021-01-01", "2022-01-01"], "M8[D]"
    ),
    "nanoseconds": np.array([5, 3, 2, 10**18, 7]).astype("M8[ns]"),
    "durations": np.array([5, -3, 2, 10**9, 7]).astype("m8[s]"),
    "str objects": objects(["b", "a", "c", "e", "d"]),
    "tuples": objects([("a", 1), ("a", 2), ("b", 0), ("b", 1), ("c", 0)]),
    "date objects": objects([date(2020, 1, day) for day in (3, 1, 2, 5, 4)]),
    "decimals": objects([Decimal(value) for value in ("0.1", "0.3", "0.2", "5", "4")]),
}


def slow_groups(keys: npt.NDArray[Any]) -> dict[Any, list[int]]:
    groups: dict[Any, list[int]] = {}
    for row, key in enumerate(keys.tolist()):
        groups.setdefault(key, []).append(row)
    return {key: groups[key] for key in sorted(groups)}


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("arranged", ["mixed", "sorted", "in runs"])
def test_groups_are_those_of_a_dictionary(name: str, arranged: str) -> None:
    keys = KEYS[name][CODES]
    if arranged != "mixed":
        keys = (
            np.array(sorted(keys.tolist()), dtype=keys.dtype)
            if keys.dtype.kind != "O"
            else (objects(sorted(keys.tolist())))
        )
    if arranged == "in runs":
        keys = np.concatenate([keys[30:], keys[:30]])
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(N, 2)), rng.normal(size=N)
    expected = slow_groups(keys)
    fit = elltwo.ridge_grouped(X, y, keys, alpha=1.0)
    assert fit.groups.tolist() == list(expected)
    assert fit.groups.dtype == keys.dtype.newbyteorder("=")
    assert fit.n_rows.tolist() == [len(rows) for rows in expected.values()]
    for g, rows in enumerate(expected.values()):
        alone = elltwo.ridge(X[rows], y[rows], alpha=1.0)
        np.testing.assert_allclose(fit.coef[g], alone.coef, rtol=1e-12, atol=1e-14)
    by_group = np.concatenate([np.array(rows) for rows in expected.values()])
    np.testing.assert_array_equal(
        fit.predict(X, keys)[by_group], fit.predict(X[by_group], keys[by_group])
    )


@given(
    keys=st.one_of(
        st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=40),
        st.lists(st.integers(-3, 3), min_size=1, max_size=40),
        st.lists(st.text(max_size=3).filter(lambda s: not s.endswith("\0")), min_size=1),
        st.lists(st.floats(allow_nan=False), min_size=1, max_size=40),
    )
)
@settings(deadline=None)
def test_any_keys_are_grouped_in_order(keys: list[Any]) -> None:
    values = np.arange(float(len(keys)))
    fit = elltwo.ridge_grouped(np.ones((len(keys), 1)), values, keys, alpha=np.inf)
    expected = slow_groups(np.array(keys))
    assert fit.groups.tolist() == list(expected)
    means = [np.mean(rows) for rows in expected.values()]
    np.testing.assert_allclose(fit.intercept, means, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("n_groups", [3000, 40000])
def test_many_groups_of_text_keep_the_order_of_their_rows(n_groups: int) -> None:
    rng = np.random.default_rng(1)
    keys = np.array([f"{name:x}" for name in rng.integers(0, n_groups, 2 * n_groups)])
    unique, numbers = np.unique(keys, return_inverse=True)
    X = np.ones((keys.size, 1))
    fit = elltwo.ridge_grouped(X, np.arange(float(keys.size)), keys, alpha=np.inf)
    np.testing.assert_array_equal(fit.groups, unique)
    np.testing.assert_array_equal(fit.n_rows, np.bincount(numbers))
    means = np.bincount(numbers, np.arange(keys.size)) / fit.n_rows
    np.testing.assert_allclose(fit.intercept, means, rtol=1e-12)


class NoValue:
    """As pandas.NA: what says neither yes nor no to whether it equals itself."""

    def __eq__(self, other: object) -> NoValue:  # type: ignore[override]
        return self

    def __ne__(self, other: object) -> NoValue:  # type: ignore[override]
        return self

    def __bool__(self) -> bool:
        raise TypeError("ambiguous")

    def __hash__(self) -> int:
        return 0


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([1.0, np.nan, 2.0], "NaN at row 1"),
        (np.array(["2020", "2021", "NaT"], "M8[D]"), "NaT at row 2"),
        (objects(["a", None, "b"]), "None at row 1"),
        (objects(["a", "b", float("nan")]), "nan at row 2"),
        (objects(["a", NoValue(), "b"]), "at row 1"),
    ],
)
def test_missing_keys_name_their_row(keys: npt.ArrayLike, message: str) -> None:
    with pytest.raises(ValueError, match=f"groups must hold a key for each row.*{message}"):
        elltwo.ridge_grouped(np.ones((3, 1)), np.ones(3), keys, alpha=1.0)


@pytest.mark.parametrize(
    ("keys", "error", "message"),
    [
        (objects(["a", 1, "b"]), TypeError, "groups must hold keys that can be sorted"),
        (objects([[], [], []]), TypeError, "groups must hold hashable keys, at row 0"),
        ([1, 2], ValueError, r"groups must have shape \(3,\)"),
        ([[1], [2], [3]], ValueError, r"groups must have shape \(3,\)"),
        ([1j, 2j, 3j], TypeError, "can be sorted, got dtype complex"),
        (np.ma.masked_array([1, 2, 3], mask=[False, True, False]), ValueError, "masked"),
    ],
)
def test_bad_keys_are_refused(keys: npt.ArrayLike, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        elltwo.ridge_grouped(np.ones((3, 1)), np.ones(3), keys, alpha=1.0)


@pytest.mark.parametrize(
    ("starts", "message"),
    [
        ([0, 2], "end with the number of rows of X, 3, got 0 and 2"),
        ([1, 3], "begin with 0"),
        ([0, 2, 2, 3], "got 2 and 2 for group 1"),
        ([0, 2, 1, 3], "got 2 and 1 for group 1"),
        ([3], "one more than there are groups"),
        ([0.0, 3.0], "dtype float64"),
    ],
)
def test_bad_starts_are_refused(starts: list[Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"starts must.*{message}"):
        elltwo.ridge_grouped(np.ones((3, 1)), np.ones(3), starts=starts, alpha=1.0)
