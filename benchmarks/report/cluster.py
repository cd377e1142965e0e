"""Fits to partitions as text: every place and library, then every target and what was found."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from benchmarks.distributed.targets import targets

if TYPE_CHECKING:
    from benchmarks.base.records import ClusterFit, Results


def distributed(results: Results) -> list[str]:
    """Put the lines of all works together."""
    fits = results.distributed
    if not fits:
        return []
    lines = ["", "== partitions; processor seconds are those of all processes"]
    for work in dict.fromkeys(fit.work for fit in fits):
        lines.append(f"\n{work}")
        lines += [_line(fit) for fit in fits if fit.work == work]
    found = [] if results.smoke else targets(fits)
    if found:
        lines.append("\ntargets")
    for target in found:
        value = "-" if target.found is None else f"{target.found:.3g}"
        sign = ">=" if target.least else "<="
        text = f"  {target.work:32} {target.what:48} {value:>9}  {sign} {target.bound:g}"
        lines.append(f"{text}  {target.verdict}")
    return lines


def _line(fit: ClusterFit) -> str:
    name = f"  {fit.place:12} {fit.library:26}"
    if not fit.seconds:
        return f"{name} skipped: {fit.skipped}"
    wall, processor = median(fit.seconds), median(fit.processor)
    gap = "" if fit.gap is None else f"  gap {fit.gap:.1e}"
    facts = "".join(f", {key} {value:.3g}" for key, value in fit.facts.items())
    return f"{name} {wall:8.3f} s  processor {processor:8.3f} s{gap}{facts}"
