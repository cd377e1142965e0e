"""The ridge objective of an answer, in extended precision.

Sums run in `numpy.longdouble` (64 bits of mantissa on x86-64), so that relative gaps down to 1e-13
are differences between answers and not rounding of the comparison.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.base.data import Array
    from benchmarks.ridge.problems import Task

Extended = NDArray[np.longdouble]

BLOCK_ELEMENTS = 1 << 20


class Answer(NamedTuple):
    """Coefficients, (p,) or (T, p), and intercept, scalar or (T,)."""

    coef: NDArray[Any]
    intercept: ArrayLike


def row_blocks(X: Array) -> Iterator[slice]:
    """Cut the rows so that an extended copy of one block stays small."""
    n_samples = X.shape[0]
    step = max(1, BLOCK_ELEMENTS * n_samples // max(1, X.size))
    return (slice(start, start + step) for start in range(0, n_samples, step))


def residuals(task: Task, answer: Answer) -> Extended:
    """Return y - b0 - X b, shape (n, T)."""
    y = task.y.reshape(len(task.y), -1).astype(np.longdouble)
    coef = np.atleast_2d(answer.coef).astype(np.longdouble).T
    y -= np.asarray(answer.intercept, np.longdouble)
    for rows in row_blocks(task.X):
        y[rows] -= task.X[rows].astype(np.longdouble) @ coef
    return y


def objective(task: Task, answer: Answer) -> np.longdouble:
    """Sum over targets of sum_i w_i r_i^2 + alpha sum_j b_j^2; the intercept is not penalised."""
    squares = residuals(task, answer) ** 2
    if task.sample_weight is not None:
        squares *= task.sample_weight[:, None]
    penalty = np.sum(answer.coef.astype(np.longdouble) ** 2)
    return np.longdouble(squares.sum() + np.longdouble(task.alpha) * penalty)
