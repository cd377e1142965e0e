"""Covariances of the parameters of a fit, in units of the error variance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from elltwo.functional._base.in_pieces import product
from elltwo.functional._base.row_blocks import row_blocks

if TYPE_CHECKING:
    from elltwo.functional._base.row_blocks import Rows
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_statistics.smoother_record import Smoother
    from elltwo.functional._ridge_statistics.target_group import TargetGroup

BAYESIAN: Final = "bayesian"
SAMPLING: Final = "sampling"
SANDWICH: Final = "sandwich"
SANDWICH_HC0: Final = "sandwich_hc0"
KINDS: Final = (BAYESIAN, SAMPLING, SANDWICH, SANDWICH_HC0)
UNDETERMINED: Final = (
    "X does not determine all unpenalised coefficients, so that the Bayesian covariance is "
    "infinite; take a positive alpha, or leave collinear features out"
)


def require_kind(kind: object) -> None:
    """Refuse what is not the name of a covariance."""
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(map(repr, KINDS))}, got {kind!r}")


def posterior_variances(fit: Smoother) -> Float64Array:
    """Return the diagonal of A^-1, infinite where neither rows nor penalty determine a value."""
    result: Float64Array = np.einsum("jk,jk,k->j", fit.basis, fit.basis, fit.gain)
    if fit.prior_only is not None:
        result += fit.prior_only.diagonal(fit.basis)
    return result if fit.known is None else np.where(fit.known, result, np.inf)


def posterior_covariance(fit: Smoother) -> Float64Array:
    """Return A^-1."""
    if fit.known is not None and not fit.known.all():
        raise ValueError(UNDETERMINED)
    result: Float64Array = product(fit.basis * fit.gain, fit.basis.T)
    return result if fit.prior_only is None else result + fit.prior_only.matrix(fit.basis)


def sampling_variances(fit: Smoother) -> Float64Array:
    """Return the diagonal of A^-1 Z^T W Z A^-1."""
    result: Float64Array = np.einsum(
        "jk,jk,k->j", fit.basis, fit.basis, fit.gain * (fit.gain * fit.square)
    )
    return result


def sampling_covariance(fit: Smoother) -> Float64Array:
    """Return A^-1 Z^T W Z A^-1."""
    return product(fit.basis * (fit.gain * (fit.gain * fit.square)), fit.basis.T)


class Sandwich:
    """A^-1 Z^T diag(s^2) Z A^-1 for the scores s of one target: weighted errors."""

    def __init__(self, fit: Smoother, X: Rows, scores: Float64Array) -> None:
        k = fit.offset.size
        self._bread = fit.basis[:, :k]
        self._meat = np.zeros((k, k))
        gain, exponent = np.frexp(fit.gain[:k])
        unit = np.ldexp(2.0, exponent - 1)  # first: products of gains may leave the range
        for rows, block in row_blocks(X, k):
            scored = fit.coordinates(block) * unit * scores[rows, np.newaxis]
            self._meat += scored.T @ scored
        self._meat *= np.outer(gain, gain)

    def variances(self) -> Float64Array:
        """Return the diagonal."""
        result = np.empty(self._bread.shape[0])
        for rows, block in row_blocks(self._bread):
            result[rows] = np.einsum("jk,jk->j", block @ self._meat, block)
        return np.maximum(result, 0.0)

    def covariance(self) -> Float64Array:
        """Return all of it."""
        return product(product(self._bread, self._meat), self._bread.T)


def _sandwich(group: TargetGroup, place: int, kind: str) -> Sandwich:
    errors = (group.loo_residuals if kind == SANDWICH else group.residuals)[:, place]
    weight = group.problem.sample_weight
    scores = errors if weight is None else weight * errors
    return Sandwich(group.smoother, group.problem.X, scores)


def variances(group: TargetGroup, kind: str) -> Float64Array:
    """Return variances of coefficients and, last, intercepts, (n_targets, n_features + 1)."""
    targets = range(group.targets.size)
    if kind in {SANDWICH, SANDWICH_HC0}:
        return np.array([_sandwich(group, t, kind).variances() for t in targets])
    unit = (posterior_variances if kind == BAYESIAN else sampling_variances)(group.smoother)
    return np.array([scaled(unit, group.variance[t]) for t in targets])


def covariance(group: TargetGroup, place: int, kind: str) -> Float64Array:
    """Return the covariance of coefficients and, last, intercept of one target."""
    if kind in {SANDWICH, SANDWICH_HC0}:
        return _sandwich(group, place, kind).covariance()
    unit = (posterior_covariance if kind == BAYESIAN else sampling_covariance)(group.smoother)
    return scaled(unit, group.variance[place])


def scaled(values: Float64Array, variance: float) -> Float64Array:
    """Multiply by an error variance in [0, inf]; zero and infinite values stay what they are."""
    with np.errstate(invalid="ignore", over="ignore"):
        product = values * variance
    product[values == 0.0] = 0.0
    product[np.isinf(values)] = np.inf
    return product
