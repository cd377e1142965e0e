"""Curves of cross-validation the slow and obvious way, and how far an answer is from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.base.records import Accuracy

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.base.data import Array
    from benchmarks.cv.problems import CvAnswer, CvTask, Vector

MAX_TARGETS = 20  # so many targets are checked
GAP = (
    "Gap of cross-validation: the largest relative difference of its mean squared errors from a "
    f"plain reference's, of the first {MAX_TARGETS} targets where there are more, or the excess of "
    "the error at the alpha chosen over the least one if that is larger. Choice: the alpha, or "
    "for how many of these targets it is the reference's."
)


def accuracies(
    task: CvTask,
    answers: dict[str, CvAnswer],
    curve_of: Callable[[Any], Vector] | None = None,
) -> dict[str, Accuracy]:
    """Compare the answers with the reference, that of ridge unless another is given."""
    curve = (curve_of or reference_curve)(task)
    return {name: _accuracy(task.alphas, answer, curve) for name, answer in answers.items()}


def _accuracy(alphas: Vector, answer: CvAnswer, reference: Vector) -> Accuracy:
    """Return the larger of the curve's relative difference and of the choice's excess error.

    Over the targets of the reference; the excess is that of the reference curve at the alpha
    chosen over its minimum, relative.
    """
    n_targets = reference.shape[1]
    gap = float(np.nanmax(np.abs(answer.curve[:, :n_targets] / reference - 1)))
    chosen = answer.alpha[:n_targets]
    if np.isnan(chosen).any():
        return Accuracy(gap)
    rows = np.abs(alphas[:, None] - chosen).argmin(axis=0)
    found = reference[rows, np.arange(n_targets)]
    n_same = int(np.sum(rows == reference.argmin(axis=0)))
    one = f"alpha {chosen[0]:.4g}"
    choice = one if n_targets == 1 else f"{n_same} of {n_targets} alphas"
    return Accuracy(max(gap, float(np.max(found / reference.min(axis=0) - 1))), choice)


def reference_curve(task: CvTask) -> Vector:
    """Mean squared errors of all alphas, (A, T), of the first `MAX_TARGETS` targets."""
    y = task.y.reshape(len(task.y), -1)[:, :MAX_TARGETS]
    if isinstance(task.cv, int):
        return _k_fold(task, y)
    return np.array([_from_hat_matrix(task, y, alpha) for alpha in task.alphas])


def _k_fold(task: CvTask, y: Array) -> Vector:
    """Solve the normal equations of each training set at each alpha."""
    squares = np.zeros((len(task.alphas), y.shape[1]))
    for test in np.array_split(np.arange(len(y)), int(task.cv)):
        train_x, train_y = np.delete(task.X, test, axis=0), np.delete(y, test, axis=0)
        mean, y_mean = train_x.mean(axis=0), train_y.mean(axis=0)
        train_x -= mean
        gram, cross = train_x.T @ train_x, train_x.T @ (train_y - y_mean)
        for row, alpha in enumerate(task.alphas):
            coef = np.linalg.solve(gram + alpha * np.eye(len(gram)), cross)
            errors = y[test] - y_mean - (task.X[test] - mean) @ coef
            squares[row] += np.sum(errors**2, axis=0)
    return squares / len(y)


def _from_hat_matrix(task: CvTask, y: Array, alpha: float) -> Vector:
    """Mean of (r_i / (1 - h_i))^2, or with the mean of 1 - h_i under "gcv"."""
    X, y = task.X - task.X.mean(axis=0), y - y.mean(axis=0)
    n, p = X.shape
    if p > n:
        # I - H = alpha (X X^T + alpha I + (t / n) 1 1^T)^-1 - alpha / (alpha + t) (1 / n) 1 1^T
        # for any t: a large one, lest the difference cancel where alpha is small.
        kernel = X @ X.T
        weight = np.trace(kernel) / n
        rest = alpha * np.linalg.inv(kernel + alpha * np.eye(n) + weight / n)
        rest -= alpha / (alpha + weight) / n
        resid, left = rest @ y, np.diag(rest)
    else:
        solved = X @ np.linalg.inv(X.T @ X + alpha * np.eye(p))
        resid = y - solved @ (X.T @ y)
        left = 1 - 1 / n - np.einsum("ij,ij->i", solved, X)
    if task.cv == "gcv":
        left = np.full(n, left.mean())
    mean: Vector = np.mean((resid / left[:, None]) ** 2, axis=0)
    return mean
