"""Residuals of fits on the rows they were made from, or on others."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional import LogisticStatistics, RidgeStatistics
from elltwo.functional._base.validate import float64_array
from elltwo.plot._checks import one_target
from elltwo.plot._estimates import inner_fit
from elltwo.plot._reliability import class_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array

_LEAST = 1e-300  # a probability that has a quantile
_ALL = 1e-10  # 1 - leverage of a row that determines its own fitted value
_MOST_ODDS = 36.0  # log-odds beyond which a probability rounds to 1
_LOG_ODDS = "fitted log-odds"
_QUANTILE = "quantile residual"


class Residuals(NamedTuple):
    """Residuals of some rows, and what is known of them."""

    fitted: Float64Array
    residuals: Float64Array
    standardized: Float64Array  #: of unit variance if the model holds, NaN where undefined
    leverages: Float64Array | None = None
    edf: float | None = None
    fitted_name: str = "fitted value"
    residual_name: str = "residual"


def of_rows(fitted: Float64Array, y: Float64Array, weight: Float64Array | None) -> Residuals:
    """Return the residuals of any rows, in units of their root mean square."""
    kept = slice(None) if weight is None else weight > 0.0
    residuals = (y - fitted)[kept]
    w = np.ones(residuals.size) if weight is None else weight[kept]
    spread = np.sqrt(np.average(residuals**2, weights=w))
    unit = residuals / spread if spread > 0.0 else residuals
    return Residuals(fitted[kept], residuals, unit)


def of_statistics(statistics: RidgeStatistics | LogisticStatistics) -> Residuals:
    """Return the residuals of the rows of a fit, with leverages.

    A row of weight 2 is two rows: its leverage is that of one of them.
    """
    if isinstance(statistics, LogisticStatistics):
        prob = statistics.fitted_values[:, 1]
        hit = ~np.signbit(statistics.pearson_residuals)
        found = of_probabilities(prob, hit)
    else:
        sigma, e = float(statistics.sigma), statistics.residuals
        found = Residuals(statistics.fitted_values, e, e / sigma if sigma > 0.0 else e)
    weight = statistics.row_weights
    kept = weight > 0.0
    leverages = statistics.leverages[kept] / weight[kept]
    left = 1.0 - leverages
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = np.where(left > _ALL, found.standardized[kept] / np.sqrt(left), np.nan)
    return found._replace(
        fitted=found.fitted[kept],
        residuals=found.residuals[kept],
        standardized=unit,
        leverages=leverages,
        edf=float(statistics.edf),
    )


def of_probabilities(prob: Float64Array, hit: NDArray[np.bool_]) -> Residuals:
    """Return randomised quantile residuals of a class (Dunn and Smyth 1996), normal if it holds.

    The random numbers are the same for every fit.
    """
    u = np.random.default_rng(0).uniform(size=prob.size)
    tail = np.where(hit, prob, 1.0 - prob) * u  # beyond the residual, above or below
    normal = NormalDist()
    z = np.array([normal.inv_cdf(min(max(q, _LEAST), 1.0 - 1e-16)) for q in tail.tolist()])
    residuals = np.where(hit, -z, z)
    with np.errstate(divide="ignore"):
        odds = np.log(prob) - np.log1p(-prob)
    shown = np.clip(odds, -_MOST_ODDS, _MOST_ODDS)
    return Residuals(shown, residuals, residuals, fitted_name=_LOG_ODDS, residual_name=_QUANTILE)


def of_predictions(
    model: Any,  # noqa: ANN401  # a record of a fit or an estimator
    X: ArrayLike | SparseLike,
    y: ArrayLike,
    sample_weight: ArrayLike | None,
    target: object,
) -> Residuals:
    """Return the residuals of any rows by what a model predicts of them."""
    weight = None if sample_weight is None else float64_array(sample_weight, "sample_weight")
    known = inner_fit(model)  # `model` predicts tables
    classes = getattr(known, "classes", getattr(known, "classes_", None))
    if classes is not None:
        place, label = class_of(list(np.asarray(classes).tolist()), target)
        hit = np.array([one == label for one in np.asarray(y).tolist()])
        prob = np.asarray(model.predict_proba(X), dtype=np.float64)[:, place]
        _require_rows(hit, prob, weight)
        kept = slice(None) if weight is None else weight > 0.0
        return of_probabilities(prob[kept], hit[kept])
    fitted, values = np.asarray(model.predict(X), dtype=np.float64), float64_array(y, "y")
    if fitted.ndim == 2:
        column = one_target(target, fitted.shape[1], "fit")
        fitted = fitted[:, column]
        values = values[:, column] if values.ndim == 2 else values
    _require_rows(values, fitted, weight)
    return of_rows(fitted, values, weight)


def _require_rows(y: Any, fitted: Float64Array, weight: Float64Array | None) -> None:  # noqa: ANN401
    """Require one number for each row."""
    for name, value in (("y", y), ("sample_weight", weight)):
        if value is not None and value.shape != fitted.shape:
            raise ValueError(
                f"{name} must have one entry for each of the {fitted.size} rows of X, got shape "
                f"{value.shape}"
            )
