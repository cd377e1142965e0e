"""Lines of a ridge trace: all features, or colours for the largest of too many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.plot._axes import COLOURS, full_names, legend_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from numpy.typing import NDArray

    from elltwo.functional._base.validate import Float64Array

_MOST_COLOURED = 2 * len(COLOURS)  # beyond these a legend is longer than the plot is high


def draw_lines(
    ax: Axes,
    at: Float64Array,
    coef: Float64Array,
    names: Sequence[str],
    coloured: NDArray[np.intp],
    line_kw: dict[str, Any] | None,
) -> list[Line2D]:
    """Draw a line for each column, in the columns' order; those coloured come with a name.

    The legend, at the right, has the order of the lines where they are farthest apart.
    """
    line_kw = full_names(line_kw)
    lines: dict[int, Line2D] = {}
    widest = coef[np.abs(coef).max(axis=1).argmax()]
    for rank, j in enumerate(coloured[np.argsort(-widest[coloured], kind="stable")]):
        style: dict[str, Any] = {
            "color": COLOURS[rank % len(COLOURS)],
            "linestyle": ("-", "--")[rank // len(COLOURS)],
            "linewidth": 1.8,
            "label": legend_name(ax, str(names[j])) if len(names) > 1 else None,
        }
        (lines[j],) = ax.plot(at, coef[:, j], **{**style, **line_kw})
    others = np.setdiff1d(np.arange(len(names)), coloured)
    for rank, j in enumerate(others):
        label = None if rank else f"{others.size} others"
        style = {"color": "0.8", "linewidth": 0.7, "label": label, "zorder": 1.2}
        (lines[j],) = ax.plot(at, coef[:, j], **{**style, **line_kw})
    return [lines[j] for j in range(len(names))]


def to_colour(size: Float64Array) -> NDArray[np.intp]:
    """Return the columns that have a colour and a name of their own, the largest of too many."""
    if size.size <= _MOST_COLOURED:
        return np.arange(size.size)
    return np.argsort(-size, kind="stable")[: len(COLOURS)]
