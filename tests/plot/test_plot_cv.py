"""The curve of cross-validation shows the fit that it was given."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
from elltwo.plot import RidgeCVDisplay
from figures import legend_texts, matplotlib, plt, point, xy

if TYPE_CHECKING:
    from collections.abc import Iterator

Input: TypeAlias = Any

RNG = np.random.default_rng(43)
X = RNG.normal(size=(40, 6))
Y = X @ RNG.normal(size=(6, 2)) + RNG.normal(size=(40, 2)) * 1.5
y = np.ascontiguousarray(Y[:, 0])
ALPHAS = [30.0, 0.0, 0.3, 3.0, np.inf, 300.0]
SOME = [1e-3, 0.3, 3.0, 1000.0]
ON_THE_AXIS = [2, 3, 0, 5]  # from left to right


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    plt.close("all")
    yield
    plt.close("all")


def assert_curve(
    display: RidgeCVDisplay, at: Input, mean: Input, se: Input, rtol: float = 1e-12
) -> None:
    """Compare the curve and the ends of its bars."""
    curve, _, bars = display.errorbar_.lines
    np.testing.assert_allclose(xy(curve), [at, mean], rtol=rtol)
    if se is None:
        assert bars == ()
        return
    segments = np.array(bars[0].get_segments())
    np.testing.assert_allclose(segments[:, :, 0], np.transpose([at, at]), rtol=rtol)
    ends = np.transpose([np.subtract(mean, se), np.add(mean, se)])
    np.testing.assert_allclose(segments[:, :, 1], ends, rtol=rtol)


@pytest.mark.parametrize("cv", ["loo", 5])
def test_curve_and_bars_of_a_fit(cv: str | int) -> None:
    fit = elltwo.ridge_cv(X, y, alphas=ALPHAS, cv=cv)
    display = RidgeCVDisplay.from_fit(fit)
    some = ON_THE_AXIS
    assert_curve(display, np.array(ALPHAS)[some], fit.cv_mse[some], fit.cv_se[some])
    assert display.ax_.get_xscale() == "log"
    assert display.ax_.get_ylabel() == "mean squared error"
    assert display.ax_.get_xlabel() == "penalty alpha"
    assert display.figure_ is display.ax_.figure
    assert display.best_ is not None
    assert point(display.best_) == (fit.alpha, fit.cv_mse.min())
    by_rule = elltwo.ridge_cv(X, y, alphas=ALPHAS, cv=cv, select="1se")
    assert 0.0 < fit.alpha < by_rule.alpha < np.inf
    assert display.one_se_ is not None
    assert point(display.one_se_)[0] == by_rule.alpha
    for one in (fit, by_rule):
        chosen = RidgeCVDisplay.from_fit(one).chosen_
        assert chosen is not None
        assert chosen.get_xdata() == [one.alpha, one.alpha]


def test_legend_says_which_alphas() -> None:
    display = RidgeCVDisplay(
        alphas=[1.0, 10.0, 100.0], mean=[3.0, 1.0, 1.5], se=[1.0, 0.7, 1.0], alpha=10.0
    ).plot()
    texts = ["minimum: alpha = 10", "1-SE rule: alpha = 100", "chosen: alpha = 10"]
    assert legend_texts(display) == texts


def test_against_degrees_of_freedom_both_ends_have_a_place() -> None:
    fit = elltwo.ridge_cv(X, y, alphas=ALPHAS)
    edf = elltwo.ridge_path(X, y, ALPHAS).edf
    order = np.argsort(edf)
    display = RidgeCVDisplay.from_fit(fit, edf=edf, x="edf")
    assert_curve(display, edf[order], fit.cv_mse[order], fit.cv_se[order])
    at = edf[ALPHAS.index(fit.alpha)]
    assert display.chosen_ is not None
    assert display.best_ is not None
    assert display.chosen_.get_xdata() == [at, at]
    assert point(display.best_)[0] == at
    (top,) = RidgeCVDisplay.from_fit(fit, edf=edf).ax_.child_axes
    assert set(top.get_xticks()) <= set(ALPHAS)


def test_generalised_cross_validation_has_no_bars() -> None:
    fit = elltwo.ridge_cv(X, y, alphas=SOME, cv="gcv")
    display = RidgeCVDisplay.from_fit(fit)
    assert_curve(display, SOME, fit.cv_mse, None)
    assert display.one_se_ is None


def test_scores_have_no_bars_and_a_maximum() -> None:
    def scoring(truth: Input, predicted: Input) -> float:
        return -float(np.abs(truth - predicted).max())

    fit = elltwo.ridge_cv(X, y, alphas=[0.0, 5.0, 300.0, np.inf], scoring=scoring)
    display = RidgeCVDisplay.from_fit(fit)
    assert_curve(display, fit.alphas[1:3], fit.cv_score[1:3], None)
    assert display.ax_.get_ylabel() == "score"
    assert 0.0 < fit.alpha < np.inf
    assert display.best_ is not None
    assert point(display.best_) == (fit.alpha, fit.cv_score.max())


def test_one_target_of_several() -> None:
    fit = elltwo.ridge_cv(X, Y, alphas=SOME, per_target=True, cv=4)
    display = RidgeCVDisplay.from_fit(fit, target=1)
    assert_curve(display, fit.alphas, fit.cv_mse[:, 1], fit.cv_se[:, 1])
    assert display.alpha == fit.alpha[1]
    with pytest.raises(ValueError, match="target must be a number from 0 to 1, since fit has 2"):
        RidgeCVDisplay.from_fit(fit)
    shared = elltwo.ridge_cv(X, Y, alphas=SOME)
    assert_curve(RidgeCVDisplay.from_fit(shared), shared.alphas, shared.cv_mse, shared.cv_se)
    with pytest.raises(ValueError, match="target must be None, since fit has one curve"):
        RidgeCVDisplay.from_fit(shared, target=0)


def test_of_equal_means_the_mark_is_at_the_choice_or_the_largest() -> None:
    data: dict[str, Any] = {"alphas": [3.0, 1.0, 2.0], "mean": [5.0, 5.0, 5.0]}
    for greater_is_better in (False, True):
        for alpha, at in ((None, 3.0), (1.0, 1.0)):
            display = RidgeCVDisplay(**data, alpha=alpha, greater_is_better=greater_is_better)
            best = display.plot().best_
            assert best is not None
            assert point(best) == (at, 5.0)


def test_marks_without_a_place_are_left_out() -> None:
    mean, se = [1.0, 2.0, 1.5], [0.1, 0.1, 0.1]
    display = RidgeCVDisplay(alphas=[0.0, 1.0, 2.0], mean=mean, se=se, alpha=0.0).plot()
    assert display.best_ is display.one_se_ is display.chosen_ is None
    assert legend_texts(display) == ["chosen: alpha = 0, off the axis"]


def test_infinite_means_are_left_out() -> None:
    """Generalised cross-validation is infinite where no degrees of freedom are left."""
    display = RidgeCVDisplay(alphas=[1.0, 2.0, 3.0], mean=[np.inf, 2.0, 3.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        display.plot().figure_.canvas.draw()
    assert display.best_ is not None
    assert point(display.best_) == (2.0, 2.0)


def test_keywords_of_bars_and_given_axes() -> None:
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()
    fit = elltwo.ridge_cv(X, y, alphas=SOME)
    display = RidgeCVDisplay.from_fit(fit, ax=ax, errorbar_kw={"lw": 4.0, "ecolor": "red"})
    assert display.ax_ is ax
    curve, _, (bars,) = display.errorbar_.lines
    assert curve.get_linewidth() == 4.0
    assert matplotlib.colors.to_hex(bars.get_color()[0]) == "#ff0000"
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alphas": [1.0, -2.0]}, r"alphas must be in \[0, inf\]"),
        ({"mean": [1.0]}, "mean must have one entry for each of the 2 alphas"),
        ({"mean": [np.nan, np.inf]}, "mean must be finite somewhere"),
        ({"se": [1.0, 2.0, 3.0]}, "se must have one entry for each"),
        ({"se": [1.0, -2.0]}, "se must not be negative"),
        ({"edf": [[1.0, 2.0]]}, "edf must have one entry for each"),
        ({"alpha": np.nan}, "alpha must be a number"),
    ],
)
def test_bad_data(change: dict[str, Input], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        RidgeCVDisplay(**{"alphas": [1.0, 2.0], "mean": [1.0, 2.0], **change})


def test_other_fits_are_refused() -> None:
    with pytest.raises(TypeError, match=r"fit must be a RidgeCVFit, .* got RidgeFit"):
        RidgeCVDisplay.from_fit(elltwo.ridge(X, y, alpha=1.0))


def test_missing_matplotlib_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"elltwo\[plot\]"):
        RidgeCVDisplay(alphas=[1.0], mean=[1.0]).plot()


def test_a_choice_by_formula_has_the_curve_of_its_fit() -> None:
    pytest.importorskip("formulaic")
    pandas = pytest.importorskip("pandas")
    from elltwo.formula import ridge

    rng = np.random.default_rng(0)
    table = pandas.DataFrame(rng.normal(size=(40, 3)), columns=["y", "a", "b"])
    fit = ridge("y ~ a + b", table, alpha="loo")
    display = RidgeCVDisplay.from_fit(fit)
    np.testing.assert_array_equal(display.mean, fit.fit.cv_mse)
