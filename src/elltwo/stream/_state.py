"""Saved streams: one file with the moments and the place up to which rows are in them."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

from elltwo.stream._framing import divided, joined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAGIC = b"elltwo stream 1\n"
DIGEST_BYTES = 16


def write_state(path: Path, content: dict[str, Any], blobs: Sequence[bytes]) -> None:
    """Replace a state file, in one step that an interruption cannot divide."""
    body = joined(content, blobs)
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as file:
        file.write(MAGIC + _digest(body))
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync_folder(path.parent)


def read_state(path: Path) -> tuple[dict[str, Any], list[bytes]]:
    """Read what `write_state` has written.

    Raises
    ------
    ValueError
        If the file is no such state, or cut off, or changed.
    """
    data = path.read_bytes()
    if not data.startswith(MAGIC):
        raise ValueError(f"{path} is not a saved stream")
    start = len(MAGIC) + DIGEST_BYTES
    body = memoryview(data)[start:]
    if _digest(body) != data[len(MAGIC) : start]:
        raise ValueError(f"{path} is a saved stream that is cut off or damaged")
    return divided(body)


def held_by(content: dict[str, Any]) -> str:
    """Say what a state file is of, by what it holds."""
    if "run" in content:
        return "a run over partitions"
    return "the passes of a fit" if "model" in content else "the moments of a stream"


def difference(saved: Any, here: Any, name: str = "") -> str | None:  # noqa: ANN401
    """Name the first thing in which two descriptions differ, None where they agree."""
    if isinstance(saved, dict) and isinstance(here, dict):
        for key in here:
            inner = f"{name} {key}".strip()
            if found := difference(saved.get(key), here[key], inner):
                return found
        return None
    if isinstance(saved, list) and isinstance(here, list):
        if len(saved) != len(here):
            return f"its {name} are {len(saved)}, here they are {len(here)}"
        pairs = enumerate(zip(saved, here, strict=True))
        return next(
            (text for i, (a, b) in pairs if (text := difference(a, b, f"{name} {i}"))), None
        )
    return None if saved == here else f"its {name} is {saved!r}, here it is {here!r}"


def _digest(body: bytes | memoryview) -> bytes:
    return hashlib.blake2b(body, digest_size=DIGEST_BYTES).digest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        pass  # some file systems cannot; the file itself is safe
    finally:
        os.close(handle)
