"""Tests marked `alone` share the machine with no other test where pytest-xdist runs several."""

from __future__ import annotations

import fcntl
import os
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


@contextmanager
def lock(path: Path, kind: int) -> Iterator[int]:
    """Hold a lock on a file or folder, which other processes respect that ask for one."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, kind)
        yield descriptor
    finally:
        os.close(descriptor)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test, its fixtures included, once those that must not run beside it have ended."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    alone = item.get_closest_marker("alone") is not None
    kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
    with lock(QUEUE, fcntl.LOCK_EX) as queue, lock(MACHINE, kind):
        fcntl.flock(queue, fcntl.LOCK_UN)
        return (yield)
