"""A fit with its columns standardised or not, always told in the table's own units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import elltwo
from elltwo.cli.errors import CommandError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    AnyFit = elltwo.RidgeFit | elltwo.ElasticNetFit | elltwo.LogisticFit


class Request(NamedTuple):
    """What is to be fitted; alpha is chosen by cross-validation where it is None."""

    model: str = "ridge"
    alpha: float | None = None
    cv: int | None = None
    l1_ratio: float = 0.0
    standardize: bool = False


@dataclass(frozen=True)
class TableFit:
    """A fit to columns (X - mean) / deviation, and its coefficients in the units of X."""

    fit: AnyFit
    alpha: float
    coef: Array
    intercept: float | Array
    cv_error: float | None = None  # over left-out rows, see `left_out_error`; None: alpha was given

    @property
    def classes(self) -> list[Any] | None:
        """Labels of the classes, None where there are none."""
        return self.fit.classes.tolist() if isinstance(self.fit, elltwo.LogisticFit) else None


def deviations(X: Array) -> Array:
    """Return the standard deviation of each column, 1 for a constant one."""
    centred = X - X.mean(0)
    # The largest deviation comes out first so that its square can neither over- nor underflow.
    largest = np.abs(centred).max(0)
    largest[largest == 0] = 1.0
    deviation = largest * np.std(centred / largest, axis=0)
    deviation[deviation == 0] = 1.0
    return np.asarray(deviation)


def fit_table(X: Array, y: NDArray[Any], request: Request) -> TableFit:
    """Fit with a given alpha or, if that is None, with the one that cross-validation chooses."""
    mean = X.mean(0) if request.standardize else np.zeros(X.shape[1])
    unit = deviations(X) if request.standardize else np.ones(X.shape[1])
    columns = (X - mean) / unit
    fit: AnyFit
    error = None
    try:
        if request.alpha is None:
            folds = default_folds(y) if request.cv is None else request.cv
            fit = _chosen(columns, y, request, folds)
            alpha = float(fit.alpha)
            error = left_out_error(fit, alpha)
        else:
            fit, alpha = _given(columns, y, request, request.alpha), request.alpha
    except (TypeError, ValueError) as problem:
        raise CommandError(str(problem)) from problem
    coef = np.asarray(fit.coef, dtype=float) / unit
    return TableFit(fit, alpha, coef, as_floats(fit.intercept - coef @ mean), error)


def as_floats(intercept: Any) -> float | Array:  # noqa: ANN401
    """Return one intercept as a number, several as an array."""
    array = np.asarray(intercept, dtype=float)
    return array if array.ndim else float(array)


def left_out_error(fit: Any, alpha: float) -> float:  # noqa: ANN401  # of any model
    """Return the error over left-out rows of a choice of alpha.

    It is the root of the mean squared error, or for classes the mean of the logarithms of the
    reciprocal probabilities.
    """
    if isinstance(fit, elltwo.RidgeCVFit | elltwo.ElasticNetCVFit):
        return math.sqrt(fit.cv_mse.min())
    chosen = np.flatnonzero(np.asarray(fit.alphas) == alpha)[0]
    return float(-fit.cv_score[chosen])


def _given(X: Array, y: NDArray[Any], request: Request, alpha: float) -> AnyFit:
    if request.model == "logistic":
        return elltwo.logistic(X, y, alpha=alpha, l1_ratio=request.l1_ratio)
    if request.model == "elastic_net":
        return elltwo.elastic_net(X, y, alpha=alpha, l1_ratio=request.l1_ratio)
    return elltwo.ridge(X, y, alpha=alpha)


def _chosen(
    X: Array, y: NDArray[Any], request: Request, folds: int
) -> elltwo.RidgeCVFit | elltwo.ElasticNetCVFit | elltwo.LogisticCVFit:
    if request.model == "logistic":
        return elltwo.logistic_cv(X, y, cv=folds, l1_ratio=request.l1_ratio)
    if request.model == "elastic_net":
        return elltwo.elastic_net_cv(X, y, request.l1_ratio, cv=folds)
    return elltwo.ridge_cv(X, y, cv=folds)


def default_folds(y: NDArray[Any]) -> int:
    """Return 5, or the number of rows where that is less."""
    return min(5, len(y))
