"""A refined reference answer, and every answer's relative gap to the best one known.

The objective is quadratic about its minimum: coefficients with a relative error e leave a gap of
order e^2. Cholesky's equations in float64 and one correction from extended residuals therefore
give a minimum far below any gap that is reported.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.base.records import Accuracy
from benchmarks.ridge.objective import Answer, Extended, objective, residuals, row_blocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.ridge.problems import Task

Vector = NDArray[np.float64]

MAX_TARGETS = 100  # extended precision is slow
GAP = (
    "Gap: (objective - lowest) / lowest in extended precision (0: below 1e-16), of the first "
    f"{MAX_TARGETS} targets."
)


def reference(task: Task) -> Answer:
    """Solve the smaller of the primal and the dual equations and correct the solution once."""
    weights = np.ones(len(task.X)) if task.sample_weight is None else task.sample_weight
    is_wide = task.X.shape[1] > len(task.X)
    coef = (_dual_coef if is_wide else _primal_coef)(task, weights, _means(task, weights))
    return Answer(coef, residuals_and_intercept(task, coef, weights)[1])


def _means(task: Task, weights: Vector) -> Vector:
    """Weighted column means, zero where there is no intercept."""
    mean = np.zeros(task.X.shape[1])
    if task.fit_intercept:
        for rows in row_blocks(task.X):
            mean += weights[rows] @ task.X[rows].astype(np.float64)
    mean /= weights.sum()
    return mean


def residuals_and_intercept(
    task: Task, coef: Extended, weights: Vector
) -> tuple[Extended, Extended]:
    """Residuals (n, T) and intercepts (T,), the intercepts being the best for `coef`."""
    resid = residuals(task, Answer(coef, 0.0))
    if not task.fit_intercept:
        return resid, np.zeros(resid.shape[1], np.longdouble)
    intercept = weights @ resid / weights.astype(np.longdouble).sum()
    return resid - intercept, intercept


def _n_targets(task: Task) -> int:
    return task.y.size // len(task.y)


def _primal_coef(task: Task, weights: Vector, mean: Vector) -> Extended:
    """Solve (Xc' W Xc + alpha I) d = Xc' W r - alpha b for the step d, twice, from b = 0."""
    gram = task.alpha * np.eye(len(mean))
    for rows in row_blocks(task.X):
        centred = task.X[rows].astype(np.float64) - mean
        gram += centred.T @ (weights[rows, None] * centred)
    coef = np.zeros((_n_targets(task), len(mean)), np.longdouble)
    for _ in range(2):
        resid = residuals_and_intercept(task, coef, weights)[0].astype(np.float64)
        gradient = -task.alpha * coef.T.astype(np.float64)
        for rows in row_blocks(task.X):
            centred = task.X[rows].astype(np.float64) - mean
            gradient += centred.T @ (weights[rows, None] * resid[rows])
        coef += np.linalg.solve(gram, gradient).T
    return coef


def _dual_coef(task: Task, weights: Vector, mean: Vector) -> Extended:
    """Solve (Xs Xs' + alpha I) u = ys with Xs = sqrt(W) Xc for b = Xs' u: two steps, from u = 0."""
    root = np.sqrt(weights)[:, None]
    scaled = root * (task.X - mean)
    kernel = scaled @ scaled.T + task.alpha * np.eye(len(scaled))
    dual = np.zeros((len(scaled), _n_targets(task)))
    coef = np.zeros((_n_targets(task), len(mean)), np.longdouble)
    for _ in range(2):
        resid = (root * residuals_and_intercept(task, coef, weights)[0]).astype(np.float64)
        dual += np.linalg.solve(kernel, resid - task.alpha * dual)
        coef = (scaled.T @ dual).T.astype(np.longdouble)
    return coef


def _first_targets(task: Task) -> Task:
    return replace(task, y=task.y[:, :MAX_TARGETS]) if task.y.ndim > 1 else task


def _first_rows(answer: Answer) -> Answer:
    """Return the answer for the first targets."""
    if answer.coef.ndim == 1:
        return answer
    # one number stands for every target where there is no intercept
    intercept = np.broadcast_to(answer.intercept, len(answer.coef))
    return Answer(answer.coef[:MAX_TARGETS], intercept[:MAX_TARGETS])


def relative_gaps(
    task: Task, answers: dict[str, Answer], solve: Callable[[Task], Answer] = reference
) -> dict[str, float]:
    """(objective - best) / best, best being the lowest of all and of the reference.

    Of the first `MAX_TARGETS` targets alone where there are more.
    """
    task, answers = _first_targets(task), {name: _first_rows(answers[name]) for name in answers}
    values = {name: objective(task, answer) for name, answer in answers.items()}
    best = min([*values.values(), objective(task, solve(task))])
    return {name: float((value - best) / best) for name, value in values.items()}


def accuracies(
    task: Task, answers: dict[str, Answer], solve: Callable[[Task], Answer] = reference
) -> dict[str, Accuracy]:
    """Put the gaps as records."""
    gaps = relative_gaps(task, answers, solve)
    return {name: Accuracy(gap) for name, gap in gaps.items()}
