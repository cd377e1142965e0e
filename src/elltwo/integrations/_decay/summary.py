"""An audit as text."""

from __future__ import annotations

import math
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.integrations._decay.records import Finding, PenaltyRow
    from elltwo.integrations._decay.steps import DecaySteps, LocalPenalty

_WIDTH = 100


def text_of(
    title: str,
    rows: Sequence[PenaltyRow],
    findings: Sequence[Finding],
    steps: Sequence[DecaySteps],
    local: Sequence[LocalPenalty],
) -> str:
    """Lay out an audit."""
    parts = [title, _rows(rows)]
    if steps:
        parts.append(f"Decay over the run\n{_steps(steps)}")
    if local:
        parts.append(
            "Equivalent penalty lambda/2 sum w^2 beside the loss: local, not an objective\n"
            f"{_local(local)}"
        )
    texts = "\n".join(map(_finding, findings)) or "none"
    return "\n\n".join([*parts, f"Findings\n{texts}"])


def _rows(rows: Sequence[PenaltyRow]) -> str:
    return _table(
        ("parameter", "shape", "|w|^2", "how", "value", "alpha", "share", "by the rules"),
        [
            (
                row.name,
                " x ".join(map(str, row.shape)) or "number",
                _number(row.squared_norm),
                row.how,
                _number(row.value),
                _number(row.alpha),
                f"{100.0 * row.share:.1f} %",
                row.reason,
            )
            for row in rows
        ],
        left=(0, 3, 7),
    )


def _steps(steps: Sequence[DecaySteps]) -> str:
    return _table(
        ("group", "decay", "peak lr", "memory", "in epochs", "sum lr*decay", "factor left"),
        [(step.group, *map(_number, step[1:])) for step in steps],
        left=(0,),
    )


def _local(local: Sequence[LocalPenalty]) -> str:
    return _table(
        ("parameter", "5 %", "median", "95 %", "alpha of the median"),
        [(part.name, *map(_number, part[1:])) for part in local],
        left=(0,),
    )


def _finding(finding: Finding) -> str:
    text = f"{finding.code}: {', '.join(finding.names)}: {finding.text}"
    return "\n".join(wrap(text, _WIDTH, subsequent_indent="    ", break_on_hyphens=False))


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int]) -> str:
    cells = [heads, *rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        texts = [
            f"{text:<{width}}" if place in left else f"{text:>{width}}"
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  ".join(texts).rstrip()

    lines = [line(row) for row in cells]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])
