"""The least work of a single fit, for the hardware's limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.ridge.problems import Problem

FORMULA = (
    "Limit: the longer of flops at this machine's own rate for a large square matrix product "
    "(same dtype, same threads) and the time to read X once (the faster of NumPy's threaded sum "
    "and dot over X), both measured in the same rounds. Flops: L s^2 + s^3/3 with L the larger "
    "and s the smaller of n and p (half of the symmetric Gram matrix, and its Cholesky factor), "
    "plus 2 n p T for T > 1 targets."
)


def flops(problem: Problem) -> float:
    """L s^2 + s^3/3, L and s the larger and smaller side of X; 2 n p T more for T > 1 targets."""
    small, large = sorted((problem.n_samples, problem.n_features))
    targets = 2.0 * problem.size * problem.n_targets if problem.n_targets > 1 else 0.0
    return large * small**2 + small**3 / 3 + targets
