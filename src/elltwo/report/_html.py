"""Pieces of HTML: numbers, tables, lists of facts, sections."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SHOWN = 25  # rows of a table before the reader asks for all
_MOST = 2000  # rows of a table at most


class Section(NamedTuple):
    """A part of the page: a heading, the address of its place, and its HTML."""

    place: str
    heading: str
    body: str

    def __str__(self) -> str:
        return (
            f'<section id="{self.place}" aria-labelledby="{self.place}-heading">\n'
            f'<h2 id="{self.place}-heading">{escape(self.heading)}</h2>\n{self.body}\n</section>'
        )


def number(value: object) -> str:
    """Write a number with four significant digits, or whatever else as text."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return escape(str(value))
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "∞" if value > 0 else "\N{MINUS SIGN}∞"
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e6):
        text = f"{value:,.0f}"
    elif 1e3 <= abs(value) < 1e7:
        text = f"{value:,.1f}" if abs(value) < 1e5 else f"{value:,.0f}"
    else:
        text = f"{value:.4g}"
    return text.replace("-", "\N{MINUS SIGN}")


def paragraph(text: str) -> str:
    """Return a paragraph of plain text."""
    return f"<p>{escape(text)}</p>"


def note(text: str) -> str:
    """Return a paragraph in small type, of plain text."""
    return f'<p class="note">{escape(text)}</p>'


def facts(values: Mapping[str, object]) -> str:
    """Return names and values as a list of definitions."""
    pairs = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{number(value)}</dd></div>"
        for name, value in values.items()
    )
    return f'<dl class="facts">{pairs}</dl>'


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table whose first column names its rows; of many rows the first stand open."""
    if len(rows) <= _SHOWN + 5:
        return _table(caption, heads, rows)
    first = _table(f"{caption}: the first {_SHOWN} of {len(rows)}", heads, rows[:_SHOWN])
    part = rows[:_MOST]
    left_out = f", {len(rows) - _MOST} of which are left out" if len(rows) > _MOST else ""
    summary = f"<summary>All {len(rows)} rows{left_out}</summary>"
    return f"{first}<details>{summary}{_table(caption, heads, part)}</details>"


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    lines = "\n".join(
        f'<tr><th scope="row">{escape(str(name))}</th>'
        + "".join(f"<td>{number(value)}</td>" for value in values)
        + "</tr>"
        for name, *values in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}">\n'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead>\n"
        f"<tbody>{lines}</tbody></table></div>"
    )
