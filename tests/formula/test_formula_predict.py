"""Predictions repeat the coding of the fit, and name what they cannot read."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import elltwo
from formula_tables import table

pytest.importorskip("formulaic")

DATA = table()


def test_transformations_have_the_constants_of_the_fit() -> None:
    formula = "sales ~ scale(price) + poly(age, 3) + region + bs(price, df=4)"
    fit = elltwo.formula.ridge(formula, DATA, alpha=0.1)
    part = DATA.iloc[5:9]
    np.testing.assert_allclose(fit.predict(part), fit.predict(DATA)[5:9], rtol=1e-12)
    X = fit.matrix(pd.DataFrame({"price": [1.0], "age": [30.0], "region": ["south"]}))
    mean, deviation = DATA["price"].mean(), DATA["price"].std()
    assert X[0, 0] == pytest.approx((1.0 - mean) / deviation, rel=1e-12)
    # Orthogonal polynomials by QR, up to signs.
    powers = np.vander(np.append(DATA["age"], 30.0) - 45.0, 4, increasing=True)
    triangle = np.linalg.qr(powers[:-1])[1]
    by_qr = (powers[-1] @ np.linalg.inv(triangle))[1:]
    np.testing.assert_allclose(np.abs(X[0, 1:4]), np.abs(by_qr), rtol=1e-8)


def test_only_the_right_side_is_needed() -> None:
    fit = elltwo.formula.ridge("np.log(sales + 20) ~ price + region", DATA, alpha=1.0)
    new = {"region": ["west"], "price": [2.0], "unused": ["x"]}
    expected = fit.intercept + fit.coef @ [2.0, 0.0, 0.0, 1.0]
    assert fit.predict(new) == pytest.approx([expected], rel=1e-12)


def test_copies_and_pickles_predict() -> None:
    fit = elltwo.formula.ridge("sales ~ scale(price) * region", DATA, alpha=1.0)
    for other in (pickle.loads(pickle.dumps(fit)), copy.deepcopy(fit)):
        np.testing.assert_array_equal(other.predict(DATA), fit.predict(DATA))
        assert repr(other) == repr(fit)


def test_levels_that_were_not_fitted_are_named_or_count_as_no_level() -> None:
    fit = elltwo.formula.ridge("sales ~ price + region + C(rooms) + price:region", DATA, alpha=1.0)
    strange = DATA.iloc[:4].assign(region=["west", "east", "north", "west"])
    with pytest.raises(ValueError, match=r"level 'east' in column 'region', row 1"):
        fit.predict(strange)
    known = fit.predict(strange.assign(region="west"))
    ignored = fit.predict(strange, unseen="ignore")
    west = fit.coef[fit.feature_names.index("region[west]")]
    slope = fit.coef[fit.feature_names.index("price:region[west]")]
    assert ignored[1] == pytest.approx(known[1] - west - slope * strange["price"].iloc[1])
    assert ignored[0] == known[0]
    with pytest.raises(ValueError, match=r"level 9 in column 'rooms', row 2"):
        fit.predict(DATA.iloc[:3].assign(rooms=[1, 2, 9]))
    assert np.isfinite(fit.predict(DATA.iloc[:3].assign(rooms=[1, 2, 9]), unseen="ignore")).all()
    reference = elltwo.formula.ridge("sales ~ region", DATA, alpha=0)
    with pytest.raises(ValueError, match="needs the coding 'full'"):
        reference.predict(strange, unseen="ignore")


def test_numbers_are_the_same_levels_however_they_are_stored() -> None:
    fit = elltwo.formula.ridge("sales ~ C(rooms) + C(new)", DATA, alpha=1.0)
    expected = fit.predict(DATA)
    for data in (
        DATA.astype({"rooms": float, "new": int}),
        DATA.astype({"rooms": "Int16", "new": "boolean"}),
        pl.DataFrame(DATA.to_dict("list")).cast({"rooms": pl.UInt8}),
    ):
        np.testing.assert_array_equal(fit.predict(data), expected)
    assert fit.feature_names[:3] == ("C(rooms)[1]", "C(rooms)[2]", "C(rooms)[3]")
    with_gap = DATA.astype({"rooms": float})
    with_gap.loc[0, "rooms"] = np.nan
    again = elltwo.formula.ridge("sales ~ C(rooms) + C(new)", with_gap, alpha=1.0, missing="drop")
    assert again.feature_names == fit.feature_names


def test_missing_values_are_named_or_predicted_as_missing() -> None:
    fit = elltwo.formula.ridge("sales ~ price + region", DATA, alpha=1.0)
    gaps = DATA.iloc[:4].copy()
    gaps.loc[1, "price"] = np.nan
    gaps.loc[2, "region"] = None
    with pytest.raises(elltwo.exceptions.MissingValueError, match=r"column 'price', row 1"):
        fit.predict(gaps)
    predicted = fit.predict(gaps, missing="nan")
    np.testing.assert_array_equal(np.isnan(predicted), [False, True, True, False])
    np.testing.assert_array_equal(predicted[[0, 3]], fit.predict(DATA)[[0, 3]])
    classes = elltwo.formula.logistic("bought ~ price + region", DATA, alpha=1.0)
    assert classes.predict(gaps, missing="nan")[1] is None
    assert np.isnan(classes.predict_proba(gaps, missing="nan")).all(axis=1).tolist() == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"price": ["a"] * 3}, r"must hold numbers in column 'price'.*got 'a' in row 0"),
        ({"price": [1.0, np.inf, 2.0]}, r"formula is inf for data in column 'price', row 1"),
        ({"price": pd.Timestamp("2020-01-01")}, r"column 'price', row 0; turn it into"),
        ({"region": [1, 2, 3]}, r"level 1 in column 'region', row 0"),
    ],
)
def test_other_contents_than_those_of_the_fit_are_named(
    change: dict[str, Any], message: str
) -> None:
    fit = elltwo.formula.ridge("sales ~ price + region", DATA, alpha=1.0)
    with pytest.raises((TypeError, ValueError), match=message):
        fit.predict(DATA.iloc[:3].assign(**change))


def test_a_column_that_is_not_there_is_named() -> None:
    fit = elltwo.formula.ridge("sales ~ price + region", DATA, alpha=1.0)
    with pytest.raises(ValueError, match=r"data has no column 'region', which 'sales ~ price"):
        fit.predict(DATA[["price"]])
    with pytest.raises(TypeError, match="data must be a table of pandas"):
        fit.predict(np.ones((3, 2)))


def test_only_classes_have_probabilities() -> None:
    fit = elltwo.formula.ridge("sales ~ price", DATA, alpha=1.0)
    with pytest.raises(TypeError, match="only fits of classes"):
        fit.predict_proba(DATA)
