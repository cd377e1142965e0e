"""``python -m elltwo`` is the command ``elltwo``."""

from __future__ import annotations

import sys

from elltwo.cli import main

if __name__ == "__main__":
    sys.exit(main())
