"""Effective degrees of freedom of logistic regressions with an L1 penalty.

At the minimum the coefficients that are not held (at zero, at the prior mean, at a bound) solve
smooth equations, so that the fit is locally that of a ridge penalty on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.row_blocks import column_moments, row_blocks
from elltwo.functional._base.smoother_trace import smoother_trace
from elltwo.functional._logistic_statistics.multinomial import LIMIT
from elltwo.functional._logistic_statistics.rows import FittedRows

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._logistic_problem.info import LogisticSource

    Mask = npt.NDArray[np.bool_]


def edf_of_l1(source: LogisticSource, coef: FloatArray, intercept: FloatArray) -> float:
    """Return tr(F (F + alpha (1 - l1_ratio) D)^-1) over what is free, intercepts among it.

    `coef` has shape (n_outputs, n_features), `intercept` (n_outputs,).
    """
    problem = source.problem
    factors = problem.penalty_factors
    factors = np.ones(problem.X.shape[1]) if factors is None else factors
    free = _free(source, coef, factors)
    n_outputs = len(coef)
    if problem.l1_ratio == 1.0 and source.alpha > 0.0 and not (free & (factors == 0.0)).any():
        # The core keeps the active entries of a lasso linearly independent.
        present = _present(source) if source.options.fit_intercept else 0
        return float(free.sum() + (min(present, 1) if n_outputs == 1 else max(present - 1, 0)))
    ridge = [factors[of_output] * (source.alpha * (1.0 - problem.l1_ratio)) for of_output in free]
    if source.options.fit_intercept:
        ridge = [np.append(of_output, 0.0) for of_output in ridge]
    penalties = np.concatenate(ridge)
    if penalties.size > LIMIT:
        raise ValueError(
            f"degrees of freedom need at most {LIMIT} coefficients that are not zero, got "
            f"{penalties.size} with intercepts"
        )
    rows = FittedRows(problem, coef.astype(np.float64), intercept.astype(np.float64))
    return smoother_trace(_information(source, free, rows), penalties)


def _free(source: LogisticSource, coef: FloatArray, factors: Float64Array) -> Mask:
    """Return where coefficients are neither at a kink of their penalty nor at a bound."""
    prior = source.problem.prior_mean
    means = np.zeros_like(coef) if prior is None else np.asarray(prior).astype(coef.dtype)
    free: Mask = (coef != means.reshape(coef.shape)) | (factors == 0.0)
    for side in source.bounds or ():
        if side is not None:
            free &= coef != side.astype(coef.dtype)
    return free & np.isfinite(factors)


def _present(source: LogisticSource) -> int:
    """Return the number of classes with a row of positive weight."""
    codes, w = source.problem.labels.codes, source.problem.sample_weight
    return int(np.unique(codes if w is None else codes[w > 0.0]).size)


def _information(source: LogisticSource, free: Mask, rows: FittedRows) -> Float64Array:
    """Return the Fisher information of what is free, output by output, an intercept last."""
    X, fit_intercept = source.problem.X, source.options.fit_intercept
    used = np.flatnonzero(free.any(axis=0))
    mean = column_moments(X, rows.weight, fit_intercept).mean[used]
    places = [np.flatnonzero(of_output[used]) for of_output in free]
    if fit_intercept:
        places = [np.append(of_output, used.size) for of_output in places]
    ends = np.cumsum([0, *(of_output.size for of_output in places)])
    total = np.zeros((ends[-1], ends[-1]))
    p = rows.probabilities[:, 1:] if len(free) == 1 else rows.probabilities
    for some, block in row_blocks(X):
        z = np.ones((len(block), used.size + 1))
        z[:, :-1] = block[:, used] - mean
        for k, of_k in enumerate(places):
            for m, of_m in enumerate(places[: k + 1]):
                v = rows.weight[some] * p[some, k] * ((k == m) - p[some, m])
                part = (z[:, of_k] * v[:, np.newaxis]).T @ z[:, of_m]
                total[ends[k] : ends[k + 1], ends[m] : ends[m + 1]] += part
    lower = np.tril(total)
    symmetric: Float64Array = lower + np.tril(total, -1).T
    return symmetric
