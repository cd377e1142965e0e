"""What the records of fits have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array, FloatArray

LEFT_BEHIND = (
    "this fit has left its data behind, as copied and pickled ones do; fit again, or ask for its "
    "statistics before"
)
HAS_BOUNDS = "statistics are not defined for a fit with bounds"


def short_text(value: float | FloatArray) -> str:
    """Write a number or an array in one line."""
    return np.array2string(
        np.asarray(value), precision=6, separator=", ", threshold=8, edgeitems=3
    ).replace("\n", "")


def as_float32(values: Float64Array) -> FloatArray:
    """Return `values` in float32, or as they are where float32 would make infinities of them."""
    if np.abs(values).max(initial=0.0) > np.finfo(np.float32).max:
        return values
    return values.astype(np.float32)
