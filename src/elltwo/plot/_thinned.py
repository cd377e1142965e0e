"""A part of many points that looks like all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from elltwo.functional._base.validate import Float64Array

MOST_POINTS = 4000
_ENDS = 100


def thinned(size: Float64Array, most: int) -> NDArray[np.intp]:
    """Return which of many rows to show: the largest, and of the others some at random."""
    n = size.size
    if n <= most:
        return np.arange(n)
    order = np.argsort(-size, kind="stable")
    ends = min(_ENDS, most // 2)
    rest = np.random.default_rng(0).choice(order[ends:], most - ends, replace=False)
    return np.sort(np.concatenate([order[:ends], rest]))


def spread_rows(n: int, most: int) -> NDArray[np.intp]:
    """Return which of many sorted values to show: those at both ends, and others evenly."""
    if n <= most:
        return np.arange(n)
    ends = min(_ENDS, most // 4)
    inner = np.linspace(ends, n - ends - 1, most - 2 * ends).astype(np.intp)
    return np.unique(np.concatenate([np.arange(ends), inner, np.arange(n - ends, n)]))
