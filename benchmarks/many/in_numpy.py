"""Many small fits and streams by hand: what careful users of NumPy and SciPy write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import blas, lapack

from benchmarks.many.problems import ManyAnswer, RollingProblem

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.base.data import Array
    from benchmarks.many.problems import ManyTask, Vector

BLOCK_WINDOWS = 1_000  # centred copies of so many windows are held at a time

OneFit = tuple["Vector", float]


def one_fit(X: Array, y: Array, alpha: float) -> OneFit:
    """Solve the centred normal equations of one problem with NumPy alone."""
    mean, y_mean = X.mean(axis=0), y.mean()
    Z = X - mean
    gram = Z.T @ Z
    gram.flat[:: len(gram) + 1] += alpha
    coef = np.linalg.solve(gram, Z.T @ (y - y_mean))
    return coef, float(y_mean - mean @ coef)


def one_lapack_fit(X: Array, y: Array, alpha: float) -> OneFit:
    """Solve them with BLAS and LAPACK routines, called by hand: `dsyrk`, `dgemv` and `dposv`."""
    n = len(X)
    mean, y_mean = np.add.reduce(X) / n, np.add.reduce(y) / n
    Z = X - mean
    gram = blas.dsyrk(1.0, Z.T)
    gram.flat[:: len(gram) + 1] += alpha
    _, coef, _ = lapack.dposv(gram, blas.dgemv(1.0, Z.T, y), overwrite_a=True)
    return coef, y_mean - mean @ coef


def by_loop(task: ManyTask, fit: Callable[[Array, Array, float], OneFit]) -> ManyAnswer:
    """Fit one problem after the other, some of all."""
    numbers = task.fitted[:: task.stride]
    coef = np.empty((len(numbers), task.X.shape[-1]))
    intercept = np.empty(len(numbers))
    for place, number in enumerate(numbers.tolist()):
        coef[place], intercept[place] = fit(*task.rows(number), task.alpha)
    return ManyAnswer(numbers, coef, intercept)


def batched(task: ManyTask) -> ManyAnswer:
    """Solve stacked normal equations."""
    return ManyAnswer(task.fitted, *_stacked(task.X, task.y, task.alpha))


def _stacked(X: Array, y: Array, alpha: float) -> tuple[Vector, Vector]:
    mean, y_mean = X.mean(axis=1, keepdims=True), y.mean(axis=1)
    Z = X - mean
    transposed = Z.transpose(0, 2, 1)
    gram = transposed @ Z + alpha * np.eye(X.shape[2])
    coef = np.linalg.solve(gram, transposed @ (y - y_mean[:, None])[:, :, None])[:, :, 0]
    return coef, y_mean - np.einsum("bj,bj->b", mean[:, 0], coef)


def by_groups(task: ManyTask) -> ManyAnswer:
    """Sort the table once, then fit one group after the other."""
    assert task.groups is not None
    order = np.argsort(task.groups, kind="stable")
    X, y = task.X[order], task.y[order]
    ends = np.cumsum(np.bincount(task.groups, minlength=len(task.fitted)))
    fits = [
        one_fit(X[start:end], y[start:end], task.alpha)
        for start, end in zip(np.append(0, ends[:-1]), ends, strict=True)
    ]
    return ManyAnswer(
        task.fitted, np.array([coef for coef, _ in fits]), np.array([b0 for _, b0 in fits])
    )


def by_windows(task: ManyTask) -> ManyAnswer:
    """Stacked normal equations of `sliding_window_view`, some thousand windows at a time."""
    assert isinstance(task.problem, RollingProblem)
    view = np.lib.stride_tricks.sliding_window_view
    X = view(task.X, task.problem.window, axis=0).transpose(0, 2, 1)
    y = view(task.y, task.problem.window)
    fits = [
        _stacked(X[start : start + BLOCK_WINDOWS], y[start : start + BLOCK_WINDOWS], task.alpha)
        for start in range(0, len(X), BLOCK_WINDOWS)
    ]
    coef, intercept = (np.concatenate(parts) for parts in zip(*fits, strict=True))
    return ManyAnswer(task.fitted, coef, intercept)


def by_cumulative_sums(task: ManyTask) -> ManyAnswer:
    """Moments of windows as differences of cumulative sums, in which rounding piles up."""
    assert isinstance(task.problem, RollingProblem)
    window, p = task.problem.window, task.problem.n_features
    rows = np.column_stack([task.X, task.y, np.ones(len(task.X))])
    rows[:, :-1] -= rows[:, :-1].mean(axis=0)
    products = np.cumsum(rows[:, :, None] * rows[:, None, :], axis=0)
    sums = products[window - 1 :].copy()
    sums[1:] -= products[:-window]
    mean = sums[:, -1, :-1] / window
    moments = sums[:, :-1, :-1] - window * mean[:, :, None] * mean[:, None, :]
    gram = moments[:, :p, :p] + task.alpha * np.eye(p)
    coef = np.linalg.solve(gram, moments[:, :p, p:])[:, :, 0]
    shift, y_shift = task.X.mean(axis=0), task.y.mean()
    intercept = mean[:, p] + y_shift - np.einsum("bj,bj->b", mean[:, :p] + shift, coef)
    return ManyAnswer(task.fitted, coef, intercept)


def by_increments(task: ManyTask) -> ManyAnswer:
    """Add up X^T X, X^T y and the sums over the chunks, shifted by the means of the first."""
    p = task.X.shape[1]
    gram, cross, x_sum, y_sum, n = np.zeros((p, p)), np.zeros(p), np.zeros(p), 0.0, 0
    shift: Vector | None = None
    for X, y in task.chunks():
        if shift is None:
            shift, y_shift = X.mean(axis=0), y.mean()
        Z, r = X - shift, y - y_shift
        gram += Z.T @ Z
        cross += Z.T @ r
        x_sum += Z.sum(axis=0)
        y_sum += r.sum()
        n += len(X)
    assert shift is not None
    gram -= np.outer(x_sum, x_sum) / n
    gram.flat[:: p + 1] += task.alpha
    coef = np.linalg.solve(gram, cross - x_sum * (y_sum / n))
    intercept = y_shift + y_sum / n - (shift + x_sum / n) @ coef
    return ManyAnswer(task.fitted, coef[None], np.array([intercept]))
