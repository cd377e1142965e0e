"""The loss of the sample, which follows that of all rows between passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.sample import Sample
    from elltwo.functional._logistic_passes.scaled import Scaled


class SampleModel:
    """Loss, gradient and Hessian over the sample's rows outside a fold, in scaled columns."""

    def __init__(self, sample: Sample, scaled: Scaled) -> None:
        rows = sample if scaled.fold < 0 else sample.take(sample.fold != scaled.fold)
        self._z = np.ones((rows.n_rows, scaled.n_features + 1))
        self._z[:, :-1] = (rows.x - scaled.shift) * scaled.scale
        if not scaled.problem.fit_intercept:
            self._z[:, -1] = 0.0
        self._weight = rows.weight * scaled.weight_scale
        self._codes = rows.codes
        self._offset = rows.offset - scaled.offset_shift if rows.offset.shape[1] else None
        self._n_outputs = scaled.n_outputs
        self._last: tuple[Float64Array, Float64Array] | None = None  # point and Hessian there

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self._codes.size)

    @property
    def columns(self) -> Float64Array:
        """The scaled columns and the intercept's."""
        return self._z

    def gradient(self, theta: Float64Array) -> Float64Array:
        """Return the gradient of the loss, in the shape of theta."""
        probability = self._probabilities(theta)
        if self._n_outputs == 1:
            probability[:, 0] -= self._codes
        else:
            probability[np.arange(self.n_rows), self._codes] -= 1.0
        probability *= self._weight[:, np.newaxis]
        result: Float64Array = probability.T @ self._z
        return result

    def hessian(self, theta: Float64Array) -> Float64Array:
        """Return the Hessian of the loss, in the order of outputs and then columns.

        The last one is kept: it is often asked for twice.
        """
        if self._last is None or not np.array_equal(self._last[0], theta):
            self._last = theta.copy(), self._hessian(theta)
        return self._last[1]

    def _hessian(self, theta: Float64Array) -> Float64Array:
        probability = self._probabilities(theta)
        size = self._z.shape[1]
        full = np.empty((self._n_outputs, size, self._n_outputs, size))
        for k in range(self._n_outputs):
            own = self._weight * probability[:, k]
            full[k, :, k] = self._square(own * (1.0 - probability[:, k]))
            for m in range(k):
                full[k, :, m] = self._product(-own * probability[:, m])
                full[m, :, k] = full[k, :, m]
        return full.reshape(self._n_outputs * size, -1)

    def blocks(self, theta: Float64Array) -> Float64Array:
        """Return the diagonal blocks of the Hessian, (n_outputs, size, size)."""
        probability = self._probabilities(theta)
        curvature = self._weight[:, np.newaxis] * probability * (1.0 - probability)
        return np.array([self._square(h) for h in curvature.T])

    def _square(self, curvature: Float64Array) -> Float64Array:
        half = np.sqrt(curvature)[:, np.newaxis] * self._z
        result: Float64Array = half.T @ half  # by half the products of _product
        return result

    def _product(self, curvature: Float64Array) -> Float64Array:
        result: Float64Array = self._z.T @ (curvature[:, np.newaxis] * self._z)
        return result

    def _probabilities(self, theta: Float64Array) -> Float64Array:
        z = self._z @ theta.T
        if self._offset is not None:
            z += self._offset
        if self._n_outputs == 1:
            return _logistic(z)
        z -= z.max(axis=1, keepdims=True)
        np.exp(z, out=z)
        z /= z.sum(axis=1, keepdims=True)
        return z


def _logistic(z: Float64Array) -> Float64Array:
    """Return 1 / (1 + exp(-z)) without overflow."""
    small = np.exp(-np.abs(z))
    result: Float64Array = np.where(z >= 0.0, 1.0, small) / (1.0 + small)
    return result
