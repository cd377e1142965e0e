"""The least work of many small fits and of streams, for the hardware's limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.many.problems import BatchProblem, RollingProblem

if TYPE_CHECKING:
    from benchmarks.many.problems import ManyProblem

FORMULA = (
    "Limit of many small fits: n p^2 + 2 n p + p^3/3 + 2 p^2 flops for each problem, of windows "
    "with n = 1, since a row enters as the one before it leaves; of a stream the same once, for "
    "all rows."
)


def flops(problem: ManyProblem) -> float:
    """Count what `FORMULA` says."""
    p = problem.n_features
    per_fit = p**3 / 3 + 2.0 * p**2
    per_row = p**2 + 2.0 * p
    if isinstance(problem, BatchProblem):
        return problem.n_problems * (problem.n_samples * per_row + per_fit)
    n_fits = problem.n_samples if isinstance(problem, RollingProblem) else 1
    return problem.n_samples * per_row + n_fits * per_fit
