"""One pass over the parts of a stream: reading, merging, saving, showing."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from elltwo.exceptions import StreamError
from elltwo.functional._base.workers import Workers

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from elltwo.stream._blocks import Block, Mark
    from elltwo.stream._sources import Source

LOOK = 0.1  # seconds between two looks at parts that other threads read
SAVING_SHARE = 10  # at most a tenth of the time is spent on saving


class PartSums(Protocol):
    """Sums of the first `rows` rows of part number `index`; `skipped` of them left out."""

    index: int
    rows: int
    skipped: int
    read: int  # bytes
    complete: bool
    mark: Mark | None
    lock: threading.Lock

    def add(self, block: Block, names: Sequence[str] | None) -> None:
        """Add those rows of a block that are not in yet."""
        ...

    def finish(self) -> None:
        """Note that the part has no more rows."""
        ...

    def count_interrupted(self) -> None:
        """Let the counts tell what is in after a call that Ctrl-C interrupted."""
        ...


class Show(Protocol):
    """What shows how far a pass has come."""

    @property
    def due(self) -> bool:
        """Whether it is time to call `update`."""
        ...

    def begin(self, rows: int) -> None:
        """Start from a number of rows that had been read before."""
        ...

    def update(self, rows: int, total: int | None) -> None:
        """Show the state of things."""
        ...

    def finish(self, rows: int, total: int | None) -> None:
        """Show the last state."""
        ...

    def close(self) -> None:
        """End the line."""
        ...


OnePart = TypeVar("OnePart", bound=PartSums)
Sums = TypeVar("Sums")


@dataclass(frozen=True)
class Merged(Generic[Sums]):
    """Sums of the first `n_parts` parts."""

    n_parts: int
    sums: Sums
    rows: int
    skipped: int


class Reading(Generic[OnePart, Sums]):
    """A stream being read; what has been read is `merged` and `open_parts`."""

    def __init__(self, source: Source, nothing: Sums, n_threads: int) -> None:
        self.source = source
        self.n_threads = n_threads
        self.merged = Merged(0, nothing, 0, 0)
        self.open_parts: dict[int, OnePart] = {}

    def new_part(self, index: int) -> OnePart:
        """Return sums of a part of which nothing has been read."""
        raise NotImplementedError

    def joined(self, before: Sums, part: OnePart) -> Sums:
        """Return the sums of parts and of the next one, all of which stay as they are."""
        raise NotImplementedError

    def explain(self, error: StreamError) -> None:
        """Tell an error what has been read."""
        error.n_rows = self.rows

    @property
    def rows(self) -> int:
        """Rows read, those left out included."""
        return self.merged.rows + sum(part.rows for part in self.unmerged())

    @property
    def skipped(self) -> int:
        """Rows left out."""
        return self.merged.skipped + sum(part.skipped for part in self.unmerged())

    def total(self) -> int | None:
        """Rows of all parts, estimated from the bytes read where only files' sizes are known."""
        parts, done = self.source.parts, self.merged.n_parts
        told = sum(part.n_rows for part in parts if part.n_rows is not None)
        sizes = [part.n_bytes for part in parts if part.n_rows is None]
        if not sizes:
            return told
        read = sum(part.n_bytes or 0 for part in parts[:done] if part.n_rows is None)
        rows = self.merged.rows - sum(part.n_rows or 0 for part in parts[:done])
        for mine in self.unmerged():
            if parts[mine.index].n_rows is None:
                read, rows = read + mine.read, rows + mine.rows
        if None in sizes or read == 0:
            return None
        return told + round(rows * sum(size or 0 for size in sizes) / read)

    def read(self, n_jobs: int, show: Show, save: Callable[[], None], every: float) -> None:
        """Read what is left; save every so many seconds, at the end, and before any error."""
        clock = _Clock(every)

        def look() -> None:
            if show.due:
                show.update(self.rows, self.total())
            if clock.due:
                clock.time(save)

        show.begin(self.rows)
        try:
            if n_jobs == 1:
                self._read_in_turn(look)
            else:
                self._read_in_parallel(n_jobs, look)
        except BaseException as error:
            for part in self.unmerged():
                part.count_interrupted()
            if isinstance(error, StreamError):
                self.explain(error)
            show.close()
            save()
            raise
        save()
        show.finish(self.rows, self.rows)

    def opened(self, index: int) -> OnePart:
        """Return the sums of a part that is read or about to be."""
        return self.open_parts.setdefault(index, self.new_part(index))

    def unmerged(self) -> list[OnePart]:
        """Return the parts that are read or wait for those before them, in order."""
        parts = list(self.open_parts.values())
        return sorted(
            (part for part in parts if part.index >= self.merged.n_parts),
            key=lambda part: part.index,
        )

    def _read_in_turn(self, look: Callable[[], None]) -> None:
        for i in range(self.merged.n_parts, len(self.source.parts)):
            self._merge(self._read_part(self.opened(i), look))

    def _read_in_parallel(self, n_jobs: int, look: Callable[[], None]) -> None:
        """Read parts in threads; they are merged in order, and only so many wait for that."""
        finished: dict[int, OnePart] = {}
        begun = self.merged.n_parts
        readers: Workers[OnePart, OnePart] = Workers(
            lambda part: self._read_part(part, stopping=lambda: readers.stopping)
        )
        try:
            readers.start(n_jobs)
            while self.merged.n_parts < len(self.source.parts):
                while begun < min(len(self.source.parts), self.merged.n_parts + 2 * n_jobs):
                    readers.begin(self.opened(begun))
                    begun += 1
                if (ended := readers.ended_within(LOOK)) is not None:
                    finished[ended.task.index] = ended.result()
                while (first := finished.get(self.merged.n_parts)) is not None:
                    self._merge(first)
                    del finished[first.index]
                look()
        finally:
            readers.close()

    def _read_part(
        self,
        mine: OnePart,
        look: Callable[[], None] = lambda: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> OnePart:
        part = self.source.parts[mine.index]
        if mine.complete:
            return mine
        with closing(part.blocks(mine.rows, mine.mark, self.n_threads)) as blocks:
            for block in blocks:
                with mine.lock:
                    mine.add(block, self.source.names)
                look()
                if stopping():
                    return mine
        with mine.lock:
            mine.finish()
        return mine

    def _merge(self, part: OnePart) -> None:
        before = self.merged
        sums = self.joined(before.sums, part)
        # One assignment, which Ctrl-C cannot divide; a part that is in is no longer looked at.
        self.merged = Merged(
            before.n_parts + 1, sums, before.rows + part.rows, before.skipped + part.skipped
        )
        self.open_parts.pop(part.index)


class _Clock:
    """When the next saving is due."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._next = time.perf_counter() + every

    @property
    def due(self) -> bool:
        return time.perf_counter() >= self._next

    def time(self, save: Callable[[], None]) -> None:
        start = time.perf_counter()
        save()
        end = time.perf_counter()
        self._next = end + max(self._every, SAVING_SHARE * (end - start))
