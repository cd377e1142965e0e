"""The C functions of moments, with a handle that is freed as Python objects are."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import numpy as np

from c_functions import FUNCTIONS, optional, pointer, strides
from elltwo.cython_api import check

if TYPE_CHECKING:
    from typing import Any

    from c_functions import Doubles


class CMoments:
    """Moments through their C functions; statuses below 0 are raised."""

    def __init__(self, n_features: int, n_targets: int, stored: bytes | None = None) -> None:
        self.shape = (n_targets, n_features)
        self.handle = ctypes.c_void_p()
        place = ctypes.addressof(self.handle)
        if stored is None:
            check(FUNCTIONS["moments_create"](n_features, n_targets, place))
        else:
            check(FUNCTIONS["moments_from_bytes"](stored, len(stored), place))

    def __del__(self) -> None:
        check(FUNCTIONS["moments_free"](self.handle))

    def call(self, name: str, *arguments: Any) -> int:  # noqa: ANN401
        return check(FUNCTIONS[f"moments_{name}"](self.handle, *arguments))

    def add_row(self, x: Doubles, y: Doubles, weight: float = 1.0) -> CMoments:
        self.call("add_row", pointer(x), *strides(x), pointer(y), *strides(y), weight)
        return self

    def add(
        self, X: Doubles, Y: Doubles, weight: Doubles | None = None, threads: int = 1
    ) -> CMoments:
        data = (len(X), pointer(X), *strides(X), pointer(Y), *strides(Y))
        self.call("add", *data, optional(weight), threads)
        return self

    def merge(self, other: CMoments) -> CMoments:
        self.call("merge", other.handle)
        return self

    def ridge(self, alpha: Doubles, *, fit_intercept: bool = True) -> tuple[Doubles, Doubles]:
        coef, intercept = np.full(self.shape, np.nan), np.full(self.shape[0], np.nan)
        penalty = (pointer(alpha), int(alpha.size > 1), None, None, fit_intercept)
        self.call("ridge", *penalty, pointer(coef), pointer(intercept), None, None)
        return coef, intercept

    def to_bytes(self) -> bytes:
        size = ctypes.c_ssize_t()
        self.call("to_bytes", None, 0, ctypes.addressof(size))
        stored = (ctypes.c_ubyte * size.value)()
        self.call("to_bytes", ctypes.addressof(stored), size.value, ctypes.addressof(size))
        return bytes(stored)
