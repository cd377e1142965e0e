"""Conjugate gradients with Jacobi's preconditioner on SciPy's sparse products."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, cg

if TYPE_CHECKING:
    from benchmarks.ridge.problems import Task

Vector = NDArray[np.float64]


def conjugate_gradients(task: Task, right: Vector, rtol: float) -> Vector:
    """Solve (Xc^T Xc + alpha I) b = right for centred Xc, with the diagonal as preconditioner."""
    X, n_samples = task.X, task.X.shape[0]
    mean = np.asarray(X.mean(axis=0)).ravel()
    squares = X.copy()
    squares.data **= 2
    diagonal = np.asarray(squares.sum(axis=0)).ravel() - n_samples * mean**2 + task.alpha

    def product(coef: Vector) -> Vector:
        fitted = X @ coef - mean @ coef
        applied: Vector = X.T @ fitted - fitted.sum() * mean + task.alpha * coef
        return applied

    shape = (len(mean), len(mean))
    operator = LinearOperator(shape, matvec=product, dtype=np.float64)
    jacobi = LinearOperator(shape, matvec=lambda values: values / diagonal, dtype=np.float64)
    coef: Vector = cg(operator, right, rtol=rtol, M=jacobi)[0]
    return coef
