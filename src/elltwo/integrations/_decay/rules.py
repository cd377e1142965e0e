"""Which parameters are decayed, and why: the first rule that applies."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from elltwo.integrations._decay import reading
from elltwo.integrations._decay.parameters import (
    BIAS,
    EMBEDDING,
    GAIN,
    KERNEL,
    STATE,
    UNKNOWN,
    ancestors,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from elltwo.integrations._decay.parameters import Parameter, Place

Patterns: TypeAlias = str | Sequence[str]

# Kinds of decisions beside BIAS; the audit has a finding where a parameter of kind BIAS or NORM is
# decayed.
NORM: Final = "norm"
OTHER: Final = "other"

_EMBEDDINGS = ("decay", "skip")


class Decision(NamedTuple):
    """Whether a parameter is decayed."""

    decayed: bool
    kind: str  #: BIAS, NORM or OTHER
    reason: str


class Choices(NamedTuple):
    """What the user says about parameters, before any rule."""

    decay: tuple[str, ...] = ()
    no_decay: tuple[str, ...] = ()
    skip_embeddings: bool = False


def read_choices(
    decay: Patterns, no_decay: Patterns, embeddings: str, parameters: Iterable[Parameter]
) -> Choices:
    """Check the user's choices; every pattern must match a parameter."""
    if embeddings not in _EMBEDDINGS:
        raise ValueError(f"embeddings must be one of {_EMBEDDINGS}, got {embeddings!r}")
    names = [name for parameter in parameters for name in parameter.names]
    chosen = [
        read_patterns(patterns, argument, names)
        for argument, patterns in (("decay", decay), ("no_decay", no_decay))
    ]
    return Choices(chosen[0], chosen[1], embeddings == "skip")


def read_patterns(patterns: Patterns, argument: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return patterns as a tuple, each of which matches one of `names`."""
    found = (patterns,) if isinstance(patterns, str) else tuple(patterns)
    for pattern in found:
        if not isinstance(pattern, str):
            raise TypeError(f"{argument} must hold patterns of names, got {pattern!r}")
        if not any(matches(pattern, name) for name in names):
            some = ", ".join(map(repr, names[:4])) or "none"
            raise ValueError(
                f"{argument}: the pattern {pattern!r} matches no parameter of the model; names "
                f"are {some}{' and so on' if len(names) > 4 else ''}"
            )
    return found


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern of `fnmatch` matches a name, or that of a layer around it."""
    return any(fnmatchcase(part, pattern) for part in ancestors(name))


def decide(parameter: Parameter, choices: Choices) -> Decision:
    """Apply the rules to a parameter."""
    chosen = _chosen(parameter, choices)
    if not parameter.trainable:
        return Decision(decayed=False, kind=OTHER, reason="frozen")
    if chosen is not None:
        return chosen
    place = parameter.place
    decision = _by_role(place, parameter.shape, skip_embeddings=choices.skip_embeddings)
    roles = {other.role for other in parameter.places}
    if roles >= {KERNEL, EMBEDDING}:
        also = ", ".join(name for name in parameter.names if name != place.name)
        reason = f"{decision.reason} as {place.name!r}, which wins over the embedding {also!r}"
        return decision._replace(reason=reason)
    return decision


def _chosen(parameter: Parameter, choices: Choices) -> Decision | None:
    found: dict[str, str] = {}
    for argument in ("decay", "no_decay"):
        for pattern in getattr(choices, argument):
            if any(matches(pattern, name) for name in parameter.names):
                found.setdefault(argument, pattern)
    if len(found) == 2:
        raise ValueError(
            f"{parameter.name!r} matches both {found['decay']!r} of decay and "
            f"{found['no_decay']!r} of no_decay"
        )
    for argument, pattern in found.items():
        return Decision(argument == "decay", OTHER, f"matches {pattern!r} of {argument}")
    return None


def _by_role(place: Place, shape: tuple[int, ...], *, skip_embeddings: bool) -> Decision:
    text = f"{place.role} of {place.owner}"
    if place.role == BIAS:
        return Decision(decayed=False, kind=BIAS, reason=text)
    if place.role in {GAIN, STATE}:
        return Decision(decayed=False, kind=NORM, reason=text)
    if place.role == KERNEL:
        return Decision(decayed=True, kind=OTHER, reason=text)
    if place.role == EMBEDDING:
        return Decision(not skip_embeddings, OTHER, text)
    return _by_name(place, shape, skip_embeddings=skip_embeddings)


def _by_name(place: Place, shape: tuple[int, ...], *, skip_embeddings: bool) -> Decision:
    """Decide on a parameter of an owner of no known kind."""
    assert place.role == UNKNOWN
    if reading.is_bias(place.own_name):
        return Decision(decayed=False, kind=BIAS, reason=f"{place.own_name!r} reads as a bias")
    for test, what in ((reading.is_norm, "norm"), (reading.is_scale, "scale")):
        for name in (place.own_name, place.owner_name, place.owner):
            if test(name):
                return Decision(decayed=False, kind=NORM, reason=f"{name!r} reads as a {what}")
    if len(shape) < 2:
        return Decision(decayed=False, kind=OTHER, reason="fewer than two dimensions")
    for name in (place.own_name, place.owner_name, place.owner):
        if reading.is_embedding(name):
            reason = f"{name!r} reads as an embedding"
            return Decision(not skip_embeddings, OTHER, reason)
    return Decision(decayed=True, kind=OTHER, reason="at least two dimensions")
