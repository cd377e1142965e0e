"""How far the passes of a run have come: shown as a stream's progress is, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elltwo.stream._progress import Progress


class PassWatch:
    """What an engine tells of a pass over `n_parts` partitions, of `n_rows` if that is known."""

    def __init__(self, progress: Progress, n_parts: int, n_rows: int | None) -> None:
        self.n_bytes = 0
        self._progress = progress
        self._n_parts = n_parts
        self._n_rows = n_rows

    def done(self, n_leaves: int, n_bytes: int = 0) -> None:
        """Take note that so many leaves have ended since the pass began, and what was moved."""
        self.n_bytes = n_bytes
        if self._progress.due and self._n_rows is not None:
            share = n_leaves / max(self._n_parts, 1)
            self._progress.update(round(share * self._n_rows), self._n_rows)
