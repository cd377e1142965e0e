"""The displays of elastic nets show the fits that they were given."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.plot import ElasticNetCVDisplay, ElasticNetPathDisplay
from figures import legend_texts, plt, point, xy

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.filterwarnings("ignore:alpha.* lies on:UserWarning")

RNG = np.random.default_rng(21)
X = RNG.normal(size=(40, 6))
Y = X @ [2.0, 0.0, -1.0, 0.0, 0.0, 0.5] + RNG.normal(size=40)
PAIR = np.column_stack([Y, X[:, 1] - Y])
ALPHAS = [1.0, 0.0, 30.0, 3.0, np.inf]


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    plt.close("all")
    yield
    plt.close("all")


def top_axis(display: Any) -> tuple[list[float], list[str], str]:  # noqa: ANN401
    """Places, texts and label of the upper axis."""
    (top,) = display.ax_.child_axes
    texts = [label.get_text() for label in top.get_xticklabels()]
    return list(top.get_xticks()), texts, top.get_xlabel()


def test_coefficients_against_the_penalty() -> None:
    path = elltwo.elastic_net_path(X, Y, ALPHAS, 1.0)
    display = ElasticNetPathDisplay.from_path(path, alpha=3.0)
    some = [0, 3, 2]
    for j, line in enumerate(display.lines_):
        np.testing.assert_array_equal(xy(line), [np.array(ALPHAS)[some], path.coef[some, j]])
    assert display.ax_.get_xscale() == "log"
    places, texts, label = top_axis(display)
    counts = dict(zip(path.alphas.tolist(), path.n_active.tolist(), strict=True))
    assert texts == [f"{counts[at]}" for at in places]
    assert label == "active features"
    assert "chosen: alpha = 3" in legend_texts(display)
    assert isinstance(pickle.loads(pickle.dumps(display.figure_)), plt.Figure)


def test_an_alpha_between_those_of_the_path() -> None:
    path = elltwo.elastic_net_path(X, Y, [1.0, 30.0], 1.0)
    display = ElasticNetPathDisplay.from_path(path, alpha=5.0)
    at = xy(display.lines_[0])
    assert list(at[0]) == [1.0, 5.0, 30.0]
    assert at[1][1] == pytest.approx(elltwo.elastic_net(X, Y, 5.0, 1.0).coef[0])


def test_coefficients_against_their_norm() -> None:
    path = elltwo.elastic_net_path(X, Y, ALPHAS, 1.0)
    display = ElasticNetPathDisplay.from_path(path, alpha=3.0, x="norm")
    norm = np.abs(path.coef).sum(axis=1)
    order = np.argsort(norm, kind="stable")
    np.testing.assert_array_equal(xy(display.lines_[2]), [norm[order], path.coef[order, 2]])
    assert display.ax_.get_xlabel() == "sum of absolute coefficients"
    assert display.chosen_ is not None


def test_path_of_a_choice() -> None:
    fit = elltwo.elastic_net_cv(X, PAIR, [0.5, 1.0], n_alphas=12, per_target=True)
    display = ElasticNetPathDisplay.from_fit(fit, target=1)
    assert display.alpha == fit.alpha[1]
    which = fit.l1_ratios.tolist().index(fit.l1_ratio[1])
    np.testing.assert_array_equal(display.coef, fit.paths[which].coef[:, 1])


def test_curves_of_cross_validation() -> None:
    fit = elltwo.elastic_net_cv(X, Y, [0.2, 0.6, 1.0], n_alphas=15)
    display = ElasticNetCVDisplay.from_fit(fit)
    main = fit.l1_ratios.tolist().index(fit.l1_ratio)
    assert display.errorbar_ is not None
    curve = xy(display.errorbar_.lines[0])
    np.testing.assert_array_equal(curve, [fit.alphas[main][::-1], fit.cv_mse[main][::-1]])
    assert len(display.curves_) == 2
    assert point(display.best_) == (fit.alpha, fit.cv_mse.min())
    assert display.one_se_ is not None
    assert point(display.one_se_)[0] >= fit.alpha
    assert display.ax_.get_ylabel() == "mean squared error"
    assert {f"l1_ratio = {r:g}" for r in (0.2, 0.6, 1.0)} <= set(legend_texts(display))
    assert top_axis(display)[2] == "active features"


def test_curves_of_a_blend_are_those_of_the_chosen_gamma() -> None:
    fit = elltwo.elastic_net_cv(X, Y, [0.5, 1.0], alphas=[1.0, 3.0, 30.0], relax=[0.0, 1.0])
    assert isinstance(fit, elltwo.RelaxedCVFit)
    display = ElasticNetCVDisplay.from_fit(fit)
    g = fit.gammas.tolist().index(fit.gamma)
    np.testing.assert_array_equal(display.mean, fit.cv_mse[:, g])
    np.testing.assert_array_equal(display.se, fit.cv_se[:, g])
    each = elltwo.elastic_net_cv(X, PAIR, alphas=[1.0, 3.0, 30.0], relax=True, per_target=True)
    second = ElasticNetCVDisplay.from_fit(each, target=1)
    g = each.gammas.tolist().index(each.gamma[1])
    np.testing.assert_array_equal(second.mean[0], each.cv_mse[g, :, 1])


def test_heat_map() -> None:
    fit = elltwo.elastic_net_cv(X, Y, [0.2, 1.0], alphas=[100.0, 40.0], extend=True)
    display = ElasticNetCVDisplay.from_fit(fit, kind="heat")
    for k, mesh in enumerate(display.meshes_):
        shown = (fit.alphas[k] > 0.0) & (fit.alphas[k] < np.inf)
        expected = fit.cv_mse[k][shown][np.argsort(fit.alphas[k][shown])]
        np.testing.assert_array_equal(np.ravel(np.asarray(mesh.get_array())), expected)
    assert display.chosen_ is not None
    one = elltwo.elastic_net_cv(X, Y, 1.0, alphas=[5.0])
    assert len(ElasticNetCVDisplay.from_fit(one, kind="heat").meshes_) == 1


def test_scores_and_criteria() -> None:
    scored = elltwo.elastic_net_cv(X, PAIR, 1.0, n_alphas=9, scoring="r2", per_target=True)
    display = ElasticNetCVDisplay.from_fit(scored, target=0)
    assert display.greater_is_better
    assert display.ax_.get_ylabel() == "score"
    criterion = ElasticNetCVDisplay.from_fit(elltwo.elastic_net_cv(X, Y, cv="bic"))
    assert criterion.se is None
    assert criterion.one_se_ is None


def test_refusals() -> None:
    path = elltwo.elastic_net_path(X, Y, ALPHAS)
    fit = elltwo.elastic_net_cv(X, PAIR, 1.0, n_alphas=5, per_target=True)
    with pytest.raises(TypeError, match=r"path must be an ElasticNetPath, .* got ElasticNetCVFit"):
        ElasticNetPathDisplay.from_path(fit)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"fit must be an ElasticNetCVFit, .* got ElasticNetPath"):
        ElasticNetCVDisplay.from_fit(path)
    with pytest.raises(ValueError, match="x must be 'alpha' or 'norm', got 'edf'"):
        ElasticNetPathDisplay.from_path(path, x="edf")
    with pytest.raises(ValueError, match="target must be a number from 0 to 1"):
        ElasticNetCVDisplay.from_fit(fit)
    with pytest.raises(ValueError, match="kind must be 'curves' or 'heat', got 'map'"):
        ElasticNetCVDisplay.from_fit(fit, target=0, kind="map")
    with pytest.raises(ValueError, match="mean must have the shape of alphas"):
        ElasticNetCVDisplay(alphas=[1.0, 2.0], mean=[1.0])
