"""The choice among grids of alphas, one for each `l1_ratio`, and the record of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._cv.choice import EXTEND, warn_at_edge
from elltwo.functional._elastic_net.fit import fit_of
from elltwo.functional._elastic_net.path import warn_of_points
from elltwo.functional._elastic_net.record import ElasticNetFit
from elltwo.functional._elastic_net.relaxed import Fits
from elltwo.functional._elastic_net_cv.record import Compared, ElasticNetCVFit
from elltwo.functional._elastic_net_cv.relaxed_record import Relaxed, RelaxedCVFit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._elastic_net_cv.candidates import Candidate, Rule
    from elltwo.functional._elastic_net_problem.solve import NetData

    Numbers = npt.NDArray[np.intp]

_AXIS = {"cv_mse": 0, "cv_se": 0, "cv_score": 0, "fold_mse": 1}  # of the alphas


class Choice(NamedTuple):
    """The elastic net that was chosen, its problem, and the candidate of each target."""

    net: ElasticNetFit
    data: NetData
    which: Numbers


def chosen_fit(
    data: NetData, ratios: Float64Array, candidates: Sequence[Candidate], rule: Rule
) -> ElasticNetCVFit:
    """Choose `l1_ratio` and alpha, and return the point of the path there.

    `ratios` is a number or a vector, and each of its values has a candidate.
    """
    net, data, _ = _choose(data, np.ravel(ratios), candidates, rule)
    scores = {
        name: None
        if (values := _scores(candidates, name, rule)) is None
        else _stacked(ratios, values, axis)
        for name, axis in _AXIS.items()
    }
    compared = _compared(ratios, candidates, scores)
    return ElasticNetCVFit(
        net.coef, net.intercept, net.info, net.alpha, net.l1_ratio, compared, data
    )


def relaxed_fit(
    data: NetData, ratios: Float64Array, candidates: Sequence[Candidate], rule: Rule
) -> RelaxedCVFit:
    """Choose `l1_ratio`, gamma and alpha, and return the blend there.

    Each value of `ratios` has as many candidates as there are gammas, falling.
    """
    n = len(candidates) // ratios.size
    each = [candidates[at : at + n] for at in range(0, len(candidates), n)]  # of one l1_ratio
    net, data, which = _choose(data, np.repeat(np.ravel(ratios), n), candidates, rule)
    scores: dict[str, Float64Array | None] = {}
    for name, axis in _AXIS.items():
        values = [_scores(some, name, rule) for some in each]
        known = [np.stack(one) for one in values if one is not None]
        scores[name] = _stacked(ratios, known, axis + 1) if known else None
    gammas = np.array([one.gamma for one in each[0]])
    gamma = np.array([one.gamma for one in candidates])[which]
    coef, intercept, _ = Fits(net.coef, net.intercept).refits(data).blended(gamma)
    first = (0, 0) if data.problem.one_dimensional else 0
    return RelaxedCVFit(
        data.kept(coef[first]),
        float(intercept[first]) if data.problem.one_dimensional else data.kept(intercept[first]),
        Relaxed(net, gamma if rule.per_target else float(gamma[0]), gammas),
        _compared(ratios, [some[0] for some in each], scores),
    )


def _choose(
    data: NetData, ratios: Float64Array, candidates: Sequence[Candidate], rule: Rule
) -> Choice:
    """Choose the candidate with the smallest error, of equals the first, and its alpha."""
    least = np.array([one.scores.error(rule.per_target).min(axis=0) for one in candidates])
    which = least.argmin(axis=0)  # of each target, or one for all
    every = [one.chosen(rule) for one in candidates]
    alpha = np.array([every[c][t] for t, c in enumerate(which)])
    for c in np.unique(which):
        _warn(candidates[c], alpha[which == c])
        warn_of_points(candidates[c].path)
    data = data._replace(l1_ratio=float(ratios[which[0]]))
    net = _points_of(data, candidates, which, alpha)
    each = rule.per_target
    fit = ElasticNetFit(
        net.coef,
        net.intercept,
        net.info,
        alpha if each else float(alpha[0]),
        ratios[which] if each else data.l1_ratio,
        data,
    )
    return Choice(fit, data, which)


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
        candidates[c].path.target_point(t, float(a))
        for t, (c, a) in enumerate(
            zip(np.broadcast_to(which, n), np.broadcast_to(alpha, n), strict=True)
        )
    ]
    return fit_of(data, points, candidates[which[0]].path.call, alpha, data.l1_ratio)


def _compared(
    ratios: Float64Array,
    candidates: Sequence[Candidate],
    scores: dict[str, Float64Array | None],
) -> Compared:
    """Return the record of what was compared, of one candidate for each `l1_ratio`."""
    alphas = _stacked(ratios, [one.grid for one in candidates])
    return Compared(np.ravel(ratios), alphas, scores, tuple(one.path for one in candidates))


def _scores(candidates: Sequence[Candidate], name: str, rule: Rule) -> list[Float64Array] | None:
    """Return an array that the record shows, of each candidate, if these have it."""
    every = [one.scores.for_targets(rule.per_target)[name] for one in candidates]
    there = [array for array in every if array is not None]
    return there or None


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
