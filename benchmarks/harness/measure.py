"""Timing: whole fits in interleaved rounds, and calls of microseconds in loops."""

from __future__ import annotations

import time
import timeit
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.harness.settings import Settings


@dataclass
class Timing:
    """The seconds of one task's runs, and what its first run returned or raised."""

    seconds: list[float] = field(default_factory=list)
    answer: Any = None
    error: str | None = None

    def run(self, task: Callable[[], Any]) -> None:
        """Run the task once more."""
        try:
            start = time.perf_counter()
            answer = task()
            self.seconds.append(time.perf_counter() - start)
        except (ArithmeticError, MemoryError, RuntimeError, ValueError) as error:
            self.error = f"{type(error).__name__}: {error}"
            return
        if self.answer is None:
            self.answer = answer


def interleave(tasks: Mapping[str, Callable[[], Any]], settings: Settings) -> dict[str, Timing]:
    """Time the tasks in turn, A B C A B C ..., `settings.repeat` times.

    A task leaves the rounds once its runs have taken `settings.budget` seconds together, or it has
    failed. Before each run others' BLAS and OpenMP threads, which spin for a while after a call,
    are given time to go to sleep.
    """
    timings = {name: Timing() for name in tasks}
    for _ in range(settings.repeat):
        for name, task in tasks.items():
            timing = timings[name]
            if timing.error is None and sum(timing.seconds) < settings.budget:
                time.sleep(settings.settle_seconds)
                timing.run(task)
    return timings


def interleave_calls(
    statements: Mapping[str, str], namespace: dict[str, Any], settings: Settings
) -> dict[str, list[float]]:
    """Seconds per call of short statements, each timed in loops, in interleaved rounds."""
    timers = {name: timeit.Timer(text, globals=namespace) for name, text in statements.items()}
    numbers = {name: _loop_length(timer, settings.loop_seconds) for name, timer in timers.items()}
    seconds: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(settings.repeat):
        for name, timer in timers.items():
            time.sleep(settings.settle_seconds)
            seconds[name].append(timer.timeit(numbers[name]) / numbers[name])
    return seconds


def _loop_length(timer: timeit.Timer, min_seconds: float) -> int:
    number = 1
    while timer.timeit(number) < min_seconds:
        number *= 2
    return number
