"""What files of ridge regressions over moving windows hold."""

from __future__ import annotations

from typing import Any

from elltwo.functional._base.saved_fields import NAMES, floats, integers, record, taken_names
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._rolling.record import RollingFit


def _rolling_fit(**given: Any) -> RollingFit:  # noqa: ANN401
    names = taken_names(given)
    return RollingFit(**given, names=names)


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
