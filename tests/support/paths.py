"""Where the repository and the data of the tests are, and the files in it."""

from __future__ import annotations

from pathlib import Path

SUPPORT = Path(__file__).resolve().parent
ROOT = SUPPORT.parents[1]
DATA = SUPPORT / "data"


def files(folder: str, *patterns: str) -> list[str]:
    """List the files below a folder, by their paths from the root of the repository."""
    return sorted(
        path.relative_to(ROOT).as_posix()
        for pattern in patterns
        for path in (ROOT / folder).rglob(pattern)
    )


def read(path: str) -> str:
    """Return the text of a file, given its path from the root of the repository."""
    return (ROOT / path).read_text(encoding="utf-8")
