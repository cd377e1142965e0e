"""A thread that prepares the next item while the caller works on the present one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from elltwo.functional._base.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

Item = TypeVar("Item")
PATIENCE = 1.0  # seconds that the end of a read is waited for once nobody wants it


def one_ahead(items: Iterator[Item]) -> Generator[Item, None, None]:
    """Yield `items` in order, made by a thread of their own.

    The thread makes one item while the caller uses the one before, and never more: an item and
    its successor may share two buffers. Its exceptions are raised here, in their turn.
    """
    reader: Workers[None, Item] = Workers(lambda _: next(items))
    try:
        reader.start(1)
        reader.begin(None)
        while True:
            reader.begin(None)
            ended = reader.ended()
            try:
                item = ended.result()
            except StopIteration:
                return
            yield item
    finally:
        if reader.close(PATIENCE) and hasattr(items, "close"):
            items.close()
