"""Jobs of a group of their own, run in a thread, so that the caller can interrupt them."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

POLL = 0.2  # seconds between looks at what has completed
PATIENCE = 0.4  # seconds that an interrupted caller waits for jobs to end
AGAIN = 0.05  # seconds between cancellations: a job may start after the first of them

Outcome = tuple[Any, BaseException | None]


class Jobs:
    """What one call has Spark do; `description` is shown in Spark's own pages.

    The group is the thread's that starts the jobs. Spark keeps it apart from other threads where
    threads of Python and of the JVM are paired, which they are unless PYSPARK_PIN_THREAD=false.
    """

    def __init__(self, context: Any, description: str) -> None:  # noqa: ANN401  # a SparkContext
        self.group = f"elltwo-{uuid4()}"
        self._context = context
        self._description = description

    def run(
        self, action: Callable[[], Result], seen: Callable[[int, int], object] = lambda *_: None
    ) -> Result:
        """Return what `action` returns, telling `seen` how many of how many tasks have completed.

        KeyboardInterrupt, or whatever else `seen` raises, cancels the group before it goes on.
        """
        from pyspark import InheritableThread

        outcomes: SimpleQueue[Outcome] = SimpleQueue()

        def work() -> None:
            try:
                # Interrupted threads end their Python workers at once; without, leaves run on for
                # some seconds.
                self._context.setJobGroup(self.group, self._description, interruptOnCancel=True)
                outcomes.put((action(), None))
            except BaseException as error:  # noqa: BLE001  # raised by the caller
                outcomes.put((None, error))

        thread = InheritableThread(target=work)
        thread.daemon = True
        thread.start()
        try:
            result, error = self._wait(outcomes, seen)
        except BaseException:
            self._cancel(thread, outcomes)
            raise
        thread.join()
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def _wait(self, outcomes: SimpleQueue[Outcome], seen: Callable[[int, int], object]) -> Outcome:
        while True:
            try:
                return outcomes.get(timeout=POLL)
            except Empty:
                done, total = self._tasks()
                if total:
                    seen(done, total)

    def _tasks(self) -> tuple[int, int]:
        """Return how many tasks have completed, and how many there are."""
        tracker = self._context.statusTracker()
        done = total = 0
        for job in tracker.getJobIdsForGroup(self.group):
            found = tracker.getJobInfo(job)
            for stage in found.stageIds if found is not None else ():
                state = tracker.getStageInfo(stage)
                if state is not None:
                    done, total = done + state.numCompletedTasks, total + state.numTasks
        return done, total

    def _cancel(self, thread: threading.Thread, outcomes: SimpleQueue[Outcome]) -> None:
        """Cancel the group until the thread has ended, without waiting long for it."""

        def cancel() -> None:
            while thread.is_alive():
                self._context.cancelJobGroup(self.group)
                time.sleep(AGAIN)

        threading.Thread(target=cancel, daemon=True).start()
        with suppress(Empty):
            outcomes.get(timeout=PATIENCE)
