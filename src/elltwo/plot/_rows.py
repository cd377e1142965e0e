"""Rows of a picture that bear the names of features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.plot._axes import short, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from elltwo.functional._base.validate import Float64Array

_INCHES = 0.24  # height of a row
_MARGIN = 1.35  # inches for what is above and below the rows
_SHORTEST = 8  # characters that remain of a long name
_NAMES = 0.36  # of the width: what names may take
_WIDTH = 0.58  # of its size: the mean width of a letter
_LETTERS = (4.0, 9.0)  # points, the smallest and the largest
_POINTS = 72.0  # an inch
_SHARE = 0.78  # of a row's height that letters take


def rows_height(n_rows: int) -> float:
    """Return the height in inches of a picture with so many rows."""
    return _MARGIN + _INCHES * max(n_rows, 3)


def largest(size: Float64Array, most: int) -> NDArray[np.intp]:
    """Return the numbers of the largest values, at most so many, in falling order."""
    return np.argsort(-size, kind="stable")[:most]


def points_of_row(ax: Axes, n_rows: int) -> float:
    """Return the height of each of some rows in points."""
    inches = ax.figure.bbox.height / ax.figure.dpi * ax.get_position().height
    return float(_POINTS * inches / (n_rows + 0.2))


def name_rows(ax: Axes, names: Sequence[str]) -> None:
    """Write names beside the rows 0, 1 and so on, the first on top, as large as fits.

    They take no more than a share of the width: what is longer loses its middle.
    """
    n = len(names)
    letters = float(np.clip(_SHARE * points_of_row(ax, n), *_LETTERS))
    longest = max(int(_NAMES * _POINTS * width_of(ax) / (_WIDTH * letters)), _SHORTEST)
    ax.set_ylim(n - 0.4, -0.6)
    ax.set_yticks(np.arange(n), labels=[short(name, longest) for name in names])
    for label in ax.get_yticklabels():
        label.set_parse_math(False)  # a dollar in a name is one
    ax.tick_params(axis="y", length=0.0, labelsize=letters)


def column_names(ax: Axes) -> None:
    """Repeat the names of the rows below the columns, upright."""
    labels = ax.get_yticklabels()
    texts = [label.get_text() for label in labels]
    ax.set_xticks(ax.get_yticks(), labels=texts, rotation=90.0)
    for label in ax.get_xticklabels():
        label.set_parse_math(False)
    ax.tick_params(axis="x", length=0.0, labelsize=labels[0].get_fontsize())
