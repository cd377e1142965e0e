"""What the estimators of scikit-learn's kind need of logistic regression, beside public names."""

from __future__ import annotations

from elltwo.functional._logistic.fit import solve
from elltwo.functional._logistic_problem.core import Fits, Start
from elltwo.functional._logistic_problem.problem import (
    MAX_ITER,
    LogisticOptions,
    LogisticProblem,
    read_logistic_options,
    read_logistic_problem,
)

__all__ = [
    "MAX_ITER",
    "Fits",
    "LogisticOptions",
    "LogisticProblem",
    "Start",
    "read_logistic_options",
    "read_logistic_problem",
    "solve",
]
