"""Fenced code blocks of a Markdown page."""

from __future__ import annotations

import re

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)


def fenced_blocks(page: str, language: str) -> list[str]:
    """Contents of a page's fenced blocks in one language, in order."""
    return [body for name, body in FENCE.findall(page) if name == language]
