"""Elastic nets of moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.functional._base.bounds import read_box
from elltwo.functional._base.grid import given_grid
from elltwo.functional._elastic_net.fit import fit_at, read_alphas
from elltwo.functional._elastic_net.path import path_of
from elltwo.functional._elastic_net_problem.options import (
    read_elastic_net_options,
    read_group_targets,
    read_l1_ratio,
    read_path_penalty,
    read_start,
)
from elltwo.functional._elastic_net_problem.solve import NetData

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._elastic_net.path_record import ElasticNetPath
    from elltwo.functional._elastic_net.record import ElasticNetFit
    from elltwo.functional._ridge_problem.problem import MomentsProblem


def read_moments_net(
    problem: MomentsProblem,
    bounds: BoundsLike | None,
    l1_ratio: object,
    options: tuple[object, object, object, object],
    group_targets: object,
) -> NetData:
    """Check the penalty and the options of a problem that is given by moments."""
    box = read_box(bounds, problem.X, problem.names.features)  # type: ignore[arg-type]
    grouped = read_group_targets(group_targets, bounds)
    asked = read_elastic_net_options(*options)
    return NetData(problem, box, read_l1_ratio(l1_ratio), asked, grouped)


def moments_fit(
    data: NetData, alpha: npt.ArrayLike, start: npt.ArrayLike | ElasticNetFit | None
) -> ElasticNetFit:
    """Fit at one alpha, or one for each target."""
    each = read_alphas(alpha, 1 if data.group_targets else data.n_targets)
    return fit_at(data, each, read_start(start, data.n_targets, data.n_features))


def moments_path(
    data: NetData,
    alphas: npt.ArrayLike | None,
    n_alphas: object,
    alpha_min_ratio: object,
    max_features: object,
) -> ElasticNetPath:
    """Fit at many alphas."""
    grid = None if alphas is None else given_grid(alphas)
    own = grid is not None
    penalty = read_path_penalty(data.l1_ratio, n_alphas, alpha_min_ratio, max_features, own)
    return path_of(data, grid, penalty)
