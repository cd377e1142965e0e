"""The least work of logistic fits, for the hardware's limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.logistic.cv import LogisticCvProblem
    from benchmarks.logistic.problems import LogisticProblem

PASSES = 6
FORMULA = (
    f"Limit of logistic fits: the time to read X {PASSES} times, or, with two classes and dense "
    "X, L s^2 + s^3/3 as for ridge for one Hessian, else 4 flops per value and class in each of "
    "these passes; of cross-validation 4 flops per value, alpha and training set."
)


def flops(problem: LogisticProblem) -> float:
    """Count what `FORMULA` says of one fit."""
    if problem.row_nnz or problem.n_classes > 2:
        return 4.0 * PASSES * problem.size * problem.n_outputs
    small, large = sorted((problem.n_samples, problem.n_features))
    return large * small**2 + small**3 / 3


def cv_flops(problem: LogisticCvProblem) -> float:
    """One pass for loss and gradient per fold and alpha: 4 flops per value."""
    return 4.0 * problem.size * problem.n_folds * problem.n_alphas
