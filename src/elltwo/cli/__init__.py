"""The command line: ``elltwo demo``, ``fit``, ``predict`` and ``compare``."""

from __future__ import annotations

import os
import sys
import warnings
from typing import TYPE_CHECKING

from elltwo.cli.errors import CommandError, in_options
from elltwo.cli.parser import build_parser

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments after the program's name; those of the process by default.

    Returns
    -------
    int
        0 on success, 2 for wrong arguments or input (with one line on standard error that says
        what is wrong), 130 after Ctrl-C, 141 when the reader of a pipe has gone away.
    """
    arguments = build_parser().parse_args(argv)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            arguments.run(arguments)
            sys.stdout.flush()
    except CommandError as error:
        print(f"elltwo: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as interrupt:
        print(": ".join(["elltwo: interrupted", *map(str, interrupt.args)]), file=sys.stderr)
        return 130
    except BrokenPipeError:
        # What is still buffered has no reader: keep the interpreter's last flush from failing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    for warning in caught:
        print(f"elltwo: warning: {in_options(str(warning.message))}", file=sys.stderr)
    return 0
