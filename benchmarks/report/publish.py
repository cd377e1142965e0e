"""Writes a run into docs/benchmarks.md, the README's table and its figure.

A part is written only if the run holds all that belongs in it, so that a run of some problems
leaves the tables of the others as they were.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from benchmarks.harness.calls import CALLS
from benchmarks.harness.front import NAME as FRONT
from benchmarks.harness.front import ROWS
from benchmarks.harness.kinds import FAMILIES, MEMORY_GROUPS
from benchmarks.report import markdown, speed_chart, summary

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.base.records import Results

PAGE = "docs/benchmarks.md"
FIGURE = "docs/figures/speed.svg"


def publish(results: Results, root: Path) -> list[str]:
    """Write every complete part below `root`; return one line for each part, written or not."""
    if results.smoke:
        raise ValueError("a smoke run is not published: its times mean nothing")
    blocks = tables_of(results)
    lines = []
    for name, body in blocks.items():
        if body is None:
            lines.append(f"{PAGE}, {name}: not written, the run does not hold all of it")
        else:
            replace_block(root / PAGE, name, body)
            lines.append(f"{PAGE}, {name}: written")
    if blocks[FRONT] is not None:
        replace_block(root / "README.md", FRONT, markdown.front(results))
        speed_chart.draw(results, root / FIGURE)
        lines.append(f"README.md and {FIGURE}: written")
    return lines


def tables_of(results: Results) -> dict[str, str | None]:
    """Return the text of each block of the page, or None where the run lacks a part of it."""
    done = summary.names(results)
    measured = f"\n\n{markdown.machine(results)}"
    blocks: dict[str, str | None] = {"method": markdown.method()}
    is_whole = {row.name for row in ROWS} <= done
    blocks[FRONT] = markdown.front(results) + measured if is_whole else None
    for family in FAMILIES:
        is_whole = {name for group in family.groups for name in group.names} <= done
        blocks[family.name] = markdown.family(results, family) + measured if is_whole else None
    blocks["calls"] = markdown.calls(results) + measured if set(CALLS) <= done else None
    probed = {record.problem for record in results.memory}
    is_whole = {group.problem.name for group in MEMORY_GROUPS} <= probed
    blocks["memory"] = markdown.memory(results) + measured if is_whole else None
    blocks["imports"] = markdown.imports(results) + measured if results.imports else None
    return blocks


def begin(name: str) -> str:
    return f"<!-- benchmark:{name}:begin -->"


def end(name: str) -> str:
    return f"<!-- benchmark:{name}:end -->"


def replace_block(path: Path, name: str, body: str) -> None:
    """Replace what stands between the two markers of a block."""
    text = path.read_text(encoding="utf-8")
    pattern = re.compile(f"({re.escape(begin(name))}\n).*?({re.escape(end(name))})", re.DOTALL)
    found = pattern.findall(text)
    if len(found) != 1:
        raise ValueError(f"{path} must hold one line {begin(name)!r} and after it {end(name)!r}")
    path.write_text(
        pattern.sub(lambda match: f"{match[1]}{body}\n{match[2]}", text), encoding="utf-8"
    )
