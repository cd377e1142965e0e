"""A fit as a printed table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from elltwo.functional._base.coefficient_table import coefficient_table
from elltwo.functional._base.distributions import p_values
from elltwo.functional._base.intervals import interval, interval_columns, ratios
from elltwo.functional._base.options import count, read_level, require_target
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.table_record import TableRecord
from elltwo.functional._base.text_table import Column, read_names
from elltwo.functional._ridge_statistics.covariance import BAYESIAN, SANDWICH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._base.convergence import SolveInfo
    from elltwo.functional._base.names import Names
    from elltwo.functional._base.text_table import Columns
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._ridge_statistics.statistics import RidgeStatistics, StandardErrors

_PENALISED = """\
Bayesian SE: standard deviation of the posterior under the prior that the penalty stands for.
Sandwich SE: standard deviation over new errors of unequal variance (HC3), bias not included.
Intervals: by Student's t with the residual degrees of freedom, about what precedes them.
VIF: sampling variance relative to that of the feature alone and unpenalised.
Penalised estimates are biased towards the prior means, so no p-values are given."""
_UNPENALISED = """\
SE: standard error of least squares, for errors of equal variance.
t, P>|t| and interval: by Student's t with the residual degrees of freedom.
Sandwich SE: standard deviation over new errors of unequal variance (HC3).
VIF: sampling variance relative to that of the feature alone."""


class _Fields(NamedTuple):
    facts: dict[str, float | str]
    names: tuple[str, ...]
    coef: Float64Array
    bayesian_se: Float64Array
    sandwich_se: Float64Array
    vif: Float64Array
    max_rows: int | None
    level: float = 0.95
    df: float = math.inf
    unpenalised: bool = False
    package: str | None = None


@public("elltwo")
class RidgeSummary(TableRecord, _Fields):
    """The report on a fit of one target, as `RidgeFit.summary` returns it; ``str`` prints it.

    Notebooks show it as a table. Without a penalty it is the table of least squares, with t and p
    values.

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
    level : float, default=0.95
        Level of the intervals.
    df : float, default=inf
        Residual degrees of freedom, for the quantiles of Student's t.
    unpenalised : bool, default=False
        Whether nothing is penalised, so that there are p-values.
    package : {"pandas", "polars", "pyarrow"}, default=None
        What frames are of, see `to_frame`.
    """

    __slots__ = ()

    @property
    def bayesian_interval(self) -> tuple[Float64Array, Float64Array]:
        """Lower and upper ends of the credible intervals; without a penalty those of t tests."""
        return interval(self.coef, self.bayesian_se, self.level, self.df)

    @property
    def sandwich_interval(self) -> tuple[Float64Array, Float64Array]:
        """Lower and upper ends of the intervals from "sandwich" errors, which allow for no bias."""
        return interval(self.coef, self.sandwich_se, self.level, self.df)

    @property
    def t_values(self) -> Float64Array:
        """Coefficients over Bayesian errors, NaN where these are 0 or infinite."""
        return ratios(self.coef, self.bayesian_se)

    @property
    def p_values(self) -> Float64Array:
        """Two-sided p-values of `t_values`; NaN if there is a penalty, which biases estimates."""
        t = self.t_values
        return p_values(t, self.df) if self.unpenalised else np.full_like(t, np.nan)

    @property
    def _title(self) -> str:
        if self.unpenalised:
            return "Least squares: sum w (y - b0 - x.b)^2"
        return "Ridge regression: sum w (y - b0 - x.b)^2 + alpha sum f (b - m)^2"

    @property
    def _notes(self) -> str:
        return _UNPENALISED if self.unpenalised else _PENALISED

    def _columns(self) -> Columns:
        head = "SE" if self.unpenalised else "Bayesian SE"
        tests = [Column("t", "t", self.t_values, ".4g"), Column("p", "P>|t|", self.p_values, ".3g")]
        return (
            Column("coef", "coefficient", self.coef),
            Column("bayesian_se", head, self.bayesian_se),
            *(tests if self.unpenalised else ()),
            *interval_columns("bayesian", self.bayesian_interval, self.level),
            Column("sandwich_se", "sandwich SE", self.sandwich_se),
            *interval_columns("sandwich", self.sandwich_interval, self.level),
            Column("vif", "VIF", self.vif),
        )

    def _shown(self) -> Columns:
        """Leave out the second interval of a table that tests make wide."""
        left_out = {"sandwich_lower", "sandwich_upper"} if self.unpenalised else set()
        return [column for column in self._columns() if column.key not in left_out]


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
    @property
    def _names(self) -> Names: ...


def summarise(
    fit: Reported,
    names: Sequence[str] | None,
    target: int,
    max_rows: int | None,
    level: float,
) -> RidgeSummary:
    """Collect the report on one target."""
    nominal = read_level(level)
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
    unpenalised = part.is_unpenalised
    if unpenalised:
        facts |= _of_likelihood(part)
    shown = None if max_rows is None else count(max_rows, "max_rows", minimum=2)
    estimates, posterior, robust, vif = columns
    return RidgeSummary(
        facts,
        rows,
        estimates,
        posterior,
        robust,
        vif,
        shown,
        nominal,
        float(part.residual_df),
        unpenalised,
        fit._names.package,
    )


def coefficients(fit: Reported, target: int, level: float) -> TableRecord:
    """Return the table of one target, without statistics where there are none."""
    read_level(level)
    at = require_target(target, len(np.atleast_2d(fit.coef)))
    try:
        fit.statistics  # noqa: B018
    except ValueError:
        return coefficient_table(fit, slice(at, at + 1))
    return summarise(fit, None, at, None, level)


def _of_likelihood(part: RidgeStatistics) -> dict[str, Any]:
    """Return the criteria of a Gaussian likelihood, its constants included."""
    loss, edf = -2.0 * part.log_likelihood, part.edf
    return {
        "residual sum of squares": part.rss,
        "log-likelihood": part.log_likelihood,
        "AIC": loss + 2.0 * edf,
        "BIC": loss + np.log(part.n_observations) * edf,
    }


def _none_of(errors: StandardErrors) -> StandardErrors:
    return errors._replace(coef=np.full_like(errors.coef, np.nan), intercept=np.nan)
