"""Numbers and tables as text."""

from __future__ import annotations

import re
from collections.abc import Sequence

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
TIMES = "\N{MULTIPLICATION SIGN}"
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"

Rows = Sequence[Sequence[str]]


def seconds(value: float) -> str:
    """Three digits and a unit."""
    scale, unit = next((pair for pair in UNITS if abs(value) >= pair[0]), UNITS[-1])
    return f"{value / scale:#.3g} {unit}".replace(". ", " ")


def ratio(value: float) -> str:
    """Two decimals while they mean something."""
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def gap(value: float) -> str:
    """One digit; what is below float64's rounding is zero."""
    return "0" if value < 1e-16 else f"{value:.0e}"


def megabytes(value: int) -> str:
    return f"{value / 1e6:.1f} MB"


def label(name: str) -> str:
    """Turn `20000x500-100targets` into `20 000 TIMES 500, 100 targets`."""
    shape, *rest = name.split("-")
    sides = [f"{int(side):,}".replace(",", THIN_SPACE) for side in shape.split("x")]
    words = [re.sub(r"^(\d+)(?=[a-z])", r"\1 ", word) for word in rest]
    return ", ".join([f" {TIMES} ".join(sides), *words])


def text_table(header: Sequence[str], rows: Rows) -> str:
    """Columns of equal width, the first to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return "\n".join(
        "  "
        + "  ".join(
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (header, *rows)
    )


def markdown_table(header: Sequence[str], rows: Rows) -> str:
    """The same in Markdown."""
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *rows))
