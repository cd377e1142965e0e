"""What the hardware allows: a shape's flops at the GEMM rate, or its bytes at read speed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.many.problems import BatchProblem, RollingProblem

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.cv.problems import CvProblem
    from benchmarks.logistic.problems import LogisticProblem
    from benchmarks.many.problems import HotProblem
    from benchmarks.ridge.problems import Array, Problem
    from benchmarks.sparse.problems import SparseProblem

GEMM = "GEMM"
READ_SUM = "read by sum"
READ_DOT = "read by dot"
READS = (READ_SUM, READ_DOT)

FORMULA = (
    "Limit: the longer of flops at this machine's own rate for a large square matrix product "
    "(same dtype, same threads) and the time to read X once (the faster of NumPy's threaded sum "
    "and dot over X), both measured in the same rounds. Flops: L s^2 + s^3/3 with L the larger "
    "and s the smaller of n and p (half of the symmetric Gram matrix, and its Cholesky factor), "
    "plus 2 n p T for T > 1 targets."
)
CV_FORMULA = (
    "Cross-validation of A alphas: L s^2 and 2 n p T as above; 8 s^3 / 3 for a tridiagonal form "
    "and its basis and 2 s^2 T to turn the targets' products, per training set; 2 n s A T for "
    "predictions of all rows but under GCV, and leave-one-out 2 n s A more for leverages, with "
    "2 L s^2 to turn the rows of tall data."
)
SPARSE_FORMULA = (
    "Sparse: the time to read X, values and indices, 7 times (or 4 flops per value each time)."
)
SPARSE_PASSES = 7
LOGISTIC_FORMULA = (
    "Logistic: the time to read X 6 times, or, with two classes and dense X, L s^2 + s^3/3 as "
    "above for one Hessian, else 4 flops per value and class in each of these passes; "
    "of cross-validation 4 flops per value, alpha and training set."
)
LOGISTIC_PASSES = 6
HOT_FORMULA = (
    "Many small fits: n p^2 + 2 n p + p^3/3 + 2 p^2 flops for each problem, of windows with n = 1, "
    "since a row enters as the one before it leaves; of a stream the same once, for all rows."
)


def flops(problem: Problem) -> float:
    """L s^2 + s^3/3, L and s the larger and smaller side of X; 2 n p T more for T > 1 targets."""
    small, large = sorted((problem.n_samples, problem.n_features))
    targets = 2.0 * problem.size * problem.n_targets if problem.n_targets > 1 else 0.0
    return large * small**2 + small**3 / 3 + targets


def cv_flops(problem: CvProblem) -> float:
    """Count what `CV_FORMULA` says, for n_decompositions training sets of all rows together."""
    small, large = sorted((problem.n_samples, problem.n_features))
    n, n_targets, n_alphas = problem.n_samples, problem.n_targets, problem.n_alphas
    moments = large * small**2 + (2.0 * problem.size * n_targets if n_targets > 1 else 0.0)
    forms = problem.n_decompositions * (8 * small**3 / 3 + 2 * small**2 * n_targets)
    predictions = 0.0 if problem.cv == "gcv" else 2.0 * n * small * n_alphas * n_targets
    if problem.cv != "loo":
        return moments + forms + predictions
    turned_rows = 2.0 * n * small**2 if n > small else 0.0
    return moments + forms + predictions + turned_rows + 2.0 * n * small * n_alphas


def sparse_flops(problem: SparseProblem) -> float:
    """X v and X^T u in each pass: 4 flops per value."""
    return 4.0 * SPARSE_PASSES * problem.size


def logistic_flops(problem: LogisticProblem) -> float:
    """Count what `LOGISTIC_FORMULA` says."""
    if problem.row_nnz or problem.n_classes > 2:
        return 4.0 * LOGISTIC_PASSES * problem.size * problem.n_outputs
    small, large = sorted((problem.n_samples, problem.n_features))
    return large * small**2 + small**3 / 3


def hot_flops(problem: HotProblem) -> float:
    """Count what `HOT_FORMULA` says."""
    p = problem.n_features
    per_fit = p**3 / 3 + 2.0 * p**2
    per_row = p**2 + 2.0 * p
    if isinstance(problem, BatchProblem):
        return problem.n_problems * (problem.n_samples * per_row + per_fit)
    n_fits = problem.n_samples if isinstance(problem, RollingProblem) else 1
    return problem.n_samples * per_row + n_fits * per_fit


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
