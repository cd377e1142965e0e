"""The page on a fit holds its numbers, and nothing that a browser would load or run."""

from __future__ import annotations

import pickle
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse, stats

import elltwo
from elltwo import report
from figures import matplotlib, plt
from html_page import Page

if TYPE_CHECKING:
    from pathlib import Path

RNG = np.random.default_rng(16)
N, P = 60, 4
X = RNG.normal(size=(N, P)) * [1.0, 10.0, 0.1, 1.0] + [0.0, 5.0, 1.0, 0.0]
y = X @ [1.0, 0.2, -8.0, 0.0] + RNG.normal(size=N)
TWO = np.where(y > np.median(y), "yes", "no")
THREE = np.digitize(y, np.quantile(y, [0.3, 0.7]))
NAMES = ["age", "income", "price", "size"]
HOSTILE = ["<script>alert(1)</script>", '$x$ & "y"', "_hidden", "größe\nzwei 尺寸"]


def _fits() -> dict[str, tuple[Any, Any]]:
    """Return fits of each kind with their targets; the best of a grid may be at its edge here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "alpha = .* edge of the grid", UserWarning)
        return {
            "ridge": (elltwo.ridge(X, y, alpha=2.0), y),
            "ridge_cv": (elltwo.ridge_cv(X, y, cv=5), y),
            "elastic_net": (elltwo.elastic_net(X, y, 5.0), y),
            "elastic_net_cv": (elltwo.elastic_net_cv(X, y, [0.5, 1.0], cv=5), y),
            "logistic": (elltwo.logistic(X, TWO, alpha=0.5), TWO),
            "logistic_cv": (elltwo.logistic_cv(X, TWO, cv=5), TWO),
            "lasso of classes": (elltwo.logistic(X, TWO, alpha=0.5, l1_ratio=1.0), TWO),
            "lasso_cv of classes": (elltwo.logistic_cv(X, TWO, l1_ratio=[0.5, 1.0], cv=3), TWO),
            "accuracy_cv": (elltwo.logistic_cv(X, TWO, cv=3, scoring="accuracy"), TWO),
            "multinomial": (elltwo.logistic(X, THREE, alpha=0.5), THREE),
            "multinomial_cv": (elltwo.logistic_cv(X, THREE, cv=3, alphas=[0.1, 1.0]), THREE),
        }


FITS = _fits()
each_fit = pytest.mark.parametrize("kind", FITS)


@cache
def page_of(kind: str) -> Page:
    fit, target = FITS[kind]
    return Page(report.html(fit, X, target, feature_names=NAMES))


@each_fit
def test_page_is_whole_and_loads_nothing(kind: str) -> None:
    page = page_of(kind)
    assert (
        page.tags.count("h1")
        == page.tags.count("main")
        == page.tags.count("title") - (page.tags.count("svg"))
    )
    assert page.tags.count("svg") == page.tags.count("figure") == page.tags.count("desc") > 0
    assert len(set(page.ids)) == len(page.ids)
    assert {"script", "img", "link", "iframe"}.isdisjoint(page.tags)
    places = {link for link in page.links if not link.startswith("data:image/png;base64,")}
    assert places
    assert places <= {f"#{name}" for name in page.ids}
    assert [text for text in page.text["h2"] if not text] == []


@pytest.mark.parametrize("kind", ["ridge_cv", "multinomial"])
def test_same_fit_makes_the_same_bytes(kind: str) -> None:
    fit, target = FITS[kind]
    assert report.html(fit, X, target) == report.html(fit, X, target)


@each_fit
def test_names_are_text_whatever_they_hold(kind: str) -> None:
    fit, target = FITS[kind]
    title = "</title><script>alert(1)</script>"
    names: dict[str, Any] = {"feature_names": HOSTILE, "target_name": "<b>&"}
    page = Page(report.html(fit, X, target, title=title, **names))
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert set(page.table("The features").rows) == set(HOSTILE)
    assert page.text["h1"] == page.text["title"][:1] == [title]


def test_coefficients_and_intervals_of_a_ridge_regression() -> None:
    table = page_of("ridge").table("Coefficients of y")
    Z = np.column_stack([X, np.ones(N)])
    inverse = np.linalg.inv(Z.T @ Z + np.diag([2.0] * P + [0.0]))
    theta = inverse @ Z.T @ y
    smoother = Z @ inverse @ Z.T
    df = N - np.trace(smoother)
    variance = np.sum((y - Z @ theta) ** 2) / df
    half = stats.t.ppf(0.975, df) * np.sqrt(variance * np.diag(inverse))
    names = [*NAMES, "intercept"]
    assert_near(table.column("coefficient"), dict(zip(names, theta, strict=True)))
    assert_near(table.column("95% credible, from"), dict(zip(names, theta - half, strict=True)))
    assert_near(table.column("credible, to"), dict(zip(names, theta + half, strict=True)))
    effect = theta[:-1] * X.std(axis=0)
    assert_near(table.column("for one deviation"), dict(zip(NAMES, effect, strict=True)))
    order = [NAMES[j] for j in np.argsort(-np.abs(effect))]
    assert list(table.rows) == [*order, "intercept"]


def test_without_a_penalty_there_are_p_values() -> None:
    Z = np.column_stack([X, np.ones(N)])
    inverse = np.linalg.inv(Z.T @ Z)
    theta = inverse @ Z.T @ y
    variance = np.sum((y - Z @ theta) ** 2) / (N - P - 1)
    t = theta / np.sqrt(variance * np.diag(inverse))
    expected = 2.0 * stats.t.sf(np.abs(t), N - P - 1)
    page = Page(report.html(elltwo.ridge(X, y, alpha=0.0), X, y, feature_names=NAMES))
    found = page.table("Coefficients of y").column("p-value")
    assert_near(found, dict(zip([*NAMES, "intercept"], expected, strict=True)))
    assert "p-value" not in page_of("ridge").table("Coefficients of y").heads


def assert_near(found: dict[str, float], expected: dict[str, float]) -> None:
    """Compare numbers of four significant digits."""
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=6e-4, abs=1e-12), name


def test_units_are_taken_back() -> None:
    units = X.std(axis=0)
    fit = elltwo.ridge(X / units, y, alpha=2.0)
    page = Page(report.html(fit, X / units, y, feature_names=NAMES, units=units))
    table = page.table("Coefficients of y")
    found = table.column("coefficient")
    assert found.pop("intercept at the means") == pytest.approx(fit.intercept, rel=6e-4)
    assert_near(found, dict(zip(NAMES, fit.coef / units, strict=True)))
    assert_near(table.column("for one deviation"), dict(zip(NAMES, fit.coef, strict=True)))
    spread = page.table("The features").column("deviation")
    assert_near(spread, dict(zip(NAMES, units, strict=True)))


def test_odds_ratios_and_classes() -> None:
    fit, _ = FITS["logistic"]
    page = page_of("logistic")
    table = page.table("Coefficients of the log-odds of yes")
    expected = dict(zip(NAMES, np.exp(fit.coef), strict=True))
    assert_near(table.column("odds ratio"), expected)
    predicted = fit.predict(X)
    counts = page.table("Rows by class")
    for label in ("no", "yes"):
        expected = {
            f"is {other}": float(np.sum((other == TWO) & (predicted == label)))
            for other in ("no", "yes")
        }
        assert counts.column(f"predicted {label}") == expected


def test_each_of_many_classes_has_a_table() -> None:
    page, (fit, _) = page_of("multinomial"), FITS["multinomial"]
    for k in range(3):
        found = page.table(f"Coefficients of class {k}").column("coefficient")
        expected = dict(zip([*NAMES, "intercept"], [*fit.coef[k], fit.intercept[k]], strict=True))
        assert_near(found, expected)


def test_relaxed_coefficients_belong_to_their_features() -> None:
    fit = elltwo.elastic_net(X, y, 60.0, 1.0)
    active = np.flatnonzero(fit.coef)
    assert 0 < active.size < P
    Z = np.column_stack([X[:, active], np.ones(N)])
    theta = np.linalg.lstsq(Z, y, rcond=None)[0]
    expected = dict.fromkeys(NAMES, 0.0)
    expected |= {NAMES[j]: value for j, value in zip(active, theta, strict=False)}
    expected["intercept"] = theta[-1]
    page = Page(report.html(fit, X, y, feature_names=NAMES))
    assert_near(page.table("Coefficients of y").column("relaxed"), expected)
    assert f"{active.size} of {P} features are active" in " ".join(page.text["p"])


def test_facts_of_the_caller_are_listed() -> None:
    facts = {"rows left out": 7, "region": "north <1>"}
    page = Page(report.html(FITS["ridge"][0], X, y, facts=facts))
    pairs = dict(zip(page.text["dt"], page.text["dd"], strict=True))
    assert pairs["rows left out"] == "7"
    assert pairs["region"] == "north <1>"


def test_weights_count() -> None:
    weight = RNG.uniform(size=N)
    fit = elltwo.ridge(X, y, alpha=1.0, sample_weight=weight)
    page = Page(report.html(fit, X, y, sample_weight=weight))
    mean = page.table("The target").column("mean")["y"]
    assert mean == pytest.approx(np.average(y, weights=weight), rel=6e-4)
    assert "Trace of the coefficients" in page.text["title"]


def test_options_lead_the_trace_through_the_fit() -> None:
    options: dict[str, Any] = {"fit_intercept": False, "penalty_factors": [1.0, 0.0, 5.0, 1.0]}
    fit = elltwo.ridge(X, y, alpha=3.0, **options)
    assert "Trace of the coefficients" in Page(report.html(fit, X, y, **options)).text["title"]
    without = Page(report.html(fit, X, y))
    assert "Trace of the coefficients" not in without.text["title"]
    assert any("does not pass through this fit" in text for text in without.text["p"])


def test_fit_with_bounds_says_why_it_has_no_intervals() -> None:
    fit = elltwo.ridge(X, y, alpha=1.0, bounds=(0.0, np.inf))
    page = Page(report.html(fit, X, y, bounds=(0.0, np.inf), alpha=1.0))
    assert any("not defined for a fit with bounds" in text for text in page.text["p"])
    assert page.table("Coefficients of y").heads == ["", "coefficient", "for one deviation"]
    assert "Trace of the coefficients" in page.text["title"]


def test_copy_without_data_has_a_page() -> None:
    for kind in ("ridge", "elastic_net", "logistic"):
        fit, target = FITS[kind]
        page = Page(report.html(pickle.loads(pickle.dumps(fit)), X, target))
        assert page.table("Coefficients of").column("coefficient").keys() >= {"x0", "x3"}


def test_sparse_rows_make_the_page_of_dense_ones() -> None:
    Z = X * (RNG.uniform(size=X.shape) < 0.4)
    S = sparse.csr_array(Z)
    dense = Page(report.html(elltwo.ridge(Z, y, alpha=1.0), Z, y))
    scattered = Page(report.html(elltwo.ridge(S, y, alpha=1.0), S, y))
    for one, other in zip(dense.tables, scattered.tables, strict=True):
        assert one.caption == other.caption
        for head in one.heads[1:]:
            assert_near(one.column(head), other.column(head))


def test_names_come_with_tables() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=NAMES)
    series = pd.Series(y, name="sales")
    page = Page(report.html(elltwo.ridge(frame, series, alpha=1.0), frame, series))
    assert page.text["h1"] == ["Ridge regression of sales"]
    assert set(page.table("The features").rows) == set(NAMES)


@pytest.mark.parametrize("kind", ["elastic_net_cv", "logistic"])
def test_inputs_and_settings_stay_as_they_are(kind: str) -> None:
    fit, target = FITS[kind]
    before, given, open_figures = X.copy(), target.copy(), plt.get_fignums()
    with matplotlib.rc_context({"font.size": 3.0, "text.usetex": True}):
        settings = dict(matplotlib.rcParams)
        report.html(fit, X, target)
        assert dict(matplotlib.rcParams) == settings
    assert plt.get_fignums() == open_figures
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(target, given)


def test_many_rows_and_features_stay_small() -> None:
    rng = np.random.default_rng(5)
    Z = rng.normal(size=(3000, 300))
    t = Z[:, 0] + rng.normal(size=3000)
    text = report.html(elltwo.ridge(Z, t, alpha=1.0), Z, t)
    assert len(text.encode()) < 3e6


@pytest.mark.parametrize("values", [np.zeros(N), np.full(N, 3.0), np.full(N, 1e-300)])
def test_target_without_spread_has_a_page(values: Any) -> None:  # noqa: ANN401
    page = Page(report.html(elltwo.ridge(X, values, alpha=1.0), X, values))
    assert page.table("The target").column("mean")["y"] == pytest.approx(values[0])


DEPENDENT = np.column_stack([X, X[:, 0] + X[:, 1], np.ones(N)])
WIDE = RNG.normal(size=(20, 26))
EDGES: dict[str, tuple[Any, Any, Any]] = {
    "least squares": (elltwo.ridge(X, y, alpha=0.0), X, y),
    "dependent": (elltwo.ridge(DEPENDENT, y, alpha=0.0), DEPENDENT, y),
    "more features than rows": (elltwo.ridge(WIDE, y[:20], alpha=0.0), WIDE, y[:20]),
    "all pinned": (elltwo.ridge(X, y, alpha=np.inf), X, y),
    "none active": (elltwo.elastic_net(X, y, 1e6), X, y),
    "separated": (elltwo.logistic(X, X[:, 0] > 0.0, alpha=1e-6), X, X[:, 0] > 0.0),
    "two rows": (elltwo.ridge(X[:2], y[:2], alpha=1.0), X[:2], y[:2]),
    "large": (elltwo.ridge(X * 1e150, y, alpha=1.0), X * 1e150, y),
    "float32": (elltwo.ridge(X.astype("f4"), y.astype("f4"), alpha=1.0), X.astype("f4"), y),
}


@pytest.mark.parametrize("edge", EDGES)
def test_edges_have_pages(edge: str) -> None:
    fit, data, target = EDGES[edge]
    page = Page(report.html(fit, data, target))
    found = page.table("Coefficients of").column("coefficient")
    found.pop("intercept", None)
    assert_near(found, {f"x{j}": float(value) for j, value in enumerate(fit.coef)})


def test_one_feature_and_constant_feature() -> None:
    for Z in (X[:, :1], np.column_stack([X[:, 0], np.ones(N)])):
        assert Page(report.html(elltwo.ridge(Z, y, alpha=1.0), Z, y)).tables


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"fit": 3}, TypeError, "fit must be what ridge"),
        ({"X": X[:, :2]}, ValueError, "X must have the 4 feature"),
        ({"y": y[1:]}, ValueError, "y"),
        ({"feature_names": ["a"]}, ValueError, "feature_names must have length 4, got 1"),
        ({"units": [1.0]}, ValueError, "units"),
        ({"X": X[:1], "y": y[:1]}, ValueError, "at least 2 rows, got 1"),
        ({"sample_weight": [1.0]}, ValueError, "sample_weight"),
        ({"level": 2.0}, ValueError, "level must be between 0 and 1"),
        (
            {"fit": elltwo.ridge(X, np.column_stack([y, y]), alpha=1.0)},
            ValueError,
            "one target, but fit has 2",
        ),
        (
            {"fit": FITS["logistic"][0], "y": ["perhaps", "yes"] * (N // 2)},
            ValueError,
            "y holds 'perhaps', which is none of the classes",
        ),
    ],
)
def test_wrong_arguments_are_named(
    change: dict[str, Any], error: type[Exception], text: str
) -> None:
    given: dict[str, Any] = {"fit": FITS["ridge"][0], "X": X, "y": y, **change}
    with pytest.raises(error, match=text):
        report.html(**given)


def test_write_and_draw_make_files(tmp_path: Path) -> None:
    fit, target = FITS["ridge_cv"]
    report.write(tmp_path / "fit.html", fit, X, target, title="größe")
    text = (tmp_path / "fit.html").read_text(encoding="utf-8")
    assert text == report.html(fit, X, target, title="größe")
    report.draw(tmp_path / "fit.png", fit, X, target)
    assert (tmp_path / "fit.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(ValueError, match="xyz"):
        report.draw(tmp_path / "fit.xyz", fit, X, target)
    with pytest.raises(OSError, match="nowhere"):
        report.write(tmp_path / "nowhere" / "fit.html", fit, X, target)


@pytest.mark.parametrize("kind", ["elastic_net", "logistic_cv", "multinomial_cv"])
def test_draw_has_a_picture_of_each_fit(kind: str, tmp_path: Path) -> None:
    fit, target = FITS[kind]
    report.draw(tmp_path / "fit.svg", fit, X, target, feature_names=HOSTILE)
    assert "coefficient for one deviation" in (tmp_path / "fit.svg").read_text(encoding="utf-8")
