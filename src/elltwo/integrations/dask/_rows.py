"""What a collection's partitions are, as blocks of delayed objects, and what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.integrations._reduce.engine import UNKNOWN, Schema

if TYPE_CHECKING:
    from collections.abc import Sequence


class Rows(NamedTuple):
    """Partitions of data, each of the same number of blocks: a table, or X, y, weight, offset."""

    parts: Sequence[Sequence[Any]]
    schema: Schema = UNKNOWN
    n_bytes: int | None = None  #: of the largest partition, None where it is not known
    source: Any = None  #: the collection that has these partitions, if there is one

    @property
    def width(self) -> int:
        """Blocks of a partition."""
        return len(self.parts[0]) if self.parts else 1
