"""Several passes to and from their state file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.sums import PassSums
from elltwo.functional._logistic_passes.task import FirstTask
from elltwo.stream._blocks import Mark
from elltwo.stream._part_pass import Kept
from elltwo.stream._reading import Merged
from elltwo.stream._state import difference, held_by, read_state, write_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from elltwo.stream._part_pass import PartPass
    from elltwo.stream._pass_run import PassRun
    from elltwo.stream._passes import Passes, Solver

MODEL = "logistic"


class PassState:
    """The state file of a fit in several passes.

    Parameters
    ----------
    path : Path
        The file.
    problem : dict
        What is fitted, as JSON holds it: another problem does not go on from the file.
    """

    def __init__(self, path: Path, problem: dict[str, Any]) -> None:
        self._path = path
        self._problem = problem
        self._number = -1  # of the passes after which the solver was written as bytes
        self._solver = b""

    def save(self, passes: Passes) -> None:
        """Write what the solver knows, and what the pass under way has read."""
        if self._number != passes.number:
            self._solver, self._number = passes.solver.to_bytes(), passes.number
        content: dict[str, Any] = {
            "model": MODEL,
            "stream": self._description(passes),
            "passes": [passes.number, passes.skipped],
            "part_rows": passes.part_rows,
            "merged": [0, 0, 0],
            "parts": [],
        }
        blobs = [self._solver]
        if passes.run is not None:
            self._add_run(passes.run, content, blobs)
        write_state(self._path, content, blobs)

    def resume(self, passes: Passes, restored: Callable[[bytes], Solver]) -> None:
        """Put passes to where the file has left off; `restored` makes the solver from bytes.

        Raises
        ------
        ValueError
            If the file is damaged or belongs to another stream or problem; the text names the
            difference.
        """
        content, blobs = read_state(self._path)
        if content.get("model") != MODEL:
            raise ValueError(f"{self._path} holds {held_by(content)}, not the passes of a fit")
        differs = difference(content["stream"], self._description(passes))
        if differs is not None:
            raise ValueError(f"{self._path} holds another stream: {differs}")
        passes.solver = restored(blobs[0])
        passes.number, passes.skipped = content["passes"]
        passes.part_rows = content["part_rows"]
        run = passes.begin()
        if run is not None:
            _restore_run(run, content, blobs[1:])

    def _description(self, passes: Passes) -> dict[str, Any]:
        return {
            **passes.source.description(),
            "missing": "skip" if passes.plan.skip_missing else "raise",
            **self._problem,
        }

    @staticmethod
    def _add_run(run: PassRun, content: dict[str, Any], blobs: list[bytes]) -> None:
        merged = run.merged
        content["merged"] = [merged.n_parts, merged.rows, merged.skipped]
        blobs.append(b"" if merged.sums is None else merged.sums.to_bytes())
        for part in list(run.open_parts.values()):
            if part.index < merged.n_parts:
                continue
            with part.lock:
                kept, complete = part.kept, part.complete
            if kept.sums is not None:
                content["parts"].append(_place(part, kept, complete))
                blobs.append(kept.sums.to_bytes())


def _place(part: PartPass, kept: Kept, complete: bool) -> dict[str, Any]:
    counts = {"rows": kept.rows, "skipped": kept.skipped, "read": kept.read, "mark": kept.mark}
    return {"index": part.index, "complete": complete, **counts}


def _restore_run(run: PassRun, content: dict[str, Any], blobs: list[bytes]) -> None:
    if not blobs:  # saved between two passes
        return
    kind = FirstSums if isinstance(run.task, FirstTask) else PassSums
    n_parts, rows, skipped = content["merged"]
    sums = kind.from_bytes(blobs[0]) if blobs[0] else None
    run.merged = Merged(n_parts, sums, rows, skipped)
    for place, blob in zip(content["parts"], blobs[1:], strict=True):
        mark = None if place["mark"] is None else Mark(*place["mark"])
        kept = Kept(kind.from_bytes(blob), place["rows"], place["skipped"], place["read"], mark)
        run.opened(place["index"]).restore(kept, place["complete"])
