"""What went wrong on a partition, as a value that travels with the sums.

An exception would be raised again by some engines, and whichever worker failed first would hide
the others. So every leaf ends well, and the driver raises the error of the first partition, once.
"""

from __future__ import annotations

import traceback
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from elltwo.exceptions import MissingValueError, StreamError

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS: dict[str, type[Exception]] = {
    kind.__name__: kind
    for kind in (
        StreamError,
        MissingValueError,
        ValueError,
        TypeError,
        OverflowError,
        ImportError,
        FileNotFoundError,
        PermissionError,
        OSError,
        MemoryError,
    )
}
ABOUT_DATA = {"StreamError", "MissingValueError", "ValueError", "TypeError", "ImportError"}


class LeafTraceback(Exception):  # noqa: N818  # the cause of an error, shown above it
    """Where in the leaf an error arose."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._text = text

    def __str__(self) -> str:
        return f"\n{self._text}"


@dataclass(frozen=True)
class Fault:
    """An error of a partition; `kind` is the name of the exception that the driver raises."""

    partition: int
    kind: str
    message: str
    trace: str = ""

    @classmethod
    def caught(cls, error: Exception, partition: int) -> Fault:
        """Return the value of an error; the text names the partition.

        Errors of elltwo about the data are shown without the place in the leaf.
        """
        kind = next((one.__name__ for one in type(error).__mro__ if one.__name__ in KINDS), None)
        text = str(error)
        place = partition_name(partition)
        if kind is None:
            kind, text = "RuntimeError", f"{place}: {type(error).__name__}: {text}"
        elif place not in text:
            text = f"{place}: {text}"
        known = kind in ABOUT_DATA and place in str(error)
        trace = "" if known else "".join(traceback.format_exception(error))
        return cls(partition, kind, text, trace)

    @staticmethod
    def first(faults: Iterable[Fault | None]) -> Fault | None:
        """Return the fault of the first partition that has one."""
        found = [fault for fault in faults if fault is not None]
        return min(found, key=lambda fault: fault.partition, default=None)

    def content(self) -> dict[str, Any]:
        """Return what JSON holds."""
        return asdict(self)

    @classmethod
    def of(cls, content: dict[str, Any]) -> Fault:
        """Return what `content` was called on."""
        return cls(**content)

    def throw(self) -> None:
        """Raise the error."""
        error = KINDS.get(self.kind, RuntimeError)(self.message)
        raise error from (LeafTraceback(self.trace) if self.trace else None)


def partition_name(key: int) -> str:
    """Return what errors call a partition."""
    return f"partition {key}"
