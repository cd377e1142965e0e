"""What a command says when it cannot go on."""

from __future__ import annotations


class CommandError(Exception):
    """A problem that the user can solve; its text is the one line that they get to see."""
