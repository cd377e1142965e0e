"""What is likely not meant about the penalties of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from elltwo.integrations._decay.parameters import BIAS
from elltwo.integrations._decay.records import CODES, LOSS, Finding
from elltwo.integrations._decay.rules import NORM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from elltwo.integrations._decay.audited import Audited
    from elltwo.integrations._decay.rules import Decision
    from elltwo.integrations._decay.steps import DecaySteps

# Sum of lr times decay over a run. Below the first a weight without gradients keeps 99.9 % of its
# length; above the second 2e-9 of the initial weights is left.
VANISHES: Final = 1e-3
DOMINATES: Final = 20.0

_TEXTS: Final = {
    "bias": "decayed, although biases only shift: decay pulls predictions towards zero",
    "norm": "decayed, although gains of norms and scales are no kernels",
    "twice": "penalised by a term of the loss and decayed by the optimiser as well",
    "frozen": "frozen, so that its penalty moves nothing; a loss that counts it misleads",
    "coupled-adaptive": (
        "the L2 gradient goes through the denominator of an adaptive optimiser, so that weights "
        "with large gradients are decayed less (Loshchilov and Hutter 2019, section 2): AdamW is "
        "the decay that most people expect"
    ),
    "scale-free": (
        "the function does not depend on its scale (before a layer norm: on that of kernel and "
        "bias together), which a norm takes away: the penalty only sets the effective learning "
        "rate (van Laarhoven 2017)"
    ),
}


def find(
    audited: Sequence[Audited], decisions: Sequence[Decision], steps: Sequence[DecaySteps]
) -> Iterator[Finding]:
    """Yield what can be told without a framework."""
    pairs = list(zip(audited, decisions, strict=True))

    def collect(code: str, test: Callable[[Audited, Decision], bool]) -> Iterator[Finding]:
        names = tuple(item.parameter.name for item, decision in pairs if test(item, decision))
        if names:
            yield Finding(code, names, _TEXTS[code])

    yield from collect("bias", lambda item, of: of.kind == BIAS and _is_decayed(item))
    yield from collect("norm", lambda item, of: of.kind == NORM and _is_decayed(item))
    yield from collect("twice", lambda item, _: _is_penalised_twice(item))
    yield from collect("frozen", lambda item, _: not item.parameter.trainable and _is_decayed(item))
    yield from collect(
        "coupled-adaptive", lambda item, _: any(term.adaptive for term in item.terms)
    )
    yield from collect("scale-free", lambda item, _: item.is_scale_free and _is_decayed(item))
    for item, decision in pairs:
        names = item.parameter.names
        if len(names) > 1:
            yield Finding("tied", names, f"one parameter, counted once; {decision.reason}")
    for group in steps:
        if group.total < VANISHES and group.weight_decay > 0.0:
            text = "no decay to speak of: lr * weight_decay adds up to"
            yield Finding("vanishes", (group.group,), f"{text} {group.total:.2g} over the run")
        if group.total > DOMINATES:
            text = "initial weights are forgotten many times over: lr * weight_decay adds up to"
            yield Finding("dominates", (group.group,), f"{text} {group.total:.3g} over the run")


def silence(findings: Iterable[Finding], ignore: Any) -> tuple[Finding, ...]:  # noqa: ANN401
    """Leave out codes that are ignored, and order the rest by code."""
    codes = (ignore,) if isinstance(ignore, str) else tuple(ignore)
    for code in codes:
        if code not in CODES:
            raise ValueError(
                f"ignore must hold codes of findings ({', '.join(CODES)}), got {code!r}"
            )
    kept = [finding for finding in findings if finding.code not in codes]
    return tuple(sorted(kept, key=lambda finding: CODES.index(finding.code)))


def _is_decayed(item: Audited) -> bool:
    return any(term.value > 0.0 for term in item.terms)


def _is_penalised_twice(item: Audited) -> bool:
    acting = [term.how == LOSS for term in item.terms if term.value > 0.0]
    return any(acting) and not all(acting)
