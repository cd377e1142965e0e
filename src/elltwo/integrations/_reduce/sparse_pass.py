"""Sums that a pass of a logistic regression takes of sparse rows, which stay sparse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.exceptions import StreamError
from elltwo.functional._base.sparse import sparse_matrix
from elltwo.functional._base.validate import float64_array
from elltwo.functional._logistic_passes.first_pass import FirstPass
from elltwo.functional._logistic_passes.rows import RowPass
from elltwo.functional._logistic_passes.task import FirstTask
from elltwo.stream._labels import missing_flags
from elltwo.stream._refusals import refusal

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import PassTask
    from elltwo.stream._blocks import Block

    Flags = npt.NDArray[np.bool_]


class SparsePass:
    """The twin of `PartPass` for blocks whose X is a sparse matrix of SciPy, by rows.

    Parameters
    ----------
    task : FirstTask or PassTask
        What the pass is to compute.
    index : int
        Number of the partition, from 0 on.
    skip_missing : bool
        Whether rows in which a value is missing are left out; an error otherwise.
    n_threads : int
        Threads to compute with; sums do not depend on it.
    """

    def __init__(
        self, task: FirstTask | PassTask, index: int, skip_missing: bool, n_threads: int
    ) -> None:
        self.rows = 0
        self.skipped = 0
        self._task = task
        self._index = index
        self._skip_missing = skip_missing
        self._summing = (
            FirstPass(task, index) if isinstance(task, FirstTask) else RowPass(task, n_threads)
        )

    def add(self, block: Block) -> None:
        """Add the rows of a block.

        Raises
        ------
        StreamError
            If a value is refused; the text names partition, row and column.
        """
        n_rows = block.X.shape[0]
        left_out = _missing(block) if self._skip_missing else None
        try:
            self._call(block, left_out)
        except (TypeError, ValueError) as error:
            dense = replace(block, X=block.X.toarray())  # type: ignore[attr-defined]  # of SciPy
            text = refusal(error, dense, None, skip_nan=self._skip_missing, labels=True)
            raise StreamError(text) from error
        self.rows += n_rows
        self.skipped += 0 if left_out is None else int(np.count_nonzero(left_out))

    def result(self) -> FirstSums | PassSums:
        """Return the sums over all rows so far."""
        return self._summing.sums()

    def _call(self, block: Block, left_out: Flags | None) -> None:
        n_rows = block.X.shape[0]
        fold = self._task.folds.of_rows(self._index, block.start, block.start + n_rows)
        if left_out is not None and left_out.any():
            if left_out.all():
                return
            block = block.without(left_out)
            fold = None if fold is None else fold[~left_out]
        weight, offset = block.sample_weight, block.offset
        weight = None if weight is None else float64_array(weight, "sample_weight")
        if offset is not None:
            offset = float64_array(offset, "offset").reshape(len(offset), -1)
        y: Any = block.y
        if isinstance(self._summing, RowPass):
            y = self._summing.codes(y, len(y))
        X: Any = block.X
        self._summing.add(sparse_matrix(X), y, weight, offset, fold)


def _missing(block: Block) -> Flags:
    """Flag the rows in which anything is missing."""
    X: Any = block.X
    found: Flags = np.zeros(X.shape[0], dtype=bool)
    bad = np.isnan(X.data)
    found[np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))[bad]] = True
    for values in (block.y, block.sample_weight, block.offset):
        if values is not None:
            found |= missing_flags(values).reshape(len(values), -1).any(axis=1)
    return found
