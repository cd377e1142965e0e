"""What a pass gives at each of its points, summed over rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._logistic_passes.wire import from_bytes, to_bytes

if TYPE_CHECKING:
    from typing import Self

    from elltwo.functional._base.validate import Float64Array

_ARRAYS = ("weight", "loss", "gradient", "residual", "hessian", "held", "left_out")


@dataclass
class PassSums:
    """Sums over the rows that each point is fitted to, and scores on those it is not.

    Parameters
    ----------
    weight : ndarray of shape (n_points,)
        Sum of the weights.
    loss : ndarray of shape (n_points,)
        Sum of the weighted losses.
    gradient : ndarray of shape (n_points, n_outputs, n_features + 1)
        Gradient of the loss, in scaled columns and the intercept.
    residual : ndarray of shape (n_points, n_outputs)
        ``sum w ([label = k] - p_k)^2``.
    hessian : ndarray of shape (n_hessians, size, size)
        Hessians of the loss at the points where they were wanted, in the order of outputs and
        then columns: size is n_outputs * (n_features + 1).
    held : ndarray of shape (n_points, 4)
        Of the rows left out: weight, weighted log loss, weight of rows whose class has the largest
        probability, weighted Brier score.
    n_rows : int
        Rows of positive weight.
    left_out : ndarray of shape (n_points, 4, 3)
        Of scores v by approximate leave-one-out ("log_loss", "accuracy", "brier") less `centre`:
        sums of w v, w^2 v and w^2 v^2; and of w, w^2 and 1 over rows of positive weight.
    """

    weight: Float64Array
    loss: Float64Array
    gradient: Float64Array
    residual: Float64Array
    hessian: Float64Array
    held: Float64Array
    n_rows: int
    left_out: Float64Array = field(default_factory=lambda: np.empty((0, 4, 3)))

    def merge(self, other: PassSums) -> Self:
        """Add the sums of other rows, which stay as they are."""
        for name in _ARRAYS:
            mine, its = getattr(self, name), getattr(other, name)
            if mine.shape != its.shape:
                raise ValueError(
                    f"sums of different passes do not add: {name} has shapes {mine.shape} and "
                    f"{its.shape}"
                )
        for name in _ARRAYS:
            mine = getattr(self, name)
            mine += getattr(other, name)
        self.n_rows += other.n_rows
        return self

    def to_bytes(self) -> bytes:
        """Return everything as bytes, with a version and a checksum.

        Hessians are symmetric: their lower triangles travel.
        """
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        size = self.hessian.shape[-1]
        rows, columns = np.tril_indices(size)
        arrays["hessian"] = self.hessian[:, rows, columns]
        return to_bytes("sums of a pass", {"n_rows": self.n_rows, "size": size}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return what `to_bytes` was called on."""
        head, arrays = from_bytes("sums of a pass", data)
        size = head["size"]
        lower = arrays["hessian"]
        hessian = np.empty((lower.shape[0], size, size))
        rows, columns = np.tril_indices(size)
        hessian[:, rows, columns] = lower
        hessian[:, columns, rows] = lower
        arrays["hessian"] = hessian
        return cls(n_rows=head["n_rows"], **arrays)
