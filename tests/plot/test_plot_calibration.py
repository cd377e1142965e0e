"""The reliability curve: bins, intervals and what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
from elltwo.linear_model import LogisticRegression
from elltwo.plot import CalibrationDisplay
from figures import legend_texts, plt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

RNG = np.random.default_rng(0)
PROB = RNG.uniform(size=100)
Y = (RNG.uniform(size=100) < PROB).astype(int)
X = RNG.normal(size=(100, 2))
NUMBERS = ("prob_true", "prob_pred", "lower", "upper", "counts")


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
@pytest.mark.parametrize("n_bins", [1, 5, 20])
def test_the_curve_is_that_of_scikit_learn(strategy: str, n_bins: int) -> None:
    calibration = pytest.importorskip("sklearn.calibration")
    expected = calibration.calibration_curve(Y, PROB, n_bins=n_bins, strategy=strategy)
    display = CalibrationDisplay.from_predictions(Y, PROB, n_bins=n_bins, strategy=strategy)
    np.testing.assert_allclose(display.prob_true, expected[0], rtol=1e-12)
    np.testing.assert_allclose(display.prob_pred, expected[1], rtol=1e-12)
    assert display.counts.sum() == 100.0


def test_intervals_are_wilsons() -> None:
    """Shares at which a test of the true share is just not rejected."""
    display = CalibrationDisplay.from_predictions(Y, PROB, level=0.9)
    for end in (display.lower, display.upper):
        inside = (end > 0.0) & (end < 1.0)
        assert inside.any()
        score = (display.prob_true - end)[inside] / np.sqrt(end * (1 - end) / display.counts)[
            inside
        ]
        np.testing.assert_allclose(np.abs(score), 1.6448536269514722, rtol=1e-10)
    sure = CalibrationDisplay.from_predictions([0, 0, 1, 1], [0.1, 0.1, 0.9, 0.9], n_bins=2)
    np.testing.assert_array_equal(sure.prob_true, [0.0, 1.0])
    np.testing.assert_array_equal([sure.lower[0], sure.upper[1]], [0.0, 1.0])


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_weights_are_repetition(strategy: str) -> None:
    weight = RNG.integers(0, 4, 100)
    rows = np.repeat(np.arange(100), weight)
    a = CalibrationDisplay.from_predictions(Y, PROB, strategy=strategy, sample_weight=weight)
    b = CalibrationDisplay.from_predictions(Y[rows], PROB[rows], strategy=strategy)
    for name in NUMBERS:
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-12, err_msg=name)


def test_fit_estimator_and_predictions_agree() -> None:
    labels = np.array(["no", "yes"])[Y]
    fit = elltwo.logistic(X, labels)
    model = LogisticRegression().fit(X, labels)
    a = CalibrationDisplay.from_fit(fit, X, labels, n_bins=3)
    b = CalibrationDisplay.from_estimator(model, X, labels, n_bins=3)
    c = CalibrationDisplay.from_predictions(labels, fit.predict_proba(X)[:, 1], n_bins=3)
    for name in NUMBERS:
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-8)
        np.testing.assert_array_equal(getattr(a, name), getattr(c, name))
    assert a.pos_label == b.pos_label == c.pos_label == "yes"
    first = CalibrationDisplay.from_fit(fit, X, labels, n_bins=3, pos_label="no")
    np.testing.assert_allclose(first.prob_pred, 1.0 - a.prob_pred[::-1], rtol=1e-12)
    moved = CalibrationDisplay.from_fit(fit, X, labels, offset=np.full(100, 3.0))
    assert moved.prob_pred.min() > a.prob_pred.max()


def test_one_class_of_many() -> None:
    y = np.arange(100) % 3
    fit = elltwo.logistic(X, y)
    display = CalibrationDisplay.from_fit(fit, X, y, pos_label=2, strategy="quantile")
    assert display.counts @ display.prob_true == pytest.approx(33.0)
    assert display.counts @ display.prob_pred == pytest.approx(33.0, rel=1e-8)  # the score equation
    with pytest.raises(ValueError, match=r"pos_label must be one of the classes \[0, 1, 2\]"):
        CalibrationDisplay.from_fit(fit, X, y)


def test_what_is_drawn() -> None:
    display = CalibrationDisplay.from_predictions(Y, PROB, errorbar_kw={"c": "red"})
    line = display.errorbar_.lines[0]
    np.testing.assert_array_equal(line.get_xdata(), display.prob_pred)
    np.testing.assert_array_equal(line.get_ydata(), display.prob_true)
    assert line.get_color() == "red"
    bars = np.array([bar.get_height() for bar in display.bars_])
    np.testing.assert_allclose(bars / bars.max(), display.counts / display.counts.max())
    assert set(legend_texts(display)) == {"calibrated", "share and interval", "rows in bin"}
    assert display.ax_.get_xlabel() == "mean predicted probability of 1"
    ax = plt.figure().add_subplot()
    assert display.plot(ax).ax_ is ax
    display.figure_.canvas.draw()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y_prob": PROB[:5]}, r"y_prob must have shape \(100,\)"),
        ({"y_prob": PROB + 1.0}, r"y_prob must be in \[0, 1\], got 1"),
        ({"y_prob": np.full(100, np.nan)}, r"y_prob must be in \[0, 1\], got nan"),
        ({"y_true": np.zeros(100)}, "only one class"),
        ({"n_bins": 0}, "n_bins must be"),
        ({"strategy": "kmeans"}, "strategy must be one of 'uniform', 'quantile', got 'kmeans'"),
        ({"pos_label": 7}, r"pos_label must be one of the classes \[0, 1\], got 7"),
        ({"level": 1.0}, "level must be between 0 and 1"),
        ({"sample_weight": np.zeros(100)}, "sample_weight must be finite, not negative"),
        ({"sample_weight": np.full(100, -1.0)}, "sample_weight must be finite, not negative"),
        ({"sample_weight": [1.0]}, r"sample_weight must have shape \(100,\)"),
    ],
)
def test_bad_predictions(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CalibrationDisplay.from_predictions(**{"y_true": Y, "y_prob": PROB, **change})


def test_bad_models_and_numbers() -> None:
    with pytest.raises(TypeError, match="fit must be a LogisticFit"):
        CalibrationDisplay.from_fit(3, X, Y)
    with pytest.raises(TypeError, match="estimator must have predict_proba, got int"):
        CalibrationDisplay.from_estimator(3, X, Y)
    exceptions = pytest.importorskip("sklearn.exceptions")
    with pytest.raises(exceptions.NotFittedError):
        CalibrationDisplay.from_estimator(LogisticRegression(), X, Y)
    good: dict[str, Any] = {name: [0.5, 0.5] for name in NUMBERS}
    for name in NUMBERS:
        for bad in ([-0.5, 0.5], [0.5, np.nan], [0.5]):
            with pytest.raises(ValueError, match=name):
                CalibrationDisplay(**{**good, name: bad})
