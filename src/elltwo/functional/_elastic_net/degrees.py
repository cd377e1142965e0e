"""Effective degrees of freedom of elastic nets.

At the minimum the coefficients that are not held (at zero, at the prior mean, at a bound) solve a
linear system, so the fit is locally a linear smoother: its trace is an unbiased estimate of the
degrees of freedom (Tibshirani and Taylor 2012).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._elastic_net.columns import gram_of, moments_of_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._elastic_net_problem.points import TargetPath
    from elltwo.functional._elastic_net_problem.solve import NetData

    Columns = npt.NDArray[np.intp]

_RANK = 1e-10  # least eigenvalue of a correlation matrix that counts
_SMALL = 64  # rows of a matrix that is factored at once
_WELL = 1e-9  # least ridge term, relative to the trace, that an inverse is accurate for


class Smoother(NamedTuple):
    """One target at one alpha: what is free, and the penalty on it."""

    free: Columns
    alpha: float
    l1_ratio: float


def free_features(data: NetData, features: Columns, values: FloatArray, target: int) -> Columns:
    """Return those features whose coefficients are neither at the prior mean nor at a bound."""
    prior = data.problem.prior_mean
    means = np.zeros(1) if prior is None else prior[target][features]
    held = values == means.astype(values.dtype)
    for side in data.bounds or ():
        if side is not None:
            held |= values == side[features].astype(values.dtype)
    if data.problem.penalty_factors is not None:
        held |= np.isinf(data.problem.penalty_factors[features])
    free: Columns = features[~held]
    return free


def edf_of_fit(
    data: NetData, coef: FloatArray, alphas: Float64Array, l1_ratios: Float64Array
) -> Float64Array:
    """Return the degrees of freedom of each target."""
    every = np.arange(coef.shape[1])
    smoothers = [
        Smoother(free_features(data, every, row, t), float(alpha), float(ratio))
        for t, (row, alpha, ratio) in enumerate(zip(coef, alphas, l1_ratios, strict=True))
    ]
    return _edf_of(data, smoothers)


def edf_of_path(data: NetData, paths: Sequence[TargetPath]) -> Float64Array:
    """Return the degrees of freedom at every alpha that all targets reached, and each target."""
    n_alphas = min(path.alphas.size for path in paths)
    smoothers = []
    for at in range(n_alphas):
        for t, path in enumerate(paths):
            point = path.point(at)
            free = free_features(data, point.features, point.values, t)
            smoothers.append(Smoother(free, float(path.alphas[at]), data.l1_ratio))
    return _edf_of(data, smoothers).reshape(n_alphas, len(paths))


def _edf_of(data: NetData, smoothers: Sequence[Smoother]) -> Float64Array:
    if data.group_targets and data.n_targets > 1:
        raise ValueError("degrees of freedom are not known with group_targets=True")
    factors = data.problem.penalty_factors
    offset = float(data.options.fit_intercept)
    columns = np.unique(np.concatenate([smoother.free for smoother in smoothers]))
    if not columns.size:
        return np.full(len(smoothers), offset)
    known = all(smoother.l1_ratio == 1.0 and smoother.alpha > 0.0 for smoother in smoothers)
    if known and (factors is None or (factors[columns] > 0.0).all()):
        # The core keeps the active features of a lasso linearly independent.
        return np.array([offset + smoother.free.size for smoother in smoothers])
    gram = gram_of(moments_of_columns(data, columns), data.options.fit_intercept)
    weights = np.ones(columns.size) if factors is None else factors[columns]
    result = []
    for free, alpha, l1_ratio in smoothers:
        some = np.searchsorted(columns, free)
        ridge = weights[some] * (alpha * (1.0 - l1_ratio))
        result.append(offset + _trace(gram[np.ix_(some, some)], ridge))
    return np.array(result)


def _trace(gram: Float64Array, ridge: Float64Array) -> float:
    """Return the trace of ``G (G + diag(ridge))^-1``, and the rank where there is no ridge."""
    open_ = ridge == 0.0
    if open_.all():
        return float(_rank(gram))
    if open_.any():  # the part that the unpenalised features leave
        held = gram[np.ix_(open_, open_)]
        across = gram[np.ix_(open_, ~open_)]
        rest = (
            gram[np.ix_(~open_, ~open_)] - across.T @ np.linalg.pinv(held, hermitian=True) @ across
        )
        return _rank(held) + _trace(rest, ridge[~open_])
    root = np.sqrt(ridge)
    scaled = gram / np.outer(root, root)
    if np.trace(scaled) * _WELL < 1.0:
        inverse = _inverse_factor(scaled + np.eye(len(scaled)))
        return len(scaled) - float(np.sum(inverse**2))
    values = np.maximum(np.linalg.eigvalsh(scaled), 0.0)
    return float(np.sum(values / (values + 1.0)))


def _inverse_factor(K: Float64Array) -> Float64Array:
    """Return the inverse of the Cholesky factor by halves, nearly all of it matrix products."""
    n = len(K)
    if n <= _SMALL:
        return np.array(np.linalg.inv(np.linalg.cholesky(K)))
    half = n // 2
    inverse: Float64Array = np.zeros((n, n))
    inverse[:half, :half] = first = _inverse_factor(K[:half, :half])
    across = K[half:, :half] @ first.T
    inverse[half:, half:] = second = _inverse_factor(K[half:, half:] - across @ across.T)
    inverse[half:, :half] = -second @ (across @ first)
    return inverse


def _rank(gram: Float64Array) -> int:
    size = np.sqrt(np.maximum(gram.diagonal(), 0.0))
    kept = size > 0.0
    correlation = gram[np.ix_(kept, kept)] / np.outer(size[kept], size[kept])
    return int((np.linalg.eigvalsh(correlation) > _RANK).sum()) if kept.any() else 0
