"""Hessians of a few lanes, from which those of all others are interpolated."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._logistic_passes.positive import damped_inverse_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.scaled import Scaled

MOST_BYTES = 1 << 28  # of Hessians that are kept


class Node(NamedTuple):
    """A Hessian of the loss, over the weight of its rows.

    `blocks` has shape (1, size, size) with all outputs in one, or (n_outputs, p + 1, p + 1) where
    only the diagonal blocks of the classes are known.
    """

    blocks: Float64Array
    residual: float  #: squares of residuals over the weight, which fall with alpha


class Curvatures:
    """Nodes by the position of their alpha in the grid and the fold they leave out.

    The weights of a Hessian are p (1 - p), of which squared residuals are an estimate: between two
    nodes the Hessian of a lane is interpolated linearly in its own squared residuals.
    """

    def __init__(self) -> None:
        self.nodes: dict[tuple[int, int], Node] = {}

    @property
    def is_blockwise(self) -> bool:
        """Whether only the diagonal blocks of the classes are known."""
        return any(len(node.blocks) > 1 for node in self.nodes.values())

    def adopt(self, position: int, fold: int, node: Node) -> None:
        """Take a node; it replaces those of its position, but for those of other folds."""
        self.nodes.pop((position, fold), None)
        if fold < 0:
            for key in [key for key in self.nodes if key[0] == position]:
                del self.nodes[key]
        self.nodes[position, fold] = node
        most = max(2, MOST_BYTES // max(node.blocks.nbytes, 1))
        while len(self.nodes) > most:
            del self.nodes[next(iter(self.nodes))]

    def at(self, position: int, fold: int, residual: float) -> Float64Array:
        """Return the blocks of a Hessian over the weight of its rows."""
        own = self.nodes.get((position, fold))
        if own is not None:
            return own.blocks
        below = [key for key in self.nodes if key[0] <= position]
        above = [key for key in self.nodes if key[0] >= position]
        if not below or not above:
            nearest = min(self.nodes, key=lambda key: abs(key[0] - position))
            return self.nodes[nearest].blocks
        low, high = self.nodes[max(below)], self.nodes[min(above)]
        if low is high or low.residual == high.residual:
            return low.blocks
        share = (residual - low.residual) / (high.residual - low.residual)
        share = min(max(share, 0.0), 1.0)
        blocks: Float64Array = (1.0 - share) * low.blocks + share * high.blocks
        return blocks


def node_positions(residuals: Float64Array, n_nodes: int) -> list[int]:
    """Choose alphas at which Hessians are taken: the ends, and even steps of the residuals.

    Parameters
    ----------
    residuals : ndarray of shape (n_alphas,)
        Squared residuals at each alpha, in the order of the alphas.
    n_nodes : int
        Number of alphas, 2 or more.
    """
    last = residuals.size - 1
    if last < n_nodes:
        return list(range(last + 1))
    with np.errstate(divide="ignore"):
        size = np.log(np.maximum(residuals, 1e-300))
    travelled = np.append(0.0, np.cumsum(np.abs(np.diff(size))))
    if travelled[-1] == 0.0:
        return sorted({0, last})
    wanted = np.linspace(0.0, travelled[-1], n_nodes)[1:-1]
    chosen = {int(np.argmin(np.abs(travelled - at))) for at in wanted}
    return sorted(chosen | {0, last})


def solve_together(
    blocks: Float64Array, scaled: Scaled, slopes: Sequence[Float64Array]
) -> list[Float64Array]:
    """Return the Newton steps from several points of one alpha with the same metric.

    Parameters
    ----------
    blocks : ndarray of shape (n_blocks, size, size)
        The Hessian of the loss in the unit of `scaled`, see `Node`.
    scaled : Scaled
        Penalties, and what is fitted.
    slopes : list of ndarray of shape (n_outputs, n_features + 1)
        Negative gradients, 0 where nothing is fitted.
    """
    steps = np.zeros((len(slopes), *scaled.active.shape))
    together = len(blocks) == 1
    outputs = [slice(None)] if together else [slice(k, k + 1) for k in range(len(blocks))]
    for block, output in zip(blocks, outputs, strict=True):
        active = scaled.active[output]
        index = np.flatnonzero(active.ravel())
        if index.size == 0:
            continue
        matrix = block[np.ix_(index, index)]
        matrix[np.diag_indices_from(matrix)] += np.broadcast_to(scaled.penalty, active.shape)[
            active
        ]
        if together:
            scaled.add_common_curvature(matrix)
        right = np.array([slope[output][active] for slope in slopes]).T
        solved = _solved(matrix, right)
        for step, column in zip(steps, solved.T, strict=True):
            step[output][active] = column
    if scaled.n_outputs > 1:
        rows = scaled.active.any(axis=1)
        steps -= np.where(scaled.active, steps[:, rows].mean(axis=1)[:, np.newaxis], 0.0)
    return list(steps)


def _solved(matrix: Float64Array, right: Float64Array) -> Float64Array:
    """Solve with an equilibrated matrix, which is damped if it is not positive definite."""
    diagonal = np.diagonal(matrix)
    if (diagonal > 0.0).all():
        size = np.sqrt(diagonal)
        solved: Float64Array = np.full_like(right, np.nan)
        with suppress(np.linalg.LinAlgError):
            solved[:] = np.linalg.solve(matrix / size / size[:, np.newaxis], right / size[:, None])
        solved /= size[:, np.newaxis]
        if np.isfinite(solved).all() and (np.sum(solved * right, axis=0) >= 0.0).all():
            return solved
    inverse = damped_inverse_of(matrix)
    result: Float64Array = np.array([inverse.solve(column) for column in right.T]).T
    return result
