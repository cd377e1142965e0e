"""The one pass in which the moments of a stream are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.stream._part_moments import PartMoments
from elltwo.stream._reading import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.exceptions import StreamError
    from elltwo.functional import Moments
    from elltwo.stream._part_moments import Plan
    from elltwo.stream._sources import Source

Folds = tuple["Moments | None", ...]


class Run(Reading[PartMoments, Folds]):
    """A stream of which moments are taken, by folds."""

    def __init__(self, source: Source, plan: Plan) -> None:
        super().__init__(source, (None,) * plan.n_folds, plan.n_threads)
        self.plan = plan

    def new_part(self, index: int) -> PartMoments:
        """Return moments of a part of which nothing has been read."""
        return PartMoments(self.plan, index)

    def joined(self, before: Folds, part: PartMoments) -> Folds:
        """Return the moments of parts and of the next one."""
        return _joined(before, part.moments)

    def explain(self, error: StreamError) -> None:
        """Give an error the moments of what has been read."""
        error.moments, error.n_rows = joined_folds(self.fold_moments()), self.rows

    def fold_moments(self) -> list[Moments | None]:
        """Moments of the folds, of all rows read."""
        moments = self.merged.sums
        for part in self.unmerged():
            moments = _joined(moments, part.moments)
        return list(moments)


def joined_folds(folds: Sequence[Moments | None]) -> Moments | None:
    """Merge the moments of all folds into new ones, or return the only ones there are."""
    there = [moments for moments in folds if moments is not None]
    if len(there) < 2:
        return there[0] if there else None
    return there[0].copy().merge(*there[1:])


def _joined(first: Sequence[Moments | None], second: Sequence[Moments | None]) -> Folds:
    return tuple(map(joined_folds, zip(first, second, strict=True)))
