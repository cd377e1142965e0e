"""Sums that a pass of a logistic regression takes of one part, and the place they end at."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.exceptions import StreamError
from elltwo.functional._base.validate import float64_array, float_array
from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.first_pass import FirstPass
from elltwo.functional._logistic_passes.rows import RowPass
from elltwo.functional._logistic_passes.task import FirstTask
from elltwo.stream._blocks import block_rows
from elltwo.stream._labels import first_bad_label
from elltwo.stream._pieces import pieces
from elltwo.stream._refusals import column_name, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import PassTask
    from elltwo.stream._blocks import Block, Flags, Mark

RUN_BLOCKS = 16  # of a table: what is read again where a pass was interrupted


class Kept(NamedTuple):
    """Sums of the first rows of a part, from which it can be gone on with."""

    sums: FirstSums | PassSums | None
    rows: int
    skipped: int
    read: int
    mark: Mark | None


class PartPass:
    """Sums over the first `rows` rows of part number `index`; `skipped` of them left out.

    Rows of a later pass are summed in runs of a length that depends on the number of features
    alone, and the sums of whole runs are `kept`. Those of a first pass are kept with the part's
    last row.

    Parameters
    ----------
    task : FirstTask or PassTask
        What the pass is to compute.
    index : int
        Number of the part, from 0 on.
    skip_missing : bool
        Whether rows in which a value is missing are left out; an error otherwise.
    n_threads : int
        Threads to compute with; sums do not depend on it.
    """

    def __init__(
        self, task: FirstTask | PassTask, index: int, skip_missing: bool, n_threads: int
    ) -> None:
        self.task = task
        self.index = index
        self.rows = 0
        self.skipped = 0
        self.read = 0
        self.complete = False
        self.mark: Mark | None = None
        self.lock = threading.Lock()
        self.kept = Kept(None, 0, 0, 0, None)
        self._skip_missing = skip_missing
        self._n_threads = n_threads
        self._n_features: int | None = None
        self._summing = self._begun()

    def restore(self, kept: Kept, complete: bool) -> None:
        """Go on from sums that were kept."""
        self.kept, self.complete = kept, complete
        self.rows, self.skipped, self.read, self.mark = kept[1:]

    def add(self, block: Block, names: Sequence[str] | None) -> None:
        """Add those rows of a block that are not in yet, piece by piece.

        Parameters
        ----------
        block : Block
            Consecutive rows, whose `y` holds labels.
        names : sequence of str or None
            Names of features, target, weights and offsets, for errors.

        Raises
        ------
        StreamError
            If a piece is refused; all rows before it are in.
        """
        self.mark = block.mark
        self._require_features(block)
        run = (
            None if isinstance(self.task, FirstTask) else RUN_BLOCKS * block_rows(block.n_features)
        )
        for first, last in pieces(block, self.rows, run):
            self._add_rows(block.rows(first, last), last, names)
            if run is not None and last % run == 0:
                self._keep()
        self.read = block.read

    def finish(self) -> None:
        """Keep the sums of all rows, of which the part has no more."""
        self._keep()
        self.complete = True

    def result(self) -> FirstSums | PassSums:
        """Return the sums over all rows so far, which are kept from now on."""
        if self.kept.sums is None or self.kept.rows != self.rows:
            self._keep()
        assert self.kept.sums is not None
        return self.kept.sums

    def count_interrupted(self) -> None:
        """Leave the counts as they are: what is saved are the sums that are kept."""

    def _begun(self) -> FirstPass | RowPass:
        if isinstance(self.task, FirstTask):
            return FirstPass(self.task, self.index)
        return RowPass(self.task, self._n_threads)

    def _keep(self) -> None:
        """Add the sums since the last time to those that are kept, in one assignment."""
        sums: Any = self._summing.sums()
        first = isinstance(sums, FirstSums)  # these are of all rows since the part began
        if not first and self.kept.sums is not None:
            sums = sums.merge(self.kept.sums)  # x + y is y + x to the bit
        self.kept = Kept(sums, self.rows, self.skipped, self.read, self.mark)
        if not first:
            self._summing = self._begun()

    def _add_rows(self, rows: Block, last: int, names: Sequence[str] | None) -> None:
        skipped = self.skipped
        try:
            self._call(rows, None)
        except (TypeError, ValueError) as error:
            missing = rows.with_nan() if self._skip_missing else None
            if missing is None or not missing.any():
                raise StreamError(self._refusal(error, rows, names)) from error
            skipped += int(np.count_nonzero(missing))
            if not missing.all():
                self._add_complete(rows, missing, names)
        self.rows, self.skipped = last, skipped

    def _add_complete(self, rows: Block, missing: Flags, names: Sequence[str] | None) -> None:
        try:
            self._call(rows, missing)
        except (TypeError, ValueError) as error:
            raise StreamError(self._refusal(error, rows, names)) from error

    def _call(self, rows: Block, left_out: Flags | None) -> None:
        fold = self.task.folds.of_rows(self.index, rows.start, rows.start + len(rows.X))
        if left_out is not None:
            rows, fold = rows.without(left_out), None if fold is None else fold[~left_out]
        X = float_array(rows.X, "X")
        weight, offset = rows.sample_weight, rows.offset
        if weight is not None:
            weight = np.ascontiguousarray(float64_array(weight, "sample_weight"))
        if offset is not None:
            offset = float64_array(offset, "offset").reshape(len(offset), -1)
            offset = np.ascontiguousarray(offset)
        y: Any = rows.y
        if isinstance(self._summing, RowPass):
            y = self._summing.codes(y, len(y))
        self._summing.add(X, y, weight, offset, fold)

    def _refusal(self, error: Exception, rows: Block, names: Sequence[str] | None) -> str:
        skip = self._skip_missing
        if (
            not isinstance(self.task, FirstTask)
            and first_bad_label(rows.y, skip_missing=skip) is None
        ):
            known = set(self.task.classes.tolist())
            labels = enumerate(rows.y.tolist())
            new = next(((i, one) for i, one in labels if one not in known and one == one), None)  # noqa: PLR0124
            if new is not None:
                name = column_name(names, rows.n_features) or "y"
                return (
                    f"{rows.name}, row {rows.number + new[0]}, column {name!r} holds {new[1]!r}, "
                    "which no row did in the first pass: the data have changed"
                )
        return refusal(error, rows, names, skip_nan=skip, labels=True)

    def _require_features(self, block: Block) -> None:
        """Refuse rows with another number of features than those before."""
        known = self._n_features
        if not isinstance(self.task, FirstTask):
            known = self.task.n_features
        if known is not None and known != block.n_features:
            raise StreamError(
                f"{block.name} has {block.n_features} feature(s), the rows before it {known}"
            )
        self._n_features = block.n_features
