"""A logistic regression as a printed table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from elltwo.functional._base.coefficient_table import coefficient_table
from elltwo.functional._base.distributions import p_values
from elltwo.functional._base.intervals import interval, interval_columns
from elltwo.functional._base.options import count, read_level
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.table_record import TableRecord
from elltwo.functional._base.text_table import Column, read_names
from elltwo.functional._ridge_statistics.covariance import BAYESIAN, SANDWICH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._base.names import Names
    from elltwo.functional._base.text_table import Columns
    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray
    from elltwo.functional._logistic_problem.info import LogisticInfo
    from elltwo.functional._logistic_statistics.statistics import LogisticStatistics, ZValues
    from elltwo.functional._ridge_statistics.statistics import StandardErrors

_SANDWICH = """\
Sandwich SE: standard deviation over new labels if the model need not hold (HC1)"""
_PENALISED = f"""\
Bayesian SE: standard deviation of the posterior under the prior that the penalty stands for.
{_SANDWICH}, bias not included.
Intervals: by the normal distribution, about what precedes them.
z: coefficient / Bayesian SE.
Penalised estimates are biased towards the prior means, so no p-values are given."""
_UNPENALISED = f"""\
SE: standard error of maximum likelihood, from the Fisher information.
z, P>|z| and interval: by the normal distribution.
{_SANDWICH}."""


class _Fields(NamedTuple):
    facts: dict[str, float | str]
    names: tuple[str, ...]
    coef: Float64Array
    bayesian_se: Float64Array
    sandwich_se: Float64Array
    z: Float64Array
    max_rows: int | None
    level: float = 0.95
    unpenalised: bool = False
    package: str | None = None


@public("elltwo")
class LogisticSummary(TableRecord, _Fields):
    """The report on a logistic regression, as `LogisticFit.summary` returns it; ``str`` prints it.

    Notebooks show it as a table. Without a penalty it is the table of maximum likelihood, with
    p-values.

    Parameters
    ----------
    facts : dict
        Numbers of the fit as a whole, by name.
    names : tuple of str
        Names of the parameters, an intercept last; of more than two classes, of each in turn.
    coef, bayesian_se, sandwich_se, z : ndarray of shape (n_parameters,)
        Columns of the table; z is NaN for what is pinned.
    max_rows : int or None
        Parameters that the text shows.
    level : float, default=0.95
        Level of the intervals.
    unpenalised : bool, default=False
        Whether nothing is penalised, so that there are p-values.
    package : {"pandas", "polars", "pyarrow"}, default=None
        What frames are of, see `to_frame`.
    """

    __slots__ = ()

    @property
    def bayesian_interval(self) -> tuple[Float64Array, Float64Array]:
        """Lower and upper ends of the credible intervals, without a penalty those of Wald tests."""
        return interval(self.coef, self.bayesian_se, self.level)

    @property
    def sandwich_interval(self) -> tuple[Float64Array, Float64Array]:
        """Lower and upper ends of the intervals from "sandwich" errors, which allow for no bias."""
        return interval(self.coef, self.sandwich_se, self.level)

    @property
    def p_values(self) -> Float64Array:
        """Two-sided p-values of `z`; NaN if there is a penalty, which biases estimates."""
        known = self.unpenalised & np.isfinite(self.bayesian_se)
        return np.where(known, p_values(self.z), np.nan)

    @property
    def _title(self) -> str:
        if self.unpenalised:
            return "Logistic regression by maximum likelihood: -sum w log p"
        return "Logistic regression: -sum w log p + alpha/2 sum f (b - m)^2"

    @property
    def _notes(self) -> str:
        return _UNPENALISED if self.unpenalised else _PENALISED

    def _columns(self) -> Columns:
        errors = Column(
            "bayesian_se", "SE" if self.unpenalised else "Bayesian SE", self.bayesian_se
        )
        credible = interval_columns("bayesian", self.bayesian_interval, self.level)
        z = Column("z", "z", self.z, ".4g")
        sandwich = (
            Column("sandwich_se", "sandwich SE", self.sandwich_se),
            *interval_columns("sandwich", self.sandwich_interval, self.level),
        )
        coef = Column("coef", "coefficient", self.coef)
        if self.unpenalised:
            tests = (z, Column("p", "P>|z|", self.p_values, ".3g"))
            return (coef, errors, *tests, *credible, *sandwich)
        return (coef, errors, *credible, *sandwich, z)

    def _shown(self) -> Columns:
        """Leave out the second interval of a table that tests make wide."""
        left_out = {"sandwich_lower", "sandwich_upper"} if self.unpenalised else set()
        return [column for column in self._columns() if column.key not in left_out]


class Reported(Protocol):
    """The attributes of a fit that its report reads."""

    @property
    def classes(self) -> AnyArray: ...
    @property
    def coef(self) -> FloatArray: ...
    @property
    def intercept(self) -> float | FloatArray: ...
    @property
    def info(self) -> LogisticInfo: ...
    @property
    def statistics(self) -> LogisticStatistics: ...
    @property
    def feature_names(self) -> tuple[str, ...] | None: ...
    @property
    def target_names(self) -> tuple[str, ...] | None: ...
    @property
    def _names(self) -> Names: ...


def summarise(
    fit: Reported, names: Sequence[str] | None, max_rows: int | None, level: float
) -> LogisticSummary:
    """Collect the report."""
    nominal = read_level(level)
    statistics, info = fit.statistics, fit.info
    coef = np.atleast_2d(fit.coef)
    n_outputs, n_features = coef.shape
    shown = None if max_rows is None else count(max_rows, "max_rows", minimum=2)
    given = read_names(fit.feature_names if names is None else names, n_features)
    rows = [*given, "intercept"] if statistics.fit_intercept else [*given]
    labels = fit.classes.tolist()
    texts = rows if n_outputs == 1 else [f"{label}: {name}" for label in labels for name in rows]
    bayesian, sandwich = map(statistics.standard_errors, (BAYESIAN, SANDWICH))

    def column(of: Reported | StandardErrors | ZValues) -> Float64Array:
        both = np.column_stack([np.atleast_2d(of.coef), np.atleast_1d(of.intercept)])
        return both[:, : len(rows)].ravel().astype(np.float64)

    facts: dict[str, Any] = {} if fit.target_names is None else {"target": fit.target_names[0]}
    facts |= {
        "rows": statistics.n_samples,
        "sum of weights": statistics.n_observations,
        "features": n_features,
        "classes": len(labels),
        "alpha": statistics.alpha,
        "effective degrees of freedom": statistics.edf,
        "deviance": statistics.deviance,
        "null deviance": statistics.null_deviance,
        "log-likelihood": statistics.log_likelihood,
        "R^2 (McFadden)": statistics.r_squared_mcfadden,
        "R^2 (Nagelkerke)": statistics.r_squared_nagelkerke,
        "AIC": statistics.aic,
        "BIC": statistics.bic,
        "solver": info.solver,
        "status": info.status,
        "optimality": info.optimality,
        "rcond": info.rcond,
    }
    if info.n_empty_classes:
        facts["classes without rows"] = info.n_empty_classes
    if n_outputs == 1:
        facts["class modelled"] = str(labels[1])
    return LogisticSummary(
        facts,
        tuple(texts),
        column(fit),
        column(bayesian),
        column(sandwich),
        column(statistics.z_values(BAYESIAN)),
        shown,
        nominal,
        statistics.is_unpenalised,
        fit._names.package,
    )


def coefficients(fit: Reported, level: float) -> TableRecord:
    """Return the table, without statistics where there are none."""
    nominal = read_level(level)
    try:
        return summarise(fit, None, None, nominal)
    except ValueError:
        return coefficient_table(fit, slice(None))
