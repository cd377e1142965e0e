"""Problems of the elastic net, and certificates of answers to them from the data alone.

Objective, dual and gap are computed by their definitions in extended precision: the difference of
two numbers, where the library sums terms that are not negative. By weak duality a small gap proves
an answer, whatever it came from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[Any]

REAL = np.longdouble


@dataclass(frozen=True)
class Problem:
    """Minimise 1/2 sum w (y - b0 - x.b)^2 + sum_j h_j(b_j) over lower <= b <= upper.

    With h_j(b) = alpha f_j ( l1_ratio |b - m_j| + (1 - l1_ratio) / 2 (b - m_j)^2 ).
    """

    X: Array
    y: Array
    alpha: float
    l1_ratio: float = 1.0
    penalty_factors: Array | None = None
    prior_mean: Array | None = None
    lower: Array | None = None
    upper: Array | None = None
    sample_weight: Array | None = None
    fit_intercept: bool = True

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments of `elltwo.elastic_net` that pose it, without its data."""
        options: dict[str, Any] = {"alpha": self.alpha, **self.path_options}
        return options

    @property
    def path_options(self) -> dict[str, Any]:
        """The same without alpha."""
        given = {
            "penalty_factors": self.penalty_factors,
            "prior_mean": self.prior_mean,
            "bounds": (self.lower, self.upper) if self.is_bounded else None,
            "sample_weight": self.sample_weight,
        }
        options: dict[str, Any] = {
            "l1_ratio": self.l1_ratio,
            "fit_intercept": self.fit_intercept,
            **{name: value for name, value in given.items() if value is not None},
        }
        return options

    def at(self, alpha: float) -> Problem:
        return replace(self, alpha=float(alpha))

    @property
    def factors(self) -> Array:
        p = self.X.shape[1]
        return np.ones(p) if self.penalty_factors is None else np.asarray(self.penalty_factors)

    @property
    def prior(self) -> Array:
        return np.zeros(self.X.shape[1]) if self.prior_mean is None else np.asarray(self.prior_mean)

    @property
    def weights(self) -> Array:
        weights = np.ones(len(self.y)) if self.sample_weight is None else self.sample_weight
        return np.asarray(weights)

    @property
    def is_bounded(self) -> bool:
        return self.lower is not None or self.upper is not None

    @property
    def pinned(self) -> Array:
        """Columns that stay at their prior mean: an infinite penalty, or nothing to fit by."""
        used = self.X[self.weights > 0]
        constant = used.max(axis=0) == used.min(axis=0)
        is_pinned = np.isinf(self.factors) | ((self.factors > 0) & math.isinf(self.alpha))
        tells_nothing = constant if self.fit_intercept else constant & (used[0] == 0)
        return np.asarray(is_pinned | tells_nothing)

    def penalties(self) -> tuple[Array, Array]:
        """a1 and a2 of h(d) = a1 |d| + a2 d^2 / 2; 0 for pinned columns, which are left out."""
        f = np.where(self.pinned, 0.0, self.factors).astype(REAL)
        alpha = REAL(0.0 if math.isinf(self.alpha) else self.alpha)
        return alpha * f * REAL(self.l1_ratio), alpha * f * (REAL(1) - REAL(self.l1_ratio))

    def limits(self) -> tuple[Array, Array]:
        """Bounds of b - prior_mean."""
        p = self.X.shape[1]
        lower = np.full(p, -np.inf) if self.lower is None else np.broadcast_to(self.lower, (p,))
        upper = np.full(p, np.inf) if self.upper is None else np.broadcast_to(self.upper, (p,))
        prior = self.prior.astype(REAL)
        return lower.astype(REAL) - prior, upper.astype(REAL) - prior


class Certificate(NamedTuple):
    """How good an answer is: gap and violation are relative, to the objective and to a1."""

    objective: float
    dual: float
    gap: float
    violation: float


class Centred(NamedTuple):
    """The data of a problem in extended precision, with the means taken off."""

    X: Array
    y: Array
    weight: Array


def centred(problem: Problem) -> Centred:
    """X, y - X m and w; means are taken off where there is an intercept."""
    X, w = problem.X.astype(REAL), problem.weights.astype(REAL)
    y = problem.y.astype(REAL) - X @ problem.prior.astype(REAL)
    if problem.fit_intercept:
        X, y = X - (w @ X) / w.sum(), y - (w @ y) / w.sum()
    return Centred(X, y, w)


def certificate(
    problem: Problem, coef: ArrayLike, intercept: ArrayLike, data: Centred | None = None
) -> Certificate:
    """Primal and dual value of an answer, and how far it is from the optimality conditions.

    Raises AssertionError where a coefficient is not finite or out of its bounds, or a pinned one
    has moved. `data` are `centred(problem)`, if they are at hand.
    """
    b = np.asarray(coef, dtype=np.float64)
    assert b.shape == (problem.X.shape[1],)
    assert np.isfinite(b).all(), b
    assert np.ndim(intercept) == 0
    assert np.isfinite(intercept), intercept
    lower, upper = problem.limits()
    d = b.astype(REAL) - problem.prior.astype(REAL)
    pinned = problem.pinned
    assert np.all((lower <= d) & (d <= upper) | pinned)
    assert np.all(d[pinned] == 0)
    a1, a2 = problem.penalties()
    penalty = (a1 * np.abs(d) + a2 * d * d / 2).sum()
    residual = problem.y.astype(REAL) - problem.X.astype(REAL) @ b.astype(REAL)
    residual -= np.asarray(intercept, dtype=REAL)
    primal = problem.weights.astype(REAL) @ residual**2 / 2 + penalty
    data = data or centred(problem)
    kept = ~pinned
    terms = _Terms(d[kept], a1[kept], a2[kept], lower[kept], upper[kept])
    data = data._replace(X=data.X[:, kept])
    dual = _dual(data, terms)
    return Certificate(
        float(primal), float(dual), _ratio(primal - dual, primal), _violation(data, terms)
    )


def certificates(
    problem: Problem, alphas: ArrayLike, coef: Array, intercept: Array
) -> list[Certificate]:
    """Certificates of a path's points, coef (alphas, p)."""
    data = centred(problem)
    points = zip(np.asarray(alphas).tolist(), coef, intercept.tolist(), strict=True)
    return [certificate(problem.at(alpha), b, b0, data) for alpha, b, b0 in points]


class _Terms(NamedTuple):
    d: Array
    a1: Array
    a2: Array
    lower: Array
    upper: Array


def _ratio(value: Any, scale: Any) -> float:  # noqa: ANN401
    return float(value / scale) if scale > 0 else float(value)


def _dual(data: Centred, terms: _Terms) -> Any:  # noqa: ANN401
    """The largest dual value among a few scalings of the residual.

    D(v) = v'Wy - v'Wv / 2 - sum_j h_j*(x_j'Wv), where x_j'Wv = 0 for columns without a penalty off
    their bounds: v is the residual with what such columns explain taken off.
    """
    inside = (terms.lower < terms.d) & (terms.d < terms.upper)
    free = (terms.a1 == 0) & (terms.a2 == 0) & inside
    residual = _without(data.y - data.X @ terms.d, data.X[:, free], data.weight)
    q = data.X.T @ (data.weight * residual)
    q[free] = 0
    limiting = _may_be_infinite(terms, q) & (np.abs(q) > terms.a1)
    t = min([REAL(1), *(terms.a1[limiting] / np.abs(q[limiting]))])
    scales = [REAL(1), t, t * (1 - REAL(1e-18))]
    if data.weight @ residual**2 > 0:
        best = (data.weight * residual) @ data.y / (data.weight @ residual**2)
        scales.append(min(t, max(REAL(0), best)))
    return max(_dual_value(data, terms, residual * scale, q * scale) for scale in scales)


def _may_be_infinite(terms: _Terms, q: Array) -> Array:
    """Where h_j* may be infinite: no bound on the side to which q points, and a2 = 0."""
    unbounded = np.where(q > 0, np.isinf(terms.upper), np.isinf(terms.lower))
    return np.asarray(unbounded & (terms.a2 == 0))


def _dual_value(data: Centred, terms: _Terms, v: Array, q: Array) -> Any:  # noqa: ANN401
    conjugates = _conjugates(q, *terms[1:])
    return data.weight @ (v * data.y) - data.weight @ v**2 / 2 - conjugates.sum()


def _conjugates(v: Array, a1: Array, a2: Array, lower: Array, upper: Array) -> Array:
    """h*(v) = max over lower <= d <= upper of v d - a1 |d| - a2 d^2 / 2, by candidates for d."""

    def value(d: Array) -> Array:
        return np.asarray(v * d - a1 * np.abs(d) - a2 * d * d / 2)

    over = np.sign(v) * np.maximum(np.abs(v) - a1, 0)
    smooth = np.divide(over, a2, out=np.zeros_like(over), where=a2 > 0)
    ends = [np.where(np.isfinite(end), end, 0) for end in (lower, upper)]
    points = [np.clip(d, lower, upper) for d in (smooth, *ends)]
    best = np.max([value(d) for d in points], axis=0)
    grows = (a2 == 0) & (np.abs(v) > a1) & np.isinf(np.where(v > 0, upper, lower))
    return np.asarray(np.where(grows, REAL(np.inf), best))


def _without(residual: Array, columns: Array, weight: Array) -> Array:
    """The residual less its weighted projection on some columns, refined twice."""
    if columns.shape[1] == 0:
        return residual
    root = np.sqrt(weight)
    scaled = root[:, None] * columns
    for _ in range(3):
        solved = np.linalg.lstsq(
            scaled.astype(np.float64), (root * residual).astype(np.float64), rcond=1e-13
        )[0]
        residual = residual - columns @ solved.astype(REAL)
    return residual


def _violation(data: Centred, terms: _Terms) -> float:
    """The largest distance of q from the subgradients of h, over a1 or the largest a1."""
    d, a1, a2, lower, upper = terms
    q = data.X.T @ (data.weight * (data.y - data.X @ d)) - a2 * d
    above = np.where(d >= 0, q - a1, q + a1)  # what pushes d up
    below = np.where(d <= 0, q + a1, q - a1)  # what pushes it down, if negative
    up = np.where(d < upper, np.maximum(above, 0), 0)
    down = np.where(d > lower, np.maximum(-below, 0), 0)
    scale = np.where(a1 > 0, a1, a1.max(initial=0) or REAL(1))
    return float((np.maximum(up, down) / scale).max(initial=0))


def rounding(fit: Any, alphas: ArrayLike, objective: ArrayLike) -> Any:  # noqa: ANN401
    """What a relative gap of doubles cannot tell from zero, at points of a fit or path.

    Residuals have errors of eps |y|, and products with columns eps |x_j| |y|, which is at least
    eps alpha_max: the gap of the lasso is of first order in both.
    """
    eps = float(np.finfo(np.float64).eps)
    shares = np.asarray(fit.info.alpha_max) / np.asarray(alphas)
    return 32 * eps * (fit.info.null_objective / np.asarray(objective) + shares)


def alpha_max(problem: Problem) -> float:
    """The smallest alpha at which every penalised coefficient is at its prior mean."""
    null = replace(problem, alpha=1.0)
    data = centred(null)
    f, pinned = null.factors, null.pinned
    lower, upper = null.limits()
    free = (f == 0) & ~pinned
    nearest = np.where(pinned, REAL(0), np.clip(REAL(0), lower, upper))
    residual = _without(data.y - data.X @ nearest, data.X[:, free], data.weight)
    q = data.X.T @ (data.weight * residual)
    pushes = np.where(q > 0, upper > 0, lower < 0) & (f > 0) & ~pinned
    ratios = np.abs(q[pushes]) / (f[pushes] * problem.l1_ratio)
    return float(ratios.max(initial=0))


def descend(problem: Problem, max_sweeps: int = 20_000) -> tuple[Array, float]:
    """Coordinate descent on the Gram matrix until no coefficient moves by more than rounding."""
    data = centred(problem)
    gram = (data.X.T @ (data.weight[:, None] * data.X)).astype(np.float64)
    q = (data.X.T @ (data.weight * data.y)).astype(np.float64)
    a1, a2 = (a.astype(np.float64) for a in problem.penalties())
    lower, upper = (end.astype(np.float64) for end in problem.limits())
    moving = np.flatnonzero(~problem.pinned)
    d = np.clip(np.zeros(len(q)), lower, upper)
    d[problem.pinned] = 0.0
    q = q - gram @ d
    size = np.sqrt(np.diag(gram))
    scale = math.sqrt(float(data.weight @ data.y**2)) or 1.0
    for _ in range(max_sweeps):
        largest = 0.0
        for j in moving:
            z = q[j] + gram[j, j] * d[j]
            new = math.copysign(max(abs(z) - a1[j], 0.0), z) / (gram[j, j] + a2[j])
            step = min(max(new, lower[j]), upper[j]) - d[j]
            if step:
                q -= step * gram[j]
                d[j] += step
                largest = max(largest, abs(step) * size[j])
        if largest <= 1e-15 * scale:
            break
    b = d + problem.prior
    if problem.is_bounded:
        b = np.where(problem.pinned, b, np.clip(b, problem.lower, problem.upper))
    w, y = problem.weights, problem.y
    return b, float(w @ (y - problem.X @ b) / w.sum()) if problem.fit_intercept else 0.0
