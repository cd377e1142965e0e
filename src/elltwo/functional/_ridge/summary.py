"""A fit as a printed table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from elltwo.functional._base.options import count
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.text_table import pairs, read_names, table
from elltwo.functional._ridge_statistics.covariance import BAYESIAN, SANDWICH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._base.convergence import SolveInfo
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._ridge_statistics.statistics import RidgeStatistics, StandardErrors

_COLUMNS = ("coefficient", "Bayesian SE", "sandwich SE", "VIF")
_NOTES = """\
Bayesian SE: standard deviation of the posterior under the prior that the penalty stands for.
Sandwich SE: standard deviation over new errors of unequal variance (HC3), bias not included.
VIF: sampling variance relative to that of the feature alone and unpenalised.
Penalised estimates are biased towards the prior means, so no p-values are given."""


@public("elltwo")
class RidgeSummary(NamedTuple):
    """The report on a fit of one target, as `RidgeFit.summary` returns it; ``str`` prints it.

    Parameters
    ----------
    facts : dict
        Numbers of the fit as a whole, by name.
    names : tuple of str
        Names of the parameters, an intercept last.
    coef, bayesian_se, sandwich_se, vif : ndarray of shape (n_parameters,)
        Columns of the table; the VIF of an intercept is NaN, for there is none.
    max_rows : int or None
        Features that the text shows.
    """

    facts: dict[str, float | str]
    names: tuple[str, ...]
    coef: Float64Array
    bayesian_se: Float64Array
    sandwich_se: Float64Array
    vif: Float64Array
    max_rows: int | None

    def __str__(self) -> str:
        return "\n\n".join(
            [
                "Ridge regression: sum w (y - b0 - x.b)^2 + alpha sum f (b - m)^2",
                pairs(self.facts),
                self._table(),
                _NOTES,
            ]
        )

    def __repr__(self) -> str:
        return str(self)

    def _table(self) -> str:
        columns = (self.coef, self.bayesian_se, self.sandwich_se, self.vif)
        return table(_COLUMNS, self.names, columns, self.max_rows)


class Reported(Protocol):
    """The attributes of a fit that its report reads."""

    @property
    def coef(self) -> FloatArray: ...
    @property
    def intercept(self) -> float | FloatArray: ...
    @property
    def info(self) -> SolveInfo: ...
    @property
    def statistics(self) -> RidgeStatistics: ...
    @property
    def feature_names(self) -> tuple[str, ...] | None: ...
    @property
    def target_names(self) -> tuple[str, ...] | None: ...


def summarise(
    fit: Reported,
    names: Sequence[str] | None,
    target: int,
    max_rows: int | None,
) -> RidgeSummary:
    """Collect the report on one target."""
    part, info = fit.statistics.of_target(target), fit.info
    coef = np.atleast_2d(fit.coef)[target].astype(np.float64)
    intercept = np.atleast_1d(fit.intercept)[target]
    bayesian = part.standard_errors(BAYESIAN)
    sandwich = part.standard_errors(SANDWICH) if part.has_rows else _none_of(bayesian)
    rows = read_names(fit.feature_names if names is None else names, coef.size)
    columns = [coef, bayesian.coef, sandwich.coef, part.vif]
    if part.fit_intercept:
        rows = (*rows, "intercept")
        last = (intercept, bayesian.intercept, sandwich.intercept, np.nan)
        columns = [np.append(c, v) for c, v in zip(columns, last, strict=True)]
    facts: dict[str, Any] = {} if fit.target_names is None else {"target": fit.target_names[target]}
    facts |= {
        "rows": part.n_samples,
        "sum of weights": part.n_observations,
        "features": coef.size,
        "alpha": part.alpha,
        "effective degrees of freedom": part.edf,
        "residual degrees of freedom": part.residual_df,
        "sigma": part.sigma,
        "R^2": part.r_squared,
        "solver": info.solver,
        "status": info.status,
        "optimality": info.optimality,
        "rcond": info.rcond,
        "condition number of X": part.condition_number,
        "GCV": part.gcv,
    }
    shown = None if max_rows is None else count(max_rows, "max_rows", minimum=2)
    return RidgeSummary(facts, rows, columns[0], columns[1], columns[2], columns[3], shown)


def _none_of(errors: StandardErrors) -> StandardErrors:
    return errors._replace(coef=np.full_like(errors.coef, np.nan), intercept=np.nan)
