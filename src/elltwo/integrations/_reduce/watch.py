"""How far the passes of a run have come: shown as a stream's progress is, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from elltwo.stream._progress import Progress


class Passes(NamedTuple):
    """The place of a pass among those of its run; `n_rows` of each, None where it is not known."""

    before: int = 0
    expected: int = 1
    n_rows: int | None = None

    @property
    def label(self) -> str:
        """What a bar begins with."""
        return f"pass {self.before + 1} of about {self.expected}, " if self.expected > 1 else ""


class PassWatch:
    """What an engine tells of a pass over `n_parts` partitions; rows of all passes are shown."""

    def __init__(self, progress: Progress, n_parts: int, passes: Passes) -> None:
        self.n_bytes = 0
        self._progress = progress
        self._n_parts = n_parts
        self._passes = passes

    def done(self, n_leaves: int, n_bytes: int = 0, n_rows: int | None = None) -> None:
        """Take note that so many leaves have ended since the pass began, of so many rows in all.

        `n_bytes` are those moved. Where the engine does not know the rows, they are estimated from
        those of the first pass, and in this one partitions alone are told.
        """
        self.n_bytes = n_bytes
        if not self._progress.due:
            return
        before, expected, each = self._passes
        total = None if each is None else each * expected
        label = self._passes.label
        if n_rows is None and each is not None:
            n_rows = round(each * n_leaves / max(self._n_parts, 1))
        elif n_rows is None:
            label += f"{n_leaves} of {self._n_parts} partitions, "
        self._progress.label = label
        self._progress.update(before * (each or 0) + (n_rows or 0), total)
