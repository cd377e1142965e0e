"""Where passes for many alphas start: at the sample's path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.classes import Labels
from elltwo.functional._base.options import AUTO
from elltwo.functional._logistic_passes.start import start_from_sample
from elltwo.functional._logistic_problem.core import fit_alphas, is_limit
from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.scaled import Scaled

_TOL = 1e-4  # the sample's minimum differs by more from that of all rows
_STEPS = 50
_LEAST_ROWS = 20  # for each coefficient: fits of fewer rows lead astray where penalties are weak


def path_starts(
    first: FirstSums, scaled: Sequence[Scaled], n_threads: int
) -> tuple[list[Float64Array], Float64Array]:
    """Fit the sample at several alphas, which fall.

    Returns
    -------
    list of ndarray of shape (n_outputs, n_features + 1)
        Points in scaled columns.
    ndarray of shape (n_alphas,)
        Losses of the sample there; zeros where it is too small to be fitted at once.
    """
    one = scaled[0]
    rows, p = first.sample, first.n_features
    if rows.n_rows < min(_LEAST_ROWS * one.n_outputs * (p + 1), one.n_rows):
        return [_alone(first, each, n_threads) for each in scaled], np.zeros(len(scaled))
    problem = LogisticProblem(
        X=np.ascontiguousarray(rows.x),
        labels=Labels(first.classes, rows.codes),
        penalty_factors=one.problem.factors(p),
        prior_mean=one.problem.prior(one.n_outputs, p),
        sample_weight=rows.weight,
        offset=rows.offset if rows.offset.shape[1] else None,
    )
    options = LogisticOptions(one.problem.fit_intercept, AUTO, _TOL, _STEPS, n_threads)
    fits = fit_alphas(problem, np.array([each.alpha for each in scaled]), options, None)
    points = []
    for k, each in enumerate(scaled):
        found = ~is_limit(fits.intercept[k]) | ~each.present_outputs
        if found.all() and fits.infos[k].status != "separable":
            points.append(each.to_scaled(fits.coef_of(k), fits.intercept[k]))
        else:
            points.append(_alone(first, each, n_threads))
    return points, np.array([info.loss for info in fits.infos])


def _alone(first: FirstSums, scaled: Scaled, n_threads: int) -> Float64Array:
    """Return the start of one alpha, which need not be a fit."""
    return start_from_sample(first.sample, first.classes, scaled, n_threads).points[-1]
