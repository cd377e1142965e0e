"""What the first pass over the rows gives."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._logistic_passes.columns import Columns
from elltwo.functional._logistic_passes.labels import (
    labels_from_json,
    labels_to_json,
    places_in,
    union_of,
)
from elltwo.functional._logistic_passes.sample import Sample
from elltwo.functional._logistic_passes.wire import from_bytes, to_bytes

if TYPE_CHECKING:
    from typing import Self

    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray, Float64Array


@dataclass
class FirstSums:
    """Classes, weights, columns and a sample of the rows of some parts.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Labels found, sorted, or in order of appearance where they cannot be sorted.
    class_weight : ndarray of shape (n_folds, n_classes)
        Weight of each class in each fold.
    n_rows : ndarray of shape (n_folds,)
        Rows of positive weight.
    columns : list of Columns
        Sums over the rows of each fold.
    low, high : ndarray of shape (n_features,)
        Smallest and largest values.
    largest_offset : float
        Largest size of an offset.
    offset_width : int
        Columns of offsets; 0: there are none.
    is_float32 : bool
        Whether all features were of float32.
    sample : Sample
        A sample of the rows.
    """

    classes: AnyArray
    class_weight: Float64Array
    n_rows: npt.NDArray[np.int64]
    columns: list[Columns]
    low: Float64Array
    high: Float64Array
    largest_offset: float
    offset_width: int
    is_float32: bool
    sample: Sample

    @classmethod
    def nothing(cls, n_folds: int = 1, n_features: int = -1) -> Self:
        """Return the sums over no rows; n_features = -1: their number is not known."""
        p = max(n_features, 0)
        return cls(
            classes=np.empty(0),
            class_weight=np.zeros((n_folds, 0)),
            n_rows=np.zeros(n_folds, dtype=np.int64),
            columns=[Columns.nothing(p) for _ in range(n_folds)] if n_features >= 0 else [],
            low=np.full(p, np.inf),
            high=np.full(p, -np.inf),
            largest_offset=0.0,
            offset_width=0,
            is_float32=True,
            sample=Sample(
                np.empty((0, p)),
                np.empty(0, dtype=np.int32),
                np.empty(0, dtype=np.int32),
                np.empty(0),
                np.empty((0, 0)),
            ),
        )

    @property
    def n_features(self) -> int:
        """Number of features, -1 where no part has shown it."""
        return int(self.low.size) if self.columns else -1

    def merge(self, other: FirstSums) -> Self:
        """Add the sums of other parts, which come after these.

        Raises
        ------
        ValueError
            If numbers of features, of folds or of columns of offsets differ.
        """
        if other.n_features < 0:
            return self._with_classes(other)
        if self.n_features < 0:
            before = FirstSums(**{one.name: getattr(self, one.name) for one in fields(self)})
            for one in fields(other):
                setattr(self, one.name, getattr(other, one.name))
            return self._with_classes(before, before=True)
        self._require_like(other)
        self._with_classes(other)
        for mine, its in zip(self.columns, other.columns, strict=True):
            mine.merge(its)
        self.low = np.minimum(self.low, other.low)
        self.high = np.maximum(self.high, other.high)
        self.n_rows = self.n_rows + other.n_rows
        self.largest_offset = max(self.largest_offset, other.largest_offset)
        if other.n_rows.any():
            self.offset_width = other.offset_width
            self.is_float32 = self.is_float32 and other.is_float32
        codes = places_in(self.classes, other.classes)[other.sample.codes]
        rows = other.sample
        self.sample.merge(Sample(rows.x, codes, rows.fold, rows.weight, rows.offset))
        return self

    def _require_like(self, other: FirstSums) -> None:
        if self.n_features != other.n_features:
            raise ValueError(
                f"parts have different numbers of features: {self.n_features} and "
                f"{other.n_features}"
            )
        if len(self.columns) != len(other.columns):
            raise ValueError("sums of different numbers of folds do not add")
        both = self.n_rows.any() and other.n_rows.any()
        if both and self.offset_width != other.offset_width:
            raise ValueError(
                f"parts have offsets of different widths: {self.offset_width} and "
                f"{other.offset_width}"
            )

    def _with_classes(self, other: FirstSums, before: bool = False) -> Self:
        """Widen by the classes of other parts, and add their weights."""
        order = (other, self) if before else (self, other)
        classes = union_of([one.classes for one in order])
        weight = np.zeros((self.class_weight.shape[0], classes.size))
        for one in order:
            weight[:, places_in(classes, one.classes)] += one.class_weight
        self.sample.codes = places_in(classes, self.classes)[self.sample.codes]
        self.classes, self.class_weight = classes, weight
        return self

    def without_fold(self, fold: int) -> Columns:
        """Return the sums over all rows but those of a fold; -1: over all rows."""
        total = Columns.nothing(self.low.size)
        for number, columns in enumerate(self.columns):
            if number != fold:
                total.merge(columns)
        return total

    def to_bytes(self) -> bytes:
        """Return everything as bytes, with a version and a checksum."""
        head = {
            "classes": labels_to_json(self.classes),
            "largest_offset": self.largest_offset,
            "offset_width": self.offset_width,
            "is_float32": self.is_float32,
            "n_features": self.n_features,
        }
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        arrays["weight"] = np.array([one.weight for one in self.columns])
        arrays["mean"] = np.array([one.mean for one in self.columns])
        arrays["norm"] = np.array([one.norm for one in self.columns])
        arrays |= {f"sample_{name}": getattr(self.sample, name) for name in _SAMPLE}
        return to_bytes("sums of a first pass", head, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return what `to_bytes` was called on."""
        head, arrays = from_bytes("sums of a first pass", data)
        head.pop("n_features")
        stored = (arrays[name] for name in ("weight", "mean", "norm"))
        columns = [Columns(float(w), m, s) for w, m, s in zip(*stored, strict=True)]
        return cls(
            classes=labels_from_json(head.pop("classes")),
            columns=columns,
            sample=Sample(*(arrays[f"sample_{name}"] for name in _SAMPLE)),
            class_weight=arrays["class_weight"],
            n_rows=arrays["n_rows"],
            low=arrays["low"],
            high=arrays["high"],
            **head,
        )


_ARRAYS = ("class_weight", "n_rows", "low", "high")
_SAMPLE = ("x", "codes", "fold", "weight", "offset")
