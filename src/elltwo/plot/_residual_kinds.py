"""The three pictures of residuals."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.plot._axes import COLOURS
from elltwo.plot._thinned import spread_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from elltwo.functional._base.validate import Float64Array
    from elltwo.plot._residuals import Residuals

_MOST_BINS = 15
_ROWS_OF_BIN = 10
_BAND = "#F3D3BF"
_QUIET = "0.45"
_COOK = (0.5, 1.0)
_CURVE = 100  # points


def draw_mean(ax: Axes, found: Residuals) -> Line2D | None:
    """Draw the means of the residuals in bins of equal numbers of rows, and standard errors."""
    n_bins = min(_MOST_BINS, found.fitted.size // _ROWS_OF_BIN)
    ax.axhline(0.0, color="0.6", linewidth=0.8, zorder=0.5)
    if n_bins < 3:
        return None
    order = np.argsort(found.fitted, kind="stable")
    bins = np.array_split(order, n_bins)
    at = np.array([found.fitted[rows].mean() for rows in bins])
    mean = np.array([found.residuals[rows].mean() for rows in bins])
    two = 2.0 * np.array([found.residuals[rows].std(ddof=1) / np.sqrt(rows.size) for rows in bins])
    ax.fill_between(at, mean - two, mean + two, color=_BAND, linewidth=0.0, alpha=0.8, zorder=2.1)
    label = "mean of bins, \N{PLUS-MINUS SIGN} 2 standard errors"
    (line,) = ax.plot(at, mean, color=COLOURS[1], linewidth=1.8, label=label, zorder=2.5)
    return line


def normal_quantiles(
    values: Float64Array, most: int
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Return normal quantiles of sorted values, the values, and half widths of a 95 % band.

    The band is that of each order statistic of normal values by its asymptotic standard error, the
    root of p (1 - p) / n over the density (Fox 2016, Applied Regression Analysis, section 3.1.3).
    """
    ordered = np.sort(values[np.isfinite(values)])
    n = ordered.size
    rows = spread_rows(n, most)
    p = (rows + 0.5) / n
    normal = NormalDist()
    z = np.array([normal.inv_cdf(one) for one in p.tolist()])
    density = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)
    return z, ordered[rows], 1.96 * np.sqrt(p * (1.0 - p) / n) / density


def draw_normal(ax: Axes, z: Float64Array, half: Float64Array) -> Line2D:
    """Draw where normal values lie, and the band in which each of them is."""
    ax.fill_between(z, z - half, z + half, color="0.9", linewidth=0.0, label="95 % band")
    (line,) = ax.plot(z, z, color=_QUIET, linewidth=1.0, linestyle="--", label="normal")
    return line


def draw_influence(ax: Axes, found: Residuals) -> None:
    """Draw twice the mean leverage, and the residuals at which Cook's distance is 0.5 and 1."""
    leverages, edf = found.leverages, found.edf
    if leverages is None or edf is None:  # which `plot` has refused
        return
    ax.axhline(0.0, color="0.6", linewidth=0.8, zorder=0.5)
    label = "twice the mean leverage"
    ax.axvline(2.0 * leverages.mean(), color=_QUIET, linewidth=1.0, linestyle=":", label=label)
    right, top = ax.get_xlim()[1], max(map(abs, ax.get_ylim()))
    h = np.linspace(right / _CURVE, min(right, 1.0 - 1e-9), _CURVE)
    limits = ax.get_xlim(), ax.get_ylim()
    for distance, style in zip(_COOK, (":", "-"), strict=True):
        r = np.sqrt(distance * edf * (1.0 - h) / h)
        if r.min() > top:
            continue
        label = f"Cook's distance {distance:g}"
        look: dict[str, Any] = {"color": COLOURS[1], "linewidth": 1.0, "linestyle": style}
        look["zorder"] = 1.8
        ax.plot(h, r, label=label, **look)
        ax.plot(h, -r, **look)
    ax.set_xlim(limits[0])
    ax.set_ylim(limits[1])
