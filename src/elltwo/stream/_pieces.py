"""How the rows of a block are cut into calls of the core."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elltwo.stream._blocks import Block

# A piece is added by one call, during which nothing is saved or shown: about a quarter of a second.
PIECE_VALUES = 1 << 26
PIECE_PRODUCTS = 1 << 33


def pieces(block: Block, at: int, run: int | None) -> Iterator[tuple[int, int]]:
    """Yield first and last row of the pieces of a block from row `at` of its part on.

    They end at multiples of `run` rows of the part, where one is given, and where a piece is long;
    both do not depend on where the reading began.
    """
    n_rows, p = block.X.shape
    longest = max(min(PIECE_VALUES // max(p, 1), PIECE_PRODUCTS // max(p, 1) ** 2), 256)
    end = block.start + n_rows
    at = max(at, block.start)
    while at < end:
        long = block.start + ((at - block.start) // longest + 1) * longest
        last = min(end, long) if run is None else min(end, long, (at // run + 1) * run)
        yield at, last
        at = last
