"""The rows of a part in a later pass: sums at the points of its task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.row_blocks import take_rows
from elltwo.functional._logistic_passes.finite import refuse_not_finite
from elltwo.functional._logistic_passes.labels import codes_of
from elltwo.functional._logistic_passes.left_out_rows import LeftOutRows
from elltwo.functional._logistic_passes.sums import PassSums

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.classes import Codes
    from elltwo.functional._base.sparse import SparseMatrix
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._logistic_passes.task import PassTask


class RowPass:
    """Sums over rows at the points of a task.

    Parameters
    ----------
    task : PassTask
        The points.
    n_threads : int
        Threads to use; sums do not depend on it.
    """

    def __init__(self, task: PassTask, n_threads: int = 1) -> None:
        self.task = task
        self.n_threads = n_threads
        self._core = _core.LogisticPass(
            task.theta,
            task.left_out,
            task.shift,
            task.scale,
            task.n_classes,
            task.hessian,
            task.in_float32,
        )
        self._left_out = LeftOutRows(task) if task.leaves_out_rows else None

    def codes(self, y: Any, n_samples: int) -> Codes:  # noqa: ANN401  # whatever has labels
        """Return the classes of labels, which must be known; the error names the row."""
        return codes_of(y, n_samples, self.task.classes)

    def add(
        self,
        X: FloatArray | SparseMatrix,
        codes: Codes,
        sample_weight: Float64Array | None = None,
        offset: Float64Array | None = None,
        fold: npt.NDArray[np.int32] | None = None,
    ) -> None:
        """Add rows.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features) or SparseMatrix
            Features, float64 or float32. Rows without weight may hold anything.
        codes : ndarray of shape (n_samples,)
            Class numbers, see `codes`.
        sample_weight : ndarray of shape (n_samples,), default=None
            Weights; None: ones.
        offset : ndarray of shape (n_samples, n_outputs), default=None
            Offsets; None: zeros.
        fold : ndarray of shape (n_samples,), default=None
            The fold of each row; None: all are of fold 0.

        Raises
        ------
        ValueError
            If shapes disagree or a value is NaN or infinite. Nothing has been added then.
        """
        if offset is not None and offset.ndim == 1:
            offset = offset[:, np.newaxis]
        if offset is not None and self.task.offset_shift is not None:
            offset = offset - self.task.offset_shift
        try:
            self._core.add(X, codes, sample_weight, offset, fold, self.n_threads)
        except ValueError:
            if sample_weight is None or sample_weight.all():
                raise
            refuse_not_finite(X, sample_weight)
            kept = np.flatnonzero(sample_weight)
            X, codes, sample_weight = take_rows(X, kept), codes[kept], sample_weight[kept]
            offset = None if offset is None else offset[kept]
            fold = None if fold is None else fold[kept]
            self._core.add(X, codes, sample_weight, offset, fold, self.n_threads)
        if self._left_out is not None:
            self._left_out.add(X, codes, sample_weight, offset)

    def sums(self) -> PassSums:
        """Return the sums over all rows so far."""
        sums = PassSums(*self._core.sums())
        if self._left_out is not None:
            sums.left_out = self._left_out.total
        return sums
