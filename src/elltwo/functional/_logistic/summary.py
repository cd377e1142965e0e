"""A logistic regression as a printed table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from elltwo.functional._base.options import count
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.text_table import pairs, read_names, table
from elltwo.functional._ridge_statistics.covariance import BAYESIAN, SANDWICH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray
    from elltwo.functional._logistic_problem.info import LogisticInfo
    from elltwo.functional._logistic_statistics.statistics import LogisticStatistics, ZValues
    from elltwo.functional._ridge_statistics.statistics import StandardErrors

_COLUMNS = ("coefficient", "Bayesian SE", "sandwich SE", "z")
_NOTES = """\
Bayesian SE: standard deviation of the posterior under the prior that the penalty stands for.
Sandwich SE: standard deviation over new labels if the model need not hold (HC1), bias not included.
z: coefficient / Bayesian SE."""
_BIAS = "Penalised estimates are biased towards the prior means, so no p-values are given."


@public("elltwo")
class LogisticSummary(NamedTuple):
    """The report on a logistic regression, as `LogisticFit.summary` returns it; ``str`` prints it.

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
    """

    facts: dict[str, float | str]
    names: tuple[str, ...]
    coef: Float64Array
    bayesian_se: Float64Array
    sandwich_se: Float64Array
    z: Float64Array
    max_rows: int | None

    def __str__(self) -> str:
        columns = (self.coef, self.bayesian_se, self.sandwich_se, self.z)
        return "\n\n".join(
            [
                "Logistic regression: -sum w log p + alpha/2 sum f (b - m)^2",
                pairs(self.facts),
                table(_COLUMNS, self.names, columns, self.max_rows),
                f"{_NOTES}\n{_BIAS}",
            ]
        )

    def __repr__(self) -> str:
        return str(self)


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


def summarise(fit: Reported, names: Sequence[str] | None, max_rows: int | None) -> LogisticSummary:
    """Collect the report."""
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
    )
