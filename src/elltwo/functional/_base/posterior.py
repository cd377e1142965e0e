"""Intervals of predictions from the posterior of the parameters, kept without the data.

The posterior of a ridge fit is normal with covariance ``sigma^2 A^-1`` about the estimate, that of
a logistic regression, in its normal approximation, has covariance ``H^-1`` (Wahba 1983, Bayesian
"confidence intervals" for the cross-validated smoothing spline, Journal of the Royal Statistical
Society B 45, 133-150).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.distributions import quantile
from elltwo.functional._base.intervals import interval
from elltwo.functional._base.probability import log_probabilities
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.row_blocks import row_blocks

if TYPE_CHECKING:
    from elltwo.functional._base.row_blocks import Rows
    from elltwo.functional._base.validate import Float64Array, FloatArray


@public("elltwo")
class IntervalPrediction(NamedTuple):
    """Predictions with intervals; all arrays have the shape of the predictions.

    Parameters
    ----------
    mean : ndarray of shape (n_samples,), (n_samples, n_targets) or (n_samples, n_classes)
        What is predicted: targets, or probabilities of classes.
    lower, upper : ndarray
        Ends of the intervals.
    standard_error : ndarray or None
        Standard deviations of new targets (for Student's t the scale), or standard errors of
        probabilities; None for the jackknife+, which has none.
    """

    mean: FloatArray
    lower: Float64Array
    upper: Float64Array
    standard_error: Any  #: an array or None


class Posterior(NamedTuple):
    """What intervals of predictions need of a fit beside its parameters: plain numbers."""

    covariance: Float64Array  #: of one target's coefficients, last its intercept; or class by class
    sigma: float = 0.0  #: standard deviation of targets about their means; 0 for classes
    df: float = math.inf  #: degrees of freedom that sigma was estimated with

    def of_targets(self, X: Rows, mean: FloatArray, level: float) -> IntervalPrediction:
        """Return intervals of new targets about predictions (n_samples,) for rows X."""
        variance = predictor_covariances(X, self.covariance, 1)[:, 0, 0]
        return target_intervals(mean, variance, (self.sigma, self.df), level)

    def of_probabilities(self, X: Rows, z: FloatArray, level: float) -> IntervalPrediction:
        """Return intervals of probabilities for linear predictors z of rows X.

        z has the shape (n_samples,) for two classes, else (n_samples, n_classes).
        """
        n_outputs = 1 if z.ndim == 1 else z.shape[1]
        return probability_intervals(z, predictor_covariances(X, self.covariance, n_outputs), level)


def predictor_covariances(X: Rows, covariance: Float64Array, n_outputs: int) -> Float64Array:
    """Return the covariances of linear predictors, (n_samples, n_outputs, n_outputs).

    The matrix is that of the coefficients and, if it has room for it, the intercept, output by
    output.
    """
    width = covariance.shape[0] // n_outputs
    parts = covariance.reshape(n_outputs, width, n_outputs, width)
    result = np.empty((X.shape[0], n_outputs, n_outputs))
    for rows, block in row_blocks(X, width):
        z = block
        if width > X.shape[1]:
            z = np.column_stack([block, np.ones(len(block))])
        with np.errstate(over="ignore", invalid="ignore"):
            for k in range(n_outputs):
                for m in range(k + 1):
                    values = np.einsum("ij,ij->i", z @ parts[k, :, m], z)
                    result[rows, k, m] = result[rows, m, k] = values
    result[np.isnan(result)] = np.inf  # rows so far away that squares overflow
    return result


def target_intervals(
    mean: FloatArray, variance: Float64Array, noise: tuple[float, float], level: float
) -> IntervalPrediction:
    """Return intervals of new targets: Student's t with the scale sqrt(sigma^2 + variance).

    Parameters
    ----------
    mean : ndarray
        Predictions.
    variance : ndarray
        Posterior variances of the predictions.
    noise : tuple (sigma, df)
        Standard deviation of the targets about their means, and its degrees of freedom.
    level : float
        Probability of an interval.
    """
    sigma, df = noise
    with np.errstate(over="ignore"):
        error = np.sqrt(sigma * sigma + np.maximum(variance, 0.0))
    return IntervalPrediction(mean, *interval(mean, error, level, df), error)


def probability_intervals(
    z: FloatArray, covariance: Float64Array, level: float
) -> IntervalPrediction:
    """Return intervals of probabilities by the delta method on their log-odds.

    The log-odds of class k have the gradient ``e_k - q`` in the linear predictors, q the
    probabilities of the other classes given that it is one of them. Ends of intervals are
    transformed from log-odds, so that they lie in [0, 1].

    Parameters
    ----------
    z : ndarray of shape (n_samples,) or (n_samples, n_classes)
        Linear predictors.
    covariance : ndarray of shape (n_samples, n_outputs, n_outputs)
        Their covariances, n_outputs being 1 for two classes.
    level : float
        Probability of an interval.
    """
    z = z.astype(np.float64, copy=False)
    logs: Float64Array = np.asarray(log_probabilities(z), dtype=np.float64)
    if z.ndim == 1:
        odds = np.column_stack([-z, z])
        errors = np.repeat(np.sqrt(np.maximum(covariance[:, 0], 0.0)), 2, axis=1)
    else:
        odds, errors = _log_odds(logs, covariance)
    p = np.exp(logs)
    reach = quantile(level) * errors
    slope = np.exp(logs - np.logaddexp(0.0, odds))  # p (1 - p)
    with np.errstate(invalid="ignore"):
        spread = np.where(slope > 0.0, slope * errors, 0.0)
    return IntervalPrediction(p, _expit(odds - reach), _expit(odds + reach), spread)


def _log_odds(logs: Float64Array, covariance: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Return the log-odds of each class against the others, and their standard errors."""
    n_classes = logs.shape[1]
    odds, errors = np.empty_like(logs), np.empty_like(logs)
    for k in range(n_classes):
        others = np.delete(logs, k, axis=1)
        top = others.max(axis=1, keepdims=True)
        rest = top[:, 0] + np.log(np.exp(others - top).sum(axis=1))
        odds[:, k] = logs[:, k] - rest
        gradient = -np.exp(np.minimum(logs - rest[:, np.newaxis], 0.0))
        gradient[:, k] = 1.0
        with np.errstate(over="ignore", invalid="ignore"):
            variance = np.einsum("ik,ikm,im->i", gradient, covariance, gradient)
        variance[np.isnan(variance)] = np.inf
        errors[:, k] = np.sqrt(np.maximum(variance, 0.0))
    return odds, errors


def _expit(odds: Float64Array) -> Float64Array:
    result: Float64Array = np.exp(-np.logaddexp(0.0, -odds))
    return result
