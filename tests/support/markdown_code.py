"""Fenced code blocks and tables of a Markdown page."""

from __future__ import annotations

import re

FENCE = re.compile(
    r"^```(\w*)(?:[^\n]*?needs=(?P<needs>[\w,]+))?[^\n]*\n(?P<body>.*?)^```[ \t]*$",
    re.DOTALL | re.MULTILINE,
)


def fenced_blocks(page: str, language: str) -> list[str]:
    """Contents of a page's fenced blocks in one language, in order."""
    return [block["body"] for block in FENCE.finditer(page) if block[1] == language]


def packages_needed(page: str) -> set[str]:
    """Packages that Python blocks of a page need, by ``python needs=torch,keras`` at their head."""
    needs = [block["needs"] for block in FENCE.finditer(page) if block[1] == "python"]
    return {name for text in needs if text for name in text.split(",")}


def code_and_output(page: str, *, all_blocks: bool = True) -> list[tuple[str, str | None]]:
    """Python blocks of a page in order, each with the text block right after it, if any.

    On request without those that need more than the tests do.
    """
    blocks = list(FENCE.finditer(page))
    found: list[tuple[str, str | None]] = []
    for place, block in enumerate(blocks):
        if block[1] != "python" or (block["needs"] and not all_blocks):
            continue
        following = blocks[place + 1] if place + 1 < len(blocks) else None
        is_output = (
            following is not None
            and following[1] == "text"
            and not page[block.end() : following.start()].strip()
        )
        found.append((block["body"], following["body"] if following and is_output else None))
    return found


def table_rows(page: str, heading: str) -> list[list[str]]:
    """Cells of the rows of the first table below a heading, without those that head the table."""
    table = re.search(r"(?:^\|[^\n]*\n)+", page.split(f"\n{heading}\n", 1)[1], re.MULTILINE)
    lines = table[0].splitlines()[2:] if table else []
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
