"""Grids of penalties as scikit-learn makes them, in the units of the core."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.options import count
from elltwo.linear_model._alphas import read_alphas

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array

RESOLUTION = float(np.finfo(np.float64).resolution)  # scikit-learn's alpha where y is constant
_LEAST_RATIO = 1e-3  # the core's own grid is that of this l1_ratio for smaller ones
_NO_GRID = (
    "Automatic alpha grid generation is not supported for l1_ratio=0. Please supply a grid by "
    "providing your estimator with the appropriate `alphas=` argument."
)


class Grid(NamedTuple):
    """What is known of a grid before the data have been seen."""

    size: int
    values: Float64Array | None  #: falling, with repetitions; None for an automatic grid
    eps: float  #: smallest over largest alpha of an automatic grid


def read_grid(alphas: Any, n_alphas: object, eps: object) -> Grid:  # noqa: ANN401  # whatever was passed
    """Read a number of alphas, or alphas, as scikit-learn's parameters of any version have them."""
    ratio = _positive(eps, "eps")
    size = None if n_alphas is None else count(n_alphas, "n_alphas", minimum=1)
    if alphas is None or (isinstance(alphas, int | np.integer) and not isinstance(alphas, bool)):
        default = 100 if alphas is None else count(alphas, "alphas", minimum=1)
        return Grid(size or default, None, ratio)
    if np.ndim(alphas) != 1:
        raise ValueError(f"alphas must be an integer or 1-D and not empty, got {alphas!r}")
    values = np.sort(read_alphas(alphas))[::-1]  # type: ignore[arg-type]  # it is not None
    return Grid(values.size, values, ratio)


def _positive(value: object, name: str) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not 0.0 < float(value) < np.inf:
        raise ValueError(f"{name} must be positive and finite, got {value!r}")
    return float(value)
