"""The share of the L1 part of a penalty."""

from __future__ import annotations

from numbers import Real

import numpy as np

from elltwo.functional._base.validate import float64_array


def read_l1_ratio(l1_ratio: object) -> float:
    """Return the share of the absolute values in the penalty, a number in [0, 1]."""
    if type(l1_ratio) is float and 0.0 <= l1_ratio <= 1.0:  # what most calls pass
        return l1_ratio
    if isinstance(l1_ratio, bool | np.bool_) or not isinstance(l1_ratio, Real | np.ndarray):
        raise TypeError(f"l1_ratio must be a number, got {l1_ratio!r}")
    array = float64_array(l1_ratio, "l1_ratio")  # type: ignore[arg-type]
    if array.ndim != 0 or not 0.0 <= array <= 1.0:
        raise ValueError(f"l1_ratio must be a number in [0, 1], got {l1_ratio!r}")
    return float(array)
