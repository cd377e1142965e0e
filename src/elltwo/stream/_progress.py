"""How far a stream has come: a line on a terminal, or calls of the user's function."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from elltwo.functional._base.progress_line import Line, bar, on_terminal, time_text

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE = 0.2  # seconds between two looks
PATIENCE = 1.0  # seconds of work before a bar appears unasked


class Progress:
    """Shows rows read, their rate and the time left, a few times a second.

    `show` is a function ``(rows, total, seconds)`` with `total` None where it is not known, True
    for a bar on standard error, False for nothing, None for a bar if standard error is a terminal
    and the work takes longer than a second.
    """

    def __init__(self, show: bool | Callable[[int, int | None, float], object] | None) -> None:
        if not (show is None or isinstance(show, bool) or callable(show)):
            raise TypeError(f"progress must be True, False, None or a function, got {show!r}")
        draws = show is True or (show is None and on_terminal())
        self._call = show if callable(show) else self._draw if draws else None
        self._line = Line()
        self._start = time.perf_counter()
        self._next = self._start + (PATIENCE if show is None else PAUSE)
        self._lasting = show is not None  # shown at the end however short the work
        self._already = 0
        self.label = ""  # that a bar begins with

    def begin(self, rows: int) -> None:
        """Start from a number of rows that had been read before."""
        self._already = rows

    @property
    def due(self) -> bool:
        """Whether it is time to call `update`."""
        return self._call is not None and time.perf_counter() >= self._next

    def update(self, rows: int, total: int | None) -> None:
        """Show the state of things."""
        if self._call is not None:
            self._call(rows, total, time.perf_counter() - self._start)
            self._next = time.perf_counter() + PAUSE

    def finish(self, rows: int, total: int | None) -> None:
        """Show the last state, unless a bar was not asked for and has not appeared."""
        if self._lasting or self._line.drawn:
            self.update(rows, total)
        self.close()

    def close(self) -> None:
        """End the line."""
        self._line.end()

    def _draw(self, rows: int, total: int | None, seconds: float) -> None:
        known = rows or total
        text = bar_text(rows, total, seconds, self._already) if known else time_text(seconds)
        self._line.write(self.label + text)


def bar_text(rows: int, total: int | None, seconds: float, already: int = 0) -> str:
    """Write one line: a bar if the total is known, rows, rate and time left.

    `already` rows were there before the clock started.
    """
    rate = (rows - already) / seconds if seconds > 0 else 0.0
    text = f"{rows:,} rows, {_short(rate)} rows/s"
    if not total:
        return f"{text}, {time_text(seconds)}"
    left = f", {time_text((total - rows) / rate)} left" if rate > 0 and rows < total else ""
    return f"{bar(rows / total)} {text}{left}"


def _short(number: float) -> str:
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= unit:
            return f"{number / unit:.1f}{name}"
    return f"{number:.0f}"
