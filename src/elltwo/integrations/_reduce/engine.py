"""What the driver asks of whatever runs the work."""

from __future__ import annotations

from contextlib import closing
from functools import wraps
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Concatenate, ParamSpec, TypeVar

    _Rest = ParamSpec("_Rest")
    _Result = TypeVar("_Result")


class Column(NamedTuple):
    """What is known of a column before anything is read."""

    name: str
    is_number: bool = True
    kind: str = ""  # what it holds where that is no number, in the engine's words
    levels: tuple[str | int | float | bool, ...] | None = None  # of a categorical column, if known


class Schema(NamedTuple):
    """What is known of all partitions before anything is read.

    Partitions are tables whose `columns` are named, or pairs (X, y) with y beside the `columns` of
    X. Where these have no names, `columns` is None, and `n_features` those of X, None if unknown.
    """

    columns: Sequence[Column] | None
    n_features: int | None = None


UNKNOWN = Schema(None)


class Watch(Protocol):
    """Told by an engine how far a pass has come, in the thread that called `reduce`."""

    def done(self, n_leaves: int, n_bytes: int = 0, n_rows: int | None = None) -> None:
        """Take note that so many leaves have ended since the pass began.

        `n_bytes` have been moved since, and the leaves have read `n_rows`, where that is known.
        """
        ...


class Engine(Protocol):
    """Runs `run_leaf` on partitions, wherever they are, and merges the pieces by the tree.

    `reduce` may be called any number of times, for a pass over the data each. It calls
    ``run_leaf(part, key, task)`` for every part, key being its number from 0 on, merges the pieces
    with `merge_pieces` along `tree.grow` or `tree.Growing`, and returns the root. Whatever ends it
    early (KeyboardInterrupt, a lost worker) cancels what it has started before it is raised. It may
    run a leaf any number of times: pieces are functions of part, key and task.
    """

    name: str
    schema: Schema

    @property
    def n_parts(self) -> int:
        """Number of partitions."""
        ...

    def reduce(self, task: bytes, fan_in: int, watch: Watch) -> bytes:
        """Return the merged piece of all parts."""
        ...

    def close(self) -> None:
        """Give back what the engine has taken for itself; the caller's data stay."""
        ...


def closing_engine(
    function: Callable[Concatenate[Engine, _Rest], _Result],
) -> Callable[Concatenate[Engine, _Rest], _Result]:
    """Let a function close the engine that is its first argument, however it ends."""

    @wraps(function)
    def closed(engine: Engine, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> _Result:
        with closing(engine):
            return function(engine, *args, **kwargs)

    return closed
