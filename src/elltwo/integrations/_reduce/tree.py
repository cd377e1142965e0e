"""The order in which pieces are merged: a tree that their number and the fan-in alone decide.

Neighbours are merged in groups of `fan_in`, then the groups' pieces in groups, and so on. Which
piece is there first, and which process has made it, changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Node = TypeVar("Node")

FAN_IN = 8
WIDE_FAN_IN = 4
WIDE = 1_000  # features from which on a piece is 8 MB, and a merge holds fan_in + 1 of them


def default_fan_in(n_features: int | None) -> int:
    """Return how many pieces are merged at a time; `n_features` is None where it is not known."""
    return WIDE_FAN_IN if n_features is not None and n_features > WIDE else FAN_IN


def level_sizes(n_parts: int, fan_in: int) -> list[int]:
    """Return the number of nodes of every level, the leaves' first and the root's 1 last."""
    sizes = [n_parts]
    while sizes[-1] > 1:
        sizes.append(-(-sizes[-1] // fan_in))
    return sizes


def grow(leaves: Sequence[Node], fan_in: int, join: Callable[[list[Node]], Node]) -> Node:
    """Build the tree over `leaves`, as tasks or as results, and return its root.

    `join` makes one node of at least two neighbours in order; a node that is alone in its group
    rises as it is. Without leaves it is called with none.
    """
    level = list(leaves)
    if not level:
        return join([])
    while len(level) > 1:
        groups = [level[i : i + fan_in] for i in range(0, len(level), fan_in)]
        level = [join(group) if len(group) > 1 else group[0] for group in groups]
    return level[0]


class Growing:
    """The same tree over results that arrive in any order; a group is merged once it is complete.

    If they arrive in order, at most ``(fan_in - 1) * depth + 1`` of them are held.
    """

    def __init__(self, n_parts: int, fan_in: int, join: Callable[[list[bytes]], bytes]) -> None:
        self._sizes = level_sizes(n_parts, fan_in)
        self._fan_in = fan_in
        self._join = join
        self._waiting: dict[tuple[int, int], dict[int, bytes]] = {}
        self._root: bytes | None = join([]) if n_parts == 0 else None

    def put(self, key: int, piece: bytes) -> None:
        """Add the piece of a leaf.

        Raises
        ------
        ValueError
            If the piece of this leaf has been added before, or there is no such leaf.
        """
        if not 0 <= key < self._sizes[0]:
            raise ValueError(f"there are {self._sizes[0]} partitions, and none has number {key}")
        level, place = 0, key
        while self._sizes[level] > 1:
            group = place // self._fan_in
            held = self._waiting.setdefault((level, group), {})
            if place in held:
                raise ValueError(f"two pieces of partition {key}")
            held[place] = piece
            size = min(self._fan_in, self._sizes[level] - group * self._fan_in)
            if len(held) < size:
                return
            pieces = [held[one] for one in sorted(held)]
            held.clear()
            piece = self._join(pieces) if size > 1 else pieces[0]
            level, place = level + 1, group
        if self._root is not None:
            raise ValueError(f"two pieces of partition {key}")
        self._root = piece

    def result(self) -> bytes:
        """Return the root.

        Raises
        ------
        ValueError
            If the piece of a leaf is missing.
        """
        if self._root is None:
            raise ValueError("the piece of a partition is missing")
        return self._root
