"""Every display in a figure of 8 cm, with names that are long or look like something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.plot import (
    CalibrationDisplay,
    CoefficientDisplay,
    CollinearityDisplay,
    ElasticNetCVDisplay,
    ElasticNetPathDisplay,
    ResidualDisplay,
    RidgeCVDisplay,
    RidgePathDisplay,
    RollingDisplay,
)
from figures import plt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RNG = np.random.default_rng(0)
NAMES = ["_hidden", "cost in $ per $", "region=" + "North " * 10, *(f"x{j}" for j in range(9))]
X = RNG.normal(size=(80, 12))
X[:, 1] = X[:, 2] + 0.1 * X[:, 3]
Y = X[:, 0] + X[:, 2] + RNG.normal(size=80)
FIT = elltwo.ridge_cv(X, Y, cv=5)
NET = elltwo.elastic_net_cv(X, Y, l1_ratio=[0.5, 1.0], n_alphas=10, cv=5)
KINDS: dict[str, Callable[[Any], Any]] = {
    "path": lambda ax: RidgePathDisplay.from_path(
        elltwo.ridge_path(X, Y), alpha=1.0, feature_names=NAMES, ax=ax
    ),
    "cv": lambda ax: RidgeCVDisplay.from_fit(
        FIT, edf=elltwo.ridge_path(X, Y, FIT.alphas).edf, ax=ax
    ),
    "net path": lambda ax: ElasticNetPathDisplay.from_fit(NET, feature_names=NAMES, ax=ax),
    "net cv": lambda ax: ElasticNetCVDisplay.from_fit(NET, ax=ax),
    "net heat": lambda ax: ElasticNetCVDisplay.from_fit(NET, kind="heat", ax=ax),
    "calibration": lambda ax: CalibrationDisplay.from_predictions(
        Y > 0.0, 1.0 / (1.0 + np.exp(-FIT.predict(X))), ax=ax
    ),
    "rolling": lambda ax: RollingDisplay.from_fit(
        elltwo.ridge_rolling(
            X, Y, window="20d", times=np.datetime64("2024-01-01") + np.arange(80), alpha=1.0
        ),
        feature_names=NAMES,
        ax=ax,
    ),
    "coefficients": lambda ax: CoefficientDisplay.from_fit(FIT, feature_names=NAMES, ax=ax),
    "fitted": lambda ax: ResidualDisplay.from_fit(FIT, ax=ax),
    "quantile": lambda ax: ResidualDisplay.from_fit(FIT, kind="quantile", ax=ax),
    "leverage": lambda ax: ResidualDisplay.from_fit(FIT, kind="leverage", ax=ax),
    "vif": lambda ax: CollinearityDisplay.from_fit(FIT, feature_names=NAMES, ax=ax),
    "condition": lambda ax: CollinearityDisplay.from_fit(FIT, kind="condition", ax=ax),
    "correlation": lambda ax: CollinearityDisplay.from_fit(
        FIT, kind="correlation", feature_names=NAMES, ax=ax
    ),
}


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_cut_and_axes_have_room(kind: str) -> None:
    """A layout that collapses warns, which is an error here."""
    figure = plt.figure(figsize=(3.15, 3.0), layout="constrained")
    display = KINDS[kind](figure.add_subplot())
    figure.canvas.draw()
    width, height = figure.bbox.size
    ax = display.ax_
    assert ax.bbox.width > 0.3 * width
    assert ax.bbox.height > 0.2 * height
    box = ax.get_tightbbox()
    assert box.x0 >= -1.0
    assert box.y0 >= -1.0
    assert box.x1 <= width + 1.0
    assert box.y1 <= height + 1.0


@pytest.mark.parametrize("kind", ["path", "net path", "rolling"])
def test_a_legend_shows_names_as_they_are(kind: str) -> None:
    ax = KINDS[kind](plt.figure(layout="constrained").add_subplot()).ax_
    texts = {text.get_text().strip(): text for text in ax.get_legend().get_texts()}
    assert {"_hidden", "cost in $ per $"} <= set(texts)
    assert not texts["cost in $ per $"].get_parse_math()
    (long,) = (text for text in texts if text.startswith("region="))
    assert len(long) < 40
