"""A ridge fit with its columns standardised or not, always told in the table's own units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import elltwo
from elltwo.cli.errors import CommandError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


SKIP_MISSING = "--skip-missing leaves out rows in which a value is missing"


class RowCounts(NamedTuple):
    """Rows of a fit, and rows left out as a value was missing in them."""

    used: int
    skipped: int


@dataclass(frozen=True)
class TableFit:
    """A fit to columns (X - mean) / deviation, and its coefficients in the units of X."""

    fit: elltwo.RidgeFit
    alpha: float
    coef: Array
    intercept: float
    cv_error: float | None = None  # root mean squared, over left-out rows; None for a given alpha


def deviations(X: Array) -> Array:
    """Return the standard deviation of each column, 1 for a constant one."""
    centred = X - X.mean(0)
    # The largest deviation comes out first so that its square can neither over- nor underflow.
    largest = np.abs(centred).max(0)
    largest[largest == 0] = 1.0
    deviation = largest * np.std(centred / largest, axis=0)
    deviation[deviation == 0] = 1.0
    return np.asarray(deviation)


def fit_table(
    X: Array, y: Array, *, alpha: float | None, cv: int | None, standardize: bool
) -> TableFit:
    """Fit with a given alpha or, if that is None, with the one that cross-validation chooses."""
    mean = X.mean(0) if standardize else np.zeros(X.shape[1])
    unit = deviations(X) if standardize else np.ones(X.shape[1])
    columns = (X - mean) / unit
    error = None
    fit: elltwo.RidgeFit
    try:
        if alpha is None:
            fit = chosen = elltwo.ridge_cv(columns, y, cv=default_folds(y) if cv is None else cv)
            alpha, error = chosen.alpha, float(chosen.cv_mse.min()) ** 0.5
        else:
            fit = elltwo.ridge(columns, y, alpha=alpha)
    except ValueError as problem:
        raise CommandError(str(problem)) from problem
    coef = fit.coef / unit
    return TableFit(fit, float(alpha), coef, float(fit.intercept - mean @ coef), error)


def default_folds(y: Array) -> int:
    """Return 5, or the number of rows where that is less."""
    return min(5, len(y))
