"""The Fisher information of two classes: that of a weighted ridge fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.options import AUTO, MAX_ITER, TOL, Options
from elltwo.functional._ridge_problem.iterated_path import is_beyond_decomposition, refuse_beyond
from elltwo.functional._ridge_problem.problem import Problem
from elltwo.functional._ridge_statistics.covariance import (
    BAYESIAN,
    SAMPLING,
    Sandwich,
    posterior_covariance,
    posterior_variances,
    sampling_covariance,
    sampling_variances,
)
from elltwo.functional._ridge_statistics.row_variances import row_variances
from elltwo.functional._ridge_statistics.target_group import TargetGroup

if TYPE_CHECKING:
    from elltwo.functional._base.row_blocks import Rows
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem
    from elltwo.functional._logistic_statistics.rows import FittedRows


class BinaryInformation:
    """The Hessian ``Z^T V Z + Lambda``, V the variances of the indicators.

    That is the system of a ridge fit of the same alpha with the weights V. Both are taken in a
    `unit` of the size of V, so that their squares are in range.
    """

    def __init__(
        self, problem: LogisticProblem, options: LogisticOptions, alpha: float, rows: FittedRows
    ) -> None:
        X = problem.X
        if is_beyond_decomposition(X):
            refuse_beyond("statistics", X)
        self._unit = 2.0 ** float(np.frexp(rows.variances.max())[1] - 1)
        target, weight = np.zeros((X.shape[0], 1)), rows.variances / self._unit
        ridge = Problem(X, target, problem.penalty_factors, None, weight, False)
        how = Options(options.fit_intercept, False, AUTO, TOL, MAX_ITER, options.n_threads)
        self._group = TargetGroup(ridge, how, alpha / self._unit, np.array([0]), None)
        self._rows = rows

    @property
    def edf(self) -> float:
        """Trace of H^-1 F."""
        return self._group.edf

    @property
    def leverages(self) -> Float64Array:
        """Diagonal of V^(1/2) Z H^-1 Z^T V^(1/2)."""
        return self._group.leverages

    def row_variances(self, X: Rows) -> Float64Array:
        """Return the posterior variances of the linear predictors of rows."""
        result: Float64Array = row_variances(self._group.smoother, X) / self._unit
        return result

    def _sandwich(self) -> Sandwich:
        scores = self._rows.weight / self._unit * self._rows.residuals[:, 0]
        return Sandwich(self._group.smoother, self._group.problem.X, scores)

    def variances(self, kind: str) -> Float64Array:
        """Return those of the coefficients and, last, the intercept, (1, n_features + 1)."""
        if kind not in {BAYESIAN, SAMPLING}:
            return self._sandwich().variances()[np.newaxis]
        of = posterior_variances if kind == BAYESIAN else sampling_variances
        result: Float64Array = of(self._group.smoother)[np.newaxis] / self._unit
        return result

    def covariance(self, kind: str) -> Float64Array:
        """Return that of the coefficients and, last, the intercept."""
        if kind not in {BAYESIAN, SAMPLING}:
            return self._sandwich().covariance()
        of = posterior_covariance if kind == BAYESIAN else sampling_covariance
        result: Float64Array = of(self._group.smoother) / self._unit
        return result
