"""A limit of time for every test, a Ctrl-C that reaches it, and tests that run alone.

Tests marked `alone` share the machine with no other test where pytest-xdist runs several.
"""

from __future__ import annotations

import faulthandler
import fcntl
import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# Locked in this order; the files are not read. Whoever waits for the second holds the first, so
# that a test which has to be alone is not overtaken for ever by those that do not.
QUEUE = Path(__file__)
MACHINE = QUEUE.parent

# Seconds of a test's call, after which it fails, and of a test with its fixtures, after which its
# process ends. The longest tests take a minute on an idle machine.
LIMIT = float(os.environ.get("ELLTWO_TEST_LIMIT", "300"))
LAST = 1.5 * LIMIT

STDERR = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep standard error as it is before pytest captures what tests write to it."""
    config.stash[STDERR] = os.dup(2)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let SIGINT raise KeyboardInterrupt in a test and in the interpreters that it starts.

    A process started by `nohup`, by cron or in the background of a script ignores the signal, and
    so do its children.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def lock(path: Path, kind: int) -> Iterator[int]:
    """Hold a lock on a file or folder, which other processes respect that ask for one."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, kind)
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def time_limit(name: str) -> Iterator[None]:
    """Fail, by an exception in the main thread, what takes more than LIMIT seconds."""

    def fail(*_: object) -> None:
        pytest.fail(f"{name} took more than {LIMIT} s")

    before = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def last_limit(config: pytest.Config) -> Iterator[None]:
    """End the process after LAST seconds, whatever it does, with the stacks of its threads."""
    faulthandler.dump_traceback_later(LAST, exit=True, file=config.stash[STDERR])
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test, its fixtures included, once those that must not run beside it have ended."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        with last_limit(item.config):
            return (yield)
    alone = item.get_closest_marker("alone") is not None
    kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
    with lock(QUEUE, fcntl.LOCK_EX) as queue, lock(MACHINE, kind), last_limit(item.config):
        fcntl.flock(queue, fcntl.LOCK_UN)
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Hold a test to its limit."""
    with time_limit(item.nodeid):
        return (yield)
