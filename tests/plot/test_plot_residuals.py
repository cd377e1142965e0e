"""The display of residuals: what it reads from fits and estimators, and what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
from elltwo.linear_model import (
    ElasticNet,
    LogisticRegression,
    Ridge,
    RidgeClassifier,
)
from elltwo.plot import ResidualDisplay as Display
from figures import legend_texts, plt, xy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

ResidualDisplay: Any = Display  # whose optional arrays tests know to be there
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = X @ [1.0, -0.5, 0.0] + RNG.normal(size=60)
LABELS = np.where(Y + RNG.normal(size=60) > 0.0, "yes", "no")
WEIGHT = RNG.integers(0, 4, 60).astype(float)
ROWS = np.repeat(np.arange(60), WEIGHT.astype(int))


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def points(display: Any) -> Array:  # noqa: ANN401
    """Data of the points, (2, n)."""
    return np.asarray(display.points_.get_offsets()).T


def test_influence_of_least_squares() -> None:
    """Leverages, internally studentised residuals and Cook's distances."""
    api = pytest.importorskip("statsmodels.api")
    influence = api.OLS(Y, api.add_constant(X)).fit().get_influence()
    display = ResidualDisplay.from_fit(elltwo.ridge(X, Y, alpha=0.0), kind="leverage")
    np.testing.assert_allclose(display.leverages, influence.hat_matrix_diag, rtol=1e-9)
    np.testing.assert_allclose(display.standardized, influence.resid_studentized_internal)
    np.testing.assert_allclose(points(display), [display.leverages, display.standardized])
    h, r = display.leverages, display.standardized
    cook = r**2 * h / ((1.0 - h) * display.edf)
    np.testing.assert_allclose(cook, influence.cooks_distance[0], rtol=1e-8)


def test_contours_are_those_of_cooks_distance() -> None:
    far = np.vstack([X, [30.0, 0.0, 0.0]])
    y = np.append(Y, 60.0)
    display = ResidualDisplay.from_fit(elltwo.ridge(far, y, alpha=1.0), kind="leverage")
    seen = {}
    for line in display.ax_.lines:
        if str(line.get_label()).startswith("Cook's distance"):
            h, r = map(np.asarray, xy(line))
            distance = r**2 * h / ((1.0 - h) * display.edf)
            np.testing.assert_allclose(distance, float(str(line.get_label()).split()[-1]))
            seen[line.get_label()] = True
    assert len(seen) == 2
    assert "twice the mean leverage" in legend_texts(display)


def test_weights_are_repetition() -> None:
    weighted = elltwo.ridge(X, Y, alpha=2.0, sample_weight=WEIGHT)
    repeated = elltwo.ridge(X[ROWS], Y[ROWS], alpha=2.0)
    a, b = ResidualDisplay.from_fit(weighted), ResidualDisplay.from_fit(repeated)
    kept = np.flatnonzero(WEIGHT)
    first = np.searchsorted(ROWS, kept)
    for name in ("fitted", "residuals", "standardized", "leverages"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name)[first], rtol=1e-8)
    assert np.isclose(a.edf, b.edf)
    c = ResidualDisplay.from_fit(weighted, X, Y, sample_weight=WEIGHT)
    d = ResidualDisplay.from_fit(weighted, X[ROWS], Y[ROWS])
    np.testing.assert_allclose(c.residuals, a.residuals, rtol=1e-10)
    np.testing.assert_allclose(c.standardized, d.standardized[first], rtol=1e-10)


def test_residuals_of_other_rows_are_those_of_predictions() -> None:
    for fit in (
        elltwo.ridge(X, Y, alpha=2.0),
        elltwo.elastic_net(X, Y, alpha=2.0, l1_ratio=0.5),
        elltwo.ridge(X, Y, alpha=2.0, bounds=(0.0, None)),
    ):
        display = ResidualDisplay.from_fit(fit, X[:20] + 1.0, Y[:20])
        expected = Y[:20] - fit.predict(X[:20] + 1.0)
        np.testing.assert_allclose(display.residuals, expected)
        np.testing.assert_allclose(display.standardized, expected / np.sqrt((expected**2).mean()))
        assert display.leverages is None
    with pytest.raises(ValueError, match="kind='leverage' needs leverages"):
        display.plot(kind="leverage")
    with pytest.raises(ValueError, match="X and y must be given, since this RidgeFit"):
        ResidualDisplay.from_fit(fit)


def test_one_of_several_targets() -> None:
    both = np.column_stack([Y, 2.0 - Y])
    fit = elltwo.ridge(X, both, alpha=[2.0, 3.0])
    a = ResidualDisplay.from_fit(fit, target=1)
    b = ResidualDisplay.from_fit(fit, X, both, target=1)
    one = ResidualDisplay.from_fit(elltwo.ridge(X, 2.0 - Y, alpha=3.0))
    np.testing.assert_allclose(a.standardized, one.standardized, rtol=1e-9)
    np.testing.assert_allclose(b.residuals, one.residuals, rtol=1e-9)
    with pytest.raises(ValueError, match="target must be a number from 0 to 1"):
        ResidualDisplay.from_fit(fit)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_quantile_residuals_are_normal_if_the_model_holds(n_classes: int) -> None:
    """By the probabilities that rows were drawn with, of which one class is rare."""
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(1)
    Z = rng.normal(size=(20_000, 2))
    true = np.exp(Z @ rng.normal(size=(2, n_classes)) * 2.0)
    true /= true.sum(axis=1, keepdims=True)
    kinds = (rng.uniform(size=20_000)[:, None] > true.cumsum(axis=1)).sum(axis=1)
    fit = elltwo.logistic(Z, kinds, alpha=0.0)
    display = ResidualDisplay.from_fit(fit, Z, kinds, target=n_classes - 1)
    assert stats.kstest(display.residuals, "norm").pvalue > 1e-3
    wrong = ResidualDisplay.from_fit(fit, Z, np.roll(kinds, 1), target=n_classes - 1)
    assert (
        stats.kstest(wrong.residuals, "norm").pvalue < 1e-6
        or abs(np.corrcoef(wrong.fitted, wrong.residuals)[0, 1]) > 0.1
    )


def test_residuals_of_classes_know_the_labels() -> None:
    fit = elltwo.logistic(X, LABELS, alpha=1.0)
    own, given = ResidualDisplay.from_fit(fit), ResidualDisplay.from_fit(fit, X, LABELS)
    np.testing.assert_allclose(own.residuals, given.residuals, rtol=1e-8)
    p = fit.predict_proba(X)[:, 1]
    np.testing.assert_allclose(own.fitted, np.log(p / (1.0 - p)), rtol=1e-8)
    from statistics import NormalDist

    tail = np.array([NormalDist().cdf(-r) for r in own.residuals])  # beyond a residual
    hit = LABELS == "yes"
    assert (tail[hit] <= p[hit] + 1e-12).all()
    assert (tail[~hit] >= p[~hit] - 1e-12).all()
    np.testing.assert_allclose(own.leverages, fit.statistics.leverages, rtol=1e-10)


def test_estimators() -> None:
    model = Ridge(alpha=2.0).fit(X, Y, sample_weight=WEIGHT)
    expected = ResidualDisplay.from_fit(elltwo.ridge(X, Y, alpha=2.0, sample_weight=WEIGHT))
    shown = ResidualDisplay.from_estimator(model, X, Y, sample_weight=WEIGHT)
    np.testing.assert_allclose(shown.residuals, expected.residuals, rtol=1e-8)
    far = ResidualDisplay.from_estimator(model, X, Y, sample_weight=WEIGHT, kind="leverage")
    np.testing.assert_allclose(far.leverages, expected.leverages, rtol=1e-8)
    logit = LogisticRegression(C=0.5).fit(X, LABELS)
    fit = elltwo.logistic(X, LABELS, alpha=2.0)
    shown = ResidualDisplay.from_estimator(logit, X, LABELS)
    np.testing.assert_allclose(shown.residuals, ResidualDisplay.from_fit(fit).residuals, rtol=1e-5)
    with pytest.raises(ValueError, match="kind='leverage' needs an estimator with statistics"):
        ResidualDisplay.from_estimator(ElasticNet().fit(X, Y), X, Y, kind="leverage")
    with pytest.raises(TypeError, match="estimator must have predict_proba"):
        ResidualDisplay.from_estimator(RidgeClassifier().fit(X, LABELS), X, LABELS)


def test_means_of_bins() -> None:
    fitted, residuals = RNG.normal(size=95), RNG.normal(size=95)
    display = ResidualDisplay(fitted=fitted, residuals=residuals).plot()
    at, mean = map(np.asarray, xy(display.line_))
    assert at.size == 9
    order = np.argsort(fitted)
    np.testing.assert_allclose(at[0], fitted[order[:11]].mean())
    np.testing.assert_allclose(mean[-1], residuals[order[-10:]].mean())
    np.testing.assert_allclose(points(display), [fitted, residuals])
    few = ResidualDisplay(fitted=fitted[:20], residuals=residuals[:20]).plot()
    assert few.line_ is None


def test_normal_quantiles() -> None:
    stats = pytest.importorskip("scipy.stats")
    values = RNG.normal(size=50)
    display = ResidualDisplay(fitted=values, residuals=values, standardized=values)
    display.plot(kind="quantile")
    expected = stats.norm.ppf((np.arange(50) + 0.5) / 50)
    np.testing.assert_allclose(points(display), [expected, np.sort(values)], rtol=1e-10)
    assert xy(display.line_)[0] == xy(display.line_)[1]


def test_a_row_that_determines_itself_has_no_standardised_residual() -> None:
    Z = np.column_stack([X, np.arange(60) == 7])
    display = ResidualDisplay.from_fit(elltwo.ridge(Z, Y, alpha=0.0))
    assert np.flatnonzero(np.isnan(display.standardized)).tolist() == [7]
    for kind in ("quantile", "leverage"):
        display.plot(kind=kind).figure_.canvas.draw()


@pytest.mark.parametrize("kind", ["fitted", "quantile", "leverage"])
def test_many_rows_are_sampled_and_the_picture_says_so(kind: str) -> None:
    residuals = RNG.normal(size=3000)
    residuals[[5, 2000]] = 30.0, -40.0
    display = ResidualDisplay(
        fitted=np.arange(3000.0), residuals=residuals, leverages=np.full(3000, 0.1)
    )
    display.plot(kind=kind, max_points=500)
    shown = points(display)
    assert shown.shape[1] <= 500
    assert f"{shown.shape[1]} of 3000 rows" in legend_texts(display)
    ends = display.standardized if kind != "fitted" else residuals
    assert {shown[1].min(), shown[1].max()} == {ends.min(), ends.max()}


def test_rows_of_a_perfect_fit() -> None:
    display = ResidualDisplay.from_fit(elltwo.ridge(X, np.zeros(60), alpha=1.0))
    for kind in ("fitted", "quantile", "leverage"):
        display.plot(kind=kind).figure_.canvas.draw()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"residuals": [[1.0]]}, r"residuals must have shape \(n_samples,\), got shape \(1, 1\)"),
        ({"residuals": [np.nan, 1.0]}, "residuals must be finite, got nan in row 0"),
        ({"fitted": [1.0, np.inf]}, "fitted must be finite, got inf in row 1"),
        ({"fitted": [1.0]}, "fitted must have shape"),
        ({"leverages": [0.5, 1.5]}, r"leverages must be in \[0, 1\], got 1.5"),
    ],
)
def test_what_the_constructor_refuses(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ResidualDisplay(**{"fitted": [1.0, 2.0], "residuals": [0.5, -0.5], **change})


def test_what_else_is_refused() -> None:
    fit = elltwo.ridge(X, Y, alpha=1.0)
    with pytest.raises(ValueError, match="X and y must be given together"):
        ResidualDisplay.from_fit(fit, X)
    with pytest.raises(ValueError, match="y must have one entry for each of the 60 rows of X"):
        ResidualDisplay.from_fit(fit, X, Y[:-1])
    with pytest.raises(ValueError, match="kind must be"):
        ResidualDisplay.from_fit(fit, kind="scale")
