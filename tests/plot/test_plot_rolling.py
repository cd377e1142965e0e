"""The display of coefficients over time: what it reads from fits, and what is drawn."""

from __future__ import annotations

import pickle
import re
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
from elltwo.plot import RollingDisplay as Display
from figures import legend_texts, plt, xy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

RollingDisplay: Any = Display  # whose optional arrays tests know to be there
RNG = np.random.default_rng(0)
N = 150
X = RNG.normal(size=(N, 3))
Y = X @ [1.0, -0.5, 0.0] + RNG.normal(size=N)
DAYS = np.datetime64("2024-01-01") + np.cumsum(RNG.integers(0, 3, N))
FIT = elltwo.ridge_rolling(X, Y, window=40, alpha=1.0)
TIMED = elltwo.ridge_rolling(X, Y, window="40d", times=DAYS, alpha=1.0)


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def band_at(band: Any, x: float) -> tuple[float, float]:  # noqa: ANN401  # PolyCollection
    """Lowest and highest corner of a band at a place."""
    corners = np.concatenate([path.vertices for path in band.get_paths()])
    y = corners[np.isclose(corners[:, 0], x), 1]
    return y.min(), y.max()


def test_lines_are_the_coefficients_and_bands_their_intervals() -> None:
    display = RollingDisplay.from_fit(FIT, n_intervals=500, level=0.9)
    lower, upper = FIT.coef_interval(level=0.9)
    np.testing.assert_array_equal(display.lower, lower)
    np.testing.assert_array_equal(display.upper, upper)
    assert len(display.lines_) == len(display.bands_) == 3
    for feature, line, band in zip(display.shown_, display.lines_, display.bands_, strict=True):
        x, y = xy(line)
        np.testing.assert_array_equal(x, np.arange(N))
        np.testing.assert_array_equal(y, FIT.coef[:, feature])
        for step in (39, 77, N - 1):
            ends = lower[step, feature], upper[step, feature]
            np.testing.assert_allclose(band_at(band, step), ends, rtol=1e-12)
    assert display.ax_.get_ylabel() == "coefficient, 90 % interval"
    assert display.ax_.get_xlabel() == "step"


def test_legend_has_the_order_of_the_last_coefficients() -> None:
    display = RollingDisplay.from_fit(FIT, feature_names=["a", "b", "c"])
    order = np.argsort(-FIT.coef[-1])
    assert legend_texts(display) == [["a", "b", "c"][j] for j in order]
    assert display.shown_.tolist() == order.tolist()


def test_times_are_those_of_the_fit_or_given() -> None:
    display = RollingDisplay.from_fit(TIMED)
    np.testing.assert_array_equal(display.times, DAYS)
    np.testing.assert_array_equal(display.lines_[0].get_xdata(), DAYS)
    display.figure_.canvas.draw()
    labels = [label.get_text() for label in display.ax_.get_xticklabels()]
    assert any("Feb" in text or "Mar" in text for text in labels)
    given = RollingDisplay.from_fit(FIT, times=np.arange(N) / 4.0)
    assert xy(given.lines_[0])[0][-1] == (N - 1) / 4.0
    elapsed = RollingDisplay.from_fit(FIT, times=(DAYS - DAYS[0]).astype("m8[h]"))
    assert elapsed.ax_.get_xlabel() == "time [h]"
    assert xy(elapsed.lines_[0])[0][-1] == 24 * int((DAYS[-1] - DAYS[0]).astype(int))


def test_some_intervals_are_enough() -> None:
    display = RollingDisplay.from_fit(FIT, n_intervals=10)
    known = np.flatnonzero(~np.isnan(display.lower).any(axis=1))
    assert known[0] == 39
    assert known[-1] == N - 1
    assert 10 <= known.size <= 12
    lower, _ = FIT.coef_interval(known)
    np.testing.assert_array_equal(display.lower[known], lower)


def test_a_gap_parts_lines_and_bands() -> None:
    y = Y.copy()
    y[60:110] = np.nan
    fit = elltwo.ridge_rolling(X, y, window=20, alpha=1.0, min_periods=10, missing="skip")
    display = RollingDisplay.from_fit(fit, n_intervals=6)
    fitted = np.isfinite(fit.coef[:, 0])
    assert not fitted[80:110].any()
    line = np.array(xy(display.lines_[0])[1])
    assert np.isnan(line[~fitted]).all()
    paths = display.bands_[0].get_paths()
    inside = [path.vertices[:, 0] for path in paths]
    assert len(inside) == 2
    ends = sorted((part.min(), part.max()) for part in inside)
    first_gap, last_gap = np.flatnonzero(np.diff(fitted))[1:3]
    assert ends[0] == (np.flatnonzero(fitted)[0], first_gap)
    assert ends[1] == (last_gap + 1, N - 1)


def test_wild_first_windows_do_not_rule_the_axis() -> None:
    coef = np.tile([1.0, -1.0], (200, 1)) + 0.01 * RNG.normal(size=(200, 2))
    coef[:2] = 1e6, -1e6
    lower, upper = coef - 0.1, coef + 0.1
    lower[:3], upper[:3] = -np.inf, np.inf
    display = Display(coef=coef, lower=lower, upper=upper).plot()
    low, high = display.ax_.get_ylim()
    assert -5.0 < low < -1.1
    assert 1.1 < high < 5.0
    display.figure_.canvas.draw()


def test_of_many_features_the_largest_are_shown() -> None:
    wide = RNG.normal(size=(60, 16))
    target = wide @ np.arange(16.0)
    fit = elltwo.ridge_rolling(wide, target, window=40, alpha=0.1)
    display = RollingDisplay.from_fit(fit)
    assert sorted(display.shown_) == list(range(9, 16))
    assert display.ax_.get_ylabel() == "coefficient, 95 % interval (7 of 16)"
    some = RollingDisplay.from_fit(fit, features=[3, "x0"])
    assert some.shown_.tolist() == [3, 0]
    every = RollingDisplay.from_fit(fit, features=range(16))
    assert every.bands_ == [None] * 16  # so many would hide each other
    with pytest.raises(ValueError, match="features must be names or numbers of the 16 features"):
        RollingDisplay.from_fit(fit, features=["x16"])
    with pytest.raises(ValueError, match="got -1"):
        RollingDisplay.from_fit(fit, features=[-1])


def test_one_feature_and_one_step() -> None:
    fit = elltwo.ridge_expanding(X[:, :1], Y, alpha=1.0)
    display = RollingDisplay.from_fit(fit)
    assert legend_texts(display) == []
    one = Display(coef=[[1.0, 2.0]]).plot()
    one.figure_.canvas.draw()
    assert len(one.lines_) == 2


def test_one_of_several_targets() -> None:
    both = elltwo.ridge_rolling(X, np.column_stack([Y, -Y]), window=40, alpha=1.0)
    display = RollingDisplay.from_fit(both, target=1)
    np.testing.assert_array_equal(display.coef, both.coef[:, 1])
    lower, _ = both.coef_interval([N - 1])
    np.testing.assert_array_equal(display.lower[-1], lower[0, 1])
    with pytest.raises(ValueError, match="target must be a number from 0 to 1"):
        RollingDisplay.from_fit(both)


def test_without_data_or_level_there_are_no_bands() -> None:
    copy = pickle.loads(pickle.dumps(TIMED))
    for display in (RollingDisplay.from_fit(copy), RollingDisplay.from_fit(TIMED, level=None)):
        assert display.lower is None
        assert display.bands_ == [None] * 3
        assert display.ax_.get_ylabel() == "coefficient"


def test_tables_of_pandas() -> None:
    pd = pytest.importorskip("pandas")
    from elltwo.integrations import pandas as on_pandas

    index = pd.DatetimeIndex(DAYS)
    frame, target = pd.DataFrame(X, index, ["a", "b", "c"]), pd.Series(Y, index)
    fit = on_pandas.ridge_rolling(frame, target, window="40D", alpha=1.0)
    display = Display(
        coef=fit.coef, times=fit.coef.index, feature_names=[*map(str, fit.coef)]
    ).plot()
    np.testing.assert_array_equal(display.coef, TIMED.coef)
    np.testing.assert_array_equal(display.times, DAYS)
    assert sorted(legend_texts(display)) == ["a", "b", "c"]


def test_axes_and_styles_are_the_callers() -> None:
    _, ax = plt.subplots()
    display = RollingDisplay.from_fit(FIT, ax=ax, line_kw={"lw": 0.5})
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert {line.get_linewidth() for line in display.lines_} == {0.5}


def test_long_series_are_thinned() -> None:
    n = 20_000
    coef = np.linspace(0.0, 1.0, n)[:, np.newaxis]
    x, y = xy(Display(coef=coef).plot().lines_[0])
    assert len(x) == 4_000
    assert (x[0], x[-1], y[-1]) == (0, n - 1, 1.0)


COEF = [[1.0], [2.0]]
CASES: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"coef": [1.0, 2.0]}, ValueError, "coef must have shape (n_steps, n_features)"),
    ({"coef": [[1.0], [np.inf]]}, ValueError, "coef must have shape (n_steps, n_features) and be"),
    ({"coef": [[np.nan], [np.nan]]}, ValueError, "not all NaN"),
    ({"lower": COEF}, ValueError, "lower and upper must both be given, or neither"),
    ({"lower": COEF, "upper": [[1.0]]}, ValueError, "upper must have the shape of coef, (2, 1)"),
    (
        {"lower": [[1.0], [3.0]], "upper": COEF},
        ValueError,
        "lower must not be above upper, got 3.0 and 2.0 at step 1, feature 0",
    ),
    ({"times": [1, 2, 3]}, ValueError, "times must have shape (2,), one for each step, got (3,)"),
    ({"times": [2, 1]}, ValueError, "times must not decrease, got 1 at row 1 after 2"),
    ({"times": ["a", "b"]}, TypeError, "times must be dates (datetime64) or numbers"),
    ({"feature_names": ["a", "b"]}, ValueError, "feature_names must have one entry for each"),
    ({"level": 1.0}, ValueError, "level must be between 0 and 1, got 1.0"),
]


@pytest.mark.parametrize(
    ("changes", "error", "message"), CASES, ids=[f"{i}" for i in range(len(CASES))]
)
def test_bad_arguments_are_named(
    changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        Display(**{"coef": COEF, **changes})


def test_other_records_are_refused() -> None:
    with pytest.raises(TypeError, match=r"fit must be a RollingFit, as elltwo.ridge_rolling"):
        RollingDisplay.from_fit(elltwo.ridge(X, Y, alpha=1.0))
    with pytest.raises(ValueError, match="n_intervals must be an integer in"):
        RollingDisplay.from_fit(FIT, n_intervals=1)
