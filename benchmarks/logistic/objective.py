"""The logistic objective of an answer, its gradient, and how far it can be from the minimum.

Products run in float64 and sums of losses in `numpy.longdouble`: relative gaps are right to 1e-15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.base.data import Array
    from benchmarks.logistic.problems import Labels, LogisticAnswer, LogisticTask

    Vector = NDArray[np.float64]


def predictors(task: LogisticTask, answer: LogisticAnswer) -> Vector:
    """Return b0 + X b, (n, outputs)."""
    z: Vector = task.X @ np.atleast_2d(answer.coef).T.astype(np.float64)
    z += np.atleast_1d(answer.intercept)
    return z


def loss(z: Vector, label: Labels) -> np.longdouble:
    """Sum of -log of the probability of each row's label."""
    if z.shape[1] == 1:
        signed = np.where(label == 1, -z[:, 0], z[:, 0])
        return np.longdouble(np.logaddexp(0, signed).sum(dtype=np.longdouble))
    margins = z - np.take_along_axis(z, label[:, None], axis=1)
    top = margins.max(axis=1)
    margins -= top[:, None]
    rows = top + np.log(np.exp(margins).sum(axis=1))
    return np.longdouble(rows.sum(dtype=np.longdouble))


def objective(task: LogisticTask, answer: LogisticAnswer) -> np.longdouble:
    """Sum of losses and alpha / 2 times the sum of squared coefficients."""
    squares = np.sum(np.asarray(answer.coef, np.longdouble) ** 2)
    fitted = loss(predictors(task, answer), task.y)
    return np.longdouble(fitted + np.longdouble(task.alpha) / 2 * squares)


def probabilities(z: Vector) -> Vector:
    """Return those of every output: of class 1, or of all classes."""
    if z.shape[1] == 1:
        p: Vector = np.exp(-np.logaddexp(0, -z))
        return p
    odds = np.exp(z - z.max(axis=1, keepdims=True))
    shares: Vector = odds / odds.sum(axis=1, keepdims=True)
    return shares


def gradient(task: LogisticTask, coef: Array, p: Vector) -> tuple[Vector, Vector]:
    """Derivatives in coef (outputs, p) and intercept (outputs,) at probabilities `p`."""
    resid = p.copy()
    if resid.shape[1] == 1:
        resid[:, 0] -= task.y
    else:
        resid[np.arange(len(resid)), task.y] -= 1
    slope: Vector = np.asarray((task.X.T @ resid).T) + task.alpha * coef
    return slope, resid.sum(axis=0)


def certificate(task: LogisticTask, slope: Vector, bias: Vector, p: Vector) -> float:
    """Bound objective - minimum by |slope|^2 / (2 alpha).

    The objective, minimised over the intercepts, is alpha-strongly convex in the coefficients. What
    the intercepts themselves can gain is put at bias^2 over their second derivatives.
    """
    curvature = np.maximum((p * (1 - p)).sum(axis=0), 1e-300)
    return float(np.sum(slope**2) / (2 * task.alpha) + np.sum(bias**2 / curvature))


def relative(value: Any, lowest: Any) -> float:  # noqa: ANN401
    """(value - lowest) / lowest."""
    return float((value - lowest) / lowest)
