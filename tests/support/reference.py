"""Slow, obvious reference solutions that the tests compare elltwo with.

`ridge` and `objective` work in 50 digits on the exact values of the doubles they are given, so
they are right to the last bit of their float64 answers; `min_norm` is the textbook augmented
least-squares system for problems that have many solutions.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import mpmath as mp
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Array: TypeAlias = NDArray[Any]

DIGITS = 50


def penalty_of(alpha: float, factor: float) -> float:
    """alpha_j: factor 0 is unpenalised even at alpha inf, factor inf pins even at alpha 0."""
    if factor == 0:
        return 0.0
    return math.inf if math.isinf(factor) else alpha * factor


def ridge(
    X: ArrayLike,
    y: ArrayLike,
    alpha: ArrayLike,
    penalty_factors: ArrayLike | None = None,
    prior_mean: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
) -> tuple[Array, Any]:
    """Solve the normal equations of one full-rank ridge problem per target in 50 digits.

    Returns coef (p,) and intercept (float) for y (n,), else (T, p) and (T,).
    """
    X, Y, w, m, f, a = _arrays(X, y, alpha, penalty_factors, prior_mean, sample_weight)
    ones = np.ones((len(X), int(fit_intercept)))
    design = np.hstack([X, ones])
    fits = []
    for t in range(Y.shape[1]):
        bias_penalty = [a[t] if penalize_intercept else 0.0][: ones.shape[1]]
        penalty = [penalty_of(a[t], fj) for fj in f] + bias_penalty
        target = [*m[t], 0.0][: design.shape[1]]
        fits.append(least_squares(design.tolist(), Y[:, t].tolist(), w.tolist(), penalty, target))
    theta = np.array(fits, dtype=np.float64).reshape(len(fits), design.shape[1])
    coef = theta[:, : X.shape[1]]
    intercept = theta[:, -1] if fit_intercept else np.zeros(len(theta))
    return (coef[0], float(intercept[0])) if np.ndim(y) == 1 else (coef, intercept)


def least_squares(
    design: Sequence[Sequence[float]],
    y: Sequence[float],
    weight: Sequence[float],
    penalty: Sequence[float],
    target: Sequence[float],
) -> list[float]:
    """Minimise sum_i w_i (y_i - d_i.t)^2 + sum_j penalty_j (t_j - target_j)^2 in 50 digits.

    Numbers may be floats or, for data known to more digits than a double holds, mpmath's own.
    """
    with mp.workdps(DIGITS):
        free = [j for j, p_j in enumerate(penalty) if not math.isinf(p_j)]
        pinned = [j for j, p_j in enumerate(penalty) if math.isinf(p_j)]
        theta = [mp.mpf(v) for v in target]
        resid = [
            y_i - mp.fdot((row[j], theta[j]) for j in pinned)
            for row, y_i in zip(design, y, strict=True)
        ]
        weighted = [
            [mp.mpf(w) * row[j] for w, row in zip(weight, design, strict=True)] for j in free
        ]
        system = []
        for k, j in enumerate(free):
            gram = [mp.fdot(weighted[k], [row[i] for row in design]) for i in free]
            gram[k] += penalty[j]
            system.append([*gram, mp.fdot(weighted[k], resid) + mp.mpf(penalty[j]) * theta[j]])
        for j, value in zip(free, _solve_spd(system), strict=True):
            theta[j] = value
        return theta


def min_norm(
    X: ArrayLike,
    y: ArrayLike,
    alpha: float = 0.0,
    sample_weight: ArrayLike | None = None,
    fit_intercept: bool = True,
) -> tuple[Array, Any, int]:
    """Least squares of the augmented system [sqrt(w) Xc; sqrt(alpha) I] by NumPy's SVD.

    Returns coef, intercept and the rank of sqrt(w) Xc.
    """
    X, Y, w, _, _, _ = _arrays(X, y, alpha, None, None, sample_weight)
    x_mean = w @ X / w.sum() if fit_intercept else np.zeros(X.shape[1])
    y_mean = w @ Y / w.sum() if fit_intercept else np.zeros(Y.shape[1])
    s = np.sqrt(w)[:, None]
    A = np.vstack([s * (X - x_mean), math.sqrt(alpha) * np.eye(X.shape[1])])
    B = np.vstack([s * (Y - y_mean), np.zeros((X.shape[1], Y.shape[1]))])
    cutoff = max(X.shape) * 1e-15
    coef = np.linalg.lstsq(A, B, rcond=cutoff)[0].T
    singular = np.linalg.svd(A[: len(X)], compute_uv=False)
    rank = int(np.sum(singular > cutoff * singular[0]))
    intercept = y_mean - coef @ x_mean
    if np.ndim(y) == 1:
        return coef[0], float(intercept[0]), rank
    return coef, intercept, rank


def objective(
    X: ArrayLike,
    y: ArrayLike,
    coef: ArrayLike,
    intercept: ArrayLike,
    alpha: ArrayLike,
    penalty_factors: ArrayLike | None = None,
    prior_mean: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    penalize_intercept: bool = False,
) -> float:
    """Objective value summed over targets, every product exact to 50 digits."""
    X, Y, w, m, f, a = _arrays(X, y, alpha, penalty_factors, prior_mean, sample_weight)
    coef, intercept = np.atleast_2d(np.asarray(coef, float)), np.atleast_1d(intercept)
    with mp.workdps(DIGITS):
        total = mp.mpf(0)
        for t in range(Y.shape[1]):
            for x_i, y_i, w_i in zip(X, Y[:, t], w, strict=True):
                residual = mp.mpf(float(y_i)) - float(intercept[t]) - _dot(x_i, coef[t])
                total += mp.mpf(float(w_i)) * residual**2
            for f_j, b_j, m_j in zip(f, coef[t], m[t], strict=True):
                if b_j != m_j:
                    total += penalty_of(a[t], f_j) * (mp.mpf(float(b_j)) - float(m_j)) ** 2
            if penalize_intercept:
                total += mp.mpf(float(a[t])) * mp.mpf(float(intercept[t])) ** 2
        return float(total)


def kkt_residual(
    X: ArrayLike,
    y: ArrayLike,
    coef: ArrayLike,
    intercept: float,
    alpha: float,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Largest relative gradient entry of a one-target fit with free intercept, in 50 digits.

    max_j |x_j'Wr - alpha b_j| / (||x_j||_W ||y - mean(y)||_W) over the centred columns x_j.
    """
    X, Y, w, _, _, _ = _arrays(X, y, alpha, None, None, sample_weight)
    coef = np.asarray(coef, float)
    with mp.workdps(DIGITS):
        weight = _exact(w)
        columns = [_centred(column, weight) for column in X.T]
        y_centred = _centred(Y[:, 0], weight)
        residual = [
            mp.mpf(float(y_i)) - float(intercept) - _dot(x_i, coef)
            for x_i, y_i in zip(X, Y[:, 0], strict=True)
        ]
        weighted = [w_i * r_i for w_i, r_i in zip(weight, residual, strict=True)]
        y_norm = _norm(y_centred, weight)
        worst = mp.mpf(0)
        for column, b_j in zip(columns, coef, strict=True):
            gradient = mp.fdot(column, weighted) - mp.mpf(float(alpha)) * float(b_j)
            worst = max(worst, abs(gradient) / (_norm(column, weight) * y_norm))
        return float(worst)


def kfold_mse(
    X: ArrayLike,
    y: ArrayLike,
    alphas: ArrayLike,
    n_folds: int,
    sample_weight: ArrayLike | None = None,
    fit_intercept: bool = True,
) -> Array:
    """(F, K) weighted mean squared error over rows and targets of each left-out block of rows."""
    X, Y, weight, _, _, _ = _arrays(X, y, 0.0, None, None, sample_weight)
    scores = []
    for test in np.array_split(np.arange(len(X)), n_folds):
        train = np.setdiff1d(np.arange(len(X)), test)
        row = []
        for alpha in np.asarray(alphas, float):
            coef, intercept = ridge(
                X[train],
                Y[train],
                alpha,
                sample_weight=weight[train],
                fit_intercept=fit_intercept,
            )
            error = (Y[test] - intercept - X[test] @ coef.T) ** 2
            row.append(np.average(error.reshape(len(test), -1).mean(1), weights=weight[test]))
        scores.append(row)
    return np.array(scores)


def digits(value: ArrayLike, truth: ArrayLike) -> float:
    """Log relative error: correct significant digits of the worst entry, at most 15."""
    value, truth = np.asarray(value, float).ravel(), np.asarray(truth, float).ravel()
    assert np.isfinite(value).all(), value
    with np.errstate(divide="ignore"):
        error = np.abs(value - truth) / np.where(truth == 0, 1.0, np.abs(truth))
        return float(min(15.0, -np.log10(error.max())))


def relative_error(value: ArrayLike, truth: ArrayLike) -> float:
    """||value - truth||_inf / ||truth||_inf, and the absolute error where truth is zero."""
    value, truth = np.asarray(value, float), np.asarray(truth, float)
    assert value.shape == truth.shape, (value.shape, truth.shape)
    assert np.isfinite(value).all(), value
    scale = float(np.abs(truth).max(initial=0.0))
    return float(np.abs(value - truth).max(initial=0.0)) / (scale or 1.0)


def _arrays(
    X: ArrayLike,
    y: ArrayLike,
    alpha: ArrayLike,
    penalty_factors: ArrayLike | None,
    prior_mean: ArrayLike | None,
    sample_weight: ArrayLike | None,
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Float64 copies with defaults filled in: X, Y (n,T), w (n,), m (T,p), f (p,), alpha (T,)."""
    X = np.array(X, dtype=np.float64)
    Y = np.array(y, dtype=np.float64).reshape(len(X), -1)
    n, p, n_targets = *X.shape, Y.shape[1]
    w = np.ones(n) if sample_weight is None else np.array(sample_weight, dtype=np.float64)
    f = np.ones(p) if penalty_factors is None else np.array(penalty_factors, dtype=np.float64)
    mean = np.asarray(0.0 if prior_mean is None else prior_mean, dtype=np.float64)
    m = np.broadcast_to(mean, (n_targets, p))
    a = np.broadcast_to(np.asarray(alpha, dtype=np.float64), (n_targets,))
    return X, Y, w, m, f, a


def _solve_spd(system: list[list[float]]) -> list[float]:
    """Eliminate on [A | b]; A is positive definite, so no pivoting is needed."""
    size = len(system)
    for k in range(size):
        for i in range(k + 1, size):
            factor = system[i][k] / system[k][k]
            system[i] = [a - factor * b for a, b in zip(system[i], system[k], strict=True)]
    solution = [0.0] * size
    for k in reversed(range(size)):
        known = mp.fdot(system[k][k + 1 : size], solution[k + 1 :])
        solution[k] = (system[k][size] - known) / system[k][k]
    return solution


def _exact(values: Array) -> list[float]:
    return [mp.mpf(v) for v in values.tolist()]


def _dot(a: Array, b: Array) -> float:
    product: float = mp.fdot(_exact(a), _exact(b))
    return product


def _centred(values: Array, weight: list[float]) -> list[float]:
    exact = _exact(values)
    mean = mp.fdot(exact, weight) / mp.fsum(weight)
    return [v - mean for v in exact]


def _norm(values: list[float], weight: list[float]) -> float:
    root: float = mp.sqrt(mp.fsum(w * v * v for w, v in zip(weight, values, strict=True)))
    return root


def optimality(X: Array, y: Array, coef: Array, alpha: float) -> float:
    """Return the certificate of one target by its definition, in extended precision."""
    X, y = X.astype(np.longdouble), y.astype(np.longdouble)
    X, y = X - X.mean(axis=0), y - y.mean()
    size = np.sqrt((X * X).sum(axis=0) + alpha)
    gradient = X.T @ (y - X @ coef) - alpha * coef
    scale = np.linalg.norm(y.astype(float)) + np.linalg.norm((size * coef).astype(float))
    return float((np.abs(gradient) / size).max() / scale)
