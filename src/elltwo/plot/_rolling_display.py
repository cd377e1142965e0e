"""Coefficients over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional import RollingFit
from elltwo.functional._base.options import count, read_level
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.times import read_times, require_order
from elltwo.functional._base.validate import float64_array
from elltwo.plot._axes import finish, pyplot_axes
from elltwo.plot._bands import draw_band, draw_line, limits
from elltwo.plot._checks import checked_names, one_target
from elltwo.plot._lines import to_colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.collections import PolyCollection
    from matplotlib.lines import Line2D
    from numpy.typing import ArrayLike, NDArray

    from elltwo.functional._base.validate import Float64Array

_MOST_BANDS = 7  # of as many colours


@public("elltwo.plot")
class RollingDisplay:
    """Coefficients of rolling fits over time, with bands of their intervals.

    `from_fit` makes one and draws it; the constructor takes arrays, such as the tables of
    `elltwo.integrations.pandas`, and `plot` draws. All parameters are stored as attributes.

    Parameters
    ----------
    coef : array-like of shape (n_steps, n_features)
        Coefficients of each step, NaN where there are none; those of standardised columns are
        comparable.
    lower, upper : array-like of shape (n_steps, n_features), default=None
        Ends of intervals; NaN where they are not known, which the bands bridge from one known to
        the next.
    times : array-like of shape (n_steps,), default=None
        Times of the steps, dates or numbers in order; None stands for the numbers of the rows.
    feature_names : sequence of str of length n_features, default=None
        Names for the legend, "x0", "x1" and so on by default.
    level : float, default=0.95
        Level of the intervals, for the label of the axis.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes with the coefficients.
    figure_ : matplotlib.figure.Figure
        Figure with the axes.
    shown_ : ndarray of shape (n_shown,)
        Numbers of the features shown.
    lines_ : list of matplotlib.lines.Line2D
        Lines of the features shown.
    bands_ : list of matplotlib.collections.PolyCollection or None
        Their bands, None for one without.

    Raises
    ------
    TypeError
        If times are neither dates nor numbers.
    ValueError
        If shapes disagree, times decrease, a coefficient is infinite, all are NaN, or a lower end
        is above its upper one.

    See Also
    --------
    elltwo.RollingFit.coef_interval : What the bands are.
    CoefficientDisplay : The coefficients of one step, `elltwo.RollingFit.at`.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> from elltwo.plot import RollingDisplay
    >>> X = np.random.default_rng(0).normal(size=(50, 2))
    >>> days = np.datetime64("2024-01-01") + np.arange(50)
    >>> fit = elltwo.ridge_rolling(X, X[:, 0], window="20d", times=days, alpha=1.0)
    >>> display = RollingDisplay.from_fit(fit)
    >>> display.coef.shape, display.times[-1]
    ((50, 2), np.datetime64('2024-02-19'))
    """

    ax_: Axes
    shown_: NDArray[np.intp]
    lines_: list[Line2D]
    bands_: list[PolyCollection | None]

    def __init__(
        self,
        *,
        coef: ArrayLike,
        lower: ArrayLike | None = None,
        upper: ArrayLike | None = None,
        times: ArrayLike | None = None,
        feature_names: Sequence[str] | None = None,
        level: float = 0.95,
    ) -> None:
        self.coef = float64_array(coef, "coef")
        if self.coef.ndim != 2 or np.isinf(self.coef).any() or np.isnan(self.coef).all():
            raise ValueError(
                "coef must have shape (n_steps, n_features) and be finite or NaN, not all NaN, got "
                f"shape {self.coef.shape}"
            )
        if (lower is None) != (upper is None):
            raise ValueError("lower and upper must both be given, or neither")
        self.lower = None if lower is None else self._ends(lower, "lower")
        self.upper = None if upper is None else self._ends(upper, "upper")
        if self.lower is not None and self.upper is not None and (self.lower > self.upper).any():
            step, feature = np.argwhere(self.lower > self.upper)[0]
            raise ValueError(
                f"lower must not be above upper, got {self.lower[step, feature]} and "
                f"{self.upper[step, feature]} at step {step}, feature {feature}"
            )
        self.times = self._checked_times(times)
        self.feature_names = checked_names(feature_names, self.coef.shape[1])
        self.level = read_level(level)

    def _ends(self, values: ArrayLike, name: str) -> Float64Array:
        array = float64_array(values, name)
        if array.shape != self.coef.shape:
            raise ValueError(
                f"{name} must have the shape of coef, {self.coef.shape}, got {array.shape}"
            )
        return array

    def _checked_times(self, times: ArrayLike | None) -> NDArray[Any]:
        n = len(self.coef)
        array = np.arange(n) if times is None else read_times(times)
        if array.shape != (n,):
            raise ValueError(f"times must have shape ({n},), one for each step, got {array.shape}")
        require_order(array)
        return array

    @classmethod
    def from_fit(
        cls,
        fit: RollingFit,
        *,
        times: ArrayLike | None = None,
        target: int | None = None,
        level: float | None = 0.95,
        n_intervals: int = 200,
        feature_names: Sequence[str] | None = None,
        **options: Any,  # noqa: ANN401  # of plot
    ) -> RollingDisplay:
        """Draw the coefficients of rolling fits.

        Bands are the credible intervals of `elltwo.RollingFit.coef_interval`, of each window by
        itself: they say how well the window determines a coefficient, not whether two windows that
        share rows differ. A copy of a fit, which has left its data behind, is drawn without.

        Parameters
        ----------
        fit : elltwo.RollingFit
            As `elltwo.ridge_rolling`, `elltwo.ridge_expanding` and `elltwo.ridge_ewm` return it.
        times : array-like of shape (n_steps,), default=None
            Times of the steps; None stands for those of the fit, or the numbers of the rows.
        target : int, default=None
            Number of the target whose coefficients to draw, where there are several.
        level : float, default=0.95
            Level of the intervals; None draws no bands.
        n_intervals : int, default=200
            The number of steps whose intervals are computed, at equal distances, as each takes a
            decomposition of its window.
        feature_names : sequence of str of length n_features, default=None
            Names for the legend; None stands for those of the fit.
        options : optional
            `features`, `ax`, `line_kw`: see `plot`.

        Returns
        -------
        RollingDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If `fit` is something else.
        ValueError
            If a target does not exist or must be chosen, or see `RollingDisplay` and `plot`.
        ImportError
            If matplotlib is missing.
        """
        if not isinstance(fit, RollingFit):
            raise TypeError(
                "fit must be a RollingFit, as elltwo.ridge_rolling returns it, got "
                f"{type(fit).__name__}"
            )
        column = one_target(target, fit.coef.shape[1] if fit.coef.ndim == 3 else None, "fit")
        which = slice(None) if column is None else (slice(None), column)
        ends: dict[str, Any] = {}
        steps = _some_fitted(fit.coef, count(n_intervals, "n_intervals", minimum=2))
        if level is not None and _has_statistics(fit, steps):
            for name, values in zip(
                ("lower", "upper"), fit.coef_interval(steps, level=level), strict=True
            ):
                whole = np.full(fit.coef.shape, np.nan)
                whole[steps] = values
                ends[name] = whole[which]
        display = cls(
            coef=fit.coef[which],
            times=fit.times if times is None else times,
            feature_names=fit.feature_names if feature_names is None else feature_names,
            level=0.95 if level is None else level,
            **ends,
        )
        return display.plot(**options)

    def plot(
        self,
        ax: Axes | None = None,
        *,
        features: Sequence[int | str] | None = None,
        line_kw: dict[str, Any] | None = None,
    ) -> RollingDisplay:
        """Draw the coefficients.

        The axis shows nearly all values: the first windows, of few rows, may be far beyond it.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            Where to draw, by default a new figure of pyplot.
        features : sequence of int or str, default=None
            Numbers or names of the features to draw. By default all; of more than 14 the 7 whose
            coefficients are largest in the last window. Of more than 7 there are no bands.
        line_kw : dict, default=None
            Keywords for ``matplotlib.axes.Axes.plot``, for all lines.

        Returns
        -------
        RollingDisplay
            The display itself.

        Raises
        ------
        ValueError
            If a feature does not exist.
        ImportError
            If matplotlib is missing.
        """
        names = self._names()
        self.shown_ = self._chosen(features, names)
        banded = self.lower is not None and self.shown_.size <= _MOST_BANDS
        ends = np.stack([self.lower, self.upper]) if banded else None  # type: ignore[list-item]
        ax = pyplot_axes() if ax is None else ax
        coef, at = self.coef[:, self.shown_], self._places()
        ax.set_ylim(*limits(coef, () if ends is None else (ends[..., self.shown_],)))
        ax.axhline(0.0, color="0.6", linewidth=0.8, zorder=0.5)
        several = len(names) > 1
        self.lines_, self.bands_ = [], []
        for rank, feature in enumerate(self.shown_):
            values, name = self.coef[:, feature], names[feature] if several else None
            line = draw_line(ax, at, values, rank, name, line_kw or {})
            self.lines_.append(line)
            band = None
            if ends is not None:
                band = draw_band(ax, at, ends[..., feature], np.isfinite(values), line.get_color())
            self.bands_.append(band)
        self._dress(ax, len(names), banded)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _chosen(
        self, features: Sequence[int | str] | None, names: Sequence[str]
    ) -> NDArray[np.intp]:
        if features is None:
            last = self.coef[np.flatnonzero(np.isfinite(self.coef).all(axis=1))[-1:]]
            size = np.abs(last).max(axis=0, initial=0.0)
            chosen = to_colour(size)
            return chosen[np.argsort(-last[-1, chosen], kind="stable")] if len(last) else chosen
        found = []
        for one in features:
            place = names.index(one) if isinstance(one, str) and one in names else one
            if isinstance(place, str) or not 0 <= place < len(names):
                raise ValueError(
                    f"features must be names or numbers of the {len(names)} features, got {one!r}"
                )
            found.append(int(place))
        return np.array(found, dtype=np.intp)

    def _places(self) -> NDArray[Any]:
        """Return the times as matplotlib takes them; durations are numbers of their unit."""
        return self.times.astype(np.int64) if self.times.dtype.kind == "m" else self.times

    def _dress(self, ax: Axes, n_features: int, banded: bool) -> None:
        kind = self.times.dtype.kind
        if kind == "M":
            from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

            locator = AutoDateLocator(minticks=3, maxticks=8)  # type: ignore[no-untyped-call]
            ax.xaxis.set_major_locator(locator)
            ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
        else:
            unit = np.datetime_data(self.times.dtype)[0] if kind == "m" else ""
            ax.set_xlabel(f"time [{unit}]" if unit else "step")
        interval = f", {100.0 * self.level:g} % interval" if banded else ""
        some = f" ({self.shown_.size} of {n_features})" if self.shown_.size < n_features else ""
        ax.set_ylabel(f"coefficient{interval}{some}")
        ax.margins(x=0.0)
        finish(ax)

    def _names(self) -> list[str]:
        if self.feature_names is not None:
            return [str(name) for name in self.feature_names]
        return [f"x{feature}" for feature in range(self.coef.shape[1])]


def _has_statistics(fit: RollingFit, steps: NDArray[np.intp]) -> bool:
    """Whether there are intervals: there is a fit, which has not left its data behind."""
    try:
        return bool(steps.size and fit.at(int(steps[0])).statistics)
    except ValueError:
        return False


def _some_fitted(coef: Float64Array, most: int) -> NDArray[np.intp]:
    """Return steps that have a fit: as many as asked for, and both ends of every run of them."""
    fitted = ~np.isnan(coef.reshape(len(coef), -1)).any(axis=1)
    steps = np.flatnonzero(fitted)
    if steps.size <= most:
        return steps
    even = steps[np.linspace(0, steps.size - 1, most).astype(np.intp)]
    edges = np.flatnonzero(np.diff(fitted, prepend=False, append=False))
    ends = np.concatenate([edges[::2], edges[1::2] - 1])
    return np.unique(np.concatenate([even, ends[:most]]))
