"""Plots of ridge fits; needs matplotlib, imported when a plot is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = ["ridge_trace"]

# Okabe and Ito's colours: told apart in every common kind of colour vision.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_MOST_NAMES = 14  # beyond these a legend is longer than the plot is high


def ridge_trace(
    alphas: ArrayLike,
    coefs: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    chosen: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each coefficient against the penalty, on a logarithmic axis.

    Parameters
    ----------
    alphas : array_like of shape (n_alphas,)
        Penalties, in any order. 0 and inf have no place on a logarithmic axis and are left out.
    coefs : array_like of shape (n_alphas, n_features)
        Coefficients of the fit at each penalty; those of standardised columns are comparable.
    names : sequence of str of length n_features, optional
        Names for the legend, which leaves them out beyond 14.
    chosen : float, optional
        Penalty to mark by a vertical line, if positive and finite.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure that no window shows (``ax.figure.savefig(path)``
        writes it).

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ImportError
        If matplotlib is missing.
    ValueError
        If the shapes disagree, or no penalty is positive and finite.

    References
    ----------
    A. E. Hoerl and R. W. Kennard (1970), Ridge regression: biased estimation for nonorthogonal
    problems, Technometrics 12, 55-67, section 5.
    """
    alphas, coefs = _checked(alphas, coefs, names)
    if ax is None:
        ax = _new_axes()
    labels = None if names is None or len(names) > _MOST_NAMES else names
    for rank, j in enumerate(np.argsort(-coefs[0], kind="stable")):  # legend in the lines' order
        label = None if labels is None else labels[j]
        colour = _COLOURS[rank % len(_COLOURS)]
        style = ("-", "--", ":", "-.")[rank // len(_COLOURS) % 4]
        ax.plot(alphas, coefs[:, j], style, color=colour, linewidth=1.8, label=label)
    ax.axhline(0.0, color="0.6", linewidth=0.8, zorder=0)
    if chosen is not None and 0 < chosen < np.inf:
        label = f"chosen: {chosen:.3g}"
        ax.axvline(chosen, color="0.35", linestyle=(0, (4, 3)), linewidth=1.2, label=label)
    _dress(ax)
    return ax


def _checked(
    alphas: ArrayLike, coefs: ArrayLike, names: Sequence[str] | None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Arrays sorted by penalty, without 0 and inf."""
    alphas, coefs = np.asarray(alphas, np.float64), np.asarray(coefs, np.float64)
    if alphas.ndim != 1 or coefs.ndim != 2 or len(alphas) != len(coefs):
        raise ValueError(
            "coefs must have one row for each of alphas, "
            f"got shapes {coefs.shape} and {alphas.shape}"
        )
    if names is not None and len(names) != coefs.shape[1]:
        raise ValueError(
            f"names must have one entry for each of the {coefs.shape[1]} columns of coefs, "
            f"got {len(names)}"
        )
    order = np.argsort(alphas, kind="stable")
    order = order[(alphas[order] > 0) & np.isfinite(alphas[order])]
    if not order.size:
        raise ValueError(f"alphas must hold a positive finite penalty, got {alphas.tolist()}")
    return alphas[order], coefs[order]


def _new_axes() -> Axes:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("plots need matplotlib: pip install 'elltwo[plot]'") from error
    # A figure of its own, outside pyplot: no global state, no window, no backend to choose.
    return Figure(figsize=(7.6, 4.6), layout="constrained").add_subplot()


def _dress(ax: Axes) -> None:
    ax.set_xscale("log")
    ax.margins(x=0.0)
    ax.set_xlabel("penalty alpha")
    ax.set_ylabel("coefficient")
    ax.set_title("Ridge trace", loc="left")
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color="0.9", linewidth=0.6)
    if ax.get_legend_handles_labels()[1]:
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
