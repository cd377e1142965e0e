"""Summaries and coefficients as frames, HTML and LaTeX, and what notebooks show."""

from __future__ import annotations

import pickle
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import elltwo

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(1)
X = RNG.normal(size=(60, 3))
Y = X @ [1.0, -2.0, 0.0] + RNG.normal(size=60)
LABELS = np.where(Y > 0.0, "yes", "no")
THREE = np.digitize(Y, [-1.0, 1.0])
NAMES = ["age", "cost & <b>tax</b>", "a_b%"]

TABLES: dict[str, Callable[[], Any]] = {
    "pandas": lambda: pd.DataFrame(X, columns=NAMES),
    "polars": lambda: pl.DataFrame(X, schema=NAMES),
    "pyarrow": lambda: pa.table(dict(zip(NAMES, X.T, strict=True))),
}
SUMMARIES: dict[str, Callable[[Any], Any]] = {
    "ridge": lambda table: elltwo.ridge(table, Y, alpha=1.0).summary(),
    "least squares": lambda table: elltwo.ridge(table, Y, alpha=0.0).summary(),
    "logistic": lambda table: elltwo.logistic(table, LABELS).summary(),
    "likelihood": lambda table: elltwo.logistic(table, LABELS, alpha=0.0).summary(),
    "three classes": lambda table: elltwo.logistic(table, THREE).summary(),
    "elastic net": lambda table: elltwo.elastic_net(table, Y, 0.1).summary(),
}


class Reader(HTMLParser):
    """Reads rows of cells, and refuses what is not closed or comes from a name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ANN401
        assert tag not in {"script", "b"}
        assert not {name for name, _ in attrs} & {"src", "href", "onload"}
        if tag != "br":
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.open and self.open[-1] in {"td", "th"}:
            self.rows[-1][-1] += data


def names_and_columns(frame: Any) -> tuple[list[str], list[str]]:  # noqa: ANN401
    if isinstance(frame, pd.DataFrame):
        return list(frame.index), list(frame.columns)
    if isinstance(frame, pl.DataFrame):
        return frame["parameter"].to_list(), frame.columns[1:]
    return frame["parameter"].to_pylist(), frame.column_names[1:]


@pytest.mark.parametrize("made", SUMMARIES)
@pytest.mark.parametrize("package", TABLES)
def test_frames_are_of_the_package_that_x_is_of(made: str, package: str) -> None:
    summary = SUMMARIES[made](TABLES[package]())
    frame = summary.to_frame()
    assert type(frame).__module__.partition(".")[0] == package
    names, columns = names_and_columns(frame)
    assert names == list(summary.names)
    np.testing.assert_array_equal(np.asarray(frame["coef"]), summary.coef)
    if made != "elastic net":
        lower, upper = summary.bayesian_interval
        np.testing.assert_array_equal(np.asarray(frame["bayesian_lower"]), lower)
        np.testing.assert_array_equal(np.asarray(frame["bayesian_upper"]), upper)
        np.testing.assert_array_equal(
            np.asarray(frame["sandwich_lower"]), summary.sandwich_interval[0]
        )
    assert ("p" in columns) == (made in {"least squares", "likelihood"})
    assert isinstance(pickle.loads(pickle.dumps(summary)).to_frame(), type(frame))
    for kind in TABLES:
        assert type(summary.to_frame(kind)).__module__.partition(".")[0] == kind
    with pytest.raises(ValueError, match="kind must be one of 'pandas', 'polars', 'pyarrow'"):
        summary.to_frame("arrow")


def test_frames_for_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    summary = SUMMARIES["ridge"](X)
    assert isinstance(summary.to_frame(), pd.DataFrame)
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert isinstance(summary.to_frame(), pl.DataFrame)
    with pytest.raises(ImportError, match="a frame needs pandas, which is not installed"):
        summary.to_frame("pandas")
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ImportError, match="needs pandas or polars"):
        summary.to_frame()


@pytest.mark.parametrize("made", SUMMARIES)
def test_html_has_the_cells_of_the_text(made: str) -> None:
    summary = SUMMARIES[made](TABLES["pandas"]())
    read = Reader(summary.to_html())
    text = str(summary)
    for name, value in summary.facts.items():
        shown = value if isinstance(value, str) else f"{value:.6g}"
        assert [name, shown] in read.rows
    table = [row for row in read.rows if row[0] in summary.names]
    assert [row[0] for row in table] == list(summary.names)
    for row in table:
        assert all(cell in text for cell in row)
        assert row[1] == f"{summary.coef[summary.names.index(row[0])]:.6g}"
    assert summary._repr_html_() == summary.to_html()
    alone = Reader(summary.to_html(table_only=True))
    assert [row for row in alone.rows if row[0] in summary.names] == table
    assert "target" not in "".join(alone.words)


def test_latex_escapes_names_and_begins_no_row_with_a_bracket() -> None:
    lines = SUMMARIES["least squares"](TABLES["pandas"]()).to_latex().splitlines()
    assert lines[0] == r"\begin{tabular}{lrrrrrrrr}"
    assert lines[-1] == r"\end{tabular}"
    rows = [line for line in lines if line.endswith(r"\\")]
    assert len(rows) == 5
    assert {line.count(" & ") for line in rows} == {8}
    assert rows[2].startswith(r"cost \& \textless{}b\textgreater{}tax\textless{}/b\textgreater{} &")
    assert rows[3].startswith(r"a\_b\% & ")
    assert "$-" in rows[2]
    bracket = elltwo.ridge(X, Y, alpha=1.0).summary(["[0", "b", "c"]).to_latex()
    assert "\n{[}0 & " in bracket


def test_coef_table_is_the_summary_as_a_frame() -> None:
    fit = elltwo.ridge(TABLES["polars"](), np.column_stack([Y, 2.0 * Y]), alpha=[1.0, 3.0])
    for target in (0, 1):
        expected = fit.summary(target=target, level=0.8).to_frame()
        assert fit.coef_table(0.8, target=target).equals(expected)
    assert isinstance(fit.coef_table(kind="pandas"), pd.DataFrame)
    classes = elltwo.logistic(TABLES["pandas"](), THREE)
    pd.testing.assert_frame_equal(
        classes.coef_table(0.9), classes.summary(level=0.9).to_frame(), check_exact=True
    )
    with pytest.raises(ValueError, match="target must be below 2"):
        fit.coef_table(target=2)
    with pytest.raises(ValueError, match="level must be between 0 and 1"):
        pickle.loads(pickle.dumps(fit)).coef_table(1.0)


def test_coef_table_without_statistics() -> None:
    table = TABLES["pandas"]()
    fit = elltwo.ridge(table, Y, alpha=1.0)
    for one in (
        pickle.loads(pickle.dumps(fit)),
        elltwo.ridge(table, Y, alpha=1.0, bounds=(-9.0, 9.0)),
        elltwo.logistic(table, LABELS, l1_ratio=0.5),
        elltwo.elastic_net(table, Y, 0.1),
        elltwo.fit_stream((table, LABELS), model="logistic", alpha=1.0).fit,
    ):
        frame = one.coef_table()
        assert list(frame.columns) == ["coef"]
        assert list(frame.index) == [*NAMES, "intercept"]
        np.testing.assert_allclose(frame["coef"], [*one.coef, one.intercept], rtol=1e-15)
    three = pickle.loads(pickle.dumps(elltwo.logistic(table, THREE, fit_intercept=False)))
    frame = three.coef_table()
    assert list(frame.index) == [f"{k}: {name}" for k in range(3) for name in NAMES]
    np.testing.assert_array_equal(frame["coef"], three.coef.ravel())


def test_coef_table_of_more_parameters_than_have_statistics() -> None:
    wide = RNG.normal(size=(9, 1400))
    fit = elltwo.logistic(wide, np.arange(9) % 3, alpha=1.0)
    with pytest.raises(ValueError, match="of at most 4000"):
        fit.summary()
    frame = fit.coef_table()
    assert list(frame.columns) == ["coef"]
    assert len(frame) == 3 * 1401


SHOWN: dict[str, Callable[[], Any]] = {
    "RidgeFit": lambda: elltwo.ridge(TABLES["pandas"](), Y, alpha=1.0),
    "RidgeFit, targets": lambda: elltwo.ridge(X, RNG.normal(size=(60, 20)), alpha=1.0),
    "RidgeFit, wide": lambda: elltwo.ridge(RNG.normal(size=(9, 400)), Y[:9], alpha=1.0),
    "RidgePath": lambda: elltwo.ridge_path(X, Y),
    "RidgePath, targets": lambda: elltwo.ridge_path(X, np.column_stack([Y, Y])),
    "RidgePath, bounds": lambda: elltwo.ridge_path(X, Y, [1.0], bounds=(0.0, 1.0)),
    "RidgeCVFit": lambda: elltwo.ridge_cv(X, Y),
    "RidgeCVFit, gcv": lambda: elltwo.ridge_cv(X, Y, cv="gcv"),
    "RidgeCVFit, targets": lambda: elltwo.ridge_cv(X, np.column_stack([Y, -Y]), per_target=True),
    "MomentsFit": lambda: elltwo.Moments(3).add(X, Y).ridge(1.0),
    "ElasticNetFit": lambda: elltwo.elastic_net(X, Y, 1.0),
    "ElasticNetPath": lambda: elltwo.elastic_net_path(X, np.column_stack([Y, Y])),
    "ElasticNetCVFit": lambda: elltwo.elastic_net_cv(X, Y, [0.5, 1.0], cv=3),
    "ElasticNetCVFit, criterion": lambda: elltwo.elastic_net_cv(X, Y, cv="bic"),
    "ElasticNetCVFit, targets": lambda: elltwo.elastic_net_cv(
        X, np.column_stack([Y, -Y]), per_target=True, cv=3
    ),
    "RelaxedCVFit": lambda: elltwo.elastic_net_cv(X, Y, relax=True, cv=3),
    "RelaxedCVFit, ratios": lambda: elltwo.elastic_net_cv(X, Y, [0.5, 1.0], relax=True, cv=3),
    "LogisticFit": lambda: elltwo.logistic(X, THREE),
    "LogisticPath": lambda: elltwo.logistic_path(X, LABELS, n_alphas=20),
    "LogisticCVFit": lambda: elltwo.logistic_cv(X, LABELS, cv=3),
    "LogisticCVFit, ratios": lambda: elltwo.logistic_cv(X, LABELS, l1_ratio=[0.5, 1.0], cv=3),
    "StreamFit": lambda: elltwo.fit_stream((X, Y), alpha=1.0),
    "LogisticStreamFit": lambda: elltwo.fit_stream((X, LABELS), model="logistic", alpha=1.0),
}


@pytest.mark.filterwarnings("ignore:.*edge of the grid")
@pytest.mark.parametrize("made", SHOWN)
def test_notebooks_show_records(made: str) -> None:
    record = SHOWN[made]()
    text = record._repr_html_()
    read = Reader(text)
    assert read.words[1] == type(record).__name__ == made.partition(",")[0]
    assert len(text) < 20_000
    assert len(read.rows) < 60
    assert "nan" not in text
    if hasattr(record, "cv_score") and np.ndim(record.alpha) == 0:
        (row,) = [row for row in read.rows if row[0].endswith("(chosen)")]
        assert row[0] == f"alpha = {record.alpha:.6g} (chosen)"
        score = np.asarray(getattr(record, "cv_mse", record.cv_score))
        best = score.min() if hasattr(record, "cv_mse") else np.nanmax(score)
        assert np.isnan(score).any() or row[1] == f"{best:.6g}"


def test_pickled_fits_are_shown_alike() -> None:
    for made in ("RidgeFit", "ElasticNetFit", "LogisticFit", "RidgeCVFit"):
        record = SHOWN[made]()
        assert pickle.loads(pickle.dumps(record))._repr_html_() == record._repr_html_()
