"""Names of columns: kept by records, and what new rows are matched by."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import elltwo
from elltwo import linear_model

if TYPE_CHECKING:
    from collections.abc import Callable


N = 60
RNG = np.random.default_rng(5)
X = RNG.standard_normal((N, 3))
y = X @ [1.0, 2.0, 3.0] + RNG.standard_normal(N)
LABELS = np.where(y > 0.0, "yes", "no")
GROUPS = np.arange(N) // 20
NAMES = ("a", "b", "c")
MAKERS: dict[str, Callable[[Any], Any]] = {
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "arrow": pa.table,
    "batch": pa.RecordBatch.from_pydict,
}
each_package = pytest.mark.parametrize("package", MAKERS)


def table(package: str, names: str = "abc", **others: Any) -> Any:  # noqa: ANN401
    columns = dict(zip(NAMES, X.T, strict=True))
    return MAKERS[package]({**{name: columns[name] for name in names}, **others})


def target(package: str) -> Any:  # noqa: ANN401
    """Return y as a column, which has a name except in Arrow."""
    if package == "pandas":
        return pd.Series(y, name="price")
    return pl.Series("price", y) if package == "polars" else pa.array(y)


def moments(F: Any, t: Any) -> elltwo.Moments:  # noqa: ANN401
    return elltwo.Moments(3).add(F, t)


FITS: dict[str, Callable[[Any, Any], Any]] = {
    "ridge": lambda F, t: elltwo.ridge(F, t, alpha=1.0),
    "ridge svd": lambda F, t: elltwo.ridge(F, t, alpha=1.0, solver="svd"),
    "ridge bounds": lambda F, t: elltwo.ridge(F, t, alpha=1.0, bounds=(0, 2)),
    "ridge_cv": elltwo.ridge_cv,
    "ridge_cv folds": lambda F, t: elltwo.ridge_cv(F, t, cv=3),
    "ridge_grouped": lambda F, t: elltwo.ridge_grouped(F, t, GROUPS, alpha=1.0),
    "ridge_grouped_cv": lambda F, t: elltwo.ridge_grouped_cv(F, t, GROUPS, cv=3),
    "ridge_rolling": lambda F, t: elltwo.ridge_rolling(F, t, window=20, alpha=1.0),
    "ridge_rolling.at": lambda F, t: elltwo.ridge_rolling(F, t, window=20, alpha=1.0).at(30),
    "ridge_expanding": lambda F, t: elltwo.ridge_expanding(F, t, alpha=1.0),
    "ridge_ewm": lambda F, t: elltwo.ridge_ewm(F, t, half_life=20, alpha=1.0),
    "Moments": lambda F, t: moments(F, t).ridge(),
    "Moments in bytes": lambda F, t: elltwo.Moments.from_bytes(
        moments(F, t).copy().to_bytes()
    ).ridge(),
    "Moments.gcv": lambda F, t: moments(F, t).gcv(),
    "moments_cv": lambda F, t: elltwo.moments_cv([moments(F, t), moments(F, t)]),
    "fit_stream": lambda F, t: elltwo.fit_stream([(F, t)], alpha=1.0).fit,
}
UNNAMED_TARGETS: dict[str, Callable[[Any, Any], Any]] = {
    "ridge_batch": lambda F, _: elltwo.ridge_batch(F, [y, -y], alpha=1.0),
    "ridge_batch_cv": lambda F, _: elltwo.ridge_batch_cv(F, [y, -y]),
    "logistic": lambda F, _: elltwo.logistic(F, LABELS, alpha=1.0),
    "logistic_path.at": lambda F, _: elltwo.logistic_path(F, LABELS).at(1.0),
    "logistic_cv": lambda F, _: elltwo.logistic_cv(F, LABELS, cv=3),
}
COPIES: dict[str, Callable[[Any], Any]] = {
    "itself": lambda fit: fit,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "first pickle": lambda fit: pickle.loads(pickle.dumps(fit, 0)),
    "last pickle": lambda fit: pickle.loads(pickle.dumps(fit, pickle.HIGHEST_PROTOCOL)),
}


def same(first: Any, second: Any) -> bool:  # noqa: ANN401
    """Whether predictions agree, labels exactly and numbers but for the order of sums."""
    if first.dtype.kind == "f":
        return np.allclose(first, second, rtol=1e-12, atol=1e-13)
    return bool((first == second).all())


@each_package
@pytest.mark.parametrize("name", FITS | UNNAMED_TARGETS)
def test_records_keep_names_and_match_new_rows_by_them(name: str, package: str) -> None:
    made = (FITS | UNNAMED_TARGETS)[name](table(package), target(package))
    by_group = (GROUPS,) if "grouped" in name else ()
    named = name in FITS and package in {"pandas", "polars"}
    for fit in (of(made) for of in COPIES.values()):
        assert fit.feature_names == NAMES
        assert fit.target_names == (("price",) if named else None)
        expected = fit.predict(X, *by_group)  # arrays go by position
        for rows in (
            table(package),
            table(package, "cba"),
            table(package, "cba", other=["text"] * N),  # extra columns are not looked at
            pd.DataFrame(X),  # and so do tables whose columns have no text for names
        ):
            assert same(fit.predict(rows, *by_group), expected)
        with pytest.raises(ValueError, match="X has no column 'b'; its columns are 'c', 'a'"):
            fit.predict(table(package, "ca"), *by_group)


@pytest.mark.parametrize("name", FITS | UNNAMED_TARGETS)
def test_arrays_have_no_names(name: str) -> None:
    fit = (FITS | UNNAMED_TARGETS)[name](X, y)
    by_group = (GROUPS,) if "grouped" in name else ()
    for again in (of(fit) for of in COPIES.values()):
        assert again.feature_names is None
        assert again.target_names is None
    expected = fit.predict(X, *by_group)
    assert same(fit.predict(table("pandas"), *by_group), expected)
    np.testing.assert_allclose(  # by position, as the fit knows no names
        fit.predict(table("pandas", "cba"), *by_group) if expected.dtype.kind == "f" else 0.0,
        fit.predict(X[:, ::-1], *by_group) if expected.dtype.kind == "f" else 0.0,
        rtol=1e-12,
        atol=1e-12,
    )


@each_package
def test_other_predictions_are_matched_as_well(package: str) -> None:
    shuffled = table(package, "bca", other=["text"] * N)
    fit = elltwo.ridge(table(package), target(package), alpha=1.0)
    one, other = (fit.statistics.prediction_interval(rows) for rows in (X, shuffled))
    np.testing.assert_allclose(one.lower, other.lower, rtol=1e-12)
    path = elltwo.ridge_path(table(package), target(package))
    assert path.feature_names == NAMES
    one, other = (path.statistics(1.0).prediction_interval(rows) for rows in (X, shuffled))
    np.testing.assert_allclose(one.upper, other.upper, rtol=1e-12)
    labelled = elltwo.logistic(table(package), LABELS, alpha=1.0)
    for method in (labelled.predict_proba, labelled.predict_log_proba, labelled.linear_predictor):
        np.testing.assert_allclose(method(shuffled), method(X), rtol=1e-11, atol=1e-13)
    assert elltwo.logistic_path(table(package), LABELS).feature_names == NAMES


def test_copies_of_paths_keep_names() -> None:
    path = elltwo.logistic_path(table("polars"), LABELS, [1.0])
    for again in (of(path) for of in COPIES.values()):
        assert again.feature_names == NAMES
        np.testing.assert_array_equal(again.coef, path.coef)
    unnamed = pickle.loads(pickle.dumps(elltwo.logistic_path(X, LABELS, [1.0])))
    assert unnamed.feature_names is None


@each_package
def test_targets_of_a_table_have_names(package: str) -> None:
    Y = MAKERS[package]({"u": y, "v": -y})
    for fit in (
        elltwo.ridge(table(package), Y, alpha=1.0),
        elltwo.ridge(X, Y, alpha=1.0),
        elltwo.Moments(3, 2).add(table(package), Y).ridge(),
    ):
        assert fit.target_names == ("u", "v")
        assert fit.summary(target=1).facts["target"] == "v"


def test_summaries_use_the_names() -> None:
    fit = elltwo.ridge(table("pandas"), target("pandas"), alpha=1.0)
    assert fit.summary().names == (*NAMES, "intercept")
    assert fit.summary(["u", "v", "w"]).names == ("u", "v", "w", "intercept")
    assert fit.summary().facts["target"] == "price"
    assert elltwo.ridge(X, y, alpha=1.0).summary().names == ("x0", "x1", "x2", "intercept")
    assert elltwo.logistic(table("polars"), LABELS, alpha=1.0).summary().names[:3] == NAMES
    assert moments(table("pandas"), y).ridge().summary().names[:3] == NAMES


def test_plots_use_the_names() -> None:
    plot = pytest.importorskip("elltwo.plot")
    path = elltwo.ridge_path(table("polars"), y)
    assert plot.RidgePathDisplay.from_path(path).feature_names == NAMES
    other = plot.RidgePathDisplay.from_path(path, feature_names=["u", "v", "w"])
    assert other.feature_names == ["u", "v", "w"]


@each_package
def test_moments_take_the_names_of_the_first_rows(package: str) -> None:
    whole = moments(table(package), y)
    parts = elltwo.Moments(3)
    halves = [slice(0, 30), slice(30, N)]
    for rows, order in zip(halves, ("abc", "cab"), strict=True):
        columns = {name: X[rows, NAMES.index(name)] for name in order}
        parts.add(MAKERS[package](columns), y[rows])
    assert parts.feature_names == NAMES
    np.testing.assert_allclose(parts.gram, whole.gram, rtol=1e-12, atol=1e-12)
    parts.add(X, y).remove(table(package, "cba"), y)
    np.testing.assert_allclose(parts.gram, whole.gram, rtol=1e-9, atol=1e-9)
    with pytest.raises(ValueError, match="X has no column 'c'"):
        parts.add(table(package, "ab"), y)
    np.testing.assert_allclose(parts.gram, whole.gram, rtol=1e-9, atol=1e-9)


def test_a_failure_leaves_moments_without_names() -> None:
    some = elltwo.Moments(3)
    with pytest.raises(ValueError, match="NaN at row 0, column 'b'; drop or impute it"):
        some.add(table("pandas").assign(b=np.nan), y)
    assert some.feature_names is None
    some.add(X, y)
    assert some.add(table("pandas"), y).feature_names is None  # rows before it have none


def test_moments_are_joined_by_names() -> None:
    first, second = moments(table("pandas"), y), moments(table("polars", "cba"), y)
    twice = first.copy().merge(first)
    joined = first.copy().merge(second)
    assert joined.feature_names == NAMES
    np.testing.assert_allclose(joined.gram, twice.gram, rtol=1e-13)
    empty = elltwo.Moments(3).merge(second, first)
    assert empty.feature_names == ("c", "b", "a")
    np.testing.assert_allclose(empty.gram, twice.gram[::-1, ::-1], rtol=1e-13)
    np.testing.assert_allclose(joined.subtract(second).gram, first.gram, rtol=1e-9)
    shuffled = elltwo.moments_cv([first, second])
    assert shuffled.feature_names == NAMES
    assert first.select([2, 0]).feature_names == ("c", "a")
    other = elltwo.Moments(3).add(table("pandas").rename(columns={"a": "z"}), y)
    with pytest.raises(ValueError, match="of features"):
        first.merge(other)
    both = [elltwo.Moments(3, 2).add(X, pd.DataFrame({u: y, v: y})) for u, v in ("uv", "vu")]
    with pytest.raises(ValueError, match="of targets"):
        both[0].merge(both[1])


def test_moments_can_be_given_names() -> None:
    some = elltwo.Moments(3, feature_names=NAMES, target_names=["price"])
    some.add(table("pandas", "cba"), y)
    np.testing.assert_array_equal(some.x_mean, elltwo.Moments(3).add(X, y).x_mean)
    assert some.ridge().target_names == ("price",)
    with pytest.raises(ValueError, match="feature_names must have length 3, got 2"):
        elltwo.Moments(3, feature_names=["a", "b"])
    with pytest.raises(TypeError, match="feature_names must be a sequence of 3 names"):
        elltwo.Moments(3, feature_names="abc")


def test_bytes_of_moments_without_names_are_as_they_were() -> None:
    plain, named = elltwo.Moments(3).add(X, y), moments(table("pandas"), y)
    assert plain.to_bytes().startswith(b"elltwoM")
    assert named.to_bytes().endswith(plain.to_bytes())
    data = named.to_bytes()
    for changed in (
        data[:-1],
        data[:20],
        data[:40] + bytes([data[40] ^ 1]) + data[41:],
        data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
    ):
        with pytest.raises(ValueError, match="altered"):
            elltwo.Moments.from_bytes(changed)


def test_two_columns_of_one_name_are_not_guessed_at() -> None:
    twins = pd.DataFrame(X, columns=["a", "a", "b"])
    fit = elltwo.ridge(twins, y, alpha=1.0)
    assert same(fit.predict(twins), fit.predict(X))  # the same names in the same order
    for fitted, rows in (
        (fit, twins[["b", "a"]]),
        (fit_of("abc"), table("pandas").loc[:, [*"abca"]]),
    ):
        with pytest.raises(ValueError, match="two are named 'a'"):
            fitted.predict(rows)


def fit_of(names: str) -> elltwo.RidgeFit:
    return elltwo.ridge(table("pandas", names), y, alpha=1.0)


def test_names_of_columns_may_be_those_of_attributes() -> None:
    words = ["tocsr", "type", "null_count", "column_names", "get_columns", "name", "iloc", "tocoo"]
    frame = pd.DataFrame(RNG.standard_normal((N, len(words))), columns=words)
    fit = elltwo.ridge(frame, y, alpha=1.0)
    assert fit.feature_names == tuple(words)
    assert same(fit.predict(frame[words[::-1]]), fit.predict(frame.to_numpy()))
    assert linear_model.Ridge().fit(frame, y).feature_names_in_.tolist() == words


def test_labels_that_are_no_text_are_no_names() -> None:
    for columns in ([0, 1, 2], ["a", 1, "c"], pd.MultiIndex.from_product([["a"], [1, 2, 3]])):
        assert elltwo.ridge(pd.DataFrame(X, columns=columns), y, alpha=1.0).feature_names is None


LABELLED: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "ridge": lambda F, options: elltwo.ridge(F, y, alpha=1.0, **options).coef,
    "ridge_path": lambda F, options: elltwo.ridge_path(F, y, [1.0], **options).coef,
    "ridge_cv": lambda F, options: elltwo.ridge_cv(F, y, **options).coef,
    "logistic": lambda F, options: elltwo.logistic(F, LABELS, alpha=1.0, **options).coef,
    "Ridge": lambda F, options: linear_model.Ridge(**options).fit(F, y).coef_,
    "LogisticRegression": lambda F, options: (
        linear_model.LogisticRegression(**options).fit(F, LABELS).coef_
    ),
    "LogisticRegressionCV": lambda F, options: (
        linear_model.LogisticRegressionCV(use_legacy_attributes=False, **options)
        .fit(F, LABELS)
        .coef_
    ),
}


@pytest.mark.parametrize("name", LABELLED)
def test_options_are_matched_by_their_labels(name: str) -> None:
    fit = LABELLED[name]
    backwards = list(NAMES[::-1])
    for option, values in (
        ("penalty_factors", [0.5, 1.0, 2.0]),
        ("prior_mean", [0.5, 1.0, 2.0]),
        ("bounds", [0.5, 1.0, 2.0]),
    ):
        labelled: Any = pd.Series(values, index=list(NAMES))
        shuffled: Any = labelled[backwards]
        given: Any = values
        if option == "bounds":
            given, shuffled = (None, given), (None, shuffled)
        np.testing.assert_array_equal(
            fit(table("pandas"), {option: shuffled}), fit(table("pandas"), {option: given})
        )
        wrong: Any = labelled.rename({"a": "z"})
        with pytest.raises(ValueError, match=rf"{option}.* is labelled 'z', 'b', 'c'"):
            fit(table("pandas"), {option: (None, wrong) if option == "bounds" else wrong})


def test_options_of_the_other_doors_are_matched_by_their_labels() -> None:
    factors = pd.Series([2.0, 1.0, 0.5], index=list("cba"))
    plain = [0.5, 1.0, 2.0]
    for fit in (
        lambda F, f: elltwo.ridge_grouped(F, y, GROUPS, alpha=1.0, penalty_factors=f).coef,
        lambda F, f: elltwo.ridge_batch(F, [y], alpha=1.0, penalty_factors=f).coef,
        lambda F, f: elltwo.ridge_rolling(F, y, window=9, alpha=1.0, penalty_factors=f).coef[9:],
        lambda F, f: moments(F, y).ridge(penalty_factors=f).coef,
        lambda F, f: moments(F, y).path([1.0], penalty_factors=f).coef,
        lambda F, f: linear_model.Ridge(penalty_factors=f).partial_fit(F, y).coef_,
        lambda F, f: linear_model.RidgeCV([1.0], penalty_factors=f).fit(F, y).coef_,
    ):
        np.testing.assert_array_equal(fit(table("pandas"), factors), fit(table("pandas"), plain))
    priors = pd.DataFrame([[3.0, 2.0, 1.0], [6.0, 5.0, 4.0]], columns=list("cba"))
    Y = np.column_stack([y, -y])
    np.testing.assert_array_equal(
        elltwo.ridge(table("pandas"), Y, alpha=1.0, prior_mean=priors).coef,
        elltwo.ridge(table("pandas"), Y, alpha=1.0, prior_mean=priors.to_numpy()[:, ::-1]).coef,
    )


def test_estimators_follow_scikit_learn() -> None:
    model = linear_model.Ridge().fit(table("pandas"), y)
    assert model.feature_names_in_.tolist() == list(NAMES)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(table("pandas", "cba"))


def test_streams_of_tables_have_names() -> None:
    for package, made in MAKERS.items():
        chunks = [
            made({name: dict(zip("abcy", (*X.T, y), strict=True))[name][rows] for name in order})
            for rows, order in ((slice(0, 20), "abcy"), (slice(20, N), "yabc"))
        ]
        for source in (chunks, iter(chunks), lambda chunks=chunks: iter(chunks)):
            fit = elltwo.fit_stream(source, target="y", alpha=1.0)
            assert fit.feature_names == list(NAMES)
            assert fit.target_names == ["y"]
            np.testing.assert_allclose(fit.coef, elltwo.ridge(X, y, alpha=1.0).coef, rtol=1e-10)
            assert same(fit.predict(table(package, "cba")), fit.predict(X))
            assert fit.moments.feature_names == NAMES
        chosen = elltwo.fit_stream(chunks, target="y", features=["c", "a"], cv=2, fold_rows=10)
        assert chosen.feature_names == ["c", "a"]
        short = made({"a": X[:, 0], "y": y})
        with pytest.raises(elltwo.exceptions.StreamError, match="chunk 1 has no column 'b'"):
            elltwo.fit_stream([chunks[0], short], target="y", alpha=1.0)
        gap = made(
            {
                **dict(zip(NAMES, [[1.0, None], [1.0, 2.0], [1.0, 0.0]], strict=True)),
                "y": [1.0, 2.0],
            }
        )
        with pytest.raises(elltwo.exceptions.StreamError, match="chunk 1, row 1, column 'a'"):
            elltwo.fit_stream([chunks[0], gap], target="y", alpha=1.0)
        fit = elltwo.fit_stream([chunks[0], gap], target="y", alpha=1.0, missing="skip")
        assert (fit.n_rows, fit.n_skipped) == (21, 1)


def test_streams_say_what_a_chunk_must_be() -> None:
    chunk = table("pandas").assign(y=y)
    with pytest.raises(elltwo.exceptions.StreamError, match="target must name the column"):
        elltwo.fit_stream([chunk], alpha=1.0)
    with pytest.raises(elltwo.exceptions.StreamError, match="has no columns by name"):
        elltwo.fit_stream([chunk, (X, y)], target="y", alpha=1.0)
    with pytest.raises(elltwo.exceptions.StreamError, match="must be a table, "):
        elltwo.fit_stream(iter([3]), alpha=1.0)


def test_a_state_remembers_the_columns_of_chunks(tmp_path: Any) -> None:  # noqa: ANN401
    chunk, state = table("pandas").assign(y=y), tmp_path / "state"
    elltwo.fit_stream([chunk], target="y", alpha=1.0, state=state)
    again = elltwo.fit_stream([chunk], target="y", alpha=1.0, state=state)
    assert again.moments.feature_names == NAMES
    with pytest.raises(ValueError, match="holds another stream"):
        elltwo.fit_stream([chunk], target="a", alpha=1.0, state=state)
