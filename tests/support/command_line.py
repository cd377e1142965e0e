"""Calls of the command line in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.cli import main

if TYPE_CHECKING:
    import pytest


def fails(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The message of a command that must fail: exit code 2, one line, nothing on stdout."""
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = int(str(stop.code))
    output = capsys.readouterr()
    assert code == 2
    assert output.out == ""
    assert output.err.startswith("elltwo: error: ")
    assert output.err.count("\n") == 1
    return output.err
