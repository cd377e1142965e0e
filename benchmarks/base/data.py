"""Arrays and shapes that the data of every family are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

BLOCK_ELEMENTS = 1 << 16  # data are made in small blocks, so that no temporary shows in peak memory


def shrunk_sides(n_samples: int, n_features: int) -> tuple[int, int]:
    """Tiny sides of the same order; the longer one at least five times the shorter."""
    short, long = sorted((n_samples, n_features))
    small = 5 + short // 100
    large = max(long // 500, 5 * small)
    return (small, large) if n_features > n_samples else (large, small)
