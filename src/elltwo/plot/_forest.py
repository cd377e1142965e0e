"""The horizontal axis of intervals one below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from elltwo.functional._base.validate import Float64Array

_REACH = 0.6  # of the span of what must be shown: how far other values may widen it to each side
_MARGIN = 0.04


def view(must: Float64Array, other: Float64Array) -> tuple[float, float]:
    """Return the ends of an axis that shows zero, all finite values of some, and others if near."""
    shown = np.append(must[np.isfinite(must)], 0.0)
    low, high = shown.min(), shown.max()
    span = high - low if high > low else 1.0
    near = other[(other >= low - _REACH * span) & (other <= high + _REACH * span)]
    low, high = np.append(near, low).min(), np.append(near, high).max()
    margin = _MARGIN * (high - low if high > low else 1.0)
    return float(low - margin), float(high + margin)


def clipped(ends: Float64Array, limits: tuple[float, float]) -> Float64Array:
    """Return the ends of intervals within the limits of an axis, NaN where there is nothing."""
    return np.clip(ends, *limits)


def mark_beyond(ax: Axes, values: Float64Array, colour: str) -> None:
    """Point to values that lie beyond an edge of the axes."""
    low, high = ax.get_xlim()
    for beyond, edge, marker in ((values < low, low, "<"), (values > high, high, ">")):
        rows = np.flatnonzero(beyond)
        if rows.size:
            ax.plot(
                np.full(rows.size, edge),
                rows,
                color=colour,
                linestyle="none",
                marker=marker,
                markersize=5.0,
                clip_on=False,
                zorder=2.5,
            )
