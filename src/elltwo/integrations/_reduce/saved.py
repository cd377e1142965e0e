"""What passes have given, in a file, so that the same call goes on after an interruption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.stream._state import difference, held_by, read_state, write_state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Saved:
    """A state file of a run; `description` is what makes the run the one that it is."""

    def __init__(self, path: Path | None, description: dict[str, Any]) -> None:
        self._path = path
        self._description = description

    @property
    def wanted(self) -> bool:
        """Whether there is to be a file."""
        return self._path is not None

    def load(self) -> tuple[dict[str, Any], list[bytes]] | None:
        """Return what was saved last, None where there is no file.

        Raises
        ------
        ValueError
            If the file is damaged or belongs to another run; the text names the difference.
        """
        if self._path is None or not self._path.exists():
            return None
        content, blobs = read_state(self._path)
        if "run" not in content:
            raise ValueError(f"{self._path} holds {held_by(content)}, not a run over partitions")
        differs = difference(content["run"], self._description)
        if differs is not None:
            raise ValueError(f"{self._path} holds another run: {differs}")
        return content, blobs

    def save(self, content: dict[str, Any], blobs: Sequence[bytes]) -> None:
        """Replace the file; without a path, do nothing."""
        if self._path is not None:
            write_state(self._path, {"run": self._description, **content}, blobs)
