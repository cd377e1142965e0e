"""The three pictures of collinearity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.plot._axes import COLOURS
from elltwo.plot._forest import mark_beyond
from elltwo.plot._rows import column_names, name_rows, points_of_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D
    from numpy.typing import NDArray

    from elltwo.functional._base.validate import Float64Array

_STRONG_VIF = 10.0
_INDICES = ((10.0, ":"), (30.0, "--"))  # weak and strong, Belsley, Kuh and Welsch (1980), 3.2
_MOST_NAMES = 45
_MOST_NUMBERS = 10
_ROOM = 20.0  # points, the height of a cell with a number in it
_MOST_STEMS = 60
_DARK = 0.6  # correlations beyond which letters are white
_QUIET = "0.45"
_PLAIN = "{x:g}"  # numbers of a logarithmic axis


def draw_factors(ax: Axes, vif: Float64Array, plain: Float64Array | None) -> list[Line2D]:
    """Draw inflation factors on a logarithmic axis, those without a penalty and those with it."""
    finite = [values[np.isfinite(values)] for values in (vif, plain) if values is not None]
    shown = np.append(np.concatenate(finite), [1.0, _STRONG_VIF])
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(_PLAIN)
    ax.set_xlim(0.8 * max(shown[shown > 0.0].min(), 1e-4), 1.3 * shown.max())
    label = f"VIF of {_STRONG_VIF:g}"
    ax.axvline(1.0, color="0.6", linewidth=0.8, zorder=0.5)
    ax.axvline(_STRONG_VIF, color=_QUIET, linewidth=1.0, linestyle="--", label=label, zorder=1.0)
    if plain is None:
        return [_draw_marks(ax, vif, {"color": COLOURS[0], "marker": "o"}, None)]
    ax.hlines(np.arange(vif.size), *_between(ax, vif, plain), color="#A9CCE6", linewidth=2.0)
    open_marks = {"color": COLOURS[1], "marker": "D", "markerfacecolor": "none"}
    return [
        _draw_marks(ax, plain, open_marks, "without a penalty"),
        _draw_marks(ax, vif, {"color": COLOURS[0], "marker": "o"}, "of the fit"),
    ]


def _between(
    ax: Axes, first: Float64Array, second: Float64Array
) -> tuple[Float64Array, Float64Array]:
    ends = np.clip(np.stack([first, second]), *ax.get_xlim())
    return ends.min(axis=0), ends.max(axis=0)


def _draw_marks(ax: Axes, values: Float64Array, style: dict[str, Any], label: str | None) -> Line2D:
    mark_beyond(ax, values, style["color"])
    near = np.where((values > 0.0) & np.isfinite(values), values, np.nan)
    look = {"linestyle": "none", "markersize": 5.0, "zorder": 3.0, "label": label, **style}
    (marks,) = ax.plot(near, np.arange(values.size), **look)
    return marks


def draw_indices(ax: Axes, indices: Float64Array) -> list[Line2D]:
    """Draw condition indices, ascending, on a logarithmic axis; infinite ones at its end."""
    from matplotlib.ticker import MaxNLocator

    finite = indices[np.isfinite(indices)]
    top = 2.0 * max(finite.max(initial=1.0), _INDICES[-1][0])
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter(_PLAIN)
    ax.set_ylim(0.9, top)
    number = np.arange(1, indices.size + 1)
    for (value, style), word in zip(_INDICES, ("weak", "strong"), strict=True):
        label = f"{word} collinearity from {value:g}"
        ax.axhline(value, color=_QUIET, linewidth=1.0, linestyle=style, label=label, zorder=1.0)
    if indices.size <= _MOST_STEMS:
        ends = np.minimum(indices, top)
        ax.vlines(number, 0.9, ends, color="#A9CCE6", linewidth=1.5, zorder=1.5)
    known = np.isfinite(indices)
    look: dict[str, Any] = {"color": COLOURS[0], "linestyle": "none", "markersize": 4.5}
    look["zorder"] = 3.0
    (marks,) = ax.plot(number[known], indices[known], marker="o", **look)
    if not known.all():
        at = np.full(np.count_nonzero(~known), top)
        label = "infinite: exact collinearity"
        look |= {"color": COLOURS[1], "clip_on": False, "label": label}
        ax.plot(number[~known], at, marker="^", **look)
    ax.set_xlim(0.5, indices.size + 0.5)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    return [marks]


def draw_correlations(
    ax: Axes,
    correlations: Float64Array,
    blocks: list[NDArray[np.intp]],
    names: Sequence[str],
) -> AxesImage:
    """Draw correlations as a map, with a frame about every block of two or more features."""
    from matplotlib.patches import Rectangle

    order = np.concatenate(blocks)
    p = order.size
    shown = correlations[np.ix_(order, order)]
    image = ax.imshow(shown, cmap="RdBu_r", vmin=-1.0, vmax=1.0, interpolation="nearest")
    first = 0
    for block in blocks:
        if block.size > 1:
            corner, width = (first - 0.5, first - 0.5), block.size
            frame: dict[str, Any] = {
                "fill": False,
                "edgecolor": "0.1",
                "linewidth": 1.2,
                "clip_on": False,
            }
            ax.add_patch(Rectangle(corner, width, width, **frame))
        first += block.size
    if p <= _MOST_NUMBERS and points_of_row(ax, p) >= _ROOM:
        for i, j in np.ndindex(p, p):
            colour = "white" if abs(shown[i, j]) > _DARK else "0.1"
            text: dict[str, Any] = {
                "ha": "center",
                "va": "center",
                "fontsize": 7.5,
                "color": colour,
            }
            ax.text(j, i, f"{shown[i, j]:.2f}", **text)
    if p <= _MOST_NAMES:
        name_rows(ax, [names[j] for j in order])
        ax.set_ylim(p - 0.5, -0.5)
        column_names(ax)
    else:
        ax.set_xticks([])
        ax.set_yticks([])
    ax.spines[:].set_visible(False)
    return image
