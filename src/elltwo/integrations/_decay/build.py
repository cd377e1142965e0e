"""From what acts on each parameter to the record of an audit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.integrations._decay.findings import find, silence
from elltwo.integrations._decay.records import DECOUPLED, NONE, PenaltyRow
from elltwo.integrations._decay.report import PenaltyAudit
from elltwo.integrations._decay.rules import Choices, decide
from elltwo.integrations._decay.steps import LocalPenalty

if TYPE_CHECKING:
    from elltwo.integrations._decay.audited import Audited, Seen
    from elltwo.integrations._decay.parameters import Parameter
    from elltwo.integrations._decay.rules import Decision
    from elltwo.integrations._decay.strength import Scale


def build(seen: Seen, scale: Scale, ignore: Any) -> PenaltyAudit:  # noqa: ANN401
    """Decide on every parameter, compare with what acts on it, and add shares up."""
    decisions = [decide(item.parameter, Choices()) for item in seen.audited]
    total = sum(
        term.weight_decay * item.squared_norm
        for item in seen.audited
        for term in item.terms
        if item.parameter.trainable and math.isfinite(term.weight_decay)
    )
    rows = [
        row
        for item, decision in zip(seen.audited, decisions, strict=True)
        for row in _rows(item, decision, total, scale)
    ]
    findings = [*find(seen.audited, decisions, seen.steps), *seen.findings]
    local = [_local(item, scale) for item in seen.audited if item.lambdas is not None]
    return PenaltyAudit(
        seen.title, tuple(rows), silence(findings, ignore), tuple(seen.steps), tuple(local)
    )


def _rows(item: Audited, decision: Decision, total: float, scale: Scale) -> list[PenaltyRow]:
    parameter = item.parameter
    verdict = "decayed" if decision.decayed else "not decayed"
    reason = f"{verdict}: {decision.reason}"

    def row(how: str, value: float, alpha: float, share: float) -> PenaltyRow:
        return PenaltyRow(
            parameter.name,
            parameter.shape,
            parameter.size,
            item.squared_norm,
            how,
            value,
            alpha,
            share,
            reason,
        )

    if not item.terms:
        return [row(NONE, 0.0, 0.0, 0.0)]
    return [
        row(
            term.how,
            term.value,
            math.nan if term.how == DECOUPLED else scale.alpha(term.weight_decay),
            _share(term.weight_decay * item.squared_norm, total, parameter),
        )
        for term in item.terms
    ]


def _share(part: float, total: float, parameter: Parameter) -> float:
    """Return the share of a row; what is frozen has none."""
    return part / total if parameter.trainable and total > 0.0 else 0.0


def _local(item: Audited, scale: Scale) -> LocalPenalty:
    low, median, high = np.quantile(item.lambdas, [0.05, 0.5, 0.95])  # type: ignore[arg-type]
    return LocalPenalty(
        item.parameter.name, float(low), float(median), float(high), scale.alpha(float(median))
    )
