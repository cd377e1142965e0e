"""What displays read from a fit or an estimator: coefficients and statistics of one target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional import LogisticStatistics, RidgeStatistics
from elltwo.functional._base.intervals import interval
from elltwo.functional._base.options import one_of
from elltwo.functional._base.validate import vector
from elltwo.plot._axes import require_matplotlib
from elltwo.plot._checks import one_target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array


class Estimates(NamedTuple):
    """The coefficients of one target or class, and the statistics of the fit if there are any."""

    coef: Float64Array  #: (n_features,)
    statistics: RidgeStatistics | LogisticStatistics | None
    row: int | None  #: number of the class, where each has its coefficients
    label: object  #: of the class that the coefficients speak for, None for a regression
    names: Sequence[str] | None

    def interval(self, kind: str, level: float) -> Float64Array | None:
        """Return both ends of the intervals of a kind of standard error, (2, n_features).

        By Student's distribution with the residual degrees of freedom of a regression, by the
        normal one of log-odds.
        """
        known = self.statistics
        if known is None:
            return None
        df = known.residual_df if isinstance(known, RidgeStatistics) else np.inf
        error = self._of_row(known.standard_errors(kind).coef)
        return np.stack(interval(self.coef, error, level, float(df)))

    def unpenalised(self) -> Float64Array | None:
        """Return the coefficients of the same data without a penalty, NaN where undetermined."""
        known = self.statistics
        if isinstance(known, RidgeStatistics):
            return known.least_squares
        return None if known is None else self._of_row(known.maximum_likelihood)

    def scale(self, scale: ArrayLike | str | None) -> Float64Array:
        """Return what coefficients are multiplied by, (n_features,), from what was asked for."""
        p = self.coef.size
        if scale is None:
            return np.ones(p)
        if not isinstance(scale, str):
            return vector(scale, "scale", p, f"{p} coefficient(s)")
        one_of(("sd",), scale, "scale")
        if self.statistics is None:
            raise ValueError(
                "scale='sd' needs a fit with statistics; pass the standard deviations of the "
                "features as scale"
            )
        return self.statistics.feature_sd

    @property
    def name(self) -> str:
        """What coefficients are, for an axis."""
        return "coefficient" if self.label is None else f"log-odds of {self.label!r}"

    def _of_row(self, values: Float64Array) -> Float64Array:
        return values[self.row] if values.ndim == 2 else values


def of_fit(fit: Any, target: object) -> Estimates:  # noqa: ANN401  # a record of any kind
    """Read a record of a fit; statistics that do not exist are None."""
    fit = inner_fit(fit)
    if not hasattr(fit, "coef") or not hasattr(fit, "intercept"):
        raise TypeError(
            f"fit must be a record with coefficients, such as a RidgeFit, got {type(fit).__name__}"
        )
    classes = getattr(fit, "classes", None)
    row, label = _which(fit.coef, classes, target, "fit")
    names = getattr(fit, "feature_names", None)
    return Estimates(_row_of(fit.coef, row), _statistics(fit, row), row, label, names)


def inner_fit(fit: Any) -> Any:  # noqa: ANN401  # a record of any kind
    """Return the record of numbers within one of a table or formula, or what was given."""
    inner = getattr(fit, "fit", None)
    return inner if hasattr(inner, "coef") and hasattr(inner, "intercept") else fit


def of_estimator(
    estimator: Any,  # noqa: ANN401  # with coef_
    X: ArrayLike | SparseLike | None,
    y: ArrayLike | None,
    sample_weight: ArrayLike | None,
    target: object,
) -> Estimates:
    """Read a fitted estimator; statistics need the data that it was fitted to."""
    require_matplotlib()
    from elltwo.linear_model._shown import coefficients_of, statistics_of

    coef, classes, names = coefficients_of(estimator)
    row, label = _which(coef, classes, target, "estimator")
    statistics = None
    if X is not None and y is not None:
        statistics = statistics_of(estimator, X, y, sample_weight, row)
    return Estimates(_row_of(coef, row), statistics, row, label, names)


def _which(
    coef: Any,  # noqa: ANN401  # an array
    classes: Any,  # noqa: ANN401  # an array or None
    target: object,
    what: str,
) -> tuple[int | None, object]:
    """Return the number of the row of coefficients to show, and the class that they speak for."""
    if classes is None:
        return one_target(target, None if coef.ndim == 1 else len(coef), what), None
    labels = list(np.asarray(classes).tolist())
    if coef.ndim == 1:
        if target is not None and target != labels[-1]:
            raise ValueError(
                f"target must be {labels[-1]!r} or None, since the coefficients of two classes are "
                f"those of the second, got {target!r}"
            )
        return None, labels[-1]
    if target not in labels:
        raise ValueError(f"target must be one of the classes {labels}, got {target!r}")
    return labels.index(target), target


def _row_of(coef: Any, row: int | None) -> Float64Array:  # noqa: ANN401  # an array
    return np.asarray(coef if row is None else coef[row], dtype=np.float64)


def _statistics(
    fit: Any,  # noqa: ANN401  # a record of any kind
    row: int | None,
) -> RidgeStatistics | LogisticStatistics | None:
    try:
        known = fit.statistics
    except (AttributeError, ValueError):  # none of such fits, or of copies without data
        return None
    if isinstance(known, RidgeStatistics):
        return known.of_target(row or 0)
    return known if isinstance(known, LogisticStatistics) else None
