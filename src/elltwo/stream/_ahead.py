"""A thread that prepares the next item while the caller works on the present one."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

Item = TypeVar("Item")
PATIENCE = 1.0  # seconds that the end of a read is waited for once nobody wants it


def one_ahead(items: Iterator[Item]) -> Generator[Item, None, None]:
    """Yield `items` in order, made by a thread of their own.

    The thread makes one item while the caller uses the one before, and never more: an item and
    its successor may share two buffers. Its exceptions are raised here, in their turn.
    """
    made: queue.SimpleQueue[tuple[Item | None, BaseException | None]] = queue.SimpleQueue()
    room = threading.Semaphore(2)
    stop = threading.Event()

    def produce() -> None:
        try:
            while room.acquire() and not stop.is_set():
                made.put((next(items), None))
        except BaseException as error:  # noqa: BLE001  # handed to the caller
            made.put((None, error))
        finally:
            if hasattr(items, "close"):
                items.close()

    thread = threading.Thread(target=produce, name="elltwo reader", daemon=True)
    thread.start()
    try:
        while True:
            item, error = made.get()
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            yield item  # type: ignore[misc]  # an item where there is no error
            room.release()
    finally:
        stop.set()
        room.release()
        thread.join(PATIENCE)
