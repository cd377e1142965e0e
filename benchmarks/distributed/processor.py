"""Processor time of this process and of all that it has started, workers of clusters included."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.distributed.works import Answer

PROC = Path("/proc")
SCHEDULED = 2  # the kind of a process' clock, in the lowest bits of its number


@dataclass
class Runs:
    """Wall and processor seconds of each run, and what they returned."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    @property
    def same_bytes(self) -> bool:
        """Whether all runs gave the same coefficients, bit for bit."""
        return len({a.coef.tobytes() for a in self.answers}) == 1


def repeated(task: Callable[[], Answer], repeat: int, budget: float) -> Runs:
    """Run a task so many times, or until the budget is used up."""
    runs = Runs()
    for _ in range(repeat):
        before, start = clocks(), time.perf_counter()
        runs.answers.append(task())
        runs.seconds.append(time.perf_counter() - start)
        runs.processor.append(spent(before, clocks()))
        if sum(runs.seconds) > budget:
            break
    return runs


def clocks() -> dict[int, float]:
    """Return the processor seconds of every process of the tree; of this one alone off Linux."""
    if not PROC.is_dir():
        return {os.getpid(): time.process_time()}
    found = {}
    for pid in tree(os.getpid()):
        try:
            found[pid] = time.clock_gettime(~pid << 3 | SCHEDULED)
        except OSError:  # it has ended meanwhile
            continue
    return found


def spent(before: dict[int, float], after: dict[int, float]) -> float:
    """Return the seconds between two looks; processes that ended between them are not counted."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def tree(root: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                text = (folder / "stat").read_text(encoding="ascii", errors="replace")
            except OSError:
                continue
            parent = int(text.rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found
