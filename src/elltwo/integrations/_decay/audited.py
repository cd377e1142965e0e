"""What acts on each parameter of a model, as a framework reports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._base.validate import Float64Array
    from elltwo.integrations._decay.parameters import Parameter
    from elltwo.integrations._decay.records import Finding
    from elltwo.integrations._decay.steps import DecaySteps


class Term(NamedTuple):
    """One penalty on a parameter."""

    how: str  #: COUPLED, DECOUPLED or LOSS
    value: float  #: as given
    weight_decay: float  #: the term is weight_decay/2 sum w^2, or stands for it
    adaptive: bool = False  #: whether its gradient is divided by a running size


class Audited(NamedTuple):
    """A parameter and everything that acts on it."""

    parameter: Parameter
    squared_norm: float
    terms: tuple[Term, ...]
    lambdas: Float64Array | None = None  #: of LocalPenalty, for each entry
    is_scale_free: bool = False  #: whether a norm takes its scale away


class Seen(NamedTuple):
    """What an audit has seen: the input of the audit."""

    title: str
    audited: Sequence[Audited]
    steps: Sequence[DecaySteps]
    findings: Sequence[Finding]  #: those that only the framework can tell
