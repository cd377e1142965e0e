"""Bounds of the coefficients as the compiled core reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from elltwo.functional._base.names import by_feature
from elltwo.functional._base.options import MAX_ITER
from elltwo.functional._base.validate import float64_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._base.sparse import SparseMatrix
    from elltwo.functional._base.validate import Float64Array, FloatArray

    BoundsLike: TypeAlias = Sequence[npt.ArrayLike | None]

MAX_SWEEPS = 1000


class Bounds(NamedTuple):
    """Lower and upper bounds of shape (n_features,); None where there is no bound."""

    lower: Float64Array | None
    upper: Float64Array | None


def read_bounds(bounds: BoundsLike, n_features: int, names: Sequence[str] | None = None) -> Bounds:
    """Return a pair of numbers, arrays or None as arrays; values are for the core to check."""
    try:
        size = -1 if isinstance(bounds, str | bytes) else len(bounds)
    except TypeError:  # 0-d arrays have a __len__ that raises
        size = -1
    if size < 0:
        raise TypeError(f"bounds must be a pair (lower, upper), got {bounds!r}")
    if size != 2:
        raise ValueError(f"bounds must be a pair (lower, upper), got {size} value(s)")
    lower, upper = (by_feature(side, f"bounds[{i}]", names) for i, side in enumerate(bounds))
    return Bounds(_side(lower, "bounds[0]", n_features), _side(upper, "bounds[1]", n_features))


def read_box(
    bounds: BoundsLike | None, X: FloatArray | SparseMatrix, names: Sequence[str] | None = None
) -> Bounds | None:
    """Return the bounds of the coefficients of X, whose features may have names."""
    return None if bounds is None else read_bounds(bounds, X.shape[1], names)


def iterations(max_iter: int | None, bounds: Bounds | None) -> int:
    """Return the default of `max_iter` where None was given."""
    if max_iter is not None:
        return max_iter
    return MAX_ITER if bounds is None else MAX_SWEEPS


def _side(value: npt.ArrayLike | None, name: str, n_features: int) -> Float64Array | None:
    if value is None:
        return None
    array = float64_array(value, name)
    if array.shape not in {(), (n_features,)}:
        raise ValueError(
            f"{name} must be a number or have shape ({n_features},), one entry for each of the "
            f"{n_features} feature(s) of X, got shape {array.shape}"
        )
    return np.ascontiguousarray(np.broadcast_to(array, (n_features,)))
