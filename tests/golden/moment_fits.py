"""Moments of rows that are gone: how they come together, and what is fitted to them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo

from .data import counts, dense, factors, nearly_singular, prior, singular

if TYPE_CHECKING:
    from collections.abc import Callable

    from .data import Options, Problems, Rows


def _of(rows: Rows, portions: int = 4) -> elltwo.Moments:
    made = elltwo.Moments(rows.X.shape[1], 2)
    for part in np.array_split(np.arange(len(rows.X)), portions):
        made.add(rows.X[part], rows.Y[part], sample_weight=rows.weight[part])
    return made


def _folds(rows: Rows, count: int = 4) -> list[elltwo.Moments]:
    p = rows.X.shape[1]
    return [elltwo.Moments(p, 2).add(rows.X[k::count], rows.Y[k::count]) for k in range(count)]


def _removed(rows: Rows) -> elltwo.Moments:
    made = _of(rows, 3)
    return made.remove(rows.X[:9], rows.Y[:9], sample_weight=rows.weight[:9])


def _row_by_row(rows: Rows) -> elltwo.Moments:
    made = elltwo.Moments(rows.X.shape[1])
    for x, y in zip(rows.X[:200], rows.y[:200], strict=True):
        made.add(x[None, :], np.array([y]))
    return made


def _single(rows: Rows) -> elltwo.Moments:
    return elltwo.Moments(rows.X.shape[1]).add(rows.X.astype(np.float32), rows.y)


def _decayed(rows: Rows) -> elltwo.Moments:
    made = elltwo.Moments(rows.X.shape[1])
    for part in np.array_split(np.arange(len(rows.X)), 6):
        made.scale(0.9).add(rows.X[part], rows.y[part])
    return made


GATHERED: dict[str, Callable[[Rows], elltwo.Moments]] = {
    "portions": _of,
    "removed": _removed,
    "row-by-row": _row_by_row,
    "float32": _single,
    "decayed": _decayed,
    "merged": lambda rows: _folds(rows)[0].merge(*_folds(rows)[1:]),
    "subtracted": lambda rows: _of(rows).subtract(
        elltwo.Moments(rows.X.shape[1], 2).add(rows.X[:7], rows.Y[:7])
    ),
    "selected": lambda rows: _of(rows).select([2, 0, 3]),
    "stored": lambda rows: elltwo.Moments.from_bytes(_of(rows).copy().to_bytes()),
}


def problems() -> Problems:
    """Sums, fits, paths, choices and statistics."""
    for n, p in ((60, 5), (500, 40), (30, 45), (30_000, 60)):
        rows = dense(n, p)
        for name, gather in GATHERED.items():
            yield f"{n}x{p}/{name}", partial(_held, gather, rows)
        options: dict[str, Options] = {
            "alpha-0": {"alpha": 0.0},
            "alphas": {"alpha": [0.1, 10.0]},
            "factors": {"alpha": 1.0, "penalty_factors": factors(p)},
            "prior": {"alpha": 1.0, "prior_mean": prior(p, 2)},
            "no-intercept": {"alpha": 1.0, "fit_intercept": False},
            "penalized-intercept": {"alpha": 1.0, "penalize_intercept": True},
            "svd": {"alpha": 1.0, "solver": "svd"},
        }
        for name, chosen in options.items():
            yield f"{n}x{p}/{name}", partial(_fit, rows, chosen)
        yield f"{n}x{p}/path", partial(_path, rows)
        yield f"{n}x{p}/gcv", partial(_chosen, rows, "gcv")
        yield f"{n}x{p}/gcv/per-target", partial(_chosen, rows, "gcv", per_target=True)
        yield f"{n}x{p}/cv", partial(_chosen, rows, "folds")
        yield f"{n}x{p}/cv/1se", partial(_chosen, rows, "folds", select="1se", per_target=True)
        grid = {"alphas": [1e5, 1e6], "extend": True}
        yield f"{n}x{p}/cv/extend", partial(_chosen, rows, "folds", **grid)
        yield f"{n}x{p}/statistics", partial(_statistics, rows)
    yield from _hard()


def _held(gather: Callable[[Rows], elltwo.Moments], rows: Rows) -> object:
    made = gather(rows)
    return made, made.to_bytes(), made.ridge(alpha=1.0)


def _fit(rows: Rows, options: Options) -> object:
    fit = _of(rows).ridge(**options)
    return fit, fit.stderr(), fit.predict(rows.X[:20])


def _path(rows: Rows) -> object:
    path = _of(rows).path([0.1, 10.0, 0.0])
    return path, path.at(3.0), _of(rows).path(n_alphas=7)


def _chosen(rows: Rows, way: str, **options: Any) -> object:  # noqa: ANN401
    if way == "gcv":
        return _of(rows).gcv(**options)
    return elltwo.moments_cv(_folds(rows), **options)


def _statistics(rows: Rows) -> object:
    fit = _of(rows).ridge(alpha=2.0)
    held = fit.statistics
    errors = (held.standard_errors(), held.covariance(), fit.stderr("sampling"))
    return held, errors, held.of_target(1), str(fit.summary(target=1))


def _hard() -> Problems:
    target = dense(300, 16)
    for name, X in {
        "singular": singular(300, 16),
        "close": nearly_singular(300, 16, 1e-6),
        "means": target.X + 1e6,
        "units": target.X * 1e-100,
    }.items():
        rows = target._replace(X=X)
        for alpha in (0.0, 1e-3):
            yield f"{name}/{alpha:g}", partial(_fit, rows, {"alpha": alpha})
    matrix, rows = counts(600, 50, 5)
    yield "sparse", lambda: elltwo.Moments(50, 2).add(matrix, rows.Y).ridge(alpha=1.0)
