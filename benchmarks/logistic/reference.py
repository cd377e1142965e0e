"""The minimum of a logistic regression by Newton's method in NumPy, with a certificate."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse.linalg import LinearOperator, cg

from benchmarks.base.records import Accuracy
from benchmarks.logistic.objective import (
    certificate,
    gradient,
    objective,
    predictors,
    probabilities,
    relative,
)
from benchmarks.logistic.problems import LogisticAnswer
from benchmarks.ridge.objective import row_blocks

if TYPE_CHECKING:
    from benchmarks.logistic.problems import LogisticTask

Vector = NDArray[np.float64]

MAX_FACTORED = 2_000  # features up to which the Hessian is formed
MAX_STEPS = 100
WANTED, NEEDED = 1e-13, 1e-10  # certified relative gaps


def reference(task: LogisticTask) -> LogisticAnswer:
    """Minimise from zero until the certificate is at `WANTED`, or rounding stops it.

    One more step, which squares what is left of the error, then takes the coefficients as close.
    """
    coef = np.zeros((task.n_outputs, task.X.shape[1]))
    answer = LogisticAnswer(coef, np.zeros(task.n_outputs))
    value = objective(task, answer)
    bound = np.inf
    for _ in range(MAX_STEPS):
        p = probabilities(predictors(task, answer))
        slope, bias = gradient(task, np.atleast_2d(answer.coef), p)
        bound = certificate(task, slope, bias, p) / float(value)
        step = _newton_step(task, p, -np.c_[slope, bias])
        if bound <= WANTED:
            return _moved(answer, step)
        found, found_value = _line_search(task, answer, step, value)
        if found is answer:
            break
        answer, value = found, found_value
    if bound > NEEDED:
        raise ArithmeticError(f"the reference is only certified to a relative gap of {bound:.1e}")
    return answer


def _moved(answer: LogisticAnswer, step: Vector) -> LogisticAnswer:
    return LogisticAnswer(answer.coef + step[:, :-1], np.add(answer.intercept, step[:, -1]))


def _line_search(
    task: LogisticTask, answer: LogisticAnswer, step: Vector, value: np.longdouble
) -> tuple[LogisticAnswer, np.longdouble]:
    """Halve until the objective falls; the same answer if it does not."""
    for halvings in range(40):
        found = _moved(answer, step / 2.0**halvings)
        found_value = objective(task, found)
        if found_value < value:
            return found, found_value
    return answer, value


def _newton_step(task: LogisticTask, p: Vector, right: Vector) -> Vector:
    """Solve for the step of coefficients and, in the last column, intercepts."""
    is_dense = isinstance(task.X, np.ndarray)
    small = is_dense and task.n_outputs == 1 and task.X.shape[1] <= MAX_FACTORED
    return _factored(task, p, right) if small else _by_conjugate_gradients(task, p, right)


def _factored(task: LogisticTask, p: Vector, right: Vector) -> Vector:
    """One output: Cholesky's factor of the Hessian with a diagonal of ones."""
    curve = (p * (1 - p))[:, 0]
    size = task.X.shape[1] + 1
    hessian = np.zeros((size, size))
    for rows in row_blocks(task.X):
        X = np.column_stack([task.X[rows], np.ones(len(curve[rows]))]).astype(np.float64)
        hessian += X.T @ (curve[rows, None] * X)
    hessian.flat[: -1 : size + 1] += task.alpha
    root = np.sqrt(hessian.diagonal())
    hessian /= root[:, None] * root
    step: Vector = cho_solve(cho_factor(hessian), right[0] / root) / root
    return step[None, :]


def _by_conjugate_gradients(task: LogisticTask, p: Vector, right: Vector) -> Vector:
    """Solve to 1e-3 with the diagonal as preconditioner."""
    X, shape = task.X, right.shape
    curve = p * (1 - p)
    squares = X**2 if isinstance(X, np.ndarray) else X.power(2)
    diagonal = np.c_[np.asarray((squares.T @ curve).T) + task.alpha, curve.sum(axis=0)]
    del squares

    def product(flat: Vector) -> Vector:
        v = flat.reshape(shape)
        fitted = np.asarray(X @ v[:, :-1].T) + v[:, -1]
        moved = curve * fitted
        if shape[0] > 1:
            moved = p * (fitted - (p * fitted).sum(axis=1, keepdims=True))
        slope = np.asarray((X.T @ moved).T) + task.alpha * v[:, :-1]
        both: Vector = np.c_[slope, moved.sum(axis=0)].ravel()
        return both

    sides = (right.size, right.size)
    operator = LinearOperator(sides, matvec=product, dtype=np.float64)
    jacobi = LinearOperator(sides, matvec=lambda v: v / diagonal.ravel(), dtype=np.float64)
    found: Vector = cg(operator, right.ravel(), rtol=1e-3, M=jacobi, maxiter=500)[0]
    return found.reshape(shape)


@lru_cache(maxsize=8)
def lowest(task: LogisticTask) -> np.longdouble:
    """Objective of the reference, computed once for a task."""
    return objective(task, reference(task))


def relative_gap(task: LogisticTask, answer: LogisticAnswer) -> float:
    """(objective - lowest) / lowest; rounding may make it slightly negative."""
    return relative(objective(task, answer), lowest(task))


def accuracies(task: LogisticTask, answers: dict[str, LogisticAnswer]) -> dict[str, Accuracy]:
    """Gaps to the lowest objective of all answers and of the reference, with what was chosen."""
    values = {name: objective(task, answer) for name, answer in answers.items()}
    best = min([*values.values(), lowest(task)])
    return {
        name: Accuracy(relative(value, best), answers[name].choice)
        for name, value in values.items()
    }
