"""Cross-validation by hand: what a careful user of NumPy writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.cv.problems import CvAnswer

if TYPE_CHECKING:
    from benchmarks.base.data import Array
    from benchmarks.cv.problems import CvTask, Vector

BLOCK_COLUMNS = 2_000  # predictions of so many fits are made by one product


def cross_validate(task: CvTask) -> CvAnswer:
    """Choose alpha, then fit all rows."""
    if task.cv == "loo":
        is_wide = task.X.shape[1] > len(task.X)
        return _dual_leave_one_out(task) if is_wide else _leave_one_out(task)
    return _generalised(task) if task.cv == "gcv" else _k_fold(task)


def _k_fold(task: CvTask) -> CvAnswer:
    """One pass over X for the folds' moments, one eigendecomposition per training set."""
    X, y = task.X, task.y.reshape(len(task.y), -1)
    folds = np.array_split(np.arange(len(X)), int(task.cv))
    slices = [slice(fold[0], fold[-1] + 1) for fold in folds]
    sums = [(X[rows].sum(axis=0), y[rows].sum(axis=0)) for rows in slices]
    products = [(X[rows].T @ X[rows], X[rows].T @ y[rows]) for rows in slices]
    x_sum, y_sum = (sum(pair[i] for pair in sums) for i in (0, 1))
    gram, cross = (sum(pair[i] for pair in products) for i in (0, 1))
    squares = np.zeros((len(task.alphas), y.shape[1]))
    for rows, (fold_x, fold_y), (fold_gram, fold_cross) in zip(slices, sums, products, strict=True):
        n_train = len(X) - (rows.stop - rows.start)
        mean, y_mean = (x_sum - fold_x) / n_train, (y_sum - fold_y) / n_train
        values, vectors = np.linalg.eigh(gram - fold_gram - n_train * np.outer(mean, mean))
        rotated = vectors.T @ (cross - fold_cross - n_train * np.outer(mean, y_mean))
        squares += _test_squares(
            X[rows] - mean, y[rows] - y_mean, values, vectors, rotated, task.alphas
        )
    mean, y_mean = x_sum / len(X), y_sum / len(X)
    curve = squares / len(X)
    centred = gram - len(X) * np.outer(mean, mean), cross - len(X) * np.outer(mean, y_mean)
    return _choose(task, curve, *centred)


def _test_squares(
    X: Array, y: Array, values: Vector, vectors: Vector, rotated: Vector, alphas: Vector
) -> Vector:
    """Sums of squared test errors, (A, T), through the cheaper of rotated rows and coefficients."""
    n_targets = y.shape[1]
    rotates_rows = len(X) < len(alphas) * n_targets
    if rotates_rows:
        X = X @ vectors
    step = max(1, BLOCK_COLUMNS // n_targets)
    squares = []
    for start in range(0, len(alphas), step):
        block = alphas[start : start + step]
        coef = (rotated[:, None, :] / (values[:, None] + block)[:, :, None]).reshape(
            len(values), -1
        )
        fitted = X @ (coef if rotates_rows else vectors @ coef)
        errors = fitted.reshape(len(X), len(block), n_targets) - y[:, None, :]
        squares.append(np.einsum("nat,nat->at", errors, errors))
    return np.concatenate(squares)


def _choose(task: CvTask, curve: Vector, gram: Vector, cross: Vector) -> CvAnswer:
    """Take the best alpha of each target and solve (G + alpha I) b = c, once per choice made."""
    best = task.alphas[curve.argmin(axis=0)]
    coef = np.empty_like(cross)
    for alpha in np.unique(best):
        chosen = best == alpha
        coef[:, chosen] = np.linalg.solve(gram + alpha * np.eye(len(gram)), cross[:, chosen])
    return CvAnswer(best, curve, coef.T)


def _leave_one_out(task: CvTask) -> CvAnswer:
    """e_i = r_i / (1 - h_i) for all alphas by one eigendecomposition; one target."""
    X, y = task.X - task.X.mean(axis=0), task.y - task.y.mean()
    gram, cross = X.T @ X, X.T @ y
    values, vectors = np.linalg.eigh(gram)
    rotated = X @ vectors
    inverse = 1 / (values[:, None] + task.alphas)
    resid = y[:, None] - rotated @ (inverse * (vectors.T @ cross)[:, None])
    left = 1 - 1 / len(X) - rotated**2 @ inverse
    curve = np.mean((resid / left) ** 2, axis=0)
    return _choose(task, curve[:, None], gram, cross[:, None])


def _dual_leave_one_out(task: CvTask) -> CvAnswer:
    """The same from the eigendecomposition of X X^T."""
    X, y = task.X - task.X.mean(axis=0), task.y - task.y.mean()
    kernel = X @ X.T
    values, vectors = np.linalg.eigh(kernel)
    shares = task.alphas / (np.maximum(values, 0.0)[:, None] + task.alphas)
    resid = vectors @ (shares * (vectors.T @ y)[:, None])
    left = vectors**2 @ shares - 1 / len(X)
    curve = np.mean((resid / left) ** 2, axis=0)
    dual = _choose(task, curve[:, None], kernel, y[:, None])
    return dual._replace(coef=dual.coef @ X)


def _generalised(task: CvTask) -> CvAnswer:
    """(|r|^2 / n) / (1 - edf / n)^2 with both sums over eigenvalues."""
    y = task.y.reshape(len(task.y), -1)
    X, y = task.X - task.X.mean(axis=0), y - y.mean(axis=0)
    gram, cross = X.T @ X, X.T @ y
    values, vectors = np.linalg.eigh(gram)
    shifted = values + task.alphas[:, None]
    rss = (y**2).sum(axis=0) - (1 + task.alphas[:, None] / shifted) / shifted @ (
        vectors.T @ cross
    ) ** 2
    edf = 1 + (values / shifted).sum(axis=1)
    curve = rss / len(X) / (1 - edf[:, None] / len(X)) ** 2
    return _choose(task, curve, gram, cross)
