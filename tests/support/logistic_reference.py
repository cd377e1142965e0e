"""Slow, obvious reference solutions of penalised logistic regression.

`solve` is a damped Newton method whose gradient is `numpy.longdouble`; `logistic_exact` continues
it in 50 digits. More than two classes have the full K-class form, a row of coefficients per class;
the intercepts, and coefficients without a penalty, sum to zero over the classes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array: TypeAlias = NDArray[Any]
    Fit: TypeAlias = tuple[Array, Array]  # coef (outputs, p), intercept (outputs,)

Long = np.longdouble
MAX_ITER = 500
REACH = 5.0


@dataclass(frozen=True)
class Problem:
    """minimise sum_i w_i loss_i + 1/2 sum_kj alpha f_j (b_kj - m_kj)^2; intercepts are free."""

    X: Array
    label: Array  # integers in [0, n_classes)
    alpha: float = 1.0
    n_classes: int = 2
    penalty_factors: Array | None = None
    prior_mean: Array | None = None  # (outputs, p)
    sample_weight: Array | None = None
    offset: Array | None = None  # (n, outputs)
    lower: Array | None = None
    upper: Array | None = None
    fit_intercept: bool = True

    @property
    def n_outputs(self) -> int:
        """Rows of the coefficients."""
        return 1 if self.n_classes == 2 else self.n_classes

    @property
    def penalty(self) -> Array:
        """alpha_j as long doubles: alpha f_j may leave the range of doubles."""
        factors = np.ones(self.X.shape[1]) if self.penalty_factors is None else self.penalty_factors
        wins = (factors == 0) | np.isinf(factors)  # over alpha 0 and inf
        product: Array = np.where(wins, 1, Long(self.alpha)) * factors
        return product

    @property
    def mean(self) -> Array:
        shape = (self.n_outputs, self.X.shape[1])
        return np.zeros(shape, Long) if self.prior_mean is None else self.prior_mean.astype(Long)

    @property
    def weight(self) -> Array:
        weight = np.ones(len(self.X)) if self.sample_weight is None else self.sample_weight
        return weight.astype(Long)

    def without(self, row: int) -> Problem:
        """The problem with one row left out."""

        def rest(values: Array | None) -> Array | None:
            return None if values is None else np.delete(values, row, axis=0)

        return replace(
            self,
            X=np.delete(self.X, row, axis=0),
            label=np.delete(self.label, row),
            sample_weight=rest(self.sample_weight),
            offset=rest(self.offset),
        )


def predictor(problem: Problem, coef: ArrayLike, intercept: ArrayLike) -> Array:
    """Offset + b0 + X b, (n, outputs)."""
    offset = Long(0) if problem.offset is None else problem.offset.astype(Long)
    X, b = problem.X.astype(Long), np.atleast_2d(np.asarray(coef, Long))
    used = b.any(axis=0)
    z: Array = X[:, used] @ b[:, used].T + np.atleast_1d(np.asarray(intercept, Long)) + offset
    return z


def probabilities(z: Array) -> Array:
    """Softmax of the rows, (n, classes); of one column, of (0, z)."""
    z = np.hstack([np.zeros_like(z), z]) if z.shape[1] == 1 else z
    odds = np.exp(z - z.max(axis=1, keepdims=True))
    p: Array = odds / odds.sum(axis=1, keepdims=True)
    return p


def losses(z: Array, label: Array) -> Array:
    """-log of the probability of each row's label."""
    z = np.hstack([np.zeros_like(z), z]) if z.shape[1] == 1 else z
    margins = z - np.take_along_axis(z, label[:, None], axis=1)
    top = margins.max(axis=1)
    np.put_along_axis(margins, label[:, None], -np.inf, axis=1)
    # log(1 + sum of the others), without cancellation where the others are small
    small: Array = np.log1p(np.exp(np.minimum(margins, 0)).sum(axis=1))
    large = top + np.log(np.exp(margins - top[:, None]).sum(axis=1) + np.exp(-top))
    loss: Array = np.where(top <= 0, small, large)
    return loss


def residuals(z: Array, label: Array) -> Array:
    """Indicator minus probability, (n, outputs), to the last digit of small ones."""
    p = probabilities(z)
    others = p.copy()
    np.put_along_axis(others, label[:, None], 0, axis=1)
    resid = -others
    np.put_along_axis(resid, label[:, None], others.sum(axis=1)[:, None], axis=1)
    return resid[:, 1:] if z.shape[1] == 1 else resid


def objective(problem: Problem, coef: ArrayLike, intercept: ArrayLike) -> Any:  # noqa: ANN401
    """Objective as a long double."""
    loss = losses(predictor(problem, coef, intercept), problem.label)
    shift = np.atleast_2d(np.asarray(coef, Long)) - problem.mean
    counts = (problem.penalty != 0) & shift.any(axis=0)
    return problem.weight @ loss + (shift[:, counts] ** 2 @ problem.penalty[counts]).sum() / 2


def gradient(problem: Problem, coef: ArrayLike, intercept: ArrayLike) -> Fit:
    """Derivatives with respect to coef and intercept; of a pinned feature zero."""
    resid = residuals(predictor(problem, coef, intercept), problem.label)
    resid = problem.weight[:, None] * resid
    pinned = np.isinf(problem.penalty)
    penalty = np.where(pinned, 0, problem.penalty)
    shift = np.atleast_2d(np.asarray(coef, Long)) - problem.mean
    slope = penalty * shift - resid.T @ problem.X.astype(Long)
    return np.where(pinned, 0, slope), -resid.sum(axis=0)


def optimality(problem: Problem, coef: ArrayLike, intercept: ArrayLike) -> float:
    """max_j |g_j| / (d_j |r|) as `elltwo` defines it; the intercept counts as a column of ones."""
    resid = residuals(predictor(problem, coef, intercept), problem.label)
    slope, bias = gradient(problem, coef, intercept)
    weight, X = problem.weight, problem.X.astype(Long)
    centre = weight @ X / weight.sum() if problem.fit_intercept else np.zeros(X.shape[1], Long)
    size = np.sqrt(weight @ (X - centre) ** 2)
    if problem.fit_intercept:
        slope = slope - bias[:, None] * centre  # the gradient in b_j at a fixed mean predictor
        slope, size = np.c_[slope, bias], np.r_[size, np.sqrt(weight.sum())]
    size = np.where(size > 0, size, 1)
    norm = np.sqrt(weight @ resid**2)
    return float((np.abs(slope) / size / norm[:, None]).max())


@dataclass(frozen=True)
class _Scaled:
    """The problem in centred columns of unit size, pinned features moved into the offset."""

    design: Array  # n x q; the last column is the intercept's, if any
    penalty: Array  # q
    mean: Array  # (outputs, q)
    lower: Array  # q
    upper: Array
    offset: Array
    label: Array
    weight: Array

    def value(self, theta: Array) -> Any:  # noqa: ANN401
        loss = losses(self.offset + self.design @ theta.T, self.label)
        return self.weight @ loss + ((theta - self.mean) ** 2 @ self.penalty).sum() / 2


def _scale(problem: Problem) -> tuple[_Scaled, Array, Array, Array]:
    """Return the scaled problem, and the free features, their centres and sizes."""
    free = np.isfinite(problem.penalty)
    X, n = problem.X.astype(Long)[:, free], len(problem.X)
    mean = problem.mean
    offset = predictor(problem, np.where(free, 0, mean), np.zeros(problem.n_outputs))
    centre = np.zeros(X.shape[1], Long)
    if problem.fit_intercept:
        shifted = X - X[0]  # exactly zero where a column is constant
        rest = problem.weight @ shifted / problem.weight.sum()
        X, centre = shifted - rest, X[0] + rest
    size = np.abs(X).max(axis=0, initial=0)
    size = np.where(size > 0, size, 1)
    ones = np.ones((n, int(problem.fit_intercept)), Long)
    extra = np.zeros(ones.shape[1], Long)
    p = problem.X.shape[1]
    lower = np.full(p, -np.inf) if problem.lower is None else problem.lower
    upper = np.full(p, np.inf) if problem.upper is None else problem.upper
    scaled = _Scaled(
        np.hstack([X / size, ones]),
        np.r_[problem.penalty[free] / size**2, extra],
        np.hstack([mean[:, free] * size, np.zeros((problem.n_outputs, len(extra)), Long)]),
        np.r_[lower[free] * size, extra - np.inf],
        np.r_[upper[free] * size, extra + np.inf],
        offset,
        problem.label,
        problem.weight,
    )
    return scaled, free, centre, size


def solve(problem: Problem, max_iter: int = MAX_ITER) -> Fit:
    """Minimise by damped, projected Newton steps (Bertsekas 1982) with extended gradients."""
    scaled, free, centre, size = _scale(problem)
    theta = np.clip(scaled.mean, scaled.lower, scaled.upper)
    previous = np.inf
    for _ in range(max_iter if theta.size else 0):
        step, length = _newton_step(scaled, theta)
        theta = _line_search(scaled, theta, step)
        if length < 1e-10 and length > previous / 4:  # rounding alone is left
            break
        previous = length
    coef = problem.mean.copy()
    coef[:, free] = theta[:, : len(size)] / size
    if not problem.fit_intercept:
        return coef, np.zeros(problem.n_outputs, Long)
    intercept = theta[:, -1] - coef[:, free] @ centre
    return coef, intercept - (intercept.mean() if problem.n_classes > 2 else 0)


def _newton_step(scaled: _Scaled, theta: Array) -> tuple[Array, float]:
    """Step of the coefficients that no bound holds, and its relative size."""
    z = scaled.offset + scaled.design @ theta.T
    resid = scaled.weight[:, None] * residuals(z, scaled.label)
    slope = scaled.penalty * (theta - scaled.mean) - resid.T @ scaled.design
    hessian = _hessian(scaled, z)
    for j in _balanced(scaled, len(theta)):
        places = range(j, theta.size, theta.shape[1])
        block = np.ix_(places, places)
        unit = np.diag(hessian[block]).mean()
        hessian[block] += unit
        slope[:, j] += unit * (theta - scaled.mean)[:, j].sum()
    held = ((theta <= scaled.lower) & (slope > 0)) | ((theta >= scaled.upper) & (slope < 0))
    moves = ~held.ravel()
    root = np.sqrt(np.diag(hessian))
    root = np.where(root > 0, root, 1)
    matrix = (hessian / root / root[:, None])[np.ix_(moves, moves)].astype(np.float64)
    right = -(slope.ravel() / root)[moves]
    top = np.abs(right).max(initial=0) or Long(1)
    step = np.zeros(theta.size, Long)
    step[moves] = top * _solve_spd(matrix, (right / top).astype(np.float64))
    reach = np.abs(theta.ravel() * root).max()
    return (step / root).reshape(theta.shape), float(np.abs(step).max() / (reach or 1))


def _balanced(scaled: _Scaled, n_outputs: int) -> Array:
    """Columns whose coefficients sum over the classes to what their prior means do.

    The loss does not see that sum. The minimum stays where it is if the sum's square is added.
    """
    is_free = np.isinf(scaled.lower) & np.isinf(scaled.upper)
    return np.flatnonzero(is_free & (n_outputs > 1))


def _hessian(scaled: _Scaled, z: Array) -> Array:
    """Second derivatives, one class after the other."""
    p = probabilities(z)[:, -z.shape[1] :]
    n_outputs, q = z.shape[1], scaled.design.shape[1]
    design = scaled.design.astype(np.float64)
    blocks = np.zeros((n_outputs, q, n_outputs, q), Long)
    top = scaled.weight.max() * max((p * (1 - p)).max(), np.finfo(Long).tiny)
    for k in range(n_outputs):
        for m in range(k + 1):
            curve = p[:, k] * ((k == m) - p[:, m]) if n_outputs > 1 else p[:, 0] * (1 - p[:, 0])
            curve = (scaled.weight * curve / top).astype(np.float64)
            blocks[k, :, m] = blocks[m, :, k] = top * (design.T @ (curve[:, None] * design))
        blocks[k, range(q), k, range(q)] += scaled.penalty
    size = n_outputs * q
    return blocks.reshape(size, size)


def _solve_spd(matrix: Array, right: Array) -> Array:
    try:
        solution: Array = cho_solve(cho_factor(matrix), right)
    except LinAlgError:
        solution = np.linalg.lstsq(matrix, right, rcond=1e-14)[0]
    return solution


def _line_search(scaled: _Scaled, theta: Array, step: Array) -> Array:
    """Halve until the value falls, up to its rounding; no predictor moves by more than `REACH`."""
    value = scaled.value(theta)
    step = step / max(np.abs(scaled.design @ step.T).max() / REACH, 1)
    for halvings in range(60):
        found: Array = np.clip(theta + step / Long(2) ** halvings, scaled.lower, scaled.upper)
        if scaled.value(found) <= value * (1 + Long(1e-17)):
            return found
    return theta


def leave_one_out(problem: Problem) -> Array:
    """Loss of each row under the fit to all the others."""
    rows = []
    for row in range(len(problem.X)):
        coef, intercept = solve(problem.without(row))
        z = predictor(problem, coef, intercept)[row : row + 1]
        rows.append(losses(z, problem.label[row : row + 1])[0])
    return np.array(rows, dtype=np.float64)
