"""Coefficients with their intervals, in the units of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional import ElasticNetFit, RidgeSummary

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.report._subject import Subject

CHOSEN = (
    "No intervals are given: the data that would give them have chosen the features as well, and "
    "intervals that ignore the choice are too narrow."
)


class Estimates(NamedTuple):
    """The parameters of one curve: the features', and last the intercept's."""

    label: str | None  #: the class, of more than two
    coef: Float64Array  #: (n_features + 1,)
    credible: Float64Array | None = None  #: lower and upper ends, (2, n_features + 1)
    sampling: Float64Array | None = None  #: (2, n_features + 1)
    p_values: Float64Array | None = None  #: without a penalty
    vif: Float64Array | None = None
    relaxed: Float64Array | None = None  #: an elastic net's active features without a penalty

    def clear(self) -> list[int]:
        """Return the features whose credible interval does not hold zero."""
        if self.credible is None:
            return []
        lower, upper = self.credible[:, :-1]
        return [int(j) for j in np.flatnonzero(((lower > 0.0) | (upper < 0.0)) & (lower < upper))]


def estimates(subject: Subject) -> tuple[list[Estimates], str]:
    """Return the estimates of each curve, and why they have no intervals, if so."""
    intercept = np.atleast_1d(np.asarray(subject.fit.intercept, dtype=np.float64))
    rows = np.column_stack([subject.coef / subject.units, intercept])
    bare = [Estimates(label, row) for label, row in zip(subject.curves, rows, strict=True)]
    if isinstance(subject.fit, ElasticNetFit):
        return [bare[0]._replace(relaxed=_relaxed(subject, subject.fit))], CHOSEN
    try:
        return _with_intervals(subject, bare), ""
    except ValueError as error:
        return bare, f"No intervals are given: {error}."


def _relaxed(subject: Subject, fit: ElasticNetFit) -> Float64Array | None:
    """Return the coefficients without a penalty, zero for features that are not active."""
    numbers = [str(j) for j in range(len(subject.names))]
    try:
        summary = fit.summary(numbers, max_rows=None)
    except ValueError:  # the fit has left its data behind
        return None
    known = dict(zip(summary.names, summary.relaxed.tolist(), strict=True))
    relaxed = np.array([known.get(name, 0.0) for name in [*numbers, "intercept"]])
    relaxed[:-1] /= subject.units
    return relaxed


def _with_intervals(subject: Subject, bare: list[Estimates]) -> list[Estimates]:
    fit: Any = subject.fit  # of a ridge or a logistic regression: elastic nets have no intervals
    summary = fit.summary(max_rows=None, level=subject.level)
    credible = _by_curve(subject, summary.bayesian_interval)
    sampling = _by_curve(subject, summary.sandwich_interval)
    vif = None
    if isinstance(summary, RidgeSummary):
        vif = np.append(summary.vif[: len(subject.names)], np.nan)
    made = [
        one._replace(credible=credible[k], sampling=sampling[k], vif=vif)
        for k, one in enumerate(bare)
    ]
    if not summary.unpenalised:
        return made
    p_values = summary.p_values.reshape(len(made), -1)
    absent = [np.nan] * (len(subject.names) + 1 - p_values.shape[1])
    return [
        one._replace(p_values=np.append(row, absent))
        for one, row in zip(made, p_values, strict=True)
    ]


def _by_curve(subject: Subject, ends: tuple[Float64Array, Float64Array]) -> Float64Array:
    """Return ends of intervals, (n_curves, 2, n_features + 1), zero for an absent intercept."""
    n_curves, p = len(subject.curves), len(subject.names)
    result = np.zeros((n_curves, 2, p + 1))
    for side, values in enumerate(ends):
        of_curve = values.reshape(n_curves, -1)
        result[:, side, : of_curve.shape[1]] = of_curve
    result[:, :, :p] /= subject.units
    return result
