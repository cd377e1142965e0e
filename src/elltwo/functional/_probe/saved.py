"""What files of linear probes hold."""

from __future__ import annotations

from typing import Any

from elltwo.functional._base.saved_fields import (
    among,
    finite_floats,
    floats,
    labels,
    number,
    number_or,
    optional,
    record,
    several,
    texts,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._base.saved_values import SavedValueError
from elltwo.functional._probe.record import LinearProbe, ProbeScore, ProbeScores

PROBE = {
    "loss": among("softmax", "sigmoid", "squared_error"),
    "coef": finite_floats("o", "p"),
    "intercept": finite_floats("o"),
    "classes": optional(labels("c")),
    "alpha": number_or(floats("o")),
    "fits": several(record("RidgeCVFit", "LogisticCVFit")),
    "before": optional(record("ProbeScores")),
    "after": record("ProbeScores"),
    "notes": texts,
}


def _probe(**given: Any) -> LinearProbe:  # noqa: ANN401
    probe = LinearProbe(**given)
    if len(probe.fits) != (len(probe.coef) if probe.loss == "sigmoid" else 1):
        raise SavedValueError(f"a probe has {len(probe.fits)} fits for {len(probe.coef)} outputs")
    return probe


KINDS = (
    Kind("ProbeScore", {"loss": number, "accuracy": optional(number)}, ProbeScore),
    Kind(
        "ProbeScores",
        {"train": record("ProbeScore"), "validation": optional(record("ProbeScore"))},
        ProbeScores,
    ),
    Kind("LinearProbe", PROBE, _probe),
)
