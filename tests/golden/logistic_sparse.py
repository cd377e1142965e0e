"""Logistic regression of sparse features."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo

from .data import counts, factors, prior

if TYPE_CHECKING:
    from .data import Options, Problems, Sparse

SHAPES = ((90, 12, 3), (600, 150, 8), (60, 400, 6), (8_000, 300, 12), (4_000, 9_000, 15))


def problems() -> Problems:
    """Formats, options and solvers; two classes and three."""
    for (n, p, a_row), kind in product(SHAPES, ("labels", "classes")):
        X, rows = counts(n, p, a_row)
        y = getattr(rows, kind)
        yield f"{n}x{p}/{kind}", partial(_fit, X, y)
        yield f"{n}x{p}/{kind}/csc", partial(_fit, X.tocsc(), y, alpha=0.1)
        yield f"{n}x{p}/{kind}/float32", partial(_fit, X.astype(np.float32), y)
    for (n, p, a_row), kind in product((SHAPES[1], SHAPES[2]), ("labels", "classes")):
        X, rows = counts(n, p, a_row)
        outputs = None if kind == "labels" else 3
        offset = np.random.default_rng(1).standard_normal((n,) if outputs is None else (n, 3))
        options: dict[str, Options] = {
            "weights": {"sample_weight": rows.weight},
            "factors": {"penalty_factors": factors(p)},
            "prior": {"alpha": 3.0, "prior_mean": prior(p, outputs)},
            "offset": {"offset": offset},
            "no-intercept": {"fit_intercept": False},
            "alpha-0": {"alpha": 0.0},
            "newton_cholesky": {"solver": "newton_cholesky"},
            "newton_cg": {"solver": "newton_cg"},
            "loose": {"tol": 1e-4},
        }
        for name, chosen in options.items():
            call = partial(elltwo.logistic, X, getattr(rows, kind), **chosen)
            yield f"{n}x{p}/{kind}/{name}", call
    X, rows = counts(60_000, 3_000, 20)
    yield "60000x3000", partial(_fit, X, rows.labels, tol=1e-6)


def _fit(X: Sparse, y: Any, **options: Any) -> object:  # noqa: ANN401
    fit = elltwo.logistic(X, y, **options)
    return fit.coef, fit.intercept, fit.classes, fit.info, fit.predict_log_proba(X[:20])
