"""What a table of layers holds: one row says what the files of a layer may use."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Layer:
    """What the files of one layer may import or include.

    ``own`` are layers of elltwo; ``foreign`` are Python packages beside the standard
    library's, or C++ headers beside the standard library's.
    """

    own: frozenset[str]
    foreign: frozenset[str] = field(default=frozenset())


def layer(own: str, foreign: str = "") -> Layer:
    """Build a :class:`Layer` from two lists of words."""
    return Layer(frozenset(own.split()), frozenset(foreign.split()))
