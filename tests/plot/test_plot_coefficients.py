"""The display of coefficients: what it reads from fits and estimators, and what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
from elltwo.linear_model import (
    ElasticNet,
    LogisticRegression,
    LogisticRegressionCV,
    Ridge,
    RidgeClassifier,
    RidgeCV,
)
from elltwo.plot import CoefficientDisplay as Display
from figures import legend_texts, plt, xy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

CoefficientDisplay: Any = Display  # whose optional arrays tests know to be there
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3)) * [1.0, 5.0, 0.2]
Y = X @ [1.0, -0.5, 0.0] + RNG.normal(size=60)
LABELS = np.where(Y + RNG.normal(size=60) > 0.0, "yes", "no")


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def ends_of(lines: Any) -> Array:  # noqa: ANN401  # LineCollection
    """Ends of horizontal lines, (2, n)."""
    return np.array([segment[:, 0] for segment in lines.get_segments()]).T


def test_intervals_are_those_of_least_squares_at_alpha_zero() -> None:
    api = pytest.importorskip("statsmodels.api")
    ols = api.OLS(Y, api.add_constant(X)).fit()
    display = CoefficientDisplay.from_fit(elltwo.ridge(X, Y, alpha=0.0), level=0.9)
    robust = ols.get_robustcov_results("HC3")
    np.testing.assert_allclose(display.credible, ols.conf_int(0.1)[1:].T, rtol=1e-8)
    np.testing.assert_allclose(display.sampling, robust.conf_int(0.1)[1:].T, rtol=1e-8)
    np.testing.assert_allclose(display.unpenalised, ols.params[1:], rtol=1e-10)
    logit = api.Logit(LABELS == "yes", api.add_constant(X)).fit(disp=0, tol=1e-12)
    display = CoefficientDisplay.from_fit(elltwo.logistic(X, LABELS, alpha=0.0, tol=1e-12))
    np.testing.assert_allclose(display.credible, logit.conf_int()[1:].T, rtol=1e-7)


def test_intervals_of_a_ridge_fit_are_by_students_distribution() -> None:
    """A^-1 and its degrees of freedom written out."""
    stats = pytest.importorskip("scipy.stats")
    Z = np.column_stack([X, np.ones(60)])
    A = Z.T @ Z + np.diag([3.0, 3.0, 3.0, 0.0])
    b = np.linalg.solve(A, Z.T @ Y)
    df = 60 - np.trace(np.linalg.solve(A, Z.T @ Z))
    sd = np.sqrt(np.diag(np.linalg.inv(A)) * ((Y - Z @ b) ** 2).sum() / df)[:3]
    display = CoefficientDisplay.from_fit(elltwo.ridge(X, Y, alpha=3.0), scale="sd")
    unit, half = X.std(axis=0), stats.t.ppf(0.975, df) * sd
    np.testing.assert_allclose(display.coef, b[:3] * unit, rtol=1e-10)
    np.testing.assert_allclose(
        display.credible, (b[:3] + np.stack([-half, half])) * unit, rtol=1e-9
    )
    assert display.ax_.get_xlabel() == "coefficient per standard deviation"
    least = np.linalg.lstsq(Z, Y, rcond=None)[0][:3]
    np.testing.assert_allclose(display.unpenalised, least * unit, rtol=1e-9)


def test_what_is_drawn() -> None:
    display = CoefficientDisplay.from_fit(
        elltwo.ridge(X, Y, alpha=3.0), feature_names=["a", "b", "c"]
    )
    order = np.argsort(-np.abs(display.coef))
    np.testing.assert_array_equal(display.shown_, order)
    assert xy(display.estimates_) == (display.coef[order].tolist(), [0, 1, 2])
    assert xy(display.unpenalised_)[0] == display.unpenalised[order].tolist()
    np.testing.assert_allclose(ends_of(display.credible_), display.credible[:, order])
    np.testing.assert_allclose(ends_of(display.sampling_), display.sampling[:, order])
    names = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert names == [["a", "b", "c"][j] for j in order]
    assert display.ax_.get_ylim()[0] > display.ax_.get_ylim()[1]  # the first is on top
    assert legend_texts(display) == [
        "estimate",
        "least squares",
        "95 % credible interval",
        "95 % sampling interval",
    ]


def test_order_and_number_of_rows() -> None:
    coef = [0.5, -3.0, 2.0, 0.1]
    display = CoefficientDisplay(coef=coef).plot(max_features=2)
    assert display.shown_.tolist() == [1, 2]
    assert display.ax_.get_ylabel() == "2 largest of 4"
    assert display.credible_ is display.sampling_ is display.unpenalised_ is None
    assert display.plot(sort="given", max_features=3).shown_.tolist() == [0, 1, 2]


def test_least_squares_far_away_are_marked_at_the_edge() -> None:
    display = CoefficientDisplay(coef=[1.0, 2.0, 0.5], unpenalised=[1.1, 900.0, -900.0]).plot()
    low, high = display.ax_.get_xlim()
    assert -1.0 < low < 0.0
    assert 2.0 < high < 4.0
    near = xy(display.unpenalised_)[0]
    np.testing.assert_array_equal(near, [np.nan, 1.1, np.nan])
    marks: dict[Any, Any] = {line.get_marker(): xy(line) for line in display.ax_.lines}
    assert marks["<"] == ([low], [2])
    assert marks[">"] == ([high], [0])


def test_infinite_intervals_end_at_the_edges() -> None:
    twice = np.column_stack([X[:, 0], X[:, 0]])
    display = CoefficientDisplay.from_fit(elltwo.ridge(twice, Y, alpha=0.0))
    assert np.isinf(display.credible).all()
    assert display.unpenalised_ is None
    limits = display.ax_.get_xlim()
    np.testing.assert_array_equal(ends_of(display.credible_), np.transpose([limits, limits]))


def test_fits_without_statistics_show_coefficients_alone() -> None:
    net = elltwo.elastic_net(X, Y, alpha=1.0, l1_ratio=0.5)
    bounded = elltwo.ridge(X, Y, alpha=1.0, bounds=(0.0, None))
    lasso = elltwo.logistic(X, LABELS, alpha=1.0, l1_ratio=1.0)
    for fit in (net, bounded, lasso):
        display = CoefficientDisplay.from_fit(fit, scale=X.std(axis=0))
        np.testing.assert_allclose(display.coef, fit.coef * X.std(axis=0))
        assert display.credible is None
        assert legend_texts(display) == ["estimate"]
    with pytest.raises(ValueError, match="scale='sd' needs a fit with statistics"):
        CoefficientDisplay.from_fit(net, scale="sd")


def test_moments_have_sampling_intervals_of_equal_variance() -> None:
    fit = elltwo.Moments(3).add(X, Y).ridge(2.0)
    display = CoefficientDisplay.from_fit(fit)
    half = np.diff(display.sampling, axis=0)[0] / np.diff(display.credible, axis=0)[0]
    expected = fit.stderr("sampling").coef / fit.stderr("bayesian").coef
    np.testing.assert_allclose(half, expected, rtol=1e-10)


def test_one_class_of_several() -> None:
    kinds = np.array(["a", "b", "c"])[RNG.integers(0, 3, 60)]
    fit = elltwo.logistic(X, kinds, alpha=1.0)
    display = CoefficientDisplay.from_fit(fit, target="b")
    np.testing.assert_array_equal(display.coef, fit.coef[1])
    half = np.diff(display.credible, axis=0)[0] / 2.0
    np.testing.assert_allclose(half, 1.959963984540054 * fit.statistics.standard_errors().coef[1])
    assert display.ax_.get_xlabel() == "log-odds of 'b'"
    with pytest.raises(
        ValueError, match=r"target must be one of the classes \['a', 'b', 'c'\], got"
    ):
        CoefficientDisplay.from_fit(fit)


@pytest.mark.parametrize(
    ("model", "y"),
    [
        (Ridge(alpha=2.0, penalty_factors=[1.0, 2.0, 0.0]), Y),
        (Ridge(alpha=[2.0, 5.0]), np.column_stack([Y, -Y])),
        (RidgeCV([0.1, 1.0, 10.0]), Y),
        (LogisticRegression(C=0.5, class_weight="balanced"), LABELS),
        (
            LogisticRegressionCV(
                [1e-4, 0.01, 1.0], l1_ratios=(0.0,), cv=3, use_legacy_attributes=False
            ),
            LABELS,
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_estimator_has_the_intervals_of_its_fit(model: Any, y: Array) -> None:  # noqa: ANN401
    weight = RNG.integers(1, 4, 60).astype(float)
    model.fit(X, y, sample_weight=weight)
    target = 1 if y.ndim == 2 else None
    display = CoefficientDisplay.from_estimator(model, X, y, sample_weight=weight, target=target)
    if y is LABELS:
        C = model.C_ if hasattr(model, "C_") else model.C
        balanced = np.ones(60)
        if model.class_weight:
            total = {c: weight[c == y].sum() for c in ("no", "yes")}
            balanced = np.array([weight.sum() / (2 * total[c]) for c in y])
        fit: Any = elltwo.logistic(X, y, alpha=1.0 / C, sample_weight=weight * balanced)
    else:
        one = y if target is None else y[:, target]
        alpha = np.ravel(model.alpha_ if hasattr(model, "alpha_") else model.alpha)[target or 0]
        factors = getattr(model, "penalty_factors", None)
        fit = elltwo.ridge(X, one, alpha=alpha, sample_weight=weight, penalty_factors=factors)
    expected = CoefficientDisplay.from_fit(fit)
    np.testing.assert_allclose(display.coef, expected.coef, rtol=1e-6)
    np.testing.assert_allclose(display.credible, expected.credible, rtol=1e-5)
    np.testing.assert_allclose(display.sampling, expected.sampling, rtol=1e-5)


def test_estimators_without_intervals() -> None:
    for model, y in (
        (ElasticNet(alpha=0.1), Y),
        (Ridge(positive=True), Y),
        (LogisticRegression(l1_ratio=1.0), LABELS),
    ):
        model.fit(X, y)
        display = CoefficientDisplay.from_estimator(model, X, y)
        np.testing.assert_array_equal(display.coef, np.ravel(model.coef_))
        assert display.credible is None
    model = RidgeClassifier().fit(X, LABELS)
    assert CoefficientDisplay.from_estimator(model).credible is None
    assert CoefficientDisplay.from_estimator(model, X, LABELS).credible is not None


def test_names_are_shown_as_they_are() -> None:
    """Dollars are no formulas, and an underscore hides no row."""
    names = ["cost in $ per $", "_hidden", "n" * 200, "two\nlines"]
    display = CoefficientDisplay(coef=[3.0, 2.0, 1.0, 0.5], feature_names=names).plot()
    display.figure_.canvas.draw()
    shown = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert shown[:2] == names[:2]
    assert "\N{HORIZONTAL ELLIPSIS}" in shown[2]
    assert len(shown[2]) < 60
    assert shown[3] == "two lines"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"coef": [[1.0]]}, r"coef must be finite, of shape \(n_features,\), got shape \(1, 1\)"),
        ({"coef": [np.nan, 1.0]}, "coef must be finite"),
        ({"credible": [[0.0], [1.0]]}, r"credible must have shape \(2, 2\)"),
        ({"sampling": [[0.0, 2.0], [1.0, 1.0]]}, "got 2.0 and 1.0 for feature 1"),
        ({"unpenalised": [1.0]}, "unpenalised must have shape"),
        ({"feature_names": ["a"]}, "feature_names must have one entry for each of the 2"),
        ({"level": 1.0}, "level must be"),
    ],
)
def test_what_the_constructor_refuses(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CoefficientDisplay(**{"coef": [1.0, 2.0], **change})


def test_what_is_not_a_fit() -> None:
    with pytest.raises(TypeError, match="fit must be a record with coefficients"):
        CoefficientDisplay.from_fit(3.0)
    with pytest.raises(ValueError, match="target must be None"):
        CoefficientDisplay.from_fit(elltwo.ridge(X, Y, alpha=1.0), target=1)
    with pytest.raises(ValueError, match="sort must be"):
        CoefficientDisplay(coef=[1.0]).plot(sort="up")


def test_fits_by_formula_have_the_intervals_of_their_coded_columns() -> None:
    pytest.importorskip("formulaic")
    pandas = pytest.importorskip("pandas")
    from elltwo.formula import logistic, ridge
    from elltwo.plot import CalibrationDisplay, CollinearityDisplay, ResidualDisplay

    table = pandas.DataFrame({"size": X[:, 0], "kind": np.resize(list("abc"), 60)})
    fit = ridge("y ~ size + C(kind)", table.assign(y=Y), alpha=1.0)
    display = CoefficientDisplay.from_fit(fit)
    assert list(display.feature_names) == list(fit.feature_names)
    expected = CoefficientDisplay.from_fit(fit.fit)
    np.testing.assert_array_equal(display.credible, expected.credible)
    assert CollinearityDisplay.from_fit(fit).feature_names == fit.feature_names
    own = ResidualDisplay.from_fit(fit)
    given: Any = ResidualDisplay.from_fit(fit, table, Y)
    np.testing.assert_allclose(own.residuals, given.residuals, rtol=1e-9)
    logit = logistic("y ~ size + C(kind)", table.assign(y=LABELS), alpha=1.0)
    assert CoefficientDisplay.from_fit(logit).ax_.get_xlabel() == "log-odds of 'yes'"
    shares = CalibrationDisplay.from_fit(logit, table, LABELS)
    expected = CalibrationDisplay.from_predictions(LABELS, logit.predict_proba(table)[:, 1])
    np.testing.assert_allclose(shares.prob_true, expected.prob_true)
    shown: Any = ResidualDisplay.from_fit(logit, table, LABELS)
    np.testing.assert_allclose(shown.residuals, ResidualDisplay.from_fit(logit).residuals)


def test_a_pipeline_is_told_to_pass_its_last_step() -> None:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), Ridge()).fit(X, X[:, 0])
    with pytest.raises(TypeError, match="got Pipeline without it; pass its last step"):
        Display.from_estimator(model)
    assert Display.from_estimator(model[-1]).ax_ is not None
