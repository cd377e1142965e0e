"""Labels of any hashable kind, and the refusal of what is none."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import elltwo

Input: TypeAlias = Any  # what a function takes for an argument

X = np.array([[0.0], [2.0], [1.0], [3.0], [1.5], [0.5]])
SIX = [0, 1, 2, 2, 0, 1]


def named(*names: Input) -> list[Any]:
    return [names[i % len(names)] for i in SIX]


@pytest.mark.parametrize(
    ("y", "classes", "kind"),
    [
        (named(False, True), [False, True], "b"),
        (named(3, -1, 7), [-1, 3, 7], "i"),
        (np.array(named(3, 200, 7), dtype=np.uint8), [3, 7, 200], "u"),
        (np.array(named(-100, 100), dtype=np.int8), [-100, 100], "i"),
        (named(10**12, -(10**12), 5), [-(10**12), 5, 10**12], "i"),
        (np.array(named(2**64 - 1, 1), dtype=np.uint64), [1, 2**64 - 1], "u"),
        (named(2.0, -1.0), [-1.0, 2.0], "f"),
        (np.array(named(2.0, -1.0), dtype=np.float16), [-1.0, 2.0], "f"),
        (named(1e300, -1e300), [-1e300, 1e300], "f"),
        (named("dog", "cat", "ape"), ["ape", "cat", "dog"], "U"),
        (np.array(named(b"b", b"a")), [b"a", b"b"], "S"),
        (np.array(named("2020-01-02", "2019-01-01"), dtype="M8[D]"),
         [date(2019, 1, 1), date(2020, 1, 2)], "M"),
        (named((1, 2), (0, 5)), [(0, 5), (1, 2)], "O"),
        (named(frozenset({1}), frozenset({1, 2})), [frozenset({1}), frozenset({1, 2})], "O"),
        (named("b", 1, "a"), ["b", 1, "a"], "O"),
        (named(1, "1"), [1, "1"], "O"),
        (named(object, int), [object, int], "O"),
        (np.array(named("b", "a"), dtype=object), ["a", "b"], "O"),
        (pd.Series(named("b", "a"), dtype="category"), ["a", "b"], "O"),
        (pd.Series(named(5, 3), dtype="Int64"), [3, 5], None),
        (pd.Series(named("b", "a"), dtype="string"), ["a", "b"], "O"),
    ],
    ids=str,
)  # fmt: skip
def test_classes_and_predictions_are_labels(y: Input, classes: list[Any], kind: str | None) -> None:
    fit = elltwo.logistic(X, y, alpha=1e-3)
    assert fit.classes.tolist() == classes
    assert kind is None or fit.classes.dtype.kind == kind
    numbers = (
        [classes.index(label) for label in np.asarray(y, dtype=fit.classes.dtype).tolist()]
        if not isinstance(y, list)
        else [classes.index(label) for label in y]
    )
    expected = elltwo.logistic(X, numbers, alpha=1e-3)
    np.testing.assert_array_equal(fit.coef, expected.coef)
    assert fit.predict(X).tolist() == [classes[k] for k in expected.predict(X)]
    assert fit.predict(X).dtype == fit.classes.dtype


@given(st.lists(st.integers(-(2**62), 2**62), min_size=2, max_size=4, unique=True), st.data())
def test_integers_of_any_size(names: list[int], data: st.DataObject) -> None:
    y = [*names, *data.draw(st.lists(st.sampled_from(names), max_size=8))]
    rows = np.arange(float(len(y)))[:, np.newaxis]
    fit = elltwo.logistic_path(rows, y, alphas=[np.inf])
    assert fit.classes.tolist() == sorted(names)
    shares = [y.count(label) / len(y) for label in sorted(names)]
    np.testing.assert_allclose(fit.at(np.inf).predict_proba(rows[:1])[0], shares, rtol=1e-8)


def test_labels_with_gaps_are_numbered_without() -> None:
    assert elltwo.logistic(X, named(5, 900, 17)).classes.tolist() == [5, 17, 900]


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        ([1, 1.0, True, 0, False, 0.0], [0.0, 1.0]),
        (np.array([1, 1.0, True, "a", "a", 1], dtype=object), [1, "a"]),
        ([0.0, -0.0, 1.0, 1.0, 0.0, 1.0], [0.0, 1.0]),
    ],
    ids=str,
)
def test_classes_that_are_equal_are_one(y: Input, classes: list[Any]) -> None:
    assert elltwo.logistic(X, y).classes.tolist() == classes


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.array(named(1.0, np.nan)), "y must hold labels, got NaN or infinity"),
        (np.array(named(1.0, np.inf)), "y must hold labels, got NaN or infinity"),
        (named("a", None), "y must hold labels, got None"),
        (np.array(named("a", np.nan), dtype=object), "y must hold labels, got nan"),
        (np.array(named(1, pd.NA), dtype=object), "y must hold labels, got <NA>"),
        (np.array(named("2020", "NaT"), dtype="M8[Y]"), "y must hold labels, got NaT"),
        (named(1.5, 2.0), "numbers have to be whole, got 1.5"),
        (named("a"), "only one class: .*'a'"),
        (named(3), "only one class: .*3"),
        (named(np.nan, np.nan), "y must hold labels, got NaN"),
        ([["a"], ["b"]] * 3, r"y must be 1-D .* got shape \(6, 1\)"),
        ("abcdef", r"y must be 1-D .* got shape \(\)"),
        (named("a", "b")[:5], "6 in X and 5 in y"),
        (np.ma.masked_equal(SIX, 2), "y is a masked array"),
        ([[1], [2, 3]] * 3, "y must hold one label for each row"),
    ],
    ids=str,
)
def test_what_is_no_label_is_refused(y: Input, message: str) -> None:
    for function in (elltwo.logistic, elltwo.logistic_path):
        with pytest.raises(ValueError, match=message):
            function(X, y)


def test_what_has_no_hash_is_refused() -> None:
    y = np.empty(6, dtype=object)
    y[:] = [[1], [2]] * 3
    with pytest.raises(TypeError, match=r"y must hold hashable labels: .*list"):
        elltwo.logistic(X, y)


def test_a_class_without_weight_stays() -> None:
    y = named("a", "b", "c")
    weight = np.array([label != "b" for label in y], dtype=float)
    fit = elltwo.logistic(X, y, sample_weight=weight)
    assert fit.classes.tolist() == ["a", "b", "c"]
    assert (fit.predict_proba(X)[:, 1] == 0.0).all()
    with pytest.raises(ValueError, match="sample_weight must not be all zero"):
        elltwo.logistic(X, y, sample_weight=np.zeros(6))
