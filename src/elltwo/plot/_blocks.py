"""Blocks of correlated features, and an order in which they lie together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from elltwo.functional._base.validate import Float64Array


def blocks_of(correlations: Float64Array, least: float) -> list[NDArray[np.intp]]:
    """Return the features that are linked by correlations of at least so much, largest block first.

    Features of a block may be linked through others. Inside a block those next to each other are
    alike, by the Fiedler vector of its absolute correlations (Atkins, Boman and Hendrickson 1998).
    """
    size = np.abs(correlations)
    linked = size >= least
    left = np.ones(len(size), dtype=bool)
    blocks = []
    for first in range(len(size)):
        if not left[first]:
            continue
        inside = np.zeros(len(size), dtype=bool)
        inside[first] = True
        while True:
            reached = inside | linked[inside].any(axis=0)
            if (reached == inside).all():
                break
            inside = reached
        left &= ~inside
        block = np.flatnonzero(inside)
        blocks.append(block[_order(size[np.ix_(block, block)])])
    return sorted(blocks, key=len, reverse=True)  # which keeps the order of equals


def _order(size: Float64Array) -> NDArray[np.intp]:
    """Return an order of features in which similar ones are neighbours."""
    if len(size) < 3:
        return np.arange(len(size))
    laplacian = np.diag(size.sum(axis=1)) - size
    fiedler = np.linalg.eigh(laplacian)[1][:, 1].round(8)
    order = np.argsort(fiedler, kind="stable")
    return order if order[0] < order[-1] else order[::-1]  # eigenvectors have no sign
