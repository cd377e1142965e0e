"""What sets and tells the number of threads."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.options import count
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.thread_number import default_threads, of_context

if TYPE_CHECKING:
    from collections.abc import Iterator


@public("elltwo")
def get_num_threads() -> int:
    """Return the number of threads that a call uses at most where `n_threads` is None.

    It is the first of these that is given:

    1. the number of the innermost `num_threads` around the call;
    2. the number of `set_num_threads`;
    3. the environment variable ``ELLTWO_NUM_THREADS``;
    4. the first number of the environment variable ``OMP_NUM_THREADS``;
    5. in a worker of ``multiprocessing.Pool``, or another daemonic process, 1;
    6. the cores that the process may use by its affinity mask and the quotas of its control groups.

    A limit that ``threadpoolctl`` sets for all libraries holds as well. Calls that run at the same
    time in threads of one process share a number of 2 to 6. The environment is read once, when the
    compiled core is loaded. No answer depends on the number of threads.

    Returns
    -------
    int
        Number of threads, at least 1.

    See Also
    --------
    set_num_threads : Set the number for the process.
    num_threads : Set the number for a block of code.

    Examples
    --------
    >>> import elltwo
    >>> with elltwo.num_threads(2):
    ...     elltwo.get_num_threads()
    2
    """
    return default_threads() or _core.num_threads()


@public("elltwo")
def set_num_threads(n_threads: int | None) -> None:
    """Set the number of threads of calls where `n_threads` is None, for the process.

    Parameters
    ----------
    n_threads : int or None
        Number of threads, at least 1; None leaves it to the environment and the cores again.

    Raises
    ------
    TypeError
        If `n_threads` is not an integer.
    ValueError
        If it is less than 1.

    See Also
    --------
    get_num_threads : What else decides the number.
    num_threads : Set the number for a block of code.

    Examples
    --------
    >>> import elltwo
    >>> elltwo.set_num_threads(3)
    >>> elltwo.get_num_threads()
    3
    >>> elltwo.set_num_threads(None)
    """
    _core.set_num_threads(_number(n_threads))


@public("elltwo")
@contextmanager
def num_threads(n_threads: int | None) -> Iterator[None]:
    """Set the number of threads of calls within a ``with`` block where `n_threads` is None.

    The number holds for the thread, or the task of ``asyncio``, that runs the block. Threads that
    are started within it have the number of the process, see `set_num_threads`.

    Parameters
    ----------
    n_threads : int or None
        Number of threads, at least 1; None stands for the number of the process.

    Raises
    ------
    TypeError
        If `n_threads` is not an integer.
    ValueError
        If it is less than 1.

    See Also
    --------
    get_num_threads : What else decides the number.
    set_num_threads : Set the number for the process.

    Examples
    --------
    >>> import elltwo
    >>> with elltwo.num_threads(1):
    ...     fit = elltwo.ridge([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], alpha=2.0)
    """
    token = of_context.set(_number(n_threads))
    try:
        yield
    finally:
        of_context.reset(token)


def _number(n_threads: object) -> int:
    return 0 if n_threads is None else count(n_threads, "n_threads", minimum=1)
