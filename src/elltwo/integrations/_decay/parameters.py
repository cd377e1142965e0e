"""What the rules know of a parameter: its names, its roles, its shape."""

from __future__ import annotations

import math
import re
from typing import Final, NamedTuple

KERNEL: Final = "kernel"
EMBEDDING: Final = "embedding"
UNKNOWN: Final = "parameter"
GAIN: Final = "gain"
BIAS: Final = "bias"
STATE: Final = "statistic"

# Of a parameter with several roles the first in this order counts.
_STRONGEST: Final = (KERNEL, EMBEDDING, UNKNOWN, GAIN, BIAS, STATE)


class Place(NamedTuple):
    """One place of a model in which a parameter is used."""

    name: str  #: full name, segments divided by dots or slashes
    role: str  #: in its owner; UNKNOWN where the owner is of no known kind
    owner: str  #: class of the owner

    @property
    def owner_name(self) -> str:
        """Last segment of the name of the owner, "" if that is the model."""
        return ("", *segments(self.name))[-2]

    @property
    def own_name(self) -> str:
        """Last segment of the name."""
        return segments(self.name)[-1]


class Parameter(NamedTuple):
    """A parameter of a model, in as many places as share it."""

    places: tuple[Place, ...]
    shape: tuple[int, ...]
    trainable: bool

    @property
    def name(self) -> str:
        """The name in the first place."""
        return self.places[0].name

    @property
    def names(self) -> tuple[str, ...]:
        """The names in all places."""
        return tuple(place.name for place in self.places)

    @property
    def size(self) -> int:
        """Number of entries."""
        return math.prod(self.shape)

    @property
    def place(self) -> Place:
        """The place whose role counts: a head's wins over that of an embedding."""
        return min(self.places, key=lambda place: _STRONGEST.index(place.role))


def segments(name: str) -> list[str]:
    """Divide a full name at its dots and slashes."""
    return re.split(r"[./]", name)


def ancestors(name: str) -> list[str]:
    """Return a full name and those of all that contains it, the innermost first."""
    ends = [match.start() for match in re.finditer(r"[./]", name)]
    return [name, *(name[:end] for end in reversed(ends))]
