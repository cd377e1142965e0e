"""Lines over time with bands about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.plot._axes import COLOURS, full_names, legend_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.collections import PolyCollection
    from matplotlib.lines import Line2D
    from numpy.typing import NDArray

    from elltwo.functional._base.validate import Float64Array

    _Array = NDArray[Any]

MOST_POINTS = 4000  # of a line: more cannot be told apart
_REACH = 0.5  # of the range of nearly all values, which the axis goes beyond them


def draw_line(
    ax: Axes, at: _Array, values: Float64Array, rank: int, name: str | None, line_kw: dict[str, Any]
) -> Line2D:
    """Draw the line of one feature; gaps stay gaps."""
    label = None if name is None else legend_name(ax, name)
    style = {"color": COLOURS[rank % len(COLOURS)], "linewidth": 1.6, "label": label}
    style["linestyle"] = ("-", "--")[rank // len(COLOURS) % 2]
    shown = _some(at.size)
    (line,) = ax.plot(at[shown], values[shown], **{**style, **full_names(line_kw)})
    return line


def draw_band(
    ax: Axes,
    at: _Array,
    ends: Float64Array,
    whole: NDArray[np.bool_],
    colour: Any,  # noqa: ANN401
) -> PolyCollection | None:
    """Fill between the ends that are known, (2, n), straight on between them.

    A row that is not whole parts the band, one without ends does not.
    """
    known = np.flatnonzero(~np.isnan(ends).any(axis=0))
    if not known.size:
        return None
    low, high = ax.get_ylim()
    far = 10.0 * (high - low)  # beyond the picture; infinity would not be drawn
    inside = np.clip(ends[:, known], low - far, high + far)
    runs = np.cumsum(~whole)[known]
    breaks = np.flatnonzero(np.diff(runs)) + 1
    place = np.insert(at[known], breaks, at[known][breaks])
    lower, upper = (np.insert(end, breaks, np.nan) for end in inside)
    return ax.fill_between(place, lower, upper, color=colour, alpha=0.18, linewidth=0.0)


def limits(coef: Float64Array, ends: Sequence[Float64Array]) -> tuple[float, float]:
    """Return the ends of an axis that shows nearly all values, and zero.

    The first windows, of few rows, may be far away: the axis goes beyond the middle 96 % of all
    values by half their range at most, and to the last ones in any case.
    """
    values = np.concatenate([coef.ravel(), *(end.ravel() for end in ends)])
    values = values[np.isfinite(values)]
    if not values.size:
        return -1.0, 1.0
    low, high = np.quantile(values, [0.02, 0.98])
    reach = _REACH * (high - low)
    last = coef[np.flatnonzero(np.isfinite(coef).all(axis=1))[-1:]]
    low = min(max(values.min(), low - reach), 0.0, *last.ravel())
    high = max(min(values.max(), high + reach), 0.0, *last.ravel())
    margin = 0.04 * (high - low) or 1.0
    return float(low - margin), float(high + margin)


def _some(n: int) -> NDArray[np.intp]:
    """Return which of so many points to draw: all, or some at equal distances."""
    return np.unique(np.linspace(0, n - 1, min(n, MOST_POINTS)).astype(np.intp))
