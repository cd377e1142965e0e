"""Which problems have different answers."""

from __future__ import annotations

from collections import defaultdict


def _digests(lines: list[str]) -> dict[str, str]:
    """Digests by what stands before them."""
    return {name: digest for name, _, digest in (line.rpartition(" ") for line in lines)}


def between_threads(lines: list[str]) -> list[str]:
    """Name the levels and problems whose bits depend on the number of threads."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for setting, digest in _digests(lines).items():
        level, _, name = setting.split(" ")
        found[f"{level} {name}"].add(digest)
    return [f"depends on threads: {name}" for name, digests in found.items() if len(digests) > 1]


def with_earlier(lines: list[str], earlier: list[str]) -> list[str]:
    """Name the problems that are not as they were, or in one of the outputs only."""
    here, there = _digests(lines), _digests(earlier)
    return [
        *(f"differs: {name}" for name in here if name in there and here[name] != there[name]),
        *(f"only here: {name}" for name in here if name not in there),
        *(f"only there: {name}" for name in there if name not in here),
    ]
