"""Sums of a pass over some rows, in NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.sparse import SparseMatrix, as_dense

if TYPE_CHECKING:
    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import PassTask


def add_rows(
    task: PassTask, sums: PassSums, X: Any, codes: Any, weight: Any, offset: Any, fold: Any
) -> None:
    x = as_dense(X) if isinstance(X, SparseMatrix) else X
    n, p = x.shape
    if p != task.n_features:
        raise ValueError(f"X must have {task.n_features} columns, got {p}")
    w = np.ones(n) if weight is None else np.asarray(weight, dtype=float)
    f = np.zeros(n, dtype=np.int32) if fold is None else np.asarray(fold)
    keep = w > 0
    x, w, f, c = np.asarray(x, dtype=float)[keep], w[keep], f[keep], np.asarray(codes)[keep]
    if not np.isfinite(x).all():
        raise ValueError("X must be finite")
    o = None if offset is None else np.asarray(offset, dtype=float).reshape(n, -1)[keep]
    z = np.column_stack([(x - task.shift) * task.scale, np.ones(len(x))])
    sums.n_rows += len(x)
    at = 0
    for k in range(task.n_points):
        fitted = f != task.left_out[k]
        for rows in (fitted, ~fitted):
            if rows is not fitted and not rows.any():
                continue
            eta = z[rows] @ task.theta[k].T
            if o is not None:
                eta = eta + o[rows]
            loss, residual, probability = _terms(eta, c[rows])
            if rows is fitted:
                wr = w[rows]
                sums.weight[k] += wr.sum()
                sums.loss[k] += wr @ loss
                sums.gradient[k] -= (wr[:, None] * residual).T @ z[rows]
                sums.residual[k] += wr @ residual**2
                if task.hessian[k]:
                    sums.hessian[at] += _hessian(z[rows], wr, probability)
                    at += 1
            else:
                full = probability
                if full.shape[1] == 1:
                    full = np.column_stack([1 - full, full])
                own = np.eye(full.shape[1])[c[rows]]
                brier = ((own - full) ** 2).sum(axis=1) / (2 if full.shape[1] == 2 else 1)
                right = full.argmax(axis=1) == c[rows]
                values = [np.ones(len(brier)), loss, right, brier]
                sums.held[k] += [w[rows] @ v for v in values]


def _terms(eta: Any, c: Any) -> Any:
    if eta.shape[1] == 1:
        e = eta[:, 0]
        s = np.where(c == 1, 1.0, -1.0)
        loss = np.logaddexp(0.0, -s * e)
        with np.errstate(over="ignore"):
            probability = 1 / (1 + np.exp(-e))
            residual = s / (1 + np.exp(s * e))
        return loss, residual[:, None], probability[:, None]
    high = eta.max(axis=1, keepdims=True)
    e = np.exp(eta - high)
    total = e.sum(axis=1, keepdims=True)
    probability = e / total
    rows = np.arange(len(c))
    loss = (high + np.log(total))[:, 0] - eta[rows, c]
    residual = -probability
    others = e.copy()
    others[rows, c] = 0.0
    residual[rows, c] = others.sum(axis=1) / total[:, 0]
    return loss, residual, probability


def _hessian(z: Any, w: Any, probability: Any) -> Any:
    outputs, size = probability.shape[1], z.shape[1]
    if outputs == 1:
        h = w * probability[:, 0] * (1 - probability[:, 0])
        return z.T @ (h[:, None] * z)
    full = np.empty((outputs * size, outputs * size))
    for k in range(outputs):
        for m in range(outputs):
            h = w * probability[:, k] * ((k == m) - probability[:, m])
            full[k * size : (k + 1) * size, m * size : (m + 1) * size] = z.T @ (h[:, None] * z)
    return full
