"""Effective degrees of freedom of elastic nets.

At the minimum the coefficients that are not held (at zero, at the prior mean, at a bound) solve a
linear system, so the fit is locally a linear smoother: its trace is an unbiased estimate of the
degrees of freedom (Tibshirani and Taylor 2012).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.smoother_trace import smoother_trace
from elltwo.functional._elastic_net.columns import gram_of, moments_of_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._elastic_net_problem.points import TargetPath
    from elltwo.functional._elastic_net_problem.solve import NetData

    Columns = npt.NDArray[np.intp]


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
        result.append(offset + smoother_trace(gram[np.ix_(some, some)], ridge))
    return np.array(result)
