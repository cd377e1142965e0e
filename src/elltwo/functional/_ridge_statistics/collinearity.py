"""Collinearity of features: variance inflation factors and condition indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.row_blocks import column_moments, cross_products
from elltwo.functional._ridge_statistics.covariance import sampling_variances
from elltwo.functional._ridge_statistics.identified import unit_columns

if TYPE_CHECKING:
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_problem.problem import Problem
    from elltwo.functional._ridge_statistics.smoother_record import Smoother


def inflation_factors(fit: Smoother, problem: Problem, options: Options) -> Float64Array:
    """Return sampling variances relative to those of a feature alone and without penalty."""
    centred = options.fit_intercept
    square = column_moments(problem.X, problem.sample_weight, centred).square
    factors: Float64Array = sampling_variances(fit)[:-1] * square
    return factors if fit.known is None else np.where(fit.known[:-1], factors, np.inf)


def condition_indices(problem: Problem, options: Options) -> Float64Array:
    """Return the largest singular value of the unit columns over each, ascending."""
    p = problem.X.shape[1]
    columns = column_moments(problem.X, problem.sample_weight, options.fit_intercept)
    unit = unit_columns(problem, options, columns, np.ones(p, dtype=bool))
    s = unit.core.eigenvalues()
    indices = np.full(p, np.inf)
    indices[: s.size] = np.sqrt(s[0] / s) if s.size else 1.0
    return indices


def standard_deviations(problem: Problem, options: Options) -> Float64Array:
    """Return the root mean squares of the features about their means, or zero."""
    columns = column_moments(problem.X, problem.sample_weight, options.fit_intercept)
    result: Float64Array = np.sqrt(columns.square / columns.weight)
    return result


def correlations(problem: Problem, options: Options) -> Float64Array:
    """Return the cosines between the features about their means, or zero."""
    weight, p = problem.sample_weight, problem.X.shape[1]
    columns = column_moments(problem.X, weight, options.fit_intercept)
    length = np.sqrt(columns.square)
    unit = np.divide(1.0, length, out=np.zeros(p), where=length > 0.0)
    features = np.arange(p + 1) < p
    result = cross_products(problem.X, weight, columns.mean, np.diag(unit), features) * unit
    result = np.clip(0.5 * (result + result.T), -1.0, 1.0)
    np.fill_diagonal(result, 1.0)
    return result
