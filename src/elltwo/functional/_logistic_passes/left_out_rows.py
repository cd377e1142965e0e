"""Rows predicted without themselves, by one Newton step each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.probability import probabilities
from elltwo.functional._base.row_blocks import row_blocks
from elltwo.functional._logistic_cv.row_scores import NAMES, row_scores

if TYPE_CHECKING:
    from elltwo.functional._base.classes import Codes
    from elltwo.functional._base.sparse import SparseMatrix
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._logistic_passes.task import PassTask

_OWN_DIRECTION = 1e-8  # least value of one minus a leverage, as of the fits in memory


class LeftOutRows:
    """Sums of scores by approximate leave-one-out (Rad and Maleki 2020, equation 7).

    A row's predictors z become ``z - (I - M W)^-1 M r`` with ``M = x' H^-1 x``, the Hessian W of
    the row's loss in z, and its residuals r; H is the Hessian of the objective.

    Parameters
    ----------
    task : PassTask
        The points, and roots of their inverse Hessians.
    """

    def __init__(self, task: PassTask) -> None:
        self.task = task
        self.total = np.zeros((task.n_points, 4, 3))

    def add(
        self,
        X: FloatArray | SparseMatrix,
        codes: Codes,
        sample_weight: Float64Array | None,
        offset: Float64Array | None,
    ) -> None:
        """Add rows, see `RowPass.add`."""
        task = self.task
        width = task.inverse_root.shape[1] * max(1, task.theta.shape[1])
        for rows, block in row_blocks(X, width):
            w = np.ones(len(block)) if sample_weight is None else sample_weight[rows]
            kept = np.flatnonzero(w)
            z = np.ones((kept.size, task.n_features + 1))
            z[:, :-1] = (block[kept] - task.shift) * task.scale
            shift = 0.0 if offset is None else offset[rows][kept]
            for k in range(task.n_points):
                self._add_point(k, z, codes[rows][kept], w[kept], shift)

    def _add_point(
        self, k: int, x: Float64Array, codes: Codes, w: Float64Array, shift: Float64Array | float
    ) -> None:
        z = x @ self.task.theta[k].T + shift
        root = self.task.inverse_root[k]
        if z.shape[1] == 1:
            z = _two_classes(z[:, 0], x @ root.T, codes, w)
        else:
            parts = root.reshape(len(root), z.shape[1], -1)
            z = _several_classes(z, np.einsum("ij,skj->iks", x, parts, optimize=True), codes, w)
        total = self.total[k]
        for at, name in enumerate(NAMES):
            value = row_scores(name, z, codes) - self.task.centre[k, at]
            total[:3, at] += w @ value, w**2 @ value, w**2 @ value**2
        total[3] += w.sum(), w @ w, w.size


def _two_classes(z: Float64Array, vx: Float64Array, codes: Codes, w: Float64Array) -> Float64Array:
    """Return predictors without each row; vx holds V x, of which the square is the form M."""
    p = probabilities(z)
    form = np.einsum("ij,ij->i", vx, vx)
    residual = w * np.where(codes == 1, p[:, 0], -p[:, 1])
    rest = np.maximum(1.0 - form * w * p[:, 0] * p[:, 1], _OWN_DIRECTION)
    result: Float64Array = z - form * residual / rest
    return result


def _several_classes(
    z: Float64Array, vx: Float64Array, codes: Codes, w: Float64Array
) -> Float64Array:
    """Return predictors without each row; vx holds V x_k for each class, (rows, classes, size).

    With ``W = C C'``, ``C = D^1/2 (I - s s')``, ``D = w diag(p)`` and ``s = sqrt(p)`` the step is
    ``M r + M C S^-1 C' M r`` where ``S = I - C' M C``.
    """
    p = probabilities(z)
    form = vx @ vx.transpose(0, 2, 1)
    residual = -p
    residual[np.arange(codes.size), codes] += 1.0
    residual *= w[:, np.newaxis]
    share = np.sqrt(p)
    root = share * np.sqrt(w)[:, np.newaxis]
    step = np.einsum("ikl,il->ik", form, residual)
    right = _projected(root * step, share)
    inner = _projected(root[:, :, np.newaxis] * form * root[:, np.newaxis], share)
    inner = _projected(inner.transpose(0, 2, 1), share)
    rest = np.eye(z.shape[1]) - inner
    solved = _projected(_solved(rest, right), share)
    step += np.einsum("ikl,il->ik", form, root * solved)
    result: Float64Array = z - step
    return result


def _projected(v: Float64Array, share: Float64Array) -> Float64Array:
    """Return v - s s' v for vectors, or the last axis of matrices."""
    s = share if v.ndim == 2 else share[:, np.newaxis]
    result: Float64Array = v - s * np.sum(s * v, axis=-1, keepdims=True)
    return result


def _solved(matrix: Float64Array, right: Float64Array) -> Float64Array:
    """Solve positive definite systems, one for each row, with pivots bounded from below."""
    m = right.shape[1]
    lower = np.zeros_like(matrix)
    x = right.copy()
    for i in range(m):
        for j in range(i + 1):
            part = matrix[:, i, j] - np.einsum("ik,ik->i", lower[:, i, :j], lower[:, j, :j])
            if i == j:
                lower[:, i, i] = np.sqrt(np.maximum(part, _OWN_DIRECTION))
            else:
                lower[:, i, j] = part / lower[:, j, j]
        x[:, i] -= np.einsum("ik,ik->i", lower[:, i, :i], x[:, :i])
        x[:, i] /= lower[:, i, i]
    for i in reversed(range(m)):
        x[:, i] -= np.einsum("ik,ik->i", lower[:, i + 1 :, i], x[:, i + 1 :])
        x[:, i] /= lower[:, i, i]
    return x
