"""Marks: the penalty chosen, and those that a curve of cross-validation speaks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from elltwo.functional._base.validate import Float64Array
    from elltwo.plot._axes import Abscissa


def best_of(error: Float64Array, alphas: Float64Array, chosen: float | None) -> int:
    """Return where the smallest error is, of equals at the chosen penalty or else the largest."""
    (best,) = np.nonzero(error == np.nanmin(error))
    at_chosen = best[alphas[best] == chosen]
    return int(at_chosen[0]) if at_chosen.size else int(best[alphas[best].argmax()])


def within_one_se(error: Float64Array, alphas: Float64Array, best: int, se: float) -> int:
    """Return where the largest penalty is whose error is at most `se` above the best."""
    good = error <= error[best] + se
    return int(np.where(good, alphas, -1.0).argmax())


def mark_point(
    ax: Axes,
    along: Abscissa,
    alphas: Float64Array,
    mean: Float64Array,
    index: int,
    look: tuple[str, str, str],
) -> Line2D | None:
    """Mark one point of a curve, if it has a place, by `look`: a word, a marker and a colour."""
    if index not in along.order:
        return None
    word, marker, colour = look
    (point,) = ax.plot(
        [along.at[index]],
        [mean[index]],
        color=colour,
        label=f"{word}: alpha = {alphas[index]:.3g}",
        linestyle="none",
        marker=marker,
        markersize=7.0,
        zorder=3.0,
    )
    return point


def mark_chosen(ax: Axes, place: float | None, alpha: float | None) -> Line2D | None:
    """Draw a vertical line at the chosen penalty; the legend alone tells one without a place."""
    if alpha is None:
        return None
    label = f"chosen: alpha = {alpha:.3g}"
    if place is None:
        ax.scatter([], [], s=0.0, label=f"{label}, off the axis")
        return None
    return ax.axvline(
        place, color="0.35", linestyle=(0, (4, 3)), linewidth=1.2, label=label, zorder=1.5
    )
