"""Print a digest of every answer: ``python tests/golden``, or ``python -m golden`` from there.

Digests depend on the machine, so none are kept: two builds are compared on one machine, as
``nox -s golden`` does.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Run by path or as a module, the package and the helpers of the tests are found (PEP 366).
paths = [path for path in sys.path if path != str(HERE)]
sys.path[:] = [str(HERE.parent), str(HERE.parent / "support"), *paths]
__package__ = "golden"


def parser() -> argparse.ArgumentParser:
    """Arguments of the command line."""
    made = argparse.ArgumentParser(prog="golden", description=__doc__)
    made.add_argument("--threads", type=int, help="cores that the fits may use; all by default")
    made.add_argument("--only", default="", metavar="TEXT", help="problems with TEXT in their name")
    made.add_argument("--seconds", action="store_true", help="print what each problem takes")
    made.add_argument(
        "--all",
        action="store_true",
        help="every SIMD level of this processor, each on one and on two threads",
    )
    made.add_argument("--against", type=Path, metavar="FILE", help="an earlier output to compare")
    return made


def main() -> int:
    """Run what the command line asks for; 1 if answers differ."""
    from . import compared, settings

    arguments = parser().parse_args()
    if arguments.all:
        lines = settings.run_all(HERE, arguments.only)
        differing = compared.between_threads(lines)
    else:
        settings.settle(arguments.threads)
        from . import problems  # numpy must find its environment settled

        lines = problems.run(arguments.only, arguments.seconds)
        differing = []
    if arguments.against is not None:
        earlier = arguments.against.read_text(encoding="utf-8").splitlines()
        asked = [line for line in earlier if arguments.only in line]
        differing += compared.with_earlier(lines, asked)
    for line in differing:
        print(line, file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
