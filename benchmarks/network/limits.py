"""The least work of a fit, for the hardware's limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.network.problems import NetworkProblem

FORMULA = (
    "Limit of networks: for each step or epoch 4 n p h flops of the hidden layer, which has no "
    "product back to the features, and 6 n h k of the last, for h units and k outputs, at the rate "
    "of a large product in double; passes in float may beat it."
)


def flops(problem: NetworkProblem) -> float:
    """Count what `FORMULA` says."""
    outputs = max(problem.n_classes, 1)
    each = 4.0 * problem.n_features * problem.hidden + 6.0 * problem.hidden * outputs
    return each * problem.n_samples * problem.n_iter
