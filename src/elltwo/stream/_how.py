"""How a stream is read, whatever is fitted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from elltwo.functional._base.thread_number import thread_share
from elltwo.stream._arguments import read_count, read_seconds
from elltwo.stream._progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable


class How(NamedTuple):
    """The arguments of `fit_stream` that change no answer, and how rows are dealt with."""

    n_jobs: int
    n_threads: int
    fold_rows: int | None
    skip_missing: bool
    state: Path | None
    checkpoint: float  #: seconds
    progress: Progress

    @classmethod
    def read(
        cls,
        jobs_and_threads: tuple[int, int | None],
        fold_rows: int | None,
        missing: str,
        state: str | Path | None,
        checkpoint: float,
        progress: bool | Callable[[int, int | None, float], object] | None,
    ) -> How:
        """Check the arguments, naming the first one that is wrong."""
        n_jobs, n_threads = jobs_and_threads
        jobs = read_count("n_jobs", n_jobs)
        threads = thread_share() if n_threads is None else read_count("n_threads", n_threads)
        rows = None if fold_rows is None else read_count("fold_rows", fold_rows)
        if missing not in {"raise", "skip"}:
            raise ValueError(f"missing must be 'raise' or 'skip', got {missing!r}")
        shown, seconds = Progress(progress), read_seconds(checkpoint)
        path = None if state is None else Path(state)
        if path is not None and not path.exists() and not path.parent.is_dir():
            raise ValueError(f"state: there is no folder {path.parent}")
        return cls(jobs, threads, rows, missing == "skip", path, seconds, shown)

    def threads_of(self, jobs: int) -> int:
        """Return the threads of one of the parts that are read at the same time."""
        return max(1, self.n_threads // jobs)
