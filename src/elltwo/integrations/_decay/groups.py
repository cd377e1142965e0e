"""Parameters divided by the strength with which they are decayed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from elltwo.integrations._decay.rules import decide, matches, read_patterns
from elltwo.integrations._decay.strength import read_strength

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.integrations._decay.parameters import Parameter
    from elltwo.integrations._decay.rules import Choices

DECAY: Final = "decay"
NO_DECAY: Final = "no_decay"


class Group(NamedTuple):
    """Trainable parameters with one strength, by their places in the list of all."""

    name: str
    strength: float
    members: tuple[int, ...]


def divide(
    parameters: Sequence[Parameter],
    strength: float,
    per_layer: Mapping[str, float] | None,
    choices: Choices,
    argument: str = "per_layer",
) -> list[Group]:
    """Put every trainable parameter into one group; empty groups are left out.

    The first group is of what is decayed by `strength`, those of `per_layer` follow in its order,
    and what is not decayed comes last. Within a group the order is that of the model. `argument` is
    the name of `per_layer` in messages.
    """
    own = read_per_layer(per_layer, parameters, argument)
    groups: dict[str, list[int]] = {DECAY: [], **{pattern: [] for pattern in own}, NO_DECAY: []}
    overruled: dict[str | None, str] = {}
    for place, parameter in enumerate(parameters):
        decision = decide(parameter, choices)
        if not parameter.trainable:
            continue
        pattern = next((p for p in own if any(matches(p, n) for n in parameter.names)), None)
        if not decision.decayed:
            groups[NO_DECAY].append(place)
            overruled.setdefault(pattern, f"{parameter.name!r}: {decision.reason}")
        else:
            groups[DECAY if pattern is None else pattern].append(place)
    for pattern, value in own.items():
        if not groups[pattern] and pattern in overruled and value > 0.0:
            raise ValueError(
                f"{argument}: {pattern!r} matches only what is not decayed ({overruled[pattern]}); "
                "name it in decay, too, if it should be"
            )
    strengths = {DECAY: strength, **own, NO_DECAY: 0.0}
    return [
        Group(
            name if name in {DECAY, NO_DECAY} else f"{DECAY} {name}", strengths[name], (*members,)
        )
        for name, members in groups.items()
        if members
    ]


def read_per_layer(
    per_layer: Mapping[str, float] | None, parameters: Sequence[Parameter], argument: str
) -> dict[str, float]:
    """Check strengths by pattern, each of which must match a parameter."""
    if per_layer is None:
        return {}
    if not isinstance(per_layer, Mapping):
        raise TypeError(f"{argument} must be a mapping from patterns to numbers, got {per_layer!r}")
    names = [name for parameter in parameters for name in parameter.names]
    read_patterns(tuple(per_layer), argument, names)
    return {pattern: read_strength(v, argument, pattern) for pattern, v in per_layer.items()}
