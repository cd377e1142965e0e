"""A run to and from its state file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional import Moments
from elltwo.stream._blocks import Mark
from elltwo.stream._reading import Merged
from elltwo.stream._state import difference, held_by, read_state, write_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from elltwo.stream._part_moments import PartMoments
    from elltwo.stream._run import Run


def save_run(run: Run, path: Path) -> None:
    """Write what a run has read, and from where it would go on."""
    parts = []
    blobs: list[bytes] = []
    merged = run.merged
    blobs += _bytes_of(merged.sums)
    for part in list(run.open_parts.values()):
        if part.index >= merged.n_parts:
            with part.lock:
                parts.append(_place(part))
                blobs += _bytes_of(part.moments)
    content = {
        "stream": _description(run),
        "merged": [merged.n_parts, merged.rows, merged.skipped],
        "parts": parts,
    }
    write_state(path, content, blobs)


def resume_run(run: Run, path: Path) -> None:
    """Put a run to where a state file has left off.

    Raises
    ------
    ValueError
        If the file is damaged or belongs to another stream; the text names the difference.
    """
    content, blobs = read_state(path)
    if (held := held_by(content)) != "the moments of a stream":
        raise ValueError(f"{path} holds {held}, not the moments of a stream")
    differs = difference(content["stream"], _description(run))
    if differs is not None:
        raise ValueError(f"{path} holds another stream: {differs}")
    folds = run.plan.n_folds
    sets = iter([blobs[i : i + folds] for i in range(0, len(blobs), folds)])
    n_parts, rows, skipped = content["merged"]
    run.merged = Merged(n_parts, tuple(_moments_of(next(sets))), rows, skipped)
    for place in content["parts"]:
        part = run.opened(place["index"])
        part.moments = list(_moments_of(next(sets)))
        part.rows, part.skipped, part.read = place["rows"], place["skipped"], place["read"]
        part.complete = place["complete"]
        part.mark = None if place["mark"] is None else Mark(*place["mark"])


def _description(run: Run) -> dict[str, Any]:
    plan = run.plan
    return {
        **run.source.description(),
        "folds": plan.n_folds,
        "fold_rows": plan.fold_rows,
        "missing": "skip" if plan.skip_missing else "raise",
    }


def _place(part: PartMoments) -> dict[str, Any]:
    names = ("index", "rows", "skipped", "read", "complete", "mark")
    return {name: getattr(part, name) for name in names}


def _bytes_of(folds: Sequence[Moments | None]) -> list[bytes]:
    return [b"" if moments is None else moments.to_bytes() for moments in folds]


def _moments_of(blobs: Sequence[bytes]) -> Iterator[Moments | None]:
    return (Moments.from_bytes(blob) if blob else None for blob in blobs)
