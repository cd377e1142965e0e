"""One of several passes over the parts of a stream."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.exceptions import StreamError
from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.stream._part_pass import PartPass
from elltwo.stream._reading import Reading

if TYPE_CHECKING:
    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import FirstTask, PassTask
    from elltwo.stream._sources import Source

    Sums = FirstSums | PassSums


class PassPlan(NamedTuple):
    """How the rows of every pass are dealt with."""

    skip_missing: bool
    n_threads: int


class PassRun(Reading[PartPass, "Sums | None"]):
    """A stream being read in one of the passes.

    Parameters
    ----------
    source : Source
        What is read.
    task : FirstTask or PassTask
        What the pass is to compute.
    plan : PassPlan
        How rows are dealt with.
    part_rows : list of int
        Rows of the parts, which the first pass appends to and later ones compare with.
    """

    def __init__(
        self, source: Source, task: FirstTask | PassTask, plan: PassPlan, part_rows: list[int]
    ) -> None:
        super().__init__(source, None, plan.n_threads)
        self.task = task
        self.plan = plan
        self.part_rows = part_rows

    def new_part(self, index: int) -> PartPass:
        """Return sums of a part of which nothing has been read."""
        return PartPass(self.task, index, self.plan.skip_missing, self.plan.n_threads)

    def joined(self, before: Sums | None, part: PartPass) -> Sums:
        """Return the sums of parts and of the next one.

        Raises
        ------
        StreamError
            If the part has other rows than in the first pass.
        """
        rows = self.part_rows
        if part.index == len(rows):
            rows.append(part.rows)
        elif part.rows != rows[part.index]:
            raise StreamError(
                f"{self.source.parts[part.index].name} has {part.rows} rows, but had "
                f"{rows[part.index]} in the first pass: the data have changed"
            )
        sums: Any = part.result()
        if before is None:
            return sums  # type: ignore[no-any-return]
        if isinstance(before, FirstSums):
            return _copied(before).merge(sums)
        return _copied_sums(sums).merge(before)


def require_same_sizes(source: Source) -> None:
    """Raise StreamError if a file has another size than when it was opened."""
    for part in source.parts:
        path = getattr(part, "path", None)
        if path is not None and (size := path.stat().st_size) != part.n_bytes:
            raise StreamError(
                f"{part.name} has {size} bytes, but had {part.n_bytes} in the first pass: "
                "the data have changed"
            )


def _copied(sums: FirstSums) -> FirstSums:
    """Return a copy that can be merged into; arrays are shared, as they are never written to."""
    return replace(
        sums, columns=[replace(one) for one in sums.columns], sample=replace(sums.sample)
    )


def _copied_sums(sums: PassSums) -> PassSums:
    arrays: dict[str, Any] = {
        one.name: value.copy()
        for one in fields(sums)
        if isinstance(value := getattr(sums, one.name), np.ndarray)
    }
    return replace(sums, **arrays)
