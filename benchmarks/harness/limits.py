"""What the hardware allows, measured: the rate of a matrix product and the time to read X."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.base.data import Array

GEMM = "GEMM"
READ_SUM = "read by sum"
READ_DOT = "read by dot"
READS = (READ_SUM, READ_DOT)


def gemm_probe(size: int, dtype: str) -> Callable[[], None]:
    """Return one product of two square matrices, 2 size^3 flops, into memory touched before."""
    rng = np.random.default_rng(0)
    a, b, c = (rng.random((size, size)).astype(dtype) for _ in range(3))

    def probe() -> None:
        np.dot(a, b, out=c)

    return probe


def read_probes(X: Array, n_threads: int) -> dict[str, Callable[[], None]]:
    """Read all of X once: by sums in a pool of threads, and by BLAS' dot with its own threads."""
    flat = X.reshape(-1)
    parts = np.array_split(flat, n_threads)
    pool = ThreadPoolExecutor(n_threads)

    def by_sum() -> None:
        for _ in pool.map(np.sum, parts):
            pass

    def by_dot() -> None:
        np.dot(flat, flat)

    return {READ_SUM: by_sum, READ_DOT: by_dot}
