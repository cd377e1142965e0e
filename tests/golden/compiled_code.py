"""The C functions for compiled code."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

import c_functions as c
from c_moments import CMoments

from .data import dense, factors, prior

if TYPE_CHECKING:
    from .data import Problems


def problems() -> Problems:
    """Single fits, targets, batches, positive definite systems and moments."""
    for n, p in ((20, 4), (50, 5), (90, 32), (200, 40), (30, 60)):
        rows = dense(n, p)
        for intercept in (True, False):
            call = partial(c.ridge, rows.X, rows.y, 1.5, fit_intercept=intercept)
            yield f"ridge/{n}x{p}/{intercept}", call
        yield f"ridge/{n}x{p}/F", partial(c.ridge, np.asfortranarray(rows.X), rows.y, 0.0)
        yield f"targets/{n}x{p}", partial(_targets, n, p)
        yield f"moments/{n}x{p}", partial(_moments, n, p)
    for n in (1, 2, 7, 32, 33, 90, 300):
        yield f"systems/{n}", partial(_systems, n)
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((13, 40, 6)), rng.standard_normal((13, 40))
    yield "batch", partial(c.ridge_batch, X, y, np.array([0.7]))
    starts = np.array([0, 40, 41, 200, 520], dtype=np.intp)
    flat = (X.reshape(-1, 6), y.ravel())
    yield "batch/starts", partial(c.ridge_batch, *flat, np.arange(4.0) + 0.5, starts=starts)


def _targets(n: int, p: int) -> object:
    rows = dense(n, p)
    plain = c.ridge_targets(rows.X, rows.Y, np.array([0.5, 5.0]), n_threads=2)
    options = c.ridge_targets(
        rows.X,
        rows.Y,
        np.array([2.0]),
        penalty_factors=factors(p),
        prior_mean=prior(p, 2),
        sample_weight=rows.weight,
        fit_intercept=False,
    )
    return plain, options


def _moments(n: int, p: int) -> object:
    rows = dense(n, p)
    by_row = CMoments(p, 2)
    for x, y, weight in zip(rows.X[:15], rows.Y[:15], rows.weight[:15], strict=True):
        by_row.add_row(x, y, weight)
    made = CMoments(p, 2).add(rows.X[15:], rows.Y[15:], threads=2).merge(by_row)
    again = CMoments(p, 2, stored=made.to_bytes())
    return again.to_bytes(), again.ridge(np.array([1.0, 2.0])), made.ridge(np.array([0.3]))


def _systems(n: int) -> object:
    rng = np.random.default_rng(n)
    root = rng.standard_normal((n, n + 3))
    matrix, right = root @ root.T, rng.standard_normal((n, 3))
    lower = np.zeros((n, n))
    factored = c.cholesky_factor(matrix, lower)
    solution = right.copy()
    status = c.cholesky_solve(lower, solution)
    return c.posdef_solve(matrix, right), factored, np.tril(lower), status, solution
