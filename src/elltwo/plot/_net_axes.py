"""The axes of elastic nets: penalties or norms below, numbers of active features above."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.plot._axes import Abscissa, abscissa, add_top_axis, finish, spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from elltwo.functional._base.validate import Float64Array

_ACTIVE_LABEL = "active features"
_NORM_LABEL = "sum of absolute coefficients"


def net_abscissa(x: str, alphas: Float64Array, norm: Float64Array) -> Abscissa:
    """Order the fits along the horizontal axis, by penalty or by the norm of the coefficients."""
    if x == "norm":
        return Abscissa(x, np.argsort(norm, kind="stable"), norm)
    if x != "alpha":
        raise ValueError(f"x must be 'alpha' or 'norm', got {x!r}")
    return abscissa(x, alphas, None)


def dress_net(ax: Axes, along: Abscissa, n_active: Float64Array | None) -> None:
    """Scale and label the horizontal axis, and finish."""
    top = False
    at = along.at[along.order]
    if along.x == "alpha":
        ax.set_xscale("log")
        ax.set_xlabel("penalty alpha")
    else:
        ax.set_xlabel(_NORM_LABEL)
    if n_active is not None:
        some = spread(ax, np.log(at) if along.x == "alpha" else at)
        top = add_top_axis(ax, at, n_active[along.order], some, _ACTIVE_LABEL)
    finish(ax, top=top)
