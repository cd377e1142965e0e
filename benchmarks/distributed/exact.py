"""How far an answer is from the minimum, by gradients and objectives in long double.

The relative gap is half the squared Newton decrement ``g' H^-1 g / 2`` over the objective, which is
the excess itself for ridge regression, and for logistic regression up to its third order. Far from
the minimum it is the difference of objectives, the minimum being found by Newton steps from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.distributed.works import Answer, Array, Data

    Long = NDArray[np.longdouble]

BLOCK = 50_000  # rows that are held in long double at a time
NEAR = 1e-8  # relative decrement up to which it is the gap
STEPS = 50


class Look(NamedTuple):
    """The objective at a point, half its squared Newton decrement, and the Newton step."""

    objective: np.longdouble
    decrement: np.longdouble
    step: Array


def gap(data: Data, answer: Answer, *, logistic: bool) -> float:
    """Return the relative excess of the objective."""
    point = np.append(np.asarray(answer.coef, float).ravel(), float(answer.intercept))
    here = look(data, answer, point, logistic=logistic)
    if not np.isfinite(here.objective):
        return float("inf")
    if here.decrement <= NEAR * here.objective:
        return float(here.decrement / here.objective)
    least = _minimum(data, answer, point, here, logistic=logistic)
    return float((here.objective - least) / least)


def _minimum(
    data: Data, answer: Answer, point: Array, here: Look, *, logistic: bool
) -> np.longdouble:
    """Return the least objective by damped Newton steps."""
    for _ in range(STEPS):
        if here.decrement <= 1e-14 * here.objective:
            break
        size = 1.0
        while True:
            there = look(data, answer, point - size * here.step, logistic=logistic)
            if there.objective < here.objective or size < 1e-6:
                break
            size /= 2
        point, here = point - size * here.step, there
    return np.longdouble(here.objective - here.decrement)


def look(data: Data, answer: Answer, point: Array, *, logistic: bool) -> Look:
    """Take objective and gradient in long double, and the Hessian in double."""
    p = data.X.shape[1]
    wide = point.astype(np.longdouble)
    total, gradient = np.longdouble(0), np.zeros(p + 1, np.longdouble)
    hessian = np.zeros((p + 1, p + 1))
    for first in range(0, len(data.X), BLOCK):
        X = data.X[first : first + BLOCK]
        y = data.y[first : first + BLOCK].astype(np.longdouble)
        z = _product(X, wide[:p]) + wide[p]
        loss, slope, curvature = _logistic(z, y) if logistic else _squares(z, y)
        total += loss
        gradient[:p] += _product(X.T, slope)
        gradient[p] += slope.sum()
        Z = np.column_stack([X, np.ones(len(X))])
        hessian += (Z * curvature[:, np.newaxis]).T @ Z
    alpha = np.longdouble(answer.alpha) * (1 if logistic else 2)
    total += alpha / 2 * (wide[:p] ** 2).sum()
    gradient[:p] += alpha * wide[:p]
    hessian[np.arange(p), np.arange(p)] += float(alpha)
    free = p + 1 if answer.has_intercept else p
    step = np.zeros(p + 1)
    scale = 1 / np.sqrt(np.diagonal(hessian)[:free])
    scaled = hessian[:free, :free] * np.outer(scale, scale)
    step[:free] = scale * np.linalg.solve(scaled, scale * gradient[:free].astype(float))
    return Look(total, np.longdouble(gradient[:free] @ step[:free] / 2), step)


def _product(X: Array, vector: Long) -> Long:
    """Return X times a vector, in long double throughout."""
    return np.asarray(X.astype(np.longdouble) @ vector)


def _squares(z: Long, y: Long) -> tuple[np.longdouble, Long, Array]:
    residual = z - y
    return np.longdouble((residual**2).sum()), 2 * residual, np.full(len(z), 2.0)


def _logistic(z: Long, y: Long) -> tuple[np.longdouble, Long, Array]:
    probability = 1 / (1 + np.exp(-z))
    loss = np.logaddexp(np.longdouble(0), np.where(y > 0, -z, z)).sum()
    curvature = (probability * (1 - probability)).astype(float)
    return np.longdouble(loss), probability - y, curvature
