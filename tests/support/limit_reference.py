"""The limit of ridge regression as alpha falls to 0, by dense pseudo-inverses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

CUT = 1e-11


class Limit(NamedTuple):
    """Coefficients (p,) and intercept."""

    coef: Array
    intercept: float


def limit(
    X: Array,
    y: Array,
    penalty_factors: Array | None = None,
    prior_mean: Array | None = None,
    sample_weight: Array | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
) -> Limit:
    """Of all least-squares solutions the least sum f_j (b_j - m_j)^2.

    A penalised intercept counts like a feature of factor 1. Of solutions that differ only where
    factors are 0, the one with the least sum of (b_j - m_j)^2.
    """
    n, p = X.shape
    X = X.astype(np.float64)
    f = np.ones(p) if penalty_factors is None else np.asarray(penalty_factors, dtype=np.float64)
    m = np.zeros(p) if prior_mean is None else np.asarray(prior_mean, dtype=np.float64)
    root = np.sqrt(np.ones(n) if sample_weight is None else sample_weight)
    r = root * (y - X @ m)
    free = np.flatnonzero(f == 0.0)
    penalised = np.flatnonzero((f > 0.0) & np.isfinite(f))
    Z = root[:, np.newaxis] * X[:, penalised] / np.sqrt(f[penalised])
    if fit_intercept and penalize_intercept:
        Z = np.column_stack([Z, root])
    Xf = root[:, np.newaxis] * X[:, free]
    ones = root / np.linalg.norm(root)
    centred = fit_intercept and not penalize_intercept
    if centred:
        Z, Xf = _beyond(ones[:, np.newaxis], Z), _beyond(ones[:, np.newaxis], Xf)
        r = r - ones * (ones @ r)
    U, s, _ = np.linalg.svd(Xf, full_matrices=False)
    Q = U[:, s > CUT * max(s.max(initial=0.0), 1e-300)]
    z = np.linalg.pinv(_beyond(Q, Z), rcond=CUT) @ (r - Q @ (Q.T @ r))
    coef = m.copy()
    coef[penalised] += z[: penalised.size] / np.sqrt(f[penalised])
    coef[free] += np.linalg.pinv(Xf, rcond=CUT) @ (r - Z @ z)
    if not fit_intercept:
        return Limit(coef, 0.0)
    if penalize_intercept:
        return Limit(coef, float(z[-1]))
    return Limit(coef, float(root**2 @ (y - X @ coef) / (root @ root)))


def _beyond(Q: Array, Z: Array) -> Array:
    """Return what columns have beyond an orthonormal basis, without rounding of their own size."""
    rest: Array = Z - Q @ (Q.T @ Z)
    rest[:, np.linalg.norm(rest, axis=0) <= CUT * np.linalg.norm(Z, axis=0)] = 0.0
    return rest
