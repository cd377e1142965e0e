"""The tasks of one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Work(NamedTuple):
    """Delayed pieces: those of leaves, and the root that is merged of them."""

    leaves: Sequence[Any]
    sizes: Sequence[int]  #: partitions of each leaf
    root: Any
