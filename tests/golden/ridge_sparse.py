"""Ridge regression of sparse features: by products, QR of rows and conjugate gradients."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

import elltwo

from .data import counts, factors, prior

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .data import Array, Options, Problems

SHAPES = ((80, 12, 3), (600, 150, 8), (50, 400, 6), (20_000, 300, 12), (5_000, 9_000, 15))


def problems() -> Problems:
    """Formats, options, solvers and singular data."""
    yield from _formats()
    yield from _options()
    yield from _solvers()
    yield from _special()


def _formats() -> Problems:
    for n, p, a_row in SHAPES:
        X, rows = counts(n, p, a_row)
        for name, made in {
            "csr": X,
            "csc": X.tocsc(),
            "coo": X.tocoo(),
            "float32": X.astype(np.float32),
            "csc-float32": X.tocsc().astype(np.float32),
        }.items():
            yield f"{n}x{p}/{name}", partial(elltwo.ridge, made, rows.y, alpha=1.0)


def _of_options(p: int, weight: Array) -> Iterator[tuple[str, Options]]:
    yield "alpha-0", {"alpha": 0.0}
    yield "alpha-inf", {"alpha": np.inf}
    yield "alpha-per-target", {"alpha": [0.3, 30.0]}
    yield "weights", {"alpha": 1.0, "sample_weight": weight}
    yield "factors", {"alpha": 1.0, "penalty_factors": factors(p)}
    yield "prior", {"alpha": 3.0, "prior_mean": prior(p, 2)}
    yield "no-intercept", {"alpha": 1.0, "fit_intercept": False}
    yield "penalized-intercept", {"alpha": 1.0, "penalize_intercept": True}
    yield "loose", {"alpha": 1.0, "tol": 1e-4}
    yield "few-iterations", {"alpha": 1.0, "max_iter": 2}


def _options() -> Problems:
    for n, p, a_row in (SHAPES[1], SHAPES[2], SHAPES[4]):
        X, rows = counts(n, p, a_row)
        for name, options in _of_options(p, rows.weight):
            if not (name == "alpha-0" and p > 1_000):
                yield f"{n}x{p}/{name}", partial(elltwo.ridge, X, rows.Y, **options)


def _solvers() -> Problems:
    for (n, p, a_row), solver in product(SHAPES[:4], ("cholesky", "svd", "cg")):
        X, rows = counts(n, p, a_row)
        call = partial(elltwo.ridge, X, rows.Y, alpha=0.5, solver=solver)
        if not (solver == "svd" and n > 10_000):
            yield f"{n}x{p}/{solver}", call


def _special() -> Problems:
    X, rows = counts(900, 60, 7)
    twice = sparse.csr_array(
        sparse.hstack([X, X[:, :5], sparse.csr_array(np.full((900, 1), 2015.0))])
    )
    for alpha in (0.0, 1e-8, 1.0):
        yield f"singular/{alpha:g}", partial(elltwo.ridge, twice, rows.Y, alpha=alpha)
    empty = X.copy()
    empty.data[:] = 0.0
    yield "zeros", partial(elltwo.ridge, empty, rows.y, alpha=1.0)
    targets = np.column_stack([np.roll(rows.y, k) for k in range(19)])
    yield "19-targets", partial(elltwo.ridge, X, targets, alpha=1.0)
    yield "19-targets/cg", partial(elltwo.ridge, X, targets, alpha=1.0, solver="cg")
    dense_rows = sparse.csr_array(np.random.default_rng(5).standard_normal((700, 40)))
    yield "dense-rows", partial(elltwo.ridge, dense_rows, rows.y[:700], alpha=1.0)
    wide, wide_rows = counts(60_000, 2_500, 20)
    yield "60000x2500", partial(elltwo.ridge, wide, wide_rows.y, alpha=1.0, tol=1e-6)
