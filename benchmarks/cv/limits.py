"""The least work of a cross-validation, for the hardware's limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.cv.problems import CvProblem

FORMULA = (
    "Limit of a cross-validation of A alphas: L s^2 and 2 n p T as for single fits; 8 s^3 / 3 for "
    "a tridiagonal form and its basis and 2 s^2 T to rotate the targets' products, per training "
    "set; 2 n s A T for predictions of all rows except under GCV, and for leave-one-out 2 n s A "
    "more for leverages, with 2 L s^2 to rotate the rows of tall data."
)


def flops(problem: CvProblem) -> float:
    """Count what `FORMULA` says, for n_decompositions training sets of all rows together."""
    small, large = sorted((problem.n_samples, problem.n_features))
    n, n_targets, n_alphas = problem.n_samples, problem.n_targets, problem.n_alphas
    moments = large * small**2 + (2.0 * problem.size * n_targets if n_targets > 1 else 0.0)
    forms = problem.n_decompositions * (8 * small**3 / 3 + 2 * small**2 * n_targets)
    predictions = 0.0 if problem.cv == "gcv" else 2.0 * n * small * n_alphas * n_targets
    if problem.cv != "loo":
        return moments + forms + predictions
    rotated_rows = 2.0 * n * small**2 if n > small else 0.0
    return moments + forms + predictions + rotated_rows + 2.0 * n * small * n_alphas
