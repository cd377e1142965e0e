"""Slow, obvious statistics of ridge fits: dense inverses in 50 digits, pseudo-inverses, refits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import mpmath as mp
import numpy as np

import elltwo
from limit_reference import limit
from reference import DIGITS, penalty_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


@dataclass
class Case:
    """One problem with one target and every option; fits take it from here."""

    X: Array
    y: Array
    alpha: float
    factors: Array
    weight: Array
    prior_mean: Array
    fit_intercept: bool
    penalize_intercept: bool

    @property
    def options(self) -> dict[str, Any]:
        return {
            "penalty_factors": self.factors,
            "sample_weight": self.weight,
            "prior_mean": self.prior_mean,
            "fit_intercept": self.fit_intercept,
            "penalize_intercept": self.penalize_intercept,
        }

    def fit(self, left_out: int | None = None) -> elltwo.RidgeFit:
        options = self.options
        if left_out is not None:
            options["sample_weight"] = self.weight.copy()
            options["sample_weight"][left_out] = 0.0
        return elltwo.ridge(self.X, self.y, alpha=self.alpha, **options)

    @property
    def penalties(self) -> Array:
        """Of the coefficients and, last, the intercept; infinite for what is not there."""
        last = self.alpha if self.penalize_intercept else 0.0
        if not self.fit_intercept:
            last = math.inf
        return np.array([*(penalty_of(self.alpha, f) for f in self.factors), last])

    @property
    def design(self) -> Array:
        return np.column_stack([self.X, np.ones(len(self.X))])


def inverse(case: Case) -> tuple[Array, Array]:
    """A^-1 of all parameters, and which of them are determined.

    Pinned ones have zeros. Without any penalty it is that of the limit of small ones.
    """
    penalties = case.penalties
    kept = np.flatnonzero(np.isfinite(penalties))
    result = np.zeros((penalties.size, penalties.size))
    known = np.ones(penalties.size, dtype=bool)
    root = np.sqrt(case.weight)[:, np.newaxis] * case.design[:, kept]
    if not penalties[kept].any():
        known[kept] = _determined(root) if kept.size else True
        inner = _limit_inverse(case)[np.ix_(kept, kept)]
    else:
        free = kept[penalties[kept] == 0.0]
        if free.size:
            own = np.sqrt(case.weight)[:, np.newaxis] * case.design[:, free]
            known[free] = _determined(own)
        inner = _exact_inverse(case, kept)
    result[np.ix_(kept, kept)] = inner
    return result, known


def _exact_inverse(case: Case, kept: Array) -> Array:
    with mp.workdps(DIGITS):
        products = _products(case, kept)
        penalties = mp.diag([mp.mpf(v) for v in case.penalties[kept].tolist()])
        try:
            exact = mp.inverse(products + penalties)
        except ZeroDivisionError:
            return np.full((kept.size, kept.size), np.nan)
        return np.array(exact.tolist(), dtype=np.float64)


def _products(case: Case, kept: Array) -> Any:  # noqa: ANN401
    z = mp.matrix(case.design[:, kept].tolist())
    return z.T * mp.diag([mp.mpf(w) for w in case.weight.tolist()]) * z


def edf(case: Case) -> float:
    """Tr S, by differences that are exact."""
    penalties = case.penalties
    kept = np.flatnonzero(np.isfinite(penalties))
    if not penalties[kept].any():
        root = np.sqrt(case.weight)[:, np.newaxis] * case.design[:, kept]
        return float(np.linalg.matrix_rank(root, rtol=1e-12)) if kept.size else 0.0
    with mp.workdps(DIGITS):
        products = _products(case, kept)
        system = products + mp.diag([mp.mpf(v) for v in penalties[kept].tolist()])
        try:
            smoother = mp.inverse(system) * products
        except ZeroDivisionError:
            return math.nan
        return float(mp.fsum(smoother[j, j] for j in range(kept.size)))


def _limit_inverse(case: Case) -> Array:
    """S W^-1 S^T of the map S from targets to all parameters, the intercept last."""
    options = case.options | {"prior_mean": None}
    if math.isinf(case.alpha):  # what is penalised is pinned
        options["penalty_factors"] = np.where(case.factors == 0.0, 0.0, math.inf)
        options["fit_intercept"] = case.fit_intercept and not case.penalize_intercept
        options["penalize_intercept"] = False
    columns = []
    for i in np.flatnonzero(case.weight):
        at = limit(case.X, np.eye(case.weight.size)[i], **options)
        columns.append(np.append(at.coef, at.intercept) / math.sqrt(case.weight[i]))
    both = np.array(columns).T
    return both @ both.T


def _determined(root: Array) -> Array:
    length = np.linalg.norm(root, axis=0)
    _, s, vt = np.linalg.svd(root / np.where(length > 0, length, 1.0))
    null = vt[np.count_nonzero(s > 1e-12 * s[0]) :]
    determined: Array = np.abs(null).max(axis=0, initial=0.0) < 1e-6
    return determined


def left_out(case: Case, X_new: Array) -> tuple[Array, Array]:
    """Errors of the fits without each row, and their predictions (n_new, n)."""
    errors, predictions = [], []
    for i in range(len(case.X)):
        fit = case.fit(left_out=i)
        errors.append(case.y[i] - fit.predict(case.X[[i]])[0])
        predictions.append(fit.predict(X_new))
    return np.array(errors), np.array(predictions).T


def variance(case: Case) -> float:
    """RSS / (W - tr S), infinite where nothing is left."""
    left = case.weight.sum() - edf(case)
    residual = case.y - case.fit().predict(case.X)
    if not left > 1e-9 * case.weight.sum():
        return math.inf
    return float(case.weight @ residual**2 / left)


def covariance(case: Case, kind: str) -> tuple[Array, Array]:
    """Covariance of all parameters, not yet times the error variance, and what is determined."""
    inner, known = inverse(case)
    z, w = case.design, case.weight
    if kind == "bayesian":
        return inner, known
    if kind == "sampling":
        return inner @ (z.T * w) @ z @ inner, known
    errors = case.y - case.fit().predict(case.X)
    if kind == "sandwich":
        errors = left_out(case, case.X[:1])[0]
    return inner @ (z.T * (w * errors) ** 2) @ z @ inner, known


def jackknife_plus(case: Case, X_new: Array, level: float) -> tuple[Array, Array]:
    """Equation 1.5 of Barber et al. (2021) by sorting."""
    errors, predictions = left_out(case, X_new)
    n = len(errors)
    rank = math.ceil(round(level * (n + 1), 9))
    if rank > n:
        return np.full(len(X_new), -np.inf), np.full(len(X_new), np.inf)
    lower = -np.sort(-(predictions - np.abs(errors)), axis=1)[:, rank - 1]
    upper = np.sort(predictions + np.abs(errors), axis=1)[:, rank - 1]
    return lower, upper
