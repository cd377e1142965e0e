"""Many small ridge regressions at once: batches, groups of rows, and choices for each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

import elltwo

from .data import factors, prior

if TYPE_CHECKING:
    from .data import Array, Options, Problems

# Up to 32 features and 8 targets problems ride in the lanes of a vector.
SHAPES = ((1, 30, 4), (11, 20, 4), (9, 64, 8), (13, 40, 12), (8, 50, 13), (7, 80, 32), (5, 60, 33))
GRID = [0.01, 1.0, 100.0]


def _draw(count: int, n: int, p: int) -> tuple[Array, Array, Array]:
    """Problems about means of their own, two targets and weights."""
    rng = np.random.default_rng([count, n, p])
    X = rng.standard_normal((count, n, p)) + rng.standard_normal((count, 1, p))
    Y = X[:, :, :2] + rng.standard_normal((count, n, 2))
    return X, Y, rng.uniform(0.1, 2.0, (count, n))


def problems() -> Problems:
    """Batches, then groups."""
    yield from _batches()
    yield from _groups()


def _options(p: int, weight: Array) -> dict[str, Options]:
    return {
        "plain": {},
        "weights": {"sample_weight": weight},
        "factors": {"penalty_factors": factors(p)},
        "prior": {"prior_mean": prior(p)},
        "no-intercept": {"fit_intercept": False},
        "penalized-intercept": {"penalize_intercept": True},
    }


def _batches() -> Problems:
    for count, n, p in SHAPES:
        X, Y, weight = _draw(count, n, p)
        name = f"batch/{count}x{n}x{p}"
        for option, chosen in _options(p, weight).items():
            call = partial(elltwo.ridge_batch, X, Y[:, :, 0], alpha=1.0, **chosen)
            yield f"{name}/{option}", call
        yield f"{name}/targets", partial(elltwo.ridge_batch, X, Y, alpha=0.5)
        alphas = np.geomspace(1e-3, 1e3, count)
        yield f"{name}/alphas", partial(elltwo.ridge_batch, X, Y, alpha=alphas)
        single = X.astype(np.float32)
        yield f"{name}/float32", partial(elltwo.ridge_batch, single, Y[:, :, 0], alpha=1.0)
        for way in ("loo", "gcv", 4):
            yield f"{name}/cv/{way}", partial(elltwo.ridge_batch_cv, X, Y[:, :, 0], cv=way)
        chosen = {"cv": 3, "select": "1se", "alphas": GRID, "sample_weight": weight}
        yield f"{name}/cv/1se", partial(elltwo.ridge_batch_cv, X, Y, **chosen)
    X, Y, _ = _draw(3_000, 40, 6)
    yield "batch/3000", partial(elltwo.ridge_batch, X, Y[:, :, 0], alpha=1.0)
    yield "batch/3000/cv", partial(elltwo.ridge_batch_cv, X, Y[:, :, 0], alphas=GRID)
    hard = X[:20].copy()
    hard[3, :, 1] = hard[3, :, 0]
    hard[7] *= 1e-130
    hard[9] += 1e9
    yield "batch/hard", partial(elltwo.ridge_batch, hard, Y[:20], alpha=0.0)
    yield "batch/wide", partial(elltwo.ridge_batch, X[:20, :4], Y[:20, :4], alpha=1.0)


def _groups() -> Problems:
    for n, p, count in ((400, 4, 9), (900, 12, 20), (600, 34, 5), (60_000, 8, 900)):
        rng = np.random.default_rng([n, p])
        X = rng.standard_normal((n, p)) + 1.0
        Y = X[:, :2] + rng.standard_normal((n, 2))
        keys = rng.integers(0, count, n)
        weight = rng.uniform(0.1, 2.0, n)
        name = f"groups/{n}x{p}"
        for option, chosen in _options(p, weight).items():
            call = partial(elltwo.ridge_grouped, X, Y[:, 0], keys, alpha=1.0, **chosen)
            yield f"{name}/{option}", call
        yield f"{name}/targets", partial(elltwo.ridge_grouped, X, Y, keys, alpha=1.0)
        starts = np.r_[0, np.sort(rng.choice(np.arange(1, n), count, replace=False)), n]
        yield f"{name}/starts", partial(elltwo.ridge_grouped, X, Y, starts=starts, alpha=1.0)
        words = np.array(["a", "bc", "d", "e"])[keys % 4]
        by_word = {"a": 0.5, "bc": 1.0, "d": 0.0, "e": 7.0}
        yield f"{name}/words", partial(_predicted, X, Y[:, 0], words, by_word)
        for way in ("loo", 3):
            data = (X, Y[:, 0], keys % 7)
            choice = partial(elltwo.ridge_grouped_cv, *data, cv=way, sample_weight=weight)
            yield f"{name}/cv/{way}", choice


def _predicted(X: Array, y: Array, keys: Array, alpha: dict[str, float]) -> object:
    fit = elltwo.ridge_grouped(X, y, keys, alpha=alpha)
    return fit, fit.predict(X[:40], keys[:40])
