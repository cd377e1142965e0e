"""What files of ridge regressions with a chosen penalty hold."""

from __future__ import annotations

from typing import Any

from elltwo.functional._base.saved_fields import (
    any_floats,
    floats,
    number_or,
    optional,
    require_grid,
    struct,
    taken_names,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._ridge.saved import RIDGE_FIT
from elltwo.functional._ridge_cv.record import RidgeCVFit

_SCORES = ("cv_mse", "cv_se", "cv_score", "fold_mse", "cv_predictions")


def _ridge_cv_fit(**given: Any) -> RidgeCVFit:  # noqa: ANN401
    require_grid(given["alphas"], *given["scores"].values())
    names = taken_names(given)
    fit = RidgeCVFit(**given)
    fit.__setstate__(tuple(names))
    return fit


KINDS = (
    Kind(
        "RidgeCVFit",
        {
            **RIDGE_FIT,
            "alpha": number_or(floats("t")),
            "alphas": floats("a"),
            "scores": struct(dict.fromkeys(_SCORES, optional(any_floats))),
        },
        _ridge_cv_fit,
    ),
)
