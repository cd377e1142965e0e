"""What the records of fits have in common, and the public path that they are known by."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from elltwo.functional._base.token import dask_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from elltwo.functional._base.validate import Float64Array, FloatArray

LEFT_BEHIND = (
    "this fit has left its data behind, as copied and pickled ones do; fit again, or ask for its "
    "statistics before"
)
HAS_BOUNDS = "statistics are not defined for a fit with bounds"

_Public = TypeVar("_Public")


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


def public(module: str) -> Callable[[_Public], _Public]:
    """Name a class or function as one of `module`, so that pickles do not name its private home.

    dask names the values of such a class by `dask_token`.
    """

    def rename(value: _Public) -> _Public:
        value.__module__ = module
        if isinstance(value, type):
            value.__dask_tokenize__ = dask_token  # type: ignore[attr-defined]
        return value

    return rename
