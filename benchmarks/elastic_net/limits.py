"""The least work of a path, for the hardware's limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.elastic_net.problems import EnetProblem

FORMULA = (
    "Limit of elastic net paths of A alphas: n p^2 for the Gram matrix of tall data, whose faces "
    "are free beside it (2 p^2 for each alpha from moments); else 2 n p for each alpha, which is "
    "one look at every column (of sparse X 2 flops for each value)."
)


def flops(problem: EnetProblem) -> float:
    """Count what `FORMULA` says."""
    if problem.from_moments:
        return 2.0 * problem.n_features**2 * problem.n_alphas
    if problem.is_tall and not problem.row_nnz:
        return float(problem.n_samples) * problem.n_features**2
    return 2.0 * problem.size * problem.n_alphas
