"""The least work of a sparse fit, for the hardware's limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.sparse.problems import SparseProblem

PASSES = 7
FORMULA = (
    f"Limit of sparse fits: the time to read X, values and indices, {PASSES} times (or 4 flops "
    "per value each time)."
)


def flops(problem: SparseProblem) -> float:
    """X v and X^T u in each pass: 4 flops per value."""
    return 4.0 * PASSES * problem.size
