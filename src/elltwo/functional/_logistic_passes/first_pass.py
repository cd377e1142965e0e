"""The rows of a part in the first pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.classes import find_labels
from elltwo.functional._base.row_blocks import take_rows
from elltwo.functional._base.sparse import SparseMatrix
from elltwo.functional._logistic_passes.columns import Columns
from elltwo.functional._logistic_passes.finite import refuse_not_finite, small_blocks
from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.labels import codes_of, places_in, union_of
from elltwo.functional._logistic_passes.sample import Reservoir, Sample

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.classes import Codes
    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray
    from elltwo.functional._logistic_passes.task import FirstTask

    Int32Array = npt.NDArray[np.int32]


_SIDE_BY_SIDE = 16  # rows, so that also where they are short NumPy's loops are long


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
        found = _sums_of_columns(X, sample_weight, fold, self.task.n_folds)
        codes = self._codes(labels.classes)[labels.codes]
        sums = self._sums
        if sums.n_features < 0:
            sums.merge(FirstSums.nothing(self.task.n_folds, p))
        sums.low, sums.high = np.minimum(sums.low, found.low), np.maximum(sums.high, found.high)
        for mine, its in zip(sums.columns, found.columns, strict=True):
            mine.merge(its)
        row = np.arange(self._rows, self._rows + n)
        self._rows += n
        if n == 0:
            return
        dtype = X.data.dtype if isinstance(X, SparseMatrix) else X.dtype
        sums.is_float32 = sums.is_float32 and dtype == np.float32
        kept = np.arange(n) if sample_weight is None else np.flatnonzero(sample_weight)
        self._count(codes[kept], _of(sample_weight, kept), _of(offset, kept), _of(fold, kept))
        if kept.size:
            self._sample(X, kept, _Rows(codes, sample_weight, offset, fold, row))

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

    def _count(
        self,
        codes: Codes,
        weight: Float64Array | None,
        offset: Float64Array | None,
        fold: Int32Array | None,
    ) -> None:
        """Count rows and weights of classes and folds, all of positive weight."""
        sums, n_folds = self._sums, self.task.n_folds
        of_fold = np.zeros(codes.size, dtype=np.int64) if fold is None else fold.astype(np.int64)
        sums.n_rows = sums.n_rows + np.bincount(of_fold, minlength=n_folds)
        number = len(self._class_weight)
        cells = np.bincount(of_fold * number + codes, weight, minlength=n_folds * number)
        for k, of_class in enumerate(cells.reshape(n_folds, number).T):
            self._class_weight[k] += of_class
        if offset is not None and codes.size:
            sums.offset_width = offset.shape[1]
            sums.largest_offset = max(sums.largest_offset, float(np.abs(offset).max(initial=0.0)))

    def _sample(
        self, X: FloatArray | SparseMatrix, kept: npt.NDArray[np.intp], rows: _Rows
    ) -> None:
        if self._reservoir is None:
            share = self.task.share(X.shape[1])
            self._reservoir = Reservoir(share, self.task.seed, self.part)
        at = kept[self._reservoir.candidates(rows.codes[kept], rows.row[kept])]
        if at.size == 0:
            return
        x = take_rows(X, at)
        chosen = Sample(
            x.toarray() if isinstance(x, SparseMatrix) else np.ascontiguousarray(x),
            rows.codes[at],
            np.zeros(at.size, dtype=np.int32) if rows.fold is None else rows.fold[at],
            np.ones(at.size) if rows.weight is None else rows.weight[at].astype(np.float64),
            np.empty((at.size, 0)) if rows.offset is None else rows.offset[at],
        )
        self._reservoir.add(chosen, rows.row[at])

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


class _Rows(NamedTuple):
    """What rows have beside features."""

    codes: Codes
    weight: Float64Array | None
    offset: Float64Array | None
    fold: Int32Array | None
    row: npt.NDArray[np.int64]  #: numbers in the part


class _Found(NamedTuple):
    """Sums of the columns of some rows."""

    columns: list[Columns]  #: of each fold
    low: Float64Array
    high: Float64Array


def _sums_of_columns(
    X: FloatArray | SparseMatrix,
    weight: Float64Array | None,
    fold: Int32Array | None,
    n_folds: int,
) -> _Found:
    """Return the sums over the rows of positive weight, all values of which are to be finite."""
    p = X.shape[1]
    columns = [Columns.nothing(p) for _ in range(n_folds)]
    low, high = np.full(p, np.inf), np.full(p, -np.inf)
    room = np.empty((0, p))
    for rows, block in small_blocks(X):
        if room.shape[0] < block.shape[0]:
            room = np.empty(block.shape)
        x, w, f = block, _of(weight, rows), _of(fold, rows)
        if w is not None and not w.all():
            x, f, w = x[w > 0.0], _of(f, w > 0.0), w[w > 0.0]
        if x.shape[0] == 0:
            continue
        least, most = _of_columns(np.minimum, x), _of_columns(np.maximum, x)
        if not (np.isfinite(least).all() and np.isfinite(most).all()):
            refuse_not_finite(X, weight)
        low, high = np.minimum(low, least), np.maximum(high, most)
        for number in [0] if f is None else np.unique(f).tolist():
            here = slice(None) if f is None or (f == number).all() else f == number
            columns[number].merge(Columns.of_rows(x[here], _of(w, here), least, most, room))
    return _Found(columns, low, high)


def _of_columns(extreme: np.ufunc, x: FloatArray) -> Float64Array:
    """Return the least or largest value of each column, many rows side by side."""
    n, p = x.shape
    together = n - n % _SIDE_BY_SIDE
    if together and p and x.flags.c_contiguous:
        wide = extreme.reduce(x[:together].reshape(-1, _SIDE_BY_SIDE * p), axis=0)
        x = np.concatenate([wide.reshape(-1, p), x[together:]])
    result: Float64Array = extreme.reduce(x, axis=0)
    return result


def _of(values: Any, rows: Any) -> Any:  # noqa: ANN401
    return None if values is None else values[rows]
