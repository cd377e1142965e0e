"""What a formula or a table cannot be is said in one line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import elltwo
from formula_tables import table

pytest.importorskip("formulaic")

DATA = table()


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("price", "must say what is predicted"),
        ("~ price", "must say what is predicted"),
        ("sales ~ price | age", "one part on each side"),
        ("sales ~ 1", "a term beside the intercept"),
        ("sales ~ price +* age", "cannot be read: Operator"),
        ("sales ~ (price", "cannot be read"),
        ("sales ~ C(`class`)", r"'class' is a word of Python, so .* the column is Q\('class'\)"),
        ("sales ~ 2:price", r"for arithmetic write I\(...\)"),
        ("sales ~ prise", r"names 'prise', which is no column of data; its columns are 'sales'"),
        ("sales ~ log(prise)", "names 'prise'"),
        ("sales ~ logg(price)", "cannot be evaluated: .*'logg' is not defined"),
        ("sales ~ log(price - 1000)", r"no value \(nan\) for data in column .*, row 0"),
        ("sales ~ log(0 * price)", r"is -inf for data in column 'log\(0 \* price\)', row 0"),
        ("log(0 * sales) ~ price", "is -inf for data"),
        ("region ~ price", r"left side 'region' holds categories"),
        (3, "formula must be text"),
    ],
)
def test_formulas_that_cannot_be_fitted(formula: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        elltwo.formula.ridge(formula, DATA, alpha=1.0)
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fit_intercept": False}, "'- 1' leaves out the intercept"),
        ({"coding": "dummy"}, "coding must be one of"),
        ({"missing": "mean"}, "missing must be 'error' or 'drop'"),
        ({"penalty_factors": {"age": 1}}, "names 'age', which is no term; the terms are price"),
        ({"penalty_factors": {"price": "x"}}, "could not convert string to float"),
        ({"penalty_factors": {"price": None}}, "must map terms to numbers"),
        ({"bounds": ({"age": 1}, None)}, "bounds names 'age'"),
        ({"sample_weight": "weight"}, "sample_weight names 'weight', which is no column"),
        ({"sample_weight": [1.0, 2.0]}, r"for each of the 120 rows of data, got shape \(2,\)"),
        ({"sample_weight": pd.Series(1.0, index=range(1, 121))}, "must have the same index"),
        ({"context": "x"}, "context must be a dictionary"),
        ({"alpha": "best"}, "cv must be"),
        ({"nonsense": 1}, "unexpected keyword argument 'nonsense'"),
    ],
)
def test_options_that_are_none(options: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        elltwo.formula.ridge("sales ~ price", DATA, **{"alpha": 1.0, **options})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (DATA.assign(price=pd.Timestamp("2020-01-01")), "turn it into a number of days"),
        (DATA.assign(price=[1, "a"] * 60), r"text beside numbers in column 'price', row 1, 'a'"),
        (DATA.assign(price=1j), "take its real and imaginary parts"),
        (DATA.set_axis(range(9), axis=1), "text for the names of all columns"),
        (DATA.set_axis([*DATA.columns[:-1], "sales"], axis=1), "two columns that are named"),
        (DATA.iloc[:0], "no row to fit"),
        (DATA.assign(price=np.nan), r"missing value in column 'price', row 0"),
        ([1, 2], "data must be a table"),
    ],
)
def test_tables_that_cannot_be_fitted(data: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises((ValueError, TypeError), match=message):
        elltwo.formula.ridge("sales ~ price", data, alpha=1.0)


def test_no_complete_row_is_an_error() -> None:
    with pytest.raises(ValueError, match="no row of which no value is missing to fit"):
        elltwo.formula.ridge("sales ~ price", DATA.assign(price=np.nan), alpha=1.0, missing="drop")


def test_classes_are_one_column() -> None:
    with pytest.raises(ValueError, match="left side must be one column, which holds the classes"):
        elltwo.formula.logistic("sales + price ~ age", DATA, alpha=1.0)
    with pytest.raises(ValueError, match="left side must be one column"):
        elltwo.formula.logistic("I(sales > 1) ~ age", DATA, alpha=1.0)


def test_functions_come_from_the_context() -> None:
    context = {"half": lambda column: column / 2.0, "unused": 1}
    fit = elltwo.formula.ridge("sales ~ half(price)", DATA, alpha=0, context=context)
    plain = elltwo.formula.ridge("sales ~ price", DATA, alpha=0)
    np.testing.assert_allclose(fit.coef, 2.0 * plain.coef, rtol=1e-10)
    np.testing.assert_allclose(fit.predict(DATA), plain.predict(DATA), rtol=1e-10)


def test_exp10_is_a_power_of_ten() -> None:
    fit = elltwo.formula.ridge("sales ~ exp10(price)", DATA, alpha=1.0)
    np.testing.assert_allclose(fit.matrix({"price": [2.0]}), [[100.0]], rtol=1e-12)


def test_columns_with_names_of_python_can_be_used() -> None:
    data = DATA.rename(columns={"rooms": "class"})
    fit = elltwo.formula.ridge("sales ~ C(Q('class'))", data, alpha=1.0)
    assert fit.terms["C(Q('class'))"] == tuple(f"C(Q('class'))[{level}]" for level in (1, 2, 3))
