"""Peers that stop early by default: the fewest iterations to a gap are sought, then timed."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from benchmarks.logistic.reference import relative_gap

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from benchmarks.logistic.problems import LogisticAnswer, LogisticTask

MAX_ITER = 1 << 14
SEARCH_SECONDS = 30.0  # no more iterations are tried once the search has taken so long
RESOLUTION = 1.15  # of the number of iterations


@dataclass
class Tuned:
    """A fit of the fewest iterations, to `RESOLUTION`, whose relative gap is at most `gap`.

    If none gets there, the last one that was tried stands, and its gap shows it.
    """

    fit_at: Callable[[LogisticTask, int], LogisticAnswer]
    gap: float
    chosen: MutableMapping[LogisticTask, int] = field(default_factory=WeakKeyDictionary)

    def prepare(self, task: LogisticTask) -> None:
        """Search for the number of iterations: by doubling, then by halving the interval."""
        start = time.perf_counter()
        gaps = [float("inf")] * 2
        low, high = 0, 1
        while True:
            gaps.append(self._gap(task, high))
            if gaps[-1] <= self.gap:
                break
            is_stalled = gaps[-1] > 0.5 * gaps[-3] if high > 64 else gaps[-1] != gaps[-1]
            if is_stalled or high >= MAX_ITER or time.perf_counter() - start > SEARCH_SECONDS:
                self.chosen[task] = high
                return
            low, high = high, 2 * high
        while high > low + 1 and high > RESOLUTION * low:
            middle = (low + high) // 2
            low, high = (low, middle) if self._gap(task, middle) <= self.gap else (middle, high)
        self.chosen[task] = high

    def _gap(self, task: LogisticTask, n_iter: int) -> float:
        """Relative gap; NaN if the fit fails, which the timed run will report."""
        try:
            return relative_gap(task, self._run(task, n_iter))
        except (ArithmeticError, RuntimeError, ValueError):
            return float("nan")

    def fit(self, task: LogisticTask) -> LogisticAnswer:
        """Fit with the number that was found."""
        n_iter = self.chosen[task]
        return self._run(task, n_iter)._replace(choice=f"{n_iter} iterations")

    def _run(self, task: LogisticTask, n_iter: int) -> LogisticAnswer:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # to be stopped is what was asked for
            return self.fit_at(task, n_iter)
