"""A fit to partitions as a line of text, for the report and while a run goes on."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.base.records import ClusterFit


def line(fit: ClusterFit) -> str:
    """Put place, library, seconds, gap and facts into a line."""
    name = f"  {fit.place:12} {fit.library:26}"
    if not fit.seconds:
        return f"{name} skipped: {fit.skipped}"
    wall, processor = median(fit.seconds), median(fit.processor)
    gap = "" if fit.gap is None else f"  gap {fit.gap:.1e}"
    facts = "".join(f", {key} {value:.3g}" for key, value in fit.facts.items())
    return f"{name} {wall:8.3f} s  processor {processor:8.3f} s{gap}{facts}"
