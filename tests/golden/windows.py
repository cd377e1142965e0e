"""Ridge regressions over windows of time: moving, growing and decaying."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo

from .data import dense, factors

if TYPE_CHECKING:
    from .data import Options, Problems


def problems() -> Problems:
    """Every kind on several shapes with every option."""
    for n, p, window in ((120, 3, 15), (700, 8, 50), (400, 12, 100), (150, 40, 60)):
        rows = dense(n, p)
        kinds: dict[str, Any] = {
            "rolling": partial(elltwo.ridge_rolling, window=window, min_periods=p + 2),
            "expanding": elltwo.ridge_expanding,
            "ewm": partial(elltwo.ridge_ewm, half_life=window / 3),
        }
        options: dict[str, Options] = {
            "plain": {"alpha": 1.0},
            "alpha-0": {"alpha": 0.0},
            "no-intercept": {"alpha": 1.0, "fit_intercept": False},
            "weights": {"alpha": 1.0, "sample_weight": rows.weight},
            "factors": {"alpha": 1.0, "penalty_factors": factors(p)},
            "periods": {"alpha": 1.0, "min_periods": window // 2 + 1},
        }
        gaps = rows.X.copy()
        gaps[::11, 1] = np.nan
        bursts = rows.X.copy()
        bursts[n // 3 : n // 3 + 4] *= 1e8
        for kind, fit in kinds.items():
            for name, chosen in options.items():
                yield f"{kind}/{n}x{p}/{name}", partial(fit, rows.X, rows.y, **chosen)
            yield f"{kind}/{n}x{p}/targets", partial(fit, rows.X, rows.Y, alpha=0.5)
            yield f"{kind}/{n}x{p}/gaps", partial(fit, gaps, rows.y, alpha=0.5, missing="skip")
            yield f"{kind}/{n}x{p}/bursts", partial(fit, bursts, rows.y, alpha=0.5)
            single = rows.X.astype(np.float32, order="F")
            yield f"{kind}/{n}x{p}/float32", partial(fit, single, rows.y, alpha=0.5)
    rows = dense(40_000, 6)
    yield "rolling/large", partial(elltwo.ridge_rolling, rows.X, rows.y, window=250, alpha=1.0)
    yield "expanding/large", partial(elltwo.ridge_expanding, rows.X, rows.y, alpha=1.0)
    yield "ewm/large", partial(elltwo.ridge_ewm, rows.X, rows.y, half_life=50.0, alpha=1.0)
    yield "rolling/at", partial(_at, 300, 4)


def _at(n: int, p: int) -> object:
    rows = dense(n, p)
    fit = elltwo.ridge_rolling(rows.X, rows.Y, window=30, alpha=1.0)
    return fit.at(77), fit.predict(rows.X[:5]), fit.predict(rows.X[:5], step=100)
