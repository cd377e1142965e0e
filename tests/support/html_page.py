"""A page of HTML as tests read it: elements, tables, and what it would load."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import NamedTuple

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Table(NamedTuple):
    """The texts of a table."""

    caption: str
    heads: list[str]
    rows: dict[str, list[str]]

    def column(self, head: str) -> dict[str, float]:
        """Return the numbers below a heading, by the names of their rows."""
        place = self.heads.index(head) - 1
        return {name: as_number(cells[place]) for name, cells in self.rows.items() if cells[place]}


class Page(HTMLParser):
    """Collects what tests ask for; elements that are not closed in their order are an error."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tables: list[Table] = []
        self.text: dict[str, list[str]] = {}
        self._open: list[str] = []
        self._row: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element; SVG closes empty ones itself."""
        self.tags.append(tag)
        if tag not in VOID:
            self._open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in {"href", "src", "xlink:href"}:
                self.links.append(value or "")
            self.links += re.findall(r"url\((.*?)\)", value or "")
        if tag == "table":
            self.tables.append(Table("", [], {}))
        elif tag == "tr":
            self._row = []
        elif tag in {"th", "td"}:
            self._row.append("")
        self.text.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        """Close the element, and put a row away."""
        if tag in VOID:
            return
        assert self._open.pop() == tag
        if tag == "tr" and "thead" in self._open:
            self.tables[-1].heads.extend(self._row)
        elif tag == "tr":
            name, *cells = self._row
            self.tables[-1].rows[name] = cells

    def handle_data(self, data: str) -> None:
        """Add text to the element that it stands in."""
        inner = self._open[-1] if self._open else ""
        if inner in {"th", "td"}:
            self._row[-1] += data
        elif inner == "caption":
            self.tables[-1] = self.tables[-1]._replace(caption=self.tables[-1].caption + data)
        elif inner:
            self.text.setdefault(inner, [""])[-1] += data

    def table(self, start: str) -> Table:
        """Return the table whose caption begins so."""
        (found,) = (table for table in self.tables if table.caption.startswith(start))
        return found


def as_number(text: str) -> float:
    """Read a number as pages write it."""
    return float(text.replace("\N{MINUS SIGN}", "-").replace(",", "").replace("∞", "inf"))
