"""What files of ridge regressions over moving windows hold."""

from __future__ import annotations

from typing import Any

from elltwo.functional._base.saved_fields import NAMES, floats, integers, read_names, record
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._rolling.record import RollingFit


def _rolling_fit(feature_names: Any, target_names: Any, **given: Any) -> RollingFit:  # noqa: ANN401
    return RollingFit(**given, names=read_names(feature_names, target_names))


KINDS = (
    Kind(
        "RollingFit",
        {
            "coef": floats("n", "*t", "p"),
            **dict.fromkeys(("intercept", "prediction", "residual_variance"), floats("n", "*t")),
            "n_rows": integers("n"),
            "info": record("SolveInfo"),
            **NAMES,
        },
        _rolling_fit,
    ),
)
