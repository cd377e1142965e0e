"""What a pass over the rows is to compute."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._logistic_passes.labels import labels_from_json, labels_to_json
from elltwo.functional._logistic_passes.wire import from_bytes, to_bytes

if TYPE_CHECKING:
    from typing import Self

    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray, Float64Array

ROWS_A_COLUMN = 200  # of the sample; 80 cost a pass more on columns with correlations of 0.9
SAMPLE_BYTES = 1 << 26  # most bytes of the sample of all parts


@dataclass(frozen=True)
class Folds:
    """Row i of part j belongs to fold (i // fold_rows + j) % n_folds."""

    n_folds: int = 1
    fold_rows: int = 1000

    def of_rows(self, part: int, first: int, last: int) -> npt.NDArray[np.int32] | None:
        """Return the folds of rows of a part; None where there is one fold."""
        if self.n_folds == 1:
            return None
        rows = np.arange(first, last)
        return ((rows // self.fold_rows + part) % self.n_folds).astype(np.int32)

    def to_json(self) -> list[int]:
        """Return what the constructor takes."""
        return [self.n_folds, self.fold_rows]


@dataclass(frozen=True)
class FirstTask:
    """The first pass: classes, weights, means and sizes of columns, and a sample of the rows.

    Parameters
    ----------
    n_parts : int
        Number of parts, each of which gives its share of the sample.
    folds : Folds
        How rows are divided for cross-validation.
    rows_a_column : int
        Rows of the whole sample, in multiples of the number of features.
    sample_bytes : int
        Most bytes of the features of the whole sample.
    seed : int
        Seed of the choice of rows, which depends on it, the part and the number of the row alone.
    classes : ndarray or None
        The labels of the classes, where they are known; None: they are found.
    """

    n_parts: int = 1
    folds: Folds = field(default_factory=Folds)
    rows_a_column: int = ROWS_A_COLUMN
    sample_bytes: int = SAMPLE_BYTES
    seed: int = 0
    classes: AnyArray | None = None

    @property
    def n_folds(self) -> int:
        """Number of folds, 1 where there are none."""
        return self.folds.n_folds

    def share(self, n_features: int) -> int:
        """Return the number of rows that a part gives to the sample, but for rare classes."""
        rows = min(self.rows_a_column * n_features, self.sample_bytes // (8 * max(n_features, 1)))
        return -(-rows // max(self.n_parts, 1))

    def to_bytes(self) -> bytes:
        """Return everything as bytes, with a version and a checksum."""
        head = {
            "n_parts": self.n_parts,
            "folds": self.folds.to_json(),
            "rows_a_column": self.rows_a_column,
            "sample_bytes": self.sample_bytes,
            "seed": self.seed,
            "classes": None if self.classes is None else labels_to_json(self.classes),
        }
        return to_bytes("first task", head, {})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return what `to_bytes` was called on."""
        head, _ = from_bytes("first task", data)
        classes = head.pop("classes")
        return cls(
            folds=Folds(*head.pop("folds")),
            classes=None if classes is None else labels_from_json(classes),
            **head,
        )


@dataclass(frozen=True)
class PassTask:
    """A later pass: loss, gradient, residuals and, where asked, Hessians at several points.

    Coefficients are those of the columns ``scale * (x - shift)``.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Labels of the classes.
    theta : ndarray of shape (n_points, n_outputs, n_features + 1)
        The points: coefficients, and last the intercept, 0 where none is fitted. Two classes have
        one output, more have one each.
    left_out : ndarray of shape (n_points,)
        The fold whose rows a point is not fitted to, -1: none.
    shift, scale : ndarray of shape (n_features,)
        Centre of each column, and the power of two that brings it near unit size.
    hessian : ndarray of shape (n_points,)
        Whether the Hessian of the loss is wanted at a point.
    offset_shift : ndarray of shape (n_outputs,) or None
        What is taken from the offsets of each output, since the intercepts hold it; None: nothing.
    in_float32 : bool
        Whether products of Hessians are formed in float32; their sums are of float64.
    folds : Folds
        How rows are divided for cross-validation.
    inverse_root : ndarray of shape (n_points, size, size)
        V of the inverse Hessian V'V of the objective at each point, in the order of
        `PassSums.hessian`, for approximate leave-one-out; of length 0: it is not wanted.
    centre : ndarray of shape (n_points, 3)
        Values near the mean scores of left-out rows, about which their squares are summed.
    """

    classes: AnyArray
    theta: Float64Array
    left_out: npt.NDArray[np.int32]
    shift: Float64Array
    scale: Float64Array
    hessian: npt.NDArray[np.bool_]
    in_float32: bool = False
    folds: Folds = field(default_factory=Folds)
    offset_shift: Float64Array | None = None
    inverse_root: Float64Array = field(default_factory=lambda: np.empty((0, 0, 0)))
    centre: Float64Array = field(default_factory=lambda: np.empty((0, 3)))

    @property
    def leaves_out_rows(self) -> bool:
        """Whether rows are to be scored by approximate leave-one-out."""
        return len(self.inverse_root) > 0

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return int(self.classes.size)

    @property
    def n_points(self) -> int:
        """Number of points."""
        return int(self.theta.shape[0])

    @property
    def n_features(self) -> int:
        """Number of features."""
        return int(self.shift.size)

    def to_bytes(self) -> bytes:
        """Return everything as bytes, with a version and a checksum."""
        head: dict[str, Any] = {
            "classes": labels_to_json(self.classes),
            "in_float32": self.in_float32,
            "folds": self.folds.to_json(),
        }
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        if self.offset_shift is not None:
            arrays["offset_shift"] = self.offset_shift
        return to_bytes("pass task", head, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return what `to_bytes` was called on."""
        head, arrays = from_bytes("pass task", data)
        return cls(
            classes=labels_from_json(head["classes"]),
            in_float32=head["in_float32"],
            folds=Folds(*head["folds"]),
            **arrays,
        )


_ARRAYS = ("theta", "left_out", "shift", "scale", "hessian", "inverse_root", "centre")


def task_from_bytes(data: bytes) -> FirstTask | PassTask:
    """Return a task of either kind from its bytes."""
    if b'"kind": "first task"' in bytes(data[:64]):
        return FirstTask.from_bytes(data)
    return PassTask.from_bytes(data)
