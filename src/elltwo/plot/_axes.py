"""What the displays share: axes, colours, and the two abscissae, alpha and degrees of freedom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from numpy.typing import NDArray

    from elltwo.functional._base.validate import Float64Array

# The colours of Okabe and Ito, which people with any common colour vision can tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_SIZE = (7.6, 4.6)  # inches
_POINTS = 72.0  # an inch
_LETTER = 0.58  # of its size: the mean width of a letter
_BELOW = 0.5  # inches, what is written below axes
_NARROW = 4.5  # inches: legends of one column
_EDF_LABEL = "effective degrees of freedom"
_EDF_TICKS = 6


def require_matplotlib() -> None:
    """Say what to install if matplotlib is missing."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        message = "plots need matplotlib: pip install 'elltwo[plot]'"
        raise ImportError(message, name="matplotlib") from error


def pyplot_axes(height: float = _SIZE[1]) -> Axes:
    """Return the axes of a new figure of pyplot, which windows and notebooks show."""
    require_matplotlib()
    from matplotlib import pyplot as plt

    return plt.subplots(figsize=(_SIZE[0], height), layout="constrained")[1]


def file_axes(height: float = _SIZE[1]) -> Axes:
    """Return the axes of a new figure that only a file will show: no window, no global state."""
    require_matplotlib()
    from matplotlib.figure import Figure

    return Figure(figsize=(_SIZE[0], height), layout="constrained").add_subplot()


def full_names(line_kw: dict[str, Any] | None) -> dict[str, Any]:
    """Return keywords of lines without abbreviations, so that "lw" overrides "linewidth"."""
    from matplotlib.cbook import normalize_kwargs
    from matplotlib.lines import Line2D

    return normalize_kwargs(line_kw or {}, Line2D)


class Abscissa(NamedTuple):
    """Where the fits of a grid of penalties stand on the horizontal axis."""

    x: str  #: "alpha" or "edf"
    order: NDArray[np.intp]  #: fits with a place on the axis, from left to right
    at: Float64Array  #: the places of all fits of the grid

    def place(self, alpha: float | None, alphas: Float64Array) -> float | None:
        """Return where a penalty stands, None if it has no place."""
        if alpha is None:
            return None
        if self.x == "alpha":
            return alpha if 0.0 < alpha < np.inf else None
        (same,) = np.nonzero(alphas == alpha)
        if not same.size:
            raise ValueError(f"alpha must be one of alphas to be marked against edf, got {alpha}")
        return float(self.at[same[0]])


def abscissa(x: str, alphas: Float64Array, edf: Float64Array | None) -> Abscissa:
    """Order the fits along the horizontal axis; 0 and inf are not on a logarithmic one."""
    if x not in {"alpha", "edf"}:
        raise ValueError(f"x must be 'alpha' or 'edf', got {x!r}")
    order = np.argsort(alphas, kind="stable")
    if x == "alpha":
        order = order[(alphas[order] > 0.0) & (alphas[order] < np.inf)]
        if not order.size:
            raise ValueError(f"alphas must hold a positive finite penalty, got {alphas.tolist()}")
        return Abscissa(x, order, alphas)
    if edf is None:
        raise ValueError("x='edf' needs edf, the effective degrees of freedom at each of alphas")
    return Abscissa(x, order[::-1], edf)


def dress(ax: Axes, along: Abscissa, alphas: Float64Array, edf: Float64Array | None) -> None:
    """Scale and label the horizontal axis, and finish."""
    top = False
    if along.x == "alpha":
        ax.set_xscale("log")
        ax.set_xlabel("penalty alpha")
        if edf is not None:
            some = spread(ax, np.log(alphas[along.order]))
            top = add_top_axis(ax, alphas[along.order], edf[along.order], some, _EDF_LABEL)
    else:
        ax.set_xlabel(_EDF_LABEL)
    finish(ax, top=top)


def spread(ax: Axes, places: Float64Array) -> NDArray[np.intp]:
    """Return which of some places, ascending, lie evenly, away from both ends."""
    n = _EDF_TICKS if width_of(ax) >= _NARROW else _EDF_TICKS // 2
    share = np.arange(1, n + 1) / (n + 1)  # the corner is for a power of ten
    even = places[0] + share * (places[-1] - places[0])
    return np.unique(np.abs(np.subtract.outer(even, places)).argmin(axis=1))


def add_top_axis(
    ax: Axes, at: Float64Array, values: Float64Array, some: NDArray[np.intp], label: str
) -> bool:
    """Write some of the values above their places, if there are several."""
    if some.size < 2:
        return False
    top = ax.secondary_xaxis("top", functions=(_same, _same))  # the default does not pickle
    top.set_xticks(at[some], labels=[f"{value:.3g}" for value in values[some]])
    top.minorticks_off()
    top.set_xlabel(label)
    return True


def _same(values: Any) -> Any:  # noqa: ANN401  # whatever matplotlib passes
    return values


def bare(ax: Axes, *, top: bool = False, grid: Literal["x", "y"] = "y") -> None:
    """Take away idle frames, and lay a faint grid below."""
    ax.spines["right"].set_visible(False)
    ax.spines["top"].set_visible(top)
    ax.grid(axis=grid, color="0.92", linewidth=0.6)
    ax.set_axisbelow(True)


def width_of(ax: Axes) -> float:
    """Return the width in inches that axes have with what is written beside them."""
    share = ax.get_subplotspec()
    columns = 1 if share is None else share.get_gridspec().ncols
    return float(ax.figure.bbox.width / ax.figure.dpi) / columns


def legend_above(ax: Axes) -> None:
    """Name what has a label above the axes, where a narrow picture has room."""
    if not ax.get_legend_handles_labels()[1]:
        return
    narrow = width_of(ax) < _NARROW
    ax.legend(
        loc="lower right",
        bbox_to_anchor=(1.01, 1.0),
        ncols=1 if narrow else 2,
        frameon=False,
        fontsize=8.0 if narrow else 9.0,
        borderpad=0.2,
        columnspacing=1.2,
    )


def finish(ax: Axes, *, top: bool = False) -> None:
    """Take away idle frames and name what has a label: beside the axes, if the layout has room.

    In a narrow figure names are below the axes.
    """
    bare(ax, top=top)
    if not ax.get_legend_handles_labels()[1]:
        return
    if ax.figure.get_layout_engine() is None:
        legend = ax.legend(frameon=False)
    elif width_of(ax) < _NARROW:
        legend = _legend_below(ax)
    else:
        legend = ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
    for text in legend.get_texts():
        text.set_parse_math(False)  # a dollar in a name is one


def _legend_below(ax: Axes) -> Legend:
    from matplotlib.transforms import ScaledTranslation

    inches = ax.figure.dpi_scale_trans
    below = ax.transAxes + ScaledTranslation(0.0, -_BELOW, inches)
    return ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.42, 0.0),
        bbox_transform=below,
        ncols=2,
        fontsize=7.0,
        frameon=False,
        columnspacing=0.8,
        handlelength=1.4,
        handletextpad=0.5,
    )


def legend_name(ax: Axes, name: str) -> str:
    """Return a name for a legend: without its middle if it is long, and never hidden.

    matplotlib leaves out what begins with an underscore.
    """
    narrow = width_of(ax) < _NARROW
    share, letters = (0.28, 7.5) if narrow else (0.26, 10.0)
    longest = max(int(share * _POINTS * width_of(ax) / (_LETTER * letters)), 8)
    return f" {short(name, longest)}" if name.startswith("_") else short(name, longest)


def short(name: str, longest: int) -> str:
    """Return a name in one line, a long one without its middle."""
    name = " ".join(name.split())
    if len(name) <= longest:
        return name
    tail = longest // 2 - 1
    return f"{name[: longest - tail - 1]}\N{HORIZONTAL ELLIPSIS}{name[-tail:]}"
