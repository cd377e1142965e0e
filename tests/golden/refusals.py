"""What is refused, and with which words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

import elltwo

from .data import dense

if TYPE_CHECKING:
    from .data import Problems


def problems() -> Problems:
    """Wrong values of data and options."""
    rows = dense(40, 5)
    X, y = rows.X, rows.y
    bad = X.copy()
    bad[7, 3] = np.nan
    infinite = y.copy()
    infinite[5] = np.inf
    yield "nan", partial(elltwo.ridge, bad, y, alpha=1.0)
    yield "infinity", partial(elltwo.ridge, X, infinite, alpha=1.0)
    yield "lengths", partial(elltwo.ridge, X, y[:-1], alpha=1.0)
    yield "alpha", partial(elltwo.ridge, X, y, alpha=-1.0)
    yield "alphas", partial(elltwo.ridge, X, rows.Y, alpha=[1.0, 2.0, 3.0])
    yield "weights", partial(elltwo.ridge, X, y, alpha=1.0, sample_weight=-np.ones(40))
    yield "factors", partial(elltwo.ridge, X, y, alpha=1.0, penalty_factors=[1.0])
    yield "bounds", partial(elltwo.ridge, X, y, alpha=1.0, bounds=(1.0, 0.0))
    yield "solver", partial(elltwo.ridge, X, y, alpha=1.0, solver="magic")
    yield "overflow", partial(elltwo.ridge, X * 1e200, y * 1e200, alpha=1.0)
    yield "one-class", partial(elltwo.logistic, X, np.zeros(40))
    yield "folds", partial(elltwo.ridge_cv, X, y, cv=41)
    yield "window", partial(elltwo.ridge_rolling, X, y, window=0, alpha=1.0)
    yield "batch", partial(elltwo.ridge_batch, bad.reshape(4, 10, 5), y.reshape(4, 10), alpha=1.0)
    yield "groups", partial(elltwo.ridge_grouped, bad, y, rows.classes, alpha=1.0)
    yield "moments", lambda: elltwo.Moments(5).add(bad, y)
    yield "removed", lambda: elltwo.Moments(5).remove(X, y)
    yield "bytes", partial(elltwo.Moments.from_bytes, b"nonsense")
    yield "stream", partial(elltwo.fit_stream, (bad, y), alpha=1.0)
    yield "convention", partial(elltwo.convert_penalty, 1.0, from_="ridge", to="nobody")
