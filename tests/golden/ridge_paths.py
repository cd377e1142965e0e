"""Paths of ridge regressions, and what can be asked of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo

from .data import counts, dense, factors, prior, singular

if TYPE_CHECKING:
    from .data import Options, Problems

GRID = [100.0, 0.01, 1.0, 0.0, np.inf]


def problems() -> Problems:
    """Dense, sparse and with bounds."""
    yield from _dense()
    for n, p, a_row in ((600, 150, 8), (50, 400, 6), (7_000, 6_500, 10)):
        matrix, rows = counts(n, p, a_row)
        beyond = min(n, p) > 6_000
        grid = [1.0, 10.0] if beyond else GRID
        yield f"{n}x{p}/sparse", partial(_asked, matrix, rows.y, grid, decomposed=not beyond)
        call = partial(_asked, matrix.tocsc(), rows.Y, grid, decomposed=not beyond)
        yield f"{n}x{p}/sparse/csc", call
    for n, p in ((70, 8), (60, 200)):
        rows = dense(n, p)
        bounded = partial(elltwo.ridge_path, rows.X, rows.Y, [0.1, 2.0, 50.0], bounds=(0.0, 0.2))
        yield f"{n}x{p}/bounds", bounded
    matrix, rows = counts(600, 150, 8)
    yield "sparse/bounds", partial(elltwo.ridge_path, matrix, rows.y, [0.5, 5.0], bounds=(0.0, 1.0))


def _dense() -> Problems:
    for n, p in ((60, 7), (400, 40), (40, 150), (100, 100), (8_000, 130), (200, 4_000)):
        rows = dense(n, p)
        yield f"{n}x{p}", partial(_asked, rows.X, rows.y, GRID)
        yield f"{n}x{p}/automatic", partial(_asked, rows.X, rows.Y, None, include_ends=True)
        yield f"{n}x{p}/float32", partial(_asked, rows.X.astype(np.float32), rows.y, GRID)
        options: dict[str, Options] = {
            "weights": {"sample_weight": rows.weight},
            "factors": {"penalty_factors": factors(p)},
            "prior": {"prior_mean": prior(p)},
            "no-intercept": {"fit_intercept": False},
            "penalized-intercept": {"penalize_intercept": True},
        }
        for name, chosen in options.items():
            yield f"{n}x{p}/{name}", partial(_asked, rows.X, rows.Y, GRID, **chosen)
    yield "singular", partial(_asked, singular(90, 12), dense(90, 12).Y, GRID)


def _asked(
    X: Any,  # noqa: ANN401  # dense or sparse
    y: Any,  # noqa: ANN401
    alphas: Any,  # noqa: ANN401
    *,
    decomposed: bool = True,
    **options: Any,  # noqa: ANN401
) -> object:
    """The path, single points, and leverages and errors where there is a decomposition."""
    path = elltwo.ridge_path(X, y, alphas, **options)
    points = [path.at(alpha) for alpha in (0.3, 7.0, 1e-9 if decomposed else 2.0)]
    if not decomposed:
        return path, points
    statistics = path.statistics(2.0)
    shown = (statistics.edf, statistics.sigma, statistics.standard_errors())
    return path, points, path.leverages(0.5), path.loo_residuals(0.5), shown
