"""The engine that submits leaves to an executor and merges their pieces here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

from elltwo.integrations._reduce.engine import UNKNOWN
from elltwo.integrations._reduce.leaf import run_leaf
from elltwo.integrations._reduce.piece import merge_pieces, rows_in
from elltwo.integrations._reduce.tree import Growing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from elltwo.integrations._reduce.engine import Watch

    Loader = Callable[[Any], Any] | None

LOOK = 0.1  # seconds between two looks at Ctrl-C, where the system does not end the wait


class Future(Protocol):
    """What `submit` returns, as in `concurrent.futures`."""

    def add_done_callback(self, fn: Callable[[Any], object], /) -> None:
        """Call a function with the future once it has ended."""
        ...

    def cancel(self) -> bool:
        """Let the call not begin, if it has not."""
        ...

    def result(self) -> Any:  # noqa: ANN401
        """Return what the call returned, or raise what it raised."""
        ...


class Executor(Protocol):
    """What runs functions elsewhere."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Future:  # noqa: ANN401
        """Start a call."""
        ...


class ExecutorEngine:
    """Leaves on an executor; `loader` makes a partition of a part there, None: parts are such."""

    name = "executor"
    schema = UNKNOWN

    def __init__(
        self,
        parts: Iterable[Any],
        loader: Loader,
        executor: Executor,
    ) -> None:
        if not callable(getattr(executor, "submit", None)):
            raise TypeError(
                "executor must have a method submit, as those of concurrent.futures, got "
                f"{type(executor).__name__}"
            )
        if loader is not None and not callable(loader):
            raise TypeError(f"loader must be a function of a part, got {loader!r}")
        if not isinstance(parts, Iterable):
            raise TypeError(f"parts must be a sequence, such as paths or range(8), got {parts!r}")
        self._parts = list(parts)
        self._loader = loader
        self._executor = executor
        self.n_parts = len(self._parts)

    def reduce(self, task: bytes, fan_in: int, watch: Watch) -> bytes:
        """Return the merged piece of all parts; leaves that have not begun are cancelled if not."""
        growing = Growing(self.n_parts, fan_in, merge_pieces)
        moved = rows = 0
        arguments = ((part, key, task, self._loader) for key, part in enumerate(self._parts))
        for number, (key, future) in enumerate(ended_calls(self._executor, run_leaf, arguments)):
            piece: bytes = result_of(future, key)
            growing.put(key, piece)
            moved, rows = moved + len(task) + len(piece), rows + rows_in(piece)
            watch.done(number + 1, moved, rows)
        return growing.result()

    def close(self) -> None:
        """Do nothing: the executor is the caller's."""


def ended_calls(
    executor: Executor, function: Callable[..., Any], arguments: Iterable[tuple[Any, ...]]
) -> Iterator[tuple[int, Future]]:
    """Submit calls and yield the number of each with its future, once it has ended.

    Threads meet in a queue alone, on which Ctrl-C can end the wait. Whatever ends the iteration
    before all calls have ended cancels those that have not begun.
    """
    ended: SimpleQueue[tuple[int, Future]] = SimpleQueue()
    futures: list[Future] = []
    try:
        for number, given in enumerate(arguments):
            future = executor.submit(function, *given)
            futures.append(future)
            future.add_done_callback(partial(_put, ended, number))
        for _ in range(len(futures)):
            yield _next(ended)
    finally:
        for future in futures:
            future.cancel()


def result_of(future: Future, key: int) -> Any:  # noqa: ANN401
    """Return what a call gave.

    Raises
    ------
    RuntimeError
        If the executor has lost it; the calls themselves raise nothing.
    """
    try:
        return future.result()
    except Exception as error:
        raise RuntimeError(
            f"the executor did not run the work on partition {key}: {type(error).__name__}: {error}"
        ) from error


def _put(ended: SimpleQueue[tuple[int, Future]], number: int, future: Future) -> None:
    ended.put((number, future))


def _next(ended: SimpleQueue[tuple[int, Future]]) -> tuple[int, Future]:
    while True:
        try:
            return ended.get(timeout=LOOK)
        except Empty:
            continue
