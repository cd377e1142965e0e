"""A sample of the rows of all parts, the same whatever the blocks in which they were read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    import numpy.typing as npt

    from elltwo.functional._base.classes import Codes
    from elltwo.functional._base.validate import Float64Array, FloatArray

    Folds = npt.NDArray[np.int32]

_GOLDEN = 0x9E3779B97F4A7C15  # of splitmix64 (Steele, Lea and Flood 2014)
_MASK = (1 << 64) - 1


@dataclass
class Sample:
    """Rows with weights such that their sums estimate those of all rows.

    Parameters
    ----------
    x : ndarray of shape (m, n_features)
        Features.
    codes, fold : ndarray of shape (m,)
        Class and fold of each row.
    weight : ndarray of shape (m,)
        Weight of the row times the number of rows that it stands for.
    offset : ndarray of shape (m, width)
        Offsets; width 0: there are none.
    """

    x: FloatArray
    codes: Codes
    fold: Folds
    weight: Float64Array
    offset: Float64Array

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.codes.size)

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Sample:
        """Return some of the rows."""
        return Sample(
            self.x[rows], self.codes[rows], self.fold[rows], self.weight[rows], self.offset[rows]
        )

    def merge(self, other: Sample) -> Self:
        """Append the rows of another sample."""
        together = joined([self, other])
        for name in _FIELDS:
            setattr(self, name, getattr(together, name))
        return self


_FIELDS = ("x", "codes", "fold", "weight", "offset")


def joined(samples: Sequence[Sample]) -> Sample:
    """Return the rows of several samples, one at least."""
    filled = [sample for sample in samples if sample.n_rows] or samples[:1]
    if len(filled) == 1:
        return filled[0]
    return Sample(*(np.concatenate([getattr(one, name) for one in filled]) for name in _FIELDS))


class Reservoir:
    """Of each class the rows with the smallest hashes of seed, part and number of the row."""

    def __init__(self, share: int, seed: int, part: int) -> None:
        self._share = share
        self._key = np.uint64(_mixed_number(_mixed_number(seed) + part))
        self._given: list[Sample] = []  # candidates, some of which are no longer kept
        self._place = np.empty(0, dtype=np.intp)  # in them, of each row that is kept
        self._codes = np.empty(0, dtype=np.int32)  # of the rows that are kept, as what follows
        self._hash = np.empty(0, dtype=np.uint64)
        self._row = np.empty(0, dtype=np.int64)
        self._limit = np.empty(0, dtype=np.uint64)  # of each class: its largest hash, once full
        self._seen = np.empty(0, dtype=np.int64)  # rows of each class

    def candidates(self, codes: Codes, row: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
        """Return which of some rows may be in the sample; all of them are counted."""
        n_classes = int(codes.max(initial=-1)) + 1
        if n_classes > self._seen.size:
            more = n_classes - self._seen.size
            self._seen = np.append(self._seen, np.zeros(more, dtype=np.int64))
            self._limit = np.append(self._limit, np.full(more, _MASK, dtype=np.uint64))
        self._seen += np.bincount(codes, minlength=self._seen.size)
        hashes = self._hashes(row)
        below = np.flatnonzero(hashes <= self._limit[codes])
        return below[self._smallest(codes[below], hashes[below])]

    def add(self, rows: Sample, row: npt.NDArray[np.int64]) -> None:
        """Add candidates, whose numbers in the part are given.

        Those that are no longer among the smallest are forgotten at once, their features now and
        then.
        """
        before = sum(one.n_rows for one in self._given)
        self._given.append(rows)
        codes = np.append(self._codes, rows.codes)
        hashes = np.append(self._hash, self._hashes(row))
        kept = self._smallest(codes, hashes)
        self._codes, self._hash = codes[kept], hashes[kept]
        self._row = np.append(self._row, row)[kept]
        self._place = np.append(self._place, before + np.arange(row.size))[kept]
        for k, count in enumerate(np.bincount(self._codes)):
            if count >= self._share:
                self._limit[k] = self._hash[self._codes == k].max()
        if 2 * (before + row.size) > 3 * kept.size:
            self._gather()

    def _gather(self) -> Sample:
        """Return the rows that are kept, and drop all others."""
        order = np.argsort(self._place)
        self._codes, self._hash, self._row = self._codes[order], self._hash[order], self._row[order]
        place = self._place[order]
        taken, start = [], 0
        for given in self._given:
            first, last = np.searchsorted(place, [start, start + given.n_rows])
            taken.append(given.take(place[first:last] - start))
            start += given.n_rows
        held = joined(taken)
        self._given, self._place = [held], np.arange(held.n_rows)
        return held

    def _smallest(self, codes: Codes, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.intp]:
        """Return the rows with the smallest hashes of each class, as many as its share."""
        if codes.size <= self._share:
            return np.arange(codes.size)
        parts = []
        for k in np.flatnonzero(np.bincount(codes)):
            of_class = np.flatnonzero(codes == k)
            if of_class.size > self._share:
                first = np.argpartition(hashes[of_class], self._share - 1)[: self._share]
                of_class = of_class[first]
            parts.append(of_class)
        return np.concatenate(parts)

    def sample(self) -> Sample | None:
        """Return the sample: classes in proportion, but some rows of each; None: no rows."""
        if not self._given:
            return None
        held = self._gather()  # in whose order everything else is now
        present = self._seen > 0
        least = -(-self._share // (2 * int(present.sum())))
        wanted = np.ceil(self._share * (self._seen / self._seen.sum()))
        quota = np.minimum(self._seen, np.maximum(wanted, least)).astype(np.int64)
        order = np.lexsort((self._row, self._hash, self._codes))
        codes = self._codes[order]
        rank = np.arange(order.size) - np.searchsorted(codes, np.arange(quota.size))[codes]
        kept = order[rank < quota[codes]]
        kept = kept[np.argsort(self._row[kept])]
        sample = held.take(kept)
        stands_for = self._seen / np.maximum(quota, 1)
        sample.weight = sample.weight * stands_for[sample.codes]
        return sample

    def _hashes(self, row: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
        with np.errstate(over="ignore"):
            return _mixed(row.astype(np.uint64) + self._key)


def _mixed(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return the hashes of splitmix64."""
    x = (x + np.uint64(1)) * np.uint64(_GOLDEN)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _mixed_number(x: int) -> int:
    return int(_mixed(np.array([x & _MASK], dtype=np.uint64))[0])
