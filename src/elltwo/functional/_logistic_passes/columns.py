"""Weights, means and sizes of columns, whatever their units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import Self

    from elltwo.functional._base.validate import Float64Array, FloatArray

_SMALLEST, _LARGEST = 1e-140, 1e140  # numbers whose squares stay in range
_CANCELLATION = 1e-8  # part of squares about a row below which they are summed about the mean


@dataclass
class Columns:
    """Sums over rows.

    Parameters
    ----------
    weight : float
        Sum of the weights.
    mean : ndarray of shape (n_features,)
        Weighted means.
    norm : ndarray of shape (n_features,)
        ``sqrt(sum w (x - mean)^2)``; roots, because squares leave the range of numbers.
    """

    weight: float
    mean: Float64Array
    norm: Float64Array

    @classmethod
    def nothing(cls, n_features: int) -> Self:
        """Return the sums over no rows."""
        return cls(0.0, np.zeros(n_features), np.zeros(n_features))

    @classmethod
    def of_rows(
        cls,
        rows: FloatArray,
        weight: Float64Array | None,
        low: Float64Array,
        high: Float64Array,
        room: Float64Array,
    ) -> Self:
        """Return the sums over some rows, one at least, whose values lie from `low` to `high`.

        `room`, of as many rows at least, is written to: what is allocated anew for each block costs
        more than the sums where the allocator returns memory at once, as on workers of dask.
        """
        start = rows[0].astype(np.float64)
        total = float(rows.shape[0]) if weight is None else float(weight.sum())
        share = np.full(rows.shape[0], 1.0 / total) if weight is None else weight / total
        with np.errstate(over="ignore"):
            largest = np.maximum(high - start, start - low)
        if not np.isfinite(largest).all():  # differences of the largest numbers overflow
            start = np.zeros_like(start)
            largest = np.maximum(np.abs(high), np.abs(low))
        about = np.subtract(rows, start, out=room[: rows.shape[0]])
        unit = _units(largest)
        if (unit != 1.0).any():
            about /= unit
        first, square = share @ about, _mean_square(about, weight, share)
        lost = square - first**2 < _CANCELLATION * square
        if lost.any():
            about -= first
            rest = share @ about
            again = _mean_square(about, weight, share) - rest**2
            square = np.where(lost, again, square - first**2)
            first = np.where(lost, first + rest, first)
        else:
            square = square - first**2
        norm = np.sqrt(total) * np.sqrt(np.maximum(square, 0.0)) * unit
        return cls(total, start + first * unit, norm)

    def merge(self, other: Columns) -> Self:
        """Add the sums of other rows (Chan, Golub and LeVeque 1983, equation 2.1)."""
        if other.weight == 0.0:
            return self
        if self.weight == 0.0:
            self.weight, self.mean, self.norm = other.weight, other.mean, other.norm
            return self
        total = self.weight + other.weight
        share = other.weight / total
        with np.errstate(over="ignore"):
            step = other.mean - self.mean
        huge = ~np.isfinite(step)
        size = np.sqrt(self.weight) * np.sqrt(share)
        with np.errstate(over="ignore", invalid="ignore"):
            moved = np.where(
                huge, self.mean * (1.0 - share) + other.mean * share, self.mean + step * share
            )
            between = np.where(huge, (0.5 * other.mean - 0.5 * self.mean) * size, step * size)
            between = np.where(huge, 2.0 * between, between)
            self.norm = np.hypot(np.hypot(self.norm, other.norm), np.abs(between))
        self.weight, self.mean = total, moved
        return self

    def about_zero(self) -> Float64Array:
        """Return ``sqrt(sum w x^2)``."""
        with np.errstate(over="ignore"):
            size: Float64Array = np.hypot(self.norm, np.sqrt(self.weight) * np.abs(self.mean))
        return size


def _units(largest: Float64Array) -> Float64Array:
    """Return ones, and powers of two near numbers whose squares leave the range."""
    outside = (largest > 0.0) & ((largest < _SMALLEST) | (largest > _LARGEST))
    return np.where(outside, np.ldexp(1.0, np.frexp(largest)[1] - 1), 1.0)


def _mean_square(
    about: Float64Array, weight: Float64Array | None, share: Float64Array
) -> Float64Array:
    result: Float64Array
    if weight is None:
        result = np.einsum("ij,ij->j", about, about) / about.shape[0]
    else:
        result = np.einsum("i,ij,ij->j", share, about, about)
    return result
