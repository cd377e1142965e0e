"""Ridge regression with bounds on the coefficients, dense and sparse."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo

from .data import counts, dense, factors, nearly_singular, prior

if TYPE_CHECKING:
    from .data import Options, Problems


def _boxes(p: int) -> dict[str, Any]:
    lower = np.where(np.arange(p) % 3 == 0, -np.inf, -0.1)
    return {
        "positive": (0.0, None),
        "box": (-0.05, 0.1),
        "vectors": (lower, np.linspace(0.0, 0.3, p)),
        "equal": (np.full(p, 0.02), np.full(p, 0.02)),
        "open": (-np.inf, np.inf),
    }


def problems() -> Problems:
    """Shapes and boxes, then options."""
    for n, p in ((70, 8), (500, 60), (60, 200), (20_000, 50)):
        rows = dense(n, p)
        for name, bounds in _boxes(p).items():
            call = partial(elltwo.ridge, rows.X, rows.Y, alpha=0.5, bounds=bounds)
            yield f"{n}x{p}/{name}", call
        X = rows.X.astype(np.float32, order="F")
        yield f"{n}x{p}/float32", partial(elltwo.ridge, X, rows.y, alpha=0.5, bounds=(0.0, None))
        options: dict[str, Options] = {
            "alpha-0": {"alpha": 0.0},
            "weights": {"alpha": [1.0, 20.0], "sample_weight": rows.weight},
            "factors": {"alpha": 1.0, "penalty_factors": factors(p)},
            "prior": {"alpha": 4.0, "prior_mean": prior(p, 2)},
            "no-intercept": {"alpha": 1.0, "fit_intercept": False},
            "penalized-intercept": {"alpha": 1.0, "penalize_intercept": True},
            "few-sweeps": {"alpha": 1.0, "max_iter": 1},
        }
        for name, chosen in options.items():
            call = partial(elltwo.ridge, rows.X, rows.Y, bounds=(-0.1, 0.2), **chosen)
            yield f"{n}x{p}/{name}", call
    close = nearly_singular(200, 30, 1e-6)
    yield "close", partial(elltwo.ridge, close, dense(200, 30).Y, alpha=1e-9, bounds=(0.0, None))
    for n, p, a_row in ((600, 150, 8), (50, 400, 6), (5_000, 9_000, 15)):
        matrix, rows = counts(n, p, a_row)
        for name, bounds in (("positive", (0.0, None)), ("box", (-0.1, 0.1))):
            call = partial(elltwo.ridge, matrix, rows.y, alpha=2.0, bounds=bounds)
            yield f"{n}x{p}/sparse/{name}", call
