"""scikit-learn's parameters of logistic regression, and what they stand for here."""

from __future__ import annotations

import warnings
from numbers import Real
from typing import Any

from elltwo.functional._options import AUTO

# scikit-learn's names of solvers; its "newton-cholesky" has a hyphen where ours has none
_FOREIGN_SOLVERS = ("lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga")
_PENALTIES = ("l2", "elasticnet", "deprecated", None)  # "deprecated" is scikit-learn 1.8's default


def alpha_of(penalty: object, C: object, l1_ratio: object) -> float:
    """Return the strength of the penalty, refusing any but L2."""
    if penalty not in _PENALTIES:
        raise ValueError(
            f'penalty must be "l2" or None, got {penalty!r}: there is no L1 penalty here'
        )
    if not (l1_ratio is None or l1_ratio == 0):
        raise ValueError(f"l1_ratio must be 0, got {l1_ratio!r}: there is no L1 penalty here")
    strength = _inverse_strength(C)
    if penalty is not None:
        return 1.0 / strength
    if strength != 1.0:
        warnings.warn(
            "Setting penalty=None will ignore the C and l1_ratio parameters", stacklevel=4
        )
    return 0.0


def _inverse_strength(C: object) -> float:
    if isinstance(C, bool) or not isinstance(C, Real):
        raise TypeError(f"C must be a number, got {C!r}")
    value = float(C)
    if not value > 0.0:
        raise ValueError(f"C must be in (0, inf], got {C!r}")
    return value


def is_foreign(solver: Any) -> bool:  # noqa: ANN401  # whatever was passed
    """Whether a solver is one of scikit-learn's, which stand for "auto"."""
    return solver is not AUTO and isinstance(solver, str) and solver in _FOREIGN_SOLVERS


def why_foreign(solver: str, reason: str) -> str:
    """Say that a solver stands for "auto", before the reason for the one that was used."""
    free = ", with a free intercept" if solver == "liblinear" else ""
    return f'solver="{solver}" stands for "auto" here{free}: {reason}'
