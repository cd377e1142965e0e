"""One pass over the parts of a stream: reading, merging, saving, showing."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from elltwo.exceptions import StreamError
from elltwo.functional._base.workers import Workers
from elltwo.stream._part_moments import PartMoments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from elltwo.functional import Moments
    from elltwo.stream._part_moments import Plan
    from elltwo.stream._progress import Progress
    from elltwo.stream._sources import Source

LOOK = 0.1  # seconds between two looks at parts that other threads read
SAVING_SHARE = 10  # at most a tenth of the time is spent on saving


class Merged(NamedTuple):
    """Moments of the first `n_parts` parts, by folds."""

    n_parts: int
    moments: tuple[Moments | None, ...]
    rows: int
    skipped: int


class Run:
    """A stream being read; what has been read is `merged` and `open_parts`."""

    def __init__(self, source: Source, plan: Plan) -> None:
        self.source = source
        self.plan = plan
        self.merged = Merged(0, (None,) * plan.n_folds, 0, 0)
        self.open_parts: dict[int, PartMoments] = {}

    @property
    def rows(self) -> int:
        """Rows read, those left out included."""
        return self.merged.rows + sum(part.rows for part in self._unmerged())

    @property
    def skipped(self) -> int:
        """Rows left out."""
        return self.merged.skipped + sum(part.skipped for part in self._unmerged())

    def total(self) -> int | None:
        """Rows of all parts, estimated from the bytes read where only files' sizes are known."""
        parts, done = self.source.parts, self.merged.n_parts
        told = sum(part.n_rows for part in parts if part.n_rows is not None)
        sizes = [part.n_bytes for part in parts if part.n_rows is None]
        if not sizes:
            return told
        read = sum(part.n_bytes or 0 for part in parts[:done] if part.n_rows is None)
        rows = self.merged.rows - sum(part.n_rows or 0 for part in parts[:done])
        for mine in self._unmerged():
            if parts[mine.index].n_rows is None:
                read, rows = read + mine.read, rows + mine.rows
        if None in sizes or read == 0:
            return None
        return told + round(rows * sum(size or 0 for size in sizes) / read)

    def fold_moments(self) -> list[Moments | None]:
        """Moments of the folds, of all rows read."""
        moments = self.merged.moments
        for part in self._unmerged():
            moments = _joined(moments, part.moments)
        return list(moments)

    def read(self, n_jobs: int, progress: Progress, save: Callable[[], None], every: float) -> None:
        """Read what is left; save every so many seconds, at the end, and before any error."""
        clock = _Clock(every)

        def look() -> None:
            if progress.due:
                progress.update(self.rows, self.total())
            if clock.due:
                clock.time(save)

        progress.begin(self.rows)
        try:
            if n_jobs == 1:
                self._read_in_turn(look)
            else:
                self._read_in_parallel(n_jobs, look)
        except BaseException as error:
            for part in self._unmerged():
                part.count_interrupted()
            if isinstance(error, StreamError):
                error.moments, error.n_rows = joined_folds(self.fold_moments()), self.rows
            progress.close()
            save()
            raise
        save()
        progress.finish(self.rows, self.rows)

    def _read_in_turn(self, look: Callable[[], None]) -> None:
        for i in range(self.merged.n_parts, len(self.source.parts)):
            self._merge(self._read_part(self.opened(i), look))

    def _read_in_parallel(self, n_jobs: int, look: Callable[[], None]) -> None:
        """Read parts in threads; they are merged in order, and only so many wait for that."""
        finished: dict[int, PartMoments] = {}
        begun = self.merged.n_parts
        readers: Workers[PartMoments, PartMoments] = Workers(
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

    def opened(self, index: int) -> PartMoments:
        """Return the moments of a part that is read or about to be."""
        return self.open_parts.setdefault(index, PartMoments(self.plan, index))

    def _read_part(
        self,
        mine: PartMoments,
        look: Callable[[], None] = lambda: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> PartMoments:
        part = self.source.parts[mine.index]
        if mine.complete:
            return mine
        with closing(part.blocks(mine.rows, mine.mark, self.plan.n_threads)) as blocks:
            for block in blocks:
                with mine.lock:
                    mine.add(block, self.source.names)
                look()
                if stopping():
                    return mine
        mine.complete = True
        return mine

    def _merge(self, part: PartMoments) -> None:
        before = self.merged
        moments = _joined(before.moments, part.moments)
        # One assignment, which Ctrl-C cannot divide; a part that is in is no longer looked at.
        self.merged = Merged(
            before.n_parts + 1, moments, before.rows + part.rows, before.skipped + part.skipped
        )
        self.open_parts.pop(part.index)

    def _unmerged(self) -> list[PartMoments]:
        parts = list(self.open_parts.values())
        return sorted(
            (part for part in parts if part.index >= self.merged.n_parts),
            key=lambda part: part.index,
        )


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


def joined_folds(folds: Sequence[Moments | None]) -> Moments | None:
    """Merge the moments of all folds into new ones, or return the only ones there are."""
    there = [moments for moments in folds if moments is not None]
    if len(there) < 2:
        return there[0] if there else None
    return there[0].copy().merge(*there[1:])


def _joined(
    first: Sequence[Moments | None], second: Sequence[Moments | None]
) -> tuple[Moments | None, ...]:
    return tuple(map(joined_folds, zip(first, second, strict=True)))
