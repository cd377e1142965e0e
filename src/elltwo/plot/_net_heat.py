"""A heat map of scores: a row for each l1_ratio, whose grids of alphas may differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from elltwo.plot._axes import legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.lines import Line2D

    from elltwo.functional._base.validate import Float64Array


class Scores(Protocol):
    """What a heat map shows of a display."""

    alphas: Float64Array
    mean: Float64Array
    l1_ratios: Float64Array
    alpha: float | None
    l1_ratio: float | None
    score_name: str


def draw_heat(scores: Scores, ax: Axes) -> tuple[list[QuadMesh], Line2D | None]:
    """Draw rows of colours, and a mark at what was chosen."""
    shown = (scores.alphas > 0.0) & (scores.alphas < np.inf) & np.isfinite(scores.mean)
    if not shown.any():
        raise ValueError("alphas must hold a positive finite penalty")
    low, high = scores.mean[shown].min(), scores.mean[shown].max()
    meshes = []
    for row in range(len(scores.alphas)):
        order = np.argsort(scores.alphas[row][shown[row]])
        alphas = scores.alphas[row][shown[row]][order]
        values = scores.mean[row][shown[row]][order]
        if alphas.size:
            sides = np.array([row - 0.5, row + 0.5])
            mesh = ax.pcolormesh(_edges(alphas), sides, values[np.newaxis], vmin=low, vmax=high)
            meshes.append(mesh)
    ax.set_xscale("log")
    ax.set_xlabel("penalty alpha")
    ax.set_ylabel("l1_ratio")
    ax.set_yticks(np.arange(len(scores.alphas)), labels=[f"{r:g}" for r in scores.l1_ratios])
    ax.figure.colorbar(meshes[0], ax=ax, label=scores.score_name)
    return meshes, _mark(scores, ax)


def _edges(alphas: Float64Array) -> Float64Array:
    """Return the geometric middles between neighbours, and as far beyond the ends."""
    logs = np.log(alphas)
    if logs.size == 1:
        logs = np.array([logs[0] - 0.5, logs[0] + 0.5])
        return np.array(np.exp(logs))
    middle = (logs[1:] + logs[:-1]) / 2.0
    edges = np.concatenate([[2.0 * logs[0] - middle[0]], middle, [2.0 * logs[-1] - middle[-1]]])
    return np.array(np.exp(edges))


def _mark(scores: Scores, ax: Axes) -> Line2D | None:
    rows = np.flatnonzero(scores.l1_ratios == scores.l1_ratio)
    if scores.alpha is None or not rows.size or not 0.0 < scores.alpha < np.inf:
        return None
    label = f"chosen: alpha = {scores.alpha:.3g}"
    (mark,) = ax.plot([scores.alpha], [rows[0]], "o", color="white", mec="0.1", label=label)
    legend_above(ax)
    return mark
