"""The choice among grids of alphas, one for each `l1_ratio`, and the record of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._cv.choice import EXTEND, warn_at_edge
from elltwo.functional._elastic_net.fit import fit_of
from elltwo.functional._elastic_net.path import warn_of_points
from elltwo.functional._elastic_net_cv.record import Compared, ElasticNetCVFit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._elastic_net.record import ElasticNetFit
    from elltwo.functional._elastic_net_cv.candidates import Candidate, Rule
    from elltwo.functional._elastic_net_problem.solve import NetData

    Numbers = npt.NDArray[np.intp]

_AXIS = {"cv_mse": 0, "cv_se": 0, "cv_score": 0, "fold_mse": 1}  # of the alphas


def chosen_fit(
    data: NetData, ratios: Float64Array, candidates: Sequence[Candidate], rule: Rule
) -> ElasticNetCVFit:
    """Choose `l1_ratio` and alpha, and return the point of the path there."""
    least = np.array([one.scores.error(rule.per_target).min(axis=0) for one in candidates])
    which = least.argmin(axis=0)  # of each target, or one for all
    every = [one.chosen(rule) for one in candidates]
    alpha = np.array([every[r][t] for t, r in enumerate(which)])
    for r in np.unique(which):
        _warn(candidates[r], alpha[which == r])
        warn_of_points(candidates[r].path)
    ratio = np.ravel(ratios)[which]
    fit = _points_of(data, candidates, which, alpha)
    compared = Compared(
        np.ravel(ratios),
        _stacked(ratios, [one.grid for one in candidates]),
        _scores(ratios, candidates, rule.per_target),
        tuple(one.path for one in candidates),
    )
    each = rule.per_target
    return ElasticNetCVFit(
        fit.coef,
        fit.intercept,
        fit.info,
        alpha if each else float(alpha[0]),
        ratio if each else float(ratio[0]),
        compared,
        data._replace(l1_ratio=float(ratio[0])),
    )


def _warn(candidate: Candidate, alpha: Float64Array) -> None:
    """Warn of a choice at an edge; from alpha_max on a wider grid holds nothing else."""
    grid = candidate.grid
    if grid.max() >= candidate.alpha_max * (1.0 - 1e-9):
        alpha = alpha[alpha < grid.max()]
    if alpha.size:
        warn_at_edge(alpha, grid, EXTEND)


def _points_of(
    data: NetData, candidates: Sequence[Candidate], which: Numbers, alpha: Float64Array
) -> ElasticNetFit:
    """Return the chosen points of the paths, one for each target."""
    n = data.n_targets
    points = [
        candidates[r].path.target_point(t, float(a))
        for t, (r, a) in enumerate(
            zip(np.broadcast_to(which, n), np.broadcast_to(alpha, n), strict=True)
        )
    ]
    return fit_of(data, points, candidates[which[0]].path.call, alpha, data.l1_ratio)


def _scores(
    ratios: Float64Array, candidates: Sequence[Candidate], per_target: bool
) -> dict[str, Float64Array | None]:
    every = [one.scores.for_targets(per_target) for one in candidates]
    shown: dict[str, Float64Array | None] = {}
    for name, axis in _AXIS.items():
        arrays = [one[name] for one in every]
        there = [array for array in arrays if array is not None]
        shown[name] = _stacked(ratios, there, axis) if there else None
    return shown


def _stacked(ratios: Float64Array, arrays: Sequence[Float64Array], axis: int = 0) -> Float64Array:
    """Return the one array of one ratio, or a stack with NaN where an array is shorter."""
    if ratios.ndim == 0:
        return arrays[0]
    longest = max(array.shape[axis] for array in arrays)
    padded = []
    for array in arrays:
        missing = [(0, 0)] * array.ndim
        missing[axis] = (0, longest - array.shape[axis])
        padded.append(np.pad(array, missing, constant_values=np.nan))
    return np.stack(padded)
