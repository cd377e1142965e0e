"""The rows of a part in the first pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.classes import find_labels
from elltwo.functional._base.sparse import SparseMatrix
from elltwo.functional._logistic_passes.columns import Columns
from elltwo.functional._logistic_passes.finite import extremes, small_blocks
from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.labels import codes_of, places_in, union_of
from elltwo.functional._logistic_passes.sample import Reservoir, Sample

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.classes import Codes
    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray
    from elltwo.functional._logistic_passes.task import FirstTask

    Int32Array = npt.NDArray[np.int32]


class FirstPass:
    """Classes, weights, columns and a sample of the rows of a part.

    Parameters
    ----------
    task : FirstTask
        What is wanted.
    part : int
        Number of the part.
    """

    def __init__(self, task: FirstTask, part: int = 0) -> None:
        self.task = task
        self.part = part
        self._rows = 0  # seen
        self._found: list[AnyArray] = []  # labels, in pieces that keep their types
        self._number: dict[Any, int] = {}  # of each label
        self._class_weight: list[Float64Array] = []
        self._reservoir: Reservoir | None = None
        self._sums = FirstSums.nothing(task.n_folds)

    def add(
        self,
        X: FloatArray | SparseMatrix,
        y: Any,  # noqa: ANN401  # whatever has labels
        sample_weight: Float64Array | None = None,
        offset: Float64Array | None = None,
        fold: Int32Array | None = None,
    ) -> None:
        """Add rows, in the order of the part; however they are divided, sums nearly agree.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features) or SparseMatrix
            Features, float64 or float32. Rows without weight may hold anything.
        y : array-like of shape (n_samples,)
            Labels.
        sample_weight : ndarray of shape (n_samples,), default=None
            Weights; None: ones.
        offset : ndarray of shape (n_samples,) or (n_samples, width), default=None
            Offsets; None: zeros.
        fold : ndarray of shape (n_samples,), default=None
            The fold of each row; None: all are of fold 0.

        Raises
        ------
        TypeError, ValueError
            If shapes disagree or a value is NaN, infinite, no label or a negative weight. Nothing
            has been added then.
        """
        n, p = X.shape
        self._require_shape(p, n, sample_weight, offset, fold)
        labels = find_labels(y, n)
        if self.task.classes is not None:
            codes_of(y, n, self.task.classes)
        if offset is not None and offset.ndim == 1:
            offset = offset[:, np.newaxis]
        low, high = extremes(X, sample_weight)
        codes = self._codes(labels.classes)[labels.codes]
        if self._sums.n_features < 0:
            self._sums.merge(FirstSums.nothing(self.task.n_folds, p))
        self._sums.low = np.minimum(self._sums.low, low)
        self._sums.high = np.maximum(self._sums.high, high)
        for rows, x in small_blocks(X):
            self._add_block(
                x, codes[rows], _of(sample_weight, rows), _of(offset, rows), _of(fold, rows)
            )
        if n:
            dtype = X.data.dtype if isinstance(X, SparseMatrix) else X.dtype
            self._sums.is_float32 = self._sums.is_float32 and dtype == np.float32

    def sums(self) -> FirstSums:
        """Return the sums over the rows so far."""
        given = self.task.classes
        classes = union_of(self._found) if given is None else given
        found = union_of(self._found)
        place = places_in(classes, found)
        # Labels were numbered as they appeared.
        appeared = np.array([self._number[label] for label in found.tolist()], dtype=np.intp)
        back = np.empty(appeared.size, dtype=np.int32)
        back[appeared] = place
        result = self._sums
        result.classes = classes
        result.class_weight = np.zeros((self.task.n_folds, classes.size))
        for number, weight in enumerate(self._class_weight):
            result.class_weight[:, back[number]] = weight
        sample = None if self._reservoir is None else self._reservoir.sample()
        if sample is not None:
            sample.codes = back[sample.codes]
            result.sample = sample
        return result

    def _codes(self, classes: AnyArray) -> Codes:
        """Return the numbers of labels, which new ones are given in order of appearance."""
        new = [label for label in classes.tolist() if label not in self._number]
        if new:
            for label in new:
                self._number[label] = len(self._number)
                self._class_weight.append(np.zeros(self.task.n_folds))
            self._found.append(classes)
        numbers = [self._number[label] for label in classes.tolist()]
        return np.array(numbers, dtype=np.int32)

    def _add_block(
        self,
        x: FloatArray,
        codes: Codes,
        weight: Float64Array | None,
        offset: Float64Array | None,
        fold: Int32Array | None,
    ) -> None:
        row = np.arange(self._rows, self._rows + codes.size)
        self._rows += codes.size
        if weight is not None and not weight.all():
            kept = np.flatnonzero(weight)
            x, codes, weight, row = x[kept], codes[kept], weight[kept], row[kept]
            offset, fold = _of(offset, kept), _of(fold, kept)
        if codes.size == 0:
            return
        if offset is not None:
            self._sums.offset_width = offset.shape[1]
            largest = float(np.abs(offset).max(initial=0.0))
            self._sums.largest_offset = max(self._sums.largest_offset, largest)
        for number in [0] if fold is None else np.unique(fold).tolist():
            if fold is None or (fold == number).all():
                self._add_fold(number, x, codes, weight)
            else:
                of_fold = np.flatnonzero(fold == number)
                self._add_fold(number, x[of_fold], codes[of_fold], _of(weight, of_fold))
        self._sample(x, codes, weight, offset, fold, row)

    def _add_fold(
        self, number: int, x: FloatArray, codes: Codes, weight: Float64Array | None
    ) -> None:
        self._sums.n_rows[number] += codes.size
        self._sums.columns[number].merge(Columns.of_rows(x, weight))
        for k, w in enumerate(np.bincount(codes, weights=weight)):
            self._class_weight[k][number] += w

    def _sample(
        self,
        x: FloatArray,
        codes: Codes,
        weight: Float64Array | None,
        offset: Float64Array | None,
        fold: Int32Array | None,
        row: npt.NDArray[np.int64],
    ) -> None:
        if self._reservoir is None:
            share = self.task.share(x.shape[1])
            self._reservoir = Reservoir(share, self.task.seed, self.part)
        at = self._reservoir.candidates(codes, row)
        chosen = Sample(
            x[at],
            codes[at],
            np.zeros(at.size, dtype=np.int32) if fold is None else fold[at],
            np.ones(at.size) if weight is None else weight[at].astype(np.float64),
            np.empty((at.size, 0)) if offset is None else offset[at],
        )
        self._reservoir.add(chosen, row[at])

    def _require_shape(
        self,
        n_features: int,
        n: int,
        weight: Float64Array | None,
        offset: Float64Array | None,
        fold: Int32Array | None,
    ) -> None:
        known = self._sums.n_features
        if known not in {-1, n_features}:
            raise ValueError(f"X has {n_features} columns, rows before have {known}")
        for name, value in (("sample_weight", weight), ("offset", offset), ("fold", fold)):
            if value is not None and len(value) != n:
                raise ValueError(f"{name} has {len(value)} rows, X has {n}")
        if weight is not None and not (np.isfinite(weight).all() and (weight >= 0.0).all()):
            bad = int(np.flatnonzero(~(np.isfinite(weight) & (weight >= 0.0)))[0])
            raise ValueError(
                f"sample_weight must be finite and not negative, got {weight[bad]} at row {bad}"
            )
        if offset is not None and not np.isfinite(offset).all():
            row = int(np.argwhere(~np.isfinite(offset))[0][0])
            raise ValueError(f"offset must be finite, got {offset[row]} at row {row}")


def _of(values: Any, rows: Any) -> Any:  # noqa: ANN401
    return None if values is None else values[rows]
