"""Batches of regressions for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


def draw(
    batch: int, n: int, p: int, seed: int = 0, n_targets: int | None = None
) -> tuple[Array, Array]:
    """Features about means of their own in each problem, and targets of noise."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((batch, n, p)) + rng.standard_normal((batch, 1, p))
    shape = (batch, n) if n_targets is None else (batch, n, n_targets)
    return X, rng.standard_normal(shape)
