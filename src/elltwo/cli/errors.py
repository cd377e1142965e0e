"""What a command says when it cannot go on, or warns of."""

from __future__ import annotations

import re

_OPTIONS = (
    (re.compile(r"^cv must be"), "--cv must be"),
    (
        re.compile(r"alpha > 0, and penalty_factors > 0, make them well defined"),
        "--alpha above 0 makes them well defined",
    ),
    (
        re.compile(r", which extend=True looks for"),
        "; --alpha takes any, and --standardize may help",
    ),
)


class CommandError(Exception):
    """A problem that the user can solve; its text is the one line that they get to see."""


def in_options(text: str) -> str:
    """Name options of the command line where a message of a function names its arguments."""
    for argument, option in _OPTIONS:
        text = argument.sub(option, text)
    return text
