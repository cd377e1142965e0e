"""The number of threads of a call that leaves it open."""

from __future__ import annotations

import sys
from contextvars import ContextVar

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.threadpools import register

of_context: ContextVar[int] = ContextVar("elltwo.num_threads", default=0)


def default_threads() -> int:
    """Return the number of threads of a call that leaves it open; 0 as in `threads`."""
    register()
    number = of_context.get()
    if number > 0:
        return min(number, _core.thread_limit() or number)
    return 1 if _in_pool_worker() and not _core.num_threads_is_set() else 0


def thread_share() -> int:
    """Return the number of threads for a call that leaves it open and starts them in Python."""
    return default_threads() or _core.thread_share()


def _in_pool_worker() -> bool:
    """Tell whether this is a daemonic process, beside which others work on the same cores."""
    process = sys.modules.get("multiprocessing.process")
    return process is not None and bool(process.current_process().daemon)
