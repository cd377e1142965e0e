"""The ridge trace shows the path that it was given."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
from elltwo.plot import RidgePathDisplay
from figures import legend_texts, plt, xy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Input: TypeAlias = Any

ALPHAS = [1.0, 0.0, 0.01, np.inf, 100.0]
COEF = [[2.0, -1.0], [9.0, 9.0], [3.0, -2.0], [0.0, 0.0], [0.5, -0.1]]
EDF = [2.5, 3.0, 2.9, 1.0, 1.2]

RNG = np.random.default_rng(41)
X = RNG.normal(size=(30, 4)) + 1.0
Y = X @ RNG.normal(size=(4, 2)) + RNG.normal(size=(30, 2))


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    plt.close("all")
    yield
    plt.close("all")


def test_lines_are_the_coefficients_in_order_of_alpha() -> None:
    """0 and inf have no place on a logarithmic axis."""
    display = RidgePathDisplay(alphas=ALPHAS, coef=COEF).plot()
    assert [xy(line) for line in display.lines_] == [
        ([0.01, 1.0, 100.0], [3.0, 2.0, 0.5]),
        ([0.01, 1.0, 100.0], [-2.0, -1.0, -0.1]),
    ]
    assert display.ax_.get_xscale() == "log"
    assert display.ax_.get_xlabel() == "penalty alpha"
    assert display.ax_.get_ylabel() == "coefficient"
    assert display.figure_ is display.ax_.figure
    assert display.chosen_ is None


def test_lines_against_degrees_of_freedom_have_both_ends() -> None:
    display = RidgePathDisplay(alphas=ALPHAS, coef=COEF, edf=EDF, alpha=np.inf).plot(x="edf")
    assert xy(display.lines_[0]) == ([1.0, 1.2, 2.5, 2.9, 3.0], [0.0, 0.5, 2.0, 3.0, 9.0])
    assert display.ax_.get_xscale() == "linear"
    assert display.ax_.get_xlabel() == "effective degrees of freedom"
    assert display.chosen_ is not None
    assert display.chosen_.get_xdata() == [1.0, 1.0]


def test_degrees_of_freedom_stand_above_alphas() -> None:
    ax = RidgePathDisplay(alphas=ALPHAS, coef=COEF, edf=EDF).plot().ax_
    (top,) = ax.child_axes
    assert top.get_xticks().tolist() == [0.01, 1.0, 100.0]
    assert [label.get_text() for label in top.get_xticklabels()] == ["2.9", "2.5", "1.2"]
    assert RidgePathDisplay(alphas=ALPHAS, coef=COEF).plot().ax_.child_axes == []


def test_a_path_is_drawn_with_its_chosen_alpha() -> None:
    path = elltwo.ridge_path(X, Y[:, 0], ALPHAS)
    display = RidgePathDisplay.from_path(path, alpha=3.0)
    fit = elltwo.ridge(X, Y[:, 0], alpha=3.0)
    for j, line in enumerate(display.lines_):
        at, coef = xy(line)
        assert at == [0.01, 1.0, 3.0, 100.0]
        expected = [path.coef[2, j], path.coef[0, j], fit.coef[j], path.coef[4, j]]
        np.testing.assert_allclose(coef, expected, rtol=1e-10)
    assert display.chosen_ is not None
    assert display.chosen_.get_xdata() == [3.0, 3.0]
    edf = elltwo.ridge_path(X, Y[:, 0], [3.0]).edf[0]
    display = RidgePathDisplay.from_path(path, alpha=3.0, x="edf")
    assert display.chosen_ is not None
    np.testing.assert_allclose(xy(display.chosen_)[0], edf, rtol=1e-12)
    np.testing.assert_allclose(np.sort(xy(display.lines_[0])[0]), np.sort([*path.edf, edf]))


def test_one_target_of_several() -> None:
    path = elltwo.ridge_path(X, Y, [1.0, 10.0])
    display = RidgePathDisplay.from_path(path, target=1)
    np.testing.assert_array_equal(
        np.transpose([line.get_ydata() for line in display.lines_]), path.coef[:, 1]
    )
    for target in (None, 2, -1, "a", 0.5):
        with pytest.raises(ValueError, match=r"target must be a number from 0 to 1, since path"):
            RidgePathDisplay.from_path(path, target=target)  # type: ignore[arg-type]
    one = elltwo.ridge_path(X, Y[:, :1], [1.0, 10.0])
    np.testing.assert_array_equal(RidgePathDisplay.from_path(one).coef, one.coef[:, 0])
    with pytest.raises(ValueError, match="target must be None"):
        RidgePathDisplay.from_path(elltwo.ridge_path(X, Y[:, 0]), target=0)


def test_legend_names_lines_from_the_top_and_the_choice() -> None:
    display = RidgePathDisplay(alphas=ALPHAS, coef=-np.array(COEF), alpha=0.125).plot()
    assert legend_texts(display) == ["x1", "x0", "chosen: alpha = 0.125"]
    named = RidgePathDisplay(alphas=ALPHAS, coef=COEF, feature_names=["b", "a"]).plot()
    assert legend_texts(named) == ["b", "a"]
    assert legend_texts(RidgePathDisplay(alphas=[1.0, 2.0], coef=[[1.0], [0.5]]).plot()) == []


def test_of_many_features_the_largest_at_the_chosen_alpha_are_named() -> None:
    coef = np.outer([1.0, 0.5], np.arange(40.0) - 19.0)
    coef[0, 5] = 1000.0
    display = RidgePathDisplay(alphas=[1.0, 2.0], coef=coef, alpha=2.0).plot()
    assert legend_texts(display)[:-2] == ["x39", "x38", "x37", "x36", "x2", "x1", "x0"]
    assert legend_texts(display)[-2:] == ["33 others", "chosen: alpha = 2"]
    assert [xy(line)[1][1] for line in display.lines_] == coef[1].tolist()
    assert "x5" in legend_texts(RidgePathDisplay(alphas=[1.0, 2.0], coef=coef).plot())


def test_choice_without_a_place_is_not_marked() -> None:
    for alpha in (0.0, np.inf):
        display = RidgePathDisplay(alphas=ALPHAS, coef=COEF, alpha=alpha).plot()
        assert display.chosen_ is None
        assert len(display.ax_.get_lines()) == 3  # two features and zero


def test_draws_into_given_axes_and_saves(tmp_path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure()
    ax = figure.add_subplot()
    display = RidgePathDisplay(alphas=ALPHAS, coef=COEF, edf=EDF)
    assert display.plot(ax) is display
    assert display.ax_ is ax
    assert plt.get_fignums() == []
    figure.savefig(tmp_path / "trace.png")
    assert (tmp_path / "trace.png").read_bytes().startswith(b"\x89PNG")
    display.plot()
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize(
    ("alphas", "n_features"), [([1.0], 1), ([1.0, 1.0], 14), ([1e-9, 1e9], 1000)]
)
@pytest.mark.parametrize("x", ["alpha", "edf"])
def test_any_size_is_drawn_without_warnings(alphas: list[float], n_features: int, x: str) -> None:
    coef = RNG.normal(size=(len(alphas), n_features))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        display = RidgePathDisplay(alphas=alphas, coef=coef, edf=np.arange(len(alphas)))
        display.plot(x=x).figure_.canvas.draw()


def test_keywords_of_lines() -> None:
    kw = {"lw": 5.0, "color": "red"}
    (line, _) = RidgePathDisplay(alphas=ALPHAS, coef=COEF).plot(line_kw=kw).lines_
    assert (line.get_linewidth(), line.get_color()) == (5.0, "red")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alphas": [1.0]}, r"coef must have shape \(1, n_features\)"),
        ({"alphas": [[1.0]] * 5}, "alphas must be 1-D"),
        ({"alphas": [1.0, -1.0]}, r"alphas must be in \[0, inf\], got -1 at position 1"),
        ({"alphas": [1.0, np.nan]}, r"alphas must be in \[0, inf\], got nan"),
        ({"coef": [1.0] * 5}, "coef must have shape"),
        ({"coef": np.zeros((5, 0))}, "coef must have shape"),
        ({"coef": np.full((5, 2), np.nan)}, "coef must be finite"),
        ({"edf": [1.0]}, "edf must have one entry for each of the 5 alphas"),
        ({"alpha": -1.0}, "alpha must be a number"),
        ({"alpha": [1.0, 2.0]}, "alpha must be a number"),
        ({"feature_names": ["a"]}, "feature_names must have one entry for each of the 2"),
    ],
)
def test_bad_data(change: dict[str, Input], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        RidgePathDisplay(**{"alphas": ALPHAS, "coef": COEF, **change})


def test_bad_axes() -> None:
    display = RidgePathDisplay(alphas=ALPHAS, coef=COEF)
    with pytest.raises(ValueError, match="x must be 'alpha' or 'edf', got 'df'"):
        display.plot(x="df")
    with pytest.raises(ValueError, match="x='edf' needs edf"):
        display.plot(x="edf")
    with pytest.raises(ValueError, match="alphas must hold a positive finite penalty"):
        RidgePathDisplay(alphas=[0.0, np.inf], coef=COEF[:2]).plot()
    with pytest.raises(ValueError, match="alpha must be one of alphas to be marked against edf"):
        RidgePathDisplay(alphas=ALPHAS, coef=COEF, edf=EDF, alpha=5.0).plot(x="edf")
    with pytest.raises(TypeError, match=r"path must be a RidgePath, .* got list"):
        RidgePathDisplay.from_path(COEF)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"alpha must be a number in \[0, inf\], got \[1, 2\]"):
        RidgePathDisplay.from_path(elltwo.ridge_path(X, Y[:, 0]), alpha=[1, 2])  # type: ignore[arg-type]
    assert plt.get_fignums() == []


def test_missing_matplotlib_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"elltwo\[plot\]"):
        RidgePathDisplay(alphas=ALPHAS, coef=COEF).plot()


def test_matplotlib_waits_for_a_plot() -> None:
    code = (
        "import sys, elltwo; elltwo.plot.RidgePathDisplay; assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
