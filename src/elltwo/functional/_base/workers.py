"""Threads that work on tasks while the calling thread waits for what has ended."""

from __future__ import annotations

from _thread import start_new_thread
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar

from elltwo.functional._base.compiled import _core

if TYPE_CHECKING:
    from collections.abc import Callable

Task = TypeVar("Task")
Result = TypeVar("Result")


class Ended(Generic[Task, Result]):
    """A task that has ended, with its result or its error."""

    def __init__(self, task: Task, work: Callable[[Task], Result]) -> None:
        self.task = task
        self._error: BaseException | None = None
        try:
            self._result = work(task)
        except BaseException as error:  # noqa: BLE001  # raised by the calling thread
            self._error = error

    def result(self) -> Result:
        """Return the result, or raise the error."""
        if self._error is not None:
            raise self._error
        return self._result


class Workers(Generic[Task, Result]):
    """Threads that call `work` on tasks until told to stop.

    They and the calling thread meet in queues alone: a Ctrl-C that falls into the Python code of a
    future or a condition would leave its lock taken, and a thread waiting for it for ever.
    """

    def __init__(self, work: Callable[[Task], Result]) -> None:
        self._work = work
        self._stop = _core.StopFlag()
        self._tasks: SimpleQueue[tuple[Task] | None] = SimpleQueue()
        self._ended: SimpleQueue[Ended[Task, Result] | None] = SimpleQueue()
        self._running: list[None] = []
        self._n_threads = 0

    @property
    def stopping(self) -> bool:
        """Whether the threads have been told to stop, as the core's calls in them have been."""
        return self._stop.is_set()

    def start(self, n_threads: int) -> None:
        """Start threads; `close` has to be called whatever happens."""
        self._n_threads = n_threads
        for _ in range(n_threads):
            start_new_thread(self._run, ())

    def begin(self, task: Task) -> None:
        """Hand a task to the thread that is free first."""
        self._tasks.put((task,))

    def ended(self) -> Ended[Task, Result]:
        """Wait for a task to end."""
        ended = self._ended.get()
        assert ended is not None  # said by a thread that ends, which `close` makes it
        return ended

    def ended_within(self, seconds: float) -> Ended[Task, Result] | None:
        """Wait for a task to end; None if that takes longer than so many seconds."""
        try:
            return self._ended.get(timeout=seconds)
        except Empty:
            return None

    def close(self, seconds: float | None = None) -> bool:
        """Stop the threads and wait for them; false if it takes one longer than so many seconds.

        A thread that only starts now works on nothing.
        """
        self._stop.set()
        for _ in range(self._n_threads):
            self._tasks.put(None)
        try:
            for _ in list(self._running):
                while self._ended.get(timeout=seconds) is not None:
                    pass
        except Empty:
            return False
        return True

    def _run(self) -> None:
        self._running.append(None)
        self._stop.watch()
        while not self.stopping and (task := self._tasks.get()) is not None:
            self._ended.put(Ended(task[0], self._work))
        self._ended.put(None)
