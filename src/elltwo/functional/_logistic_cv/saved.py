"""What files of logistic regressions with a chosen penalty hold."""

from __future__ import annotations

from typing import Any

from elltwo.functional._base.saved_fields import (
    among,
    any_floats,
    floats,
    number,
    optional,
    record,
    require_grid,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._logistic_cv.record import CVResults, LogisticCVFit

CV_RESULTS = {
    "alpha": number,
    "alphas": any_floats,
    "score": any_floats,
    "se": optional(any_floats),
    "folds": optional(any_floats),
    "l1_ratio": number,
    "l1_ratios": floats("l"),
    "hessian": optional(among("exact", "kronecker")),
}


def _cv_results(**given: Any) -> CVResults:  # noqa: ANN401
    results = CVResults(**given)
    require_grid(results.alphas, results.score, results.se, results.folds)
    return results


KINDS = (
    Kind("CVResults", CV_RESULTS, _cv_results, frozenset({"hessian"})),
    Kind(
        "LogisticCVFit",
        {"fit": record("LogisticFit"), "results": record("CVResults")},
        LogisticCVFit,
    ),
)
