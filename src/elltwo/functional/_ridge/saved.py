"""What files of ridge regressions hold."""

from __future__ import annotations

from typing import Any

from elltwo.functional._base.saved_fields import (
    NAMES,
    finite_floats,
    read_names,
    record,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._ridge.record import RidgeFit

#: Of every linear model with a vector of coefficients, or one for each target.
COEFFICIENTS = {"coef": finite_floats("*t", "p"), "intercept": finite_floats("*t")}
RIDGE_FIT = {**COEFFICIENTS, "info": record("SolveInfo"), **NAMES}


def _ridge_fit(feature_names: Any, target_names: Any, **given: Any) -> RidgeFit:  # noqa: ANN401
    return RidgeFit(**given, data=read_names(feature_names, target_names))


KINDS = (Kind("RidgeFit", RIDGE_FIT, _ridge_fit),)
