"""Moments of the rows of one part of a stream, a set for each fold, and the place they end at."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.exceptions import StreamError
from elltwo.functional import Moments
from elltwo.stream._pieces import pieces
from elltwo.stream._refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.stream._blocks import Block, Flags, Mark


@dataclass(frozen=True)
class Plan:
    """How rows are dealt with: row i of part j belongs to fold (i // fold_rows + j) % n_folds."""

    n_folds: int
    fold_rows: int
    skip_missing: bool
    n_threads: int


class _Step(NamedTuple):
    """What a call that adds rows is about to do."""

    moments: Moments
    n_rows: int  # of the moments, before
    rows: int  # of the part, after
    skipped: int


class PartMoments:
    """Moments of the first `rows` rows of part number `index`; `skipped` of them left out."""

    def __init__(self, plan: Plan, index: int) -> None:
        self.plan = plan
        self.index = index
        self.moments: list[Moments | None] = [None] * plan.n_folds
        self.rows = 0
        self.skipped = 0
        self.read = 0
        self.complete = False
        self.mark: Mark | None = None
        self.lock = threading.Lock()
        self._step: _Step | None = None

    def add(self, block: Block, names: Sequence[str] | None) -> None:
        """Add those rows of a block that are not in yet, piece by piece.

        Raises
        ------
        StreamError
            If a piece is refused; all rows before it are in.
        """
        self.mark = block.mark
        self._require_shape(block)
        run = self.plan.fold_rows if self.plan.n_folds > 1 else None
        for first, last in pieces(block, self.rows, run):
            self._add_rows(block, first, last, names)
        self.read = block.read

    def finish(self) -> None:
        """Note that the part has no more rows."""
        self.complete = True

    def count_interrupted(self) -> None:
        """Count the rows of a call that Ctrl-C interrupted, if it had added them."""
        step = self._step
        if step is not None and step.moments.n_rows != step.n_rows:
            self.rows, self.skipped = step.rows, step.skipped

    def _add_rows(self, block: Block, first: int, last: int, names: Sequence[str] | None) -> None:
        rows = block.rows(first, last)
        moments = self._fold(first, rows, names)
        self._step = _Step(moments, moments.n_rows, last, self.skipped)
        try:
            self._call(moments, rows)
        except (TypeError, ValueError) as error:
            missing = rows.with_nan() if self.plan.skip_missing else None
            if missing is None or not missing.any():
                raise StreamError(refusal(error, rows, names)) from error
            self._add_complete(moments, rows, missing, last, names)
        self.rows, self.skipped = last, self._step.skipped

    def _add_complete(
        self, moments: Moments, rows: Block, missing: Flags, last: int, names: Sequence[str] | None
    ) -> None:
        skipped = self.skipped + int(np.count_nonzero(missing))
        self._step = _Step(moments, moments.n_rows, last, skipped)
        if missing.all():
            return
        try:
            self._call(moments, rows.without(missing))
        except (TypeError, ValueError) as error:
            raise StreamError(refusal(error, rows, names, skip_nan=True)) from error

    def _call(self, moments: Moments, rows: Block) -> None:
        threads = self.plan.n_threads
        moments.add(rows.X, rows.y, sample_weight=rows.sample_weight, n_threads=threads)

    def _fold(self, row: int, rows: Block, names: Sequence[str] | None) -> Moments:
        """Return the moments that a row belongs to; `names` are those of features, targets, ..."""
        fold = (row // self.plan.fold_rows + self.index) % self.plan.n_folds
        moments = self.moments[fold]
        if moments is None:
            features, targets = rows.split_names(names)
            moments = Moments(
                rows.n_features, rows.n_targets, feature_names=features, target_names=targets
            )
            self.moments[fold] = moments
        return moments

    def _require_shape(self, block: Block) -> None:
        """Refuse rows with another number of features or targets than those before."""
        before = next((moments for moments in self.moments if moments is not None), None)
        if before is None:
            return
        for what, here, there in (
            ("feature(s)", block.n_features, before.n_features),
            ("target(s)", block.n_targets or 1, before.n_targets),
        ):
            if here != there:
                raise StreamError(f"{block.name} has {here} {what}, the rows before it {there}")
