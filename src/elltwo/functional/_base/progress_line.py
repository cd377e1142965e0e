"""One line on standard error that says how far the work has come."""

from __future__ import annotations

import sys

BAR_WIDTH = 24


class Line:
    """A line that is written again in the place of what it said before."""

    def __init__(self) -> None:
        self.drawn = False

    def write(self, text: str) -> None:
        """Write the line; whatever it said before is erased."""
        sys.stderr.write(f"\r{text}\033[K")
        sys.stderr.flush()
        self.drawn = True

    def end(self) -> None:
        """Leave what the line says last, if it says anything."""
        if self.drawn:
            sys.stderr.write("\n")
            self.drawn = False


def on_terminal() -> bool:
    """Whether standard error is a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()


def bar(share: float) -> str:
    """Write a share of the work as a percentage and a bar."""
    share = min(share, 1.0)
    return f"{share:4.0%} [{'#' * round(share * BAR_WIDTH):<{BAR_WIDTH}}]"


def time_text(seconds: float) -> str:
    """Write a time in at most two units."""
    whole = round(max(seconds, 0.0))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
