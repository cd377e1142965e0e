"""Where the passes of a fit start: at the fit of a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.classes import Labels
from elltwo.functional._base.options import AUTO
from elltwo.functional._logistic_problem.core import fit_alphas, is_limit
from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem

if TYPE_CHECKING:
    from elltwo.functional._base.validate import AnyArray, Float64Array
    from elltwo.functional._logistic_passes.sample import Sample
    from elltwo.functional._logistic_passes.scaled import Scaled

_TOL = 1e-6  # the sample's minimum differs by more from that of all rows
_STEPS = 100
_LEAST_ROWS = 5  # for each coefficient; fits of fewer rows are worse starts than no predictors
_MANY_ROWS = 50  # for each coefficient, whose fit is near enough to be the only start
_RANK_TOL = 1e-10  # of squares


class SampleStart(NamedTuple):
    """Points to start from, the first being the best guess."""

    points: list[Float64Array]
    is_finite: bool  #: no direction separates the classes, since none does in the sample


def start_from_sample(
    sample: Sample, classes: AnyArray, scaled: Scaled, n_threads: int
) -> SampleStart:
    """Fit the sample's rows outside the fold."""
    rows = sample if scaled.fold < 0 else sample.take(sample.fold != scaled.fold)
    options = LogisticOptions(scaled.problem.fit_intercept, AUTO, _TOL, _STEPS, n_threads)
    problem = _problem(rows, classes, scaled)
    points, is_finite = [], not scaled.has_free_features
    coefficients = np.count_nonzero(scaled.active) / max(1.0, scaled.n_outputs / 2)
    if rows.n_rows >= min(_LEAST_ROWS * coefficients, scaled.n_rows):
        fits = fit_alphas(problem, np.array([scaled.alpha]), options, None)
        status = fits.infos[0].status
        found = ~is_limit(fits.intercept[0]) | ~scaled.present_outputs
        if found.all() and status != "separable":
            points.append(scaled.to_scaled(fits.coef_of(0), fits.intercept[0]))
        is_finite = is_finite or (status == "converged" and _has_full_rank(rows, scaled))
    if not points or status != "converged" or rows.n_rows < _MANY_ROWS * coefficients:
        prior = scaled.prior * scaled.scale
        points.append(_without_predictors(problem, scaled, options, prior))
        points += [0.5 * (points[0] + points[1])] if len(points) > 1 else []
        if prior.any():  # far means saturate all rows, from where no step leads back
            zero = np.where(scaled.active[:, :-1], 0.0, prior)
            points.append(_without_predictors(problem, scaled, options, zero))
    return SampleStart(points, is_finite)


def _problem(rows: Sample, classes: AnyArray, scaled: Scaled) -> LogisticProblem:
    p = scaled.n_features
    given = scaled.problem.prior(scaled.n_outputs, p)
    return LogisticProblem(
        X=np.ascontiguousarray(rows.x),
        labels=Labels(classes, rows.codes),
        penalty_factors=scaled.problem.factors(p),
        prior_mean=given,
        sample_weight=rows.weight,
        offset=rows.offset if rows.offset.shape[1] else None,
    )


def _without_predictors(
    problem: LogisticProblem, scaled: Scaled, options: LogisticOptions, coef: Float64Array
) -> Float64Array:
    """Return given coefficients, prior means say, and the intercepts that go with them."""
    pinned = problem._replace(penalty_factors=np.full(scaled.n_features, np.inf), prior_mean=coef)
    intercept = fit_alphas(pinned, np.array([np.inf]), options, None).intercept[0]
    if scaled.n_outputs == 1:
        return scaled.to_scaled(coef, np.where(is_limit(intercept), 0.0, intercept))
    limit = is_limit(intercept)
    rare = intercept[~limit].min(initial=0.0) - 1.0
    return scaled.to_scaled(coef, np.where(limit, rare, intercept))


def _has_full_rank(rows: Sample, scaled: Scaled) -> bool:
    """Whether the columns without a penalty are independent in the sample."""
    free = scaled.free
    z = np.column_stack([(rows.x - scaled.shift) * scaled.scale, np.ones(rows.n_rows)])[:, free]
    size = np.sqrt((z**2).sum(axis=0))
    if not size.all():
        return False
    z /= size
    values = np.linalg.eigvalsh(z.T @ z)
    return bool(values[0] > _RANK_TOL * values[-1])
