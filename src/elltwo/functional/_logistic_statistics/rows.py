"""Probabilities, residuals and losses of the rows that a logistic regression was fitted to."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.probability import log_probabilities, probabilities
from elltwo.functional._base.row_blocks import fitted_values
from elltwo.functional._logistic_problem.core import fit_alphas

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem

_LEAST = 1e-200  # least p (1 - p): smaller ones change no sum of squares


class FittedRows:
    """Probabilities and losses of the rows of a problem, in float64."""

    def __init__(
        self, problem: LogisticProblem, coef: Float64Array, intercept: Float64Array
    ) -> None:
        self._problem = problem
        self._coef, self._intercept = coef, intercept  # (n_outputs, n_features), (n_outputs,)

    @cached_property
    def weight(self) -> Float64Array:
        """Weights, (n_samples,)."""
        w = self._problem.sample_weight
        return np.ones(len(self._problem.labels.codes)) if w is None else w

    @cached_property
    def linear_predictor(self) -> Float64Array:
        """Values of shape (n_samples,) for two classes, else (n_samples, n_classes)."""
        problem = self._problem
        z = fitted_values(problem.X, self._coef, self._intercept)
        if problem.offset is not None:
            z = z + problem.offset
        return z[:, 0] if problem.n_outputs == 1 else z

    @cached_property
    def probabilities(self) -> Float64Array:
        """Probabilities of the classes, (n_samples, n_classes)."""
        return np.asarray(probabilities(self.linear_predictor), dtype=np.float64)

    @cached_property
    def log_likelihoods(self) -> Float64Array:
        """Logarithms of the probabilities of the rows' own classes, (n_samples,)."""
        codes = self._problem.labels.codes
        return np.asarray(
            log_probabilities(self.linear_predictor)[np.arange(codes.size), codes], dtype=np.float64
        )

    @cached_property
    def residuals(self) -> Float64Array:
        """Indicators of the classes minus probabilities, (n_samples, n_outputs).

        That of a row's own class is the sum of the other probabilities, which keeps its digits.
        """
        p, codes = self.probabilities, self._problem.labels.codes
        rows = np.arange(codes.size)
        result = -p
        result[rows, codes] = 0.0
        result[rows, codes] = -result.sum(axis=1)
        return result[:, 1:] if self._problem.n_outputs == 1 else result

    @cached_property
    def variances(self) -> Float64Array:
        """Weighted variances of the indicators of two classes, (n_samples,); 0 where w is."""
        v: Float64Array = self.weight * np.maximum(self.probabilities.prod(axis=1), _LEAST)
        return v

    @property
    def deviance(self) -> float:
        """Twice the weighted loss."""
        return abs(float(2.0 * (self.weight @ self.log_likelihoods)))


class PresentRows(NamedTuple):
    """What `FittedRows` say of some classes, which have all the probability."""

    weight: Float64Array  #: (n_samples,)
    probabilities: Float64Array  #: (n_samples, n_present)
    residuals: Float64Array  #: (n_samples, n_present)


def null_deviance(problem: LogisticProblem, options: LogisticOptions) -> float:
    """Return the deviance of the fit without features; the offset stays."""
    n = problem.labels.codes.size
    empty = problem._replace(X=np.zeros((n, 1)), penalty_factors=None, prior_mean=None)
    fits = fit_alphas(empty, np.array([np.inf]), options._replace(solver="auto"), None)
    return FittedRows(empty, fits.coef[0], fits.intercept[0]).deviance
