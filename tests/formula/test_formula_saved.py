"""Fits by formulas in files: read back as they were, and never a way to run code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import elltwo
from formula_tables import table

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("formulaic")

DATA = table()
FORMULAS = [
    "sales ~ price + C(region) + poly(age, 2)",
    "sales ~ price * region + scale(age) + C(rooms) + new + log(`unit price`) ** 2",
    "sales ~ bs(age, df=5):region + cr(price, df=4) + np.exp(age / 100)",
    "sales ~ 0 + C(region, contr.sum) * C(rooms) + I(age > 30)",
    "sales ~ C(region, contr.treatment(base='south')) + center(age) + hashed(size, levels=8)",
    "sales ~ Q('unit price') + C(new) + C(region, {'x': [1, 2, 3]}) + I(size == 's')",
    "log(price + 20) + sales ~ (region + C(rooms) + new) ** 3 + size:poly(age, 3)",
]


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("alpha", [0.0, 1.0, "loo"])
def test_files_hold_the_whole_coding(formula: str, alpha: Any, tmp_path: Path) -> None:  # noqa: ANN401
    fit = elltwo.formula.ridge(formula, DATA, alpha=alpha)
    fit.save(tmp_path / "fit.json")
    again = elltwo.load(tmp_path / "fit.json")
    assert isinstance(again, elltwo.formula.FormulaFit)
    assert repr(again) == repr(fit)
    assert again.terms == fit.terms
    np.testing.assert_array_equal(again.predict(DATA[50:60]), fit.predict(DATA[50:60]))
    with pytest.raises(ValueError, match="which no row of the fit had"):
        again.predict(DATA.assign(region="east", size="xl", rooms=9))


def test_files_hold_classes_and_elastic_nets(tmp_path: Path) -> None:
    fits = [
        elltwo.formula.logistic("size ~ price + region", DATA, alpha=1.0),
        elltwo.formula.logistic("new ~ price + region", DATA, alpha="cv"),
        elltwo.formula.elastic_net("sales ~ price + region", DATA, alpha=1.0),
    ]
    for fit in fits:
        fit.save(tmp_path / "fit.json")
        again = elltwo.load(tmp_path / "fit.json")
        np.testing.assert_array_equal(again.predict(DATA), fit.predict(DATA))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("half(price)", "uses 'half' of its context"),
        ("region.str.upper()", r"it contains 'region\.str\.upper'"),
        ("I([1.5, 2.5][0] * price)", "it contains"),
    ],
)
def test_what_would_have_to_run_code_is_not_saved(
    expression: str, message: str, tmp_path: Path
) -> None:
    context = {"half": lambda column: column / 2.0}
    fit = elltwo.formula.ridge(f"sales ~ {expression}", DATA, alpha=1.0, context=context)
    with pytest.raises(TypeError, match=message):
        fit.save(tmp_path / "fit.json")
    assert not list(tmp_path.iterdir())


HOSTILE = [
    "__import__('pathlib').Path('run').touch()",
    "np.lib.npyio.loadtxt('secret')",
    "(lambda: price)()",
    "[price for price in (1, 2)]",
    "price.__class__",
    "price[0]",
    "`lambda`: price",
    "9 ** 9 ** 9 ** 9",
    "price * (9 ** 9 ** 9)",
    "'%9999999999d' % price",
    "(price, price) * 10 ** 9",
    "poly(price, 100000000)",
    "poly(price, degree=100000000)",
    "bs(price, df=1e9)",
    "hashed(region, levels=10 ** 9)",
    "I(price) if price else 0",
    "f'{price}'",
    "(x := price)",
    "open('secret')",
    "eval('1')",
    "np.fromfile('secret')",
    "-" * 3000 + "price",
    "(" * 500 + "price" + ")" * 500,
    "price +",
    "\0",
]


@pytest.mark.parametrize("expression", HOSTILE)
def test_no_expression_of_a_file_runs_code(
    expression: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    document = _document(tmp_path, "sales ~ scale(price)")
    document["content"]["terms"] = [[[expression, "python"]]]
    with pytest.raises(ValueError, match=r"cannot load .*fit\.json"):
        _load(document, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"fit.json"}


def test_terms_with_more_columns_than_coefficients_are_refused(tmp_path: Path) -> None:
    document = _document(tmp_path, "sales ~ scale(price)")
    factors = [[f"poly(price, {degree})", "python"] for degree in range(240, 248)]
    document["content"]["terms"] = [factors]
    with pytest.raises(ValueError, match="far more columns than coefficients"):
        _load(document, tmp_path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("terms", [[["price", "literal"]]]),
        ("terms", [[["price", "lookup"]], [["age", "lookup"]]]),
        ("terms", 3),
        ("columns", [["price", "number", ["a"]]]),
        ("columns", [["price", "category", None]]),
        ("columns", [["price", "category", ["a", "a"]]]),
        ("columns", [["price", "date", None]]),
        ("columns", [[1, "number", None]]),
        ("columns", [["price"]]),
        ("names", ["price", "age"]),
        ("names", [1]),
        ("spans", [[0, 2]]),
        ("spans", [[0, 10**30]]),
        ("spans", [[0, 2**31 - 1]]),
        ("spans", [[1, 2]]),
        ("spans", [[0, 0]]),
        ("spans", []),
        ("spans", [[0.0, 1.0]]),
        ("transforms", [["scale(price)", 3]]),
        ("encodings", [["price", "strange", {}]]),
        ("full", 1),
        ("formula", None),
    ],
)
def test_contents_that_do_not_agree_are_refused(field: str, value: object, tmp_path: Path) -> None:
    document = _document(tmp_path, "sales ~ scale(price)")
    document["content"][field] = value
    with pytest.raises(ValueError, match=r"cannot load .*fit\.json"):
        _load(document, tmp_path)


@pytest.mark.parametrize(
    "state", [{}, {"ddof": "x"}, {"ddof": 1, "center": "a", "scale": []}, {"center": None}]
)
def test_states_that_formulaic_cannot_use_are_errors_or_harmless(
    state: dict[str, Any], tmp_path: Path
) -> None:
    document = _document(tmp_path, "sales ~ scale(price)")
    document["content"]["transforms"] = [["scale(price)", state]]
    fit = _load(document, tmp_path)
    try:
        predicted = fit.predict(DATA)
    except (ValueError, TypeError):
        return
    assert np.isfinite(predicted).all()


@given(st.data())
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_mutated_files_are_errors_or_fits(tmp_path: Path, data: st.DataObject) -> None:
    document = _document(tmp_path, "sales ~ scale(price) * region")
    leaf, key = data.draw(st.sampled_from(_leaves(document["content"])))
    leaf[key] = data.draw(
        st.one_of(
            st.none(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(),
            st.sampled_from([*HOSTILE, [], {}, [[]], "price", "python", "lookup", "category"]),
        )
    )  # fmt: skip
    try:
        _load(document, tmp_path).predict(DATA[:5])
    except (ValueError, TypeError, OverflowError):
        return


def _leaves(value: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return [
        found
        for key, entry in list(pairs)
        for found in [
            (value, key),
            *(_leaves(entry) if isinstance(entry, dict | list) else []),
        ]
    ]


def _document(folder: Path, formula: str) -> dict[str, Any]:
    elltwo.formula.ridge(formula, DATA, alpha=1.0).save(folder / "fit.json")
    document: dict[str, Any] = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
    return document


def _load(document: dict[str, Any], folder: Path) -> Any:  # noqa: ANN401
    (folder / "fit.json").write_text(json.dumps(document), encoding="utf-8")
    return elltwo.load(folder / "fit.json")
