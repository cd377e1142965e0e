"""The engine that runs everything here, part after part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.integrations._reduce.engine import UNKNOWN
from elltwo.integrations._reduce.leaf import run_leaf
from elltwo.integrations._reduce.piece import merge_pieces, rows_in
from elltwo.integrations._reduce.tree import Growing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.integrations._reduce.engine import Schema, Watch


class SerialEngine:
    """Parts in memory, in the calling thread; `order` is that in which leaves run."""

    name = "serial"

    def __init__(
        self,
        parts: Sequence[Any],
        schema: Schema = UNKNOWN,
        order: Sequence[int] | None = None,
    ) -> None:
        self.n_parts = len(parts)
        self.schema = schema
        self._parts = parts
        self._order = range(len(parts)) if order is None else order

    def reduce(self, task: bytes, fan_in: int, watch: Watch) -> bytes:
        """Return the merged piece of all parts."""
        growing = Growing(self.n_parts, fan_in, merge_pieces)
        moved = rows = 0
        for number, key in enumerate(self._order):
            piece = run_leaf(self._parts[key], key, task)
            growing.put(key, piece)
            moved, rows = moved + len(piece), rows + rows_in(piece)
            watch.done(number + 1, moved, rows)
        return growing.result()

    def close(self) -> None:
        """Do nothing: nothing was taken."""
