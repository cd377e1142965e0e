"""Fits by formulas are those of the columns that statsmodels and hand-made codings have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import elltwo
from formula_tables import table

pytest.importorskip("formulaic")

DATA = table()
RIGHT = "price + C(region) + new + poly(age, 2) + price:region"


def dummies(column: str) -> np.ndarray[Any, Any]:
    values = DATA[column].to_numpy()
    return np.asarray(values[:, None] == np.unique(values), dtype=float)


def test_categories_have_all_levels_under_a_penalty() -> None:
    fit = elltwo.formula.ridge("sales ~ price + region + C(rooms)", DATA, alpha=2.0)
    X = np.column_stack([DATA["price"], dummies("region"), dummies("rooms")])
    by_hand = elltwo.ridge(X, DATA["sales"].to_numpy(), alpha=2.0)
    np.testing.assert_allclose(fit.coef, by_hand.coef, rtol=1e-12)
    assert fit.intercept == pytest.approx(by_hand.intercept, rel=1e-12)
    assert fit.coding == "full"
    assert fit.terms == {
        "price": ("price",),
        "region": ("region[north]", "region[south]", "region[west]"),
        "C(rooms)": ("C(rooms)[1]", "C(rooms)[2]", "C(rooms)[3]"),
    }
    assert fit.fit.feature_names == fit.feature_names == sum(fit.terms.values(), ())
    assert fit.fit.target_names == ("sales",)
    np.testing.assert_array_equal(fit.matrix(DATA), X)


@pytest.mark.parametrize("left", ["sales", "np.log(price + 20)"])
def test_least_squares_is_that_of_statsmodels(left: str) -> None:
    api = pytest.importorskip("statsmodels.formula.api")
    right = "price + C(region) + C(rooms) + I(age ** 2) + price:region + np.sqrt(age)"
    fit = elltwo.formula.ridge(f"{left} ~ {right}", DATA, alpha=0)
    peer = api.ols(f"{left} ~ {right}", DATA).fit()
    assert fit.coding == "reference"
    names = ["Intercept", *fit.feature_names]
    assert sorted(peer.params.index) == sorted(names)
    coef = np.concatenate([[fit.intercept], fit.coef])
    np.testing.assert_allclose(coef, peer.params[names], rtol=1e-8, atol=1e-10)
    errors = fit.statistics.standard_errors("sampling")
    np.testing.assert_allclose(np.append(errors.intercept, errors.coef), peer.bse[names], rtol=1e-8)
    np.testing.assert_allclose(fit.predict(DATA), peer.predict(DATA), rtol=1e-8)


def test_weighted_least_squares_is_that_of_statsmodels() -> None:
    api = pytest.importorskip("statsmodels.formula.api")
    formula = "sales ~ 0 + region + price"
    fit = elltwo.formula.ridge(formula, DATA, alpha=0, sample_weight="unit price")
    peer = api.wls(formula, DATA, weights=DATA["unit price"]).fit()
    np.testing.assert_allclose(fit.coef, peer.params[list(fit.feature_names)], rtol=1e-8)
    assert fit.intercept == 0.0


@pytest.mark.parametrize("target", ["bought", "size"])
def test_maximum_likelihood_is_that_of_statsmodels(target: str) -> None:
    api = pytest.importorskip("statsmodels.formula.api")
    formula = f"{target} ~ price + C(region) + age"
    fit = elltwo.formula.logistic(formula, DATA, alpha=0, tol=1e-12)
    codes = DATA.assign(**{target: pd.Categorical(DATA[target]).codes})
    model = api.logit if target == "bought" else api.mnlogit
    peer = model(formula, codes).fit(disp=False, method="newton", tol=1e-14)
    shares = peer.predict(DATA)
    shares = np.column_stack([1.0 - shares, shares]) if target == "bought" else shares
    np.testing.assert_allclose(fit.predict_proba(DATA), shares, rtol=1e-8)
    if target == "bought":
        names = list(fit.feature_names)
        np.testing.assert_allclose(fit.coef, peer.params[names], rtol=1e-8)
        se = fit.statistics.standard_errors("bayesian").coef
        np.testing.assert_allclose(se, peer.bse[names], rtol=1e-8)
    assert set(fit.predict(DATA)) <= set(DATA[target])


@pytest.mark.parametrize("coding", ["full", "reference"])
def test_predictions_of_least_squares_do_not_depend_on_the_coding(coding: str) -> None:
    fit = elltwo.formula.ridge(f"sales ~ {RIGHT}", DATA, alpha=0, coding=coding)
    reference = elltwo.formula.ridge(f"sales ~ {RIGHT}", DATA, alpha=0)
    np.testing.assert_allclose(fit.predict(DATA), reference.predict(DATA), rtol=1e-8)
    assert fit.coding == coding


def test_tables_of_all_packages_give_the_same_fit() -> None:
    fits = [
        elltwo.formula.ridge(f"sales ~ {RIGHT} + C(rooms)", data, alpha=1.0)
        for data in tables(DATA)
    ]
    for fit, data in zip(fits, tables(DATA), strict=True):
        np.testing.assert_array_equal(fit.coef, fits[0].coef)
        np.testing.assert_array_equal(fit.predict(data), fits[0].predict(DATA))
        assert fit.terms == fits[0].terms


def tables(data: pd.DataFrame) -> list[Any]:
    columns = data.to_dict("list")
    categories = data.astype({"region": "category", "rooms": "int8"})
    frame = pl.DataFrame(columns)
    enum = frame.with_columns(pl.col("region").cast(pl.Enum(["north", "south", "west"])))
    dictionary = pa.table({**columns, "region": pa.array(columns["region"]).dictionary_encode()})
    return [data, categories, frame, enum, pa.table(columns), dictionary, columns]


def test_levels_keep_the_order_of_a_category() -> None:
    order = ["west", "north", "south", "nowhere"]
    ordered = DATA.assign(region=pd.Categorical(DATA["region"], categories=order))
    enum = pl.DataFrame(DATA.to_dict("list")).with_columns(pl.col("region").cast(pl.Enum(order)))
    for data in (ordered, enum):
        fit = elltwo.formula.ridge("sales ~ region", data, alpha=0)
        assert fit.feature_names == ("region[T.north]", "region[T.south]")


def test_penalty_factors_prior_means_and_bounds_go_by_term() -> None:
    formula = "sales ~ price + region + poly(age, 2)"
    fit = elltwo.formula.ridge(
        formula,
        DATA,
        alpha=3.0,
        penalty_factors={"region": 0.5, "poly(age,2)": 2, "region[south]": 4},
        prior_mean={"price": -1},
    )
    by_hand = elltwo.ridge(
        fit.matrix(DATA),
        DATA["sales"].to_numpy(),
        alpha=3.0,
        penalty_factors=[1, 0.5, 4, 0.5, 2, 2],
        prior_mean=[-1, 0, 0, 0, 0, 0],
    )
    np.testing.assert_array_equal(fit.coef, by_hand.coef)
    bounded = elltwo.formula.ridge(formula, DATA, alpha=1.0, bounds=({"price": 0}, {"region": 0.1}))
    assert bounded.coef[0] == 0.0
    assert bounded.coef[1:4].max() == 0.1
    assert np.abs(bounded.coef[4:]).min() > 0.1


def test_an_unpenalised_category_has_effects_that_sum_to_zero() -> None:
    fit = elltwo.formula.ridge(
        "sales ~ price + region", DATA, alpha=5.0, penalty_factors={"region": 0}
    )
    assert fit.coef[1:].sum() == pytest.approx(0.0, abs=1e-12)
    # A reference level in its place is the same model, so predictions agree.
    other = elltwo.formula.ridge(
        "sales ~ price + region", DATA, alpha=5.0, penalty_factors={"region": 0}, coding="reference"
    )
    np.testing.assert_allclose(fit.predict(DATA), other.predict(DATA), rtol=1e-10)


def test_words_choose_alpha_as_the_functions_do() -> None:
    X = elltwo.formula.ridge("sales ~ price + age + region", DATA, alpha=1.0).matrix(DATA)
    y = DATA["sales"].to_numpy()
    loo = elltwo.formula.ridge("sales ~ price + age + region", DATA, alpha="loo")
    assert loo.fit.alpha == elltwo.ridge_cv(X, y, cv="loo").alpha
    folds = elltwo.formula.ridge("sales ~ price + age + region", DATA, alpha="cv", cv=4)
    assert folds.fit.alpha == elltwo.ridge_cv(X, y, cv=4).alpha
    net = elltwo.formula.elastic_net("sales ~ price + age + region", DATA, alpha="cv", l1_ratio=1.0)
    by_hand = elltwo.elastic_net_cv(X, y, l1_ratio=1.0)
    assert net.fit.alpha == by_hand.alpha
    np.testing.assert_array_equal(net.coef, by_hand.coef)
    labels = DATA["bought"].to_numpy()
    chosen = elltwo.formula.logistic("bought ~ price + age + region", DATA, alpha="alo")
    assert chosen.fit.alpha == elltwo.logistic_cv(X, labels, cv="alo").alpha


def test_several_targets_are_a_sum_on_the_left() -> None:
    fit = elltwo.formula.ridge("sales + log(price + 20) ~ age + region", DATA, alpha=1.0)
    single = elltwo.formula.ridge("log(price + 20) ~ age + region", DATA, alpha=1.0)
    assert fit.fit.target_names == ("sales", "log(price + 20)")
    np.testing.assert_allclose(fit.coef[1], single.coef, rtol=1e-10)
    assert fit.predict(DATA).shape == (len(DATA), 2)


def test_a_dot_stands_for_all_other_columns() -> None:
    fit = elltwo.formula.ridge("sales ~ .", DATA, alpha=1.0)
    assert list(fit.terms) == [name for name in DATA.columns if name != "sales"]


def test_offsets_and_groups_may_be_columns() -> None:
    fit = elltwo.formula.logistic("bought ~ price", DATA, alpha=1.0, offset="age")
    X, offset = DATA[["price"]].to_numpy(), DATA["age"].to_numpy()
    by_hand = elltwo.logistic(X, DATA["bought"].to_numpy(), alpha=1.0, offset=offset)
    np.testing.assert_allclose(fit.coef, by_hand.coef, rtol=1e-10)
    model_selection = pytest.importorskip("sklearn.model_selection")
    splitter = model_selection.GroupKFold(3)
    y, groups = DATA["sales"].to_numpy(), DATA["region"].to_numpy()
    grouped = elltwo.formula.ridge(
        "sales ~ price + age", DATA, alpha="cv", cv=splitter, groups="region"
    )
    X = DATA[["price", "age"]].to_numpy()
    assert grouped.fit.alpha == elltwo.ridge_cv(X, y, cv=splitter, groups=groups).alpha


def test_rows_with_missing_values_are_dropped_with_all_that_belongs_to_them() -> None:
    gaps = DATA.copy()
    gaps.loc[3, "price"] = np.nan
    gaps.loc[7, "region"] = None
    gaps.loc[11, "sales"] = np.nan
    gaps.loc[12, "size"] = None  # which the formula does not use
    weight = np.linspace(1.0, 2.0, len(DATA))
    formula = "sales ~ scale(price) + region"
    fit = elltwo.formula.ridge(formula, gaps, alpha=1.0, missing="drop", sample_weight=weight)
    whole = np.delete(np.arange(len(DATA)), [3, 7, 11])
    kept = DATA.iloc[whole].reset_index(drop=True)
    by_hand = elltwo.formula.ridge(formula, kept, alpha=1.0, sample_weight=weight[whole])
    np.testing.assert_array_equal(fit.coef, by_hand.coef)
    lagged = elltwo.formula.ridge("sales ~ lag(price)", DATA, alpha=1.0, missing="drop")
    shifted = elltwo.ridge(DATA[["price"]].to_numpy()[:-1], DATA["sales"].to_numpy()[1:], alpha=1.0)
    np.testing.assert_allclose(lagged.coef, shifted.coef, rtol=1e-12)


def test_the_table_is_not_changed() -> None:
    data = table()
    elltwo.formula.ridge(f"sales ~ {RIGHT}", data, alpha=1.0).predict(data)
    pd.testing.assert_frame_equal(data, table())


def test_frames_of_coefficients_are_of_the_package_of_the_table() -> None:
    frame = pl.DataFrame(DATA.to_dict("list"))
    for data, kind in ((DATA, pd.DataFrame), (frame, pl.DataFrame), (frame.to_arrow(), pa.Table)):
        fit = elltwo.formula.ridge("sales ~ price + region", data, alpha=1.0)
        assert isinstance(fit.coef_table(), kind)
    shown = elltwo.formula.ridge("sales ~ price + region", DATA, alpha=1.0).coef_table(level=0.9)
    assert list(shown.index) == ["price", *(f"region[{one}]" for one in ("north", "south", "west")),
                                 "intercept"]  # fmt: skip


def test_options_of_predictions_pass_on() -> None:
    fit = elltwo.formula.ridge("sales ~ price + region", DATA, alpha=1.0)
    shown = fit.predict(DATA, interval=0.9)
    X = fit.matrix(DATA)
    np.testing.assert_array_equal(shown.lower, fit.fit.predict(X, interval=0.9).lower)
    gaps = DATA.assign(price=[np.nan, *DATA["price"][1:]])
    with pytest.raises(TypeError, match="missing='nan' is for arrays"):
        fit.predict(gaps, interval=0.9, missing="nan")


def test_notebooks_show_the_formula_and_the_fit() -> None:
    frame = pd.DataFrame({"y": [1.0, 3.0, 2.0, 5.0], "x": [0.0, 1.0, 2.0, 3.0]})
    fit = elltwo.formula.ridge("y ~ x", frame, alpha=1.0)
    text = fit._repr_html_()
    assert "y ~ x" in text
    assert ">x</th>" in text
    assert f"<td>{fit.coef[0]:.6g}</td>" in text


@pytest.mark.parametrize("labels", [["no", "yes"], [0, 1], [False, True], ["a", "b", "c"]])
@pytest.mark.parametrize("alpha", [1.0, "cv"])
def test_classes_bear_the_name_of_their_column(labels: list[Any], alpha: Any) -> None:  # noqa: ANN401
    data = DATA.assign(kind=[labels[i % len(labels)] for i in range(len(DATA))])
    fit = elltwo.formula.logistic("kind ~ price + region", data, alpha=alpha)
    assert fit.fit.target_names == ("kind",)
    assert fit.fit.classes.tolist() == labels
    assert [type(label) for label in fit.fit.classes.tolist()] == [type(label) for label in labels]
    summary = str(fit.summary()).splitlines()
    assert any(line.split()[:2] == ["target", "kind"] for line in summary)
