"""Statistics and summaries of single fits."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo

from .answers import REFUSALS
from .data import counts, dense, factors, prior, singular

if TYPE_CHECKING:
    from collections.abc import Callable

    from .data import Options, Problems

KINDS = ("bayesian", "sampling", "sandwich")


def problems() -> Problems:
    """Ridge and logistic regression."""
    yield from _of_ridge()
    yield from _of_logistic()


def _of_ridge() -> Problems:
    for n, p in ((60, 7), (300, 40), (40, 90), (15_000, 60)):
        rows = dense(n, p)
        options: dict[str, Options] = {
            "plain": {"alpha": 1.0},
            "alpha-0": {"alpha": 0.0},
            "targets": {"alpha": [0.1, 10.0], "y": rows.Y},
            "weights": {"alpha": 1.0, "sample_weight": rows.weight},
            "factors": {"alpha": 1.0, "penalty_factors": factors(p), "y": rows.Y},
            "prior": {"alpha": 3.0, "prior_mean": prior(p)},
            "no-intercept": {"alpha": 1.0, "fit_intercept": False},
            "penalized-intercept": {"alpha": 1.0, "penalize_intercept": True},
            "float32": {"alpha": 1.0, "X": rows.X.astype(np.float32)},
            "singular": {"alpha": 0.0, "X": singular(n, max(p, 7))},
            "bounds": {"alpha": 1.0, "bounds": (0.0, None)},
        }
        for name, chosen in options.items():
            yield f"ridge/{n}x{p}/{name}", partial(_ridge, {"X": rows.X, "y": rows.y, **chosen})
        yield f"ridge/{n}x{p}/cv", partial(_chosen, n, p)
    for n, p, a_row in ((600, 50, 5), (50, 400, 6)):
        matrix, rows = counts(n, p, a_row)
        yield f"ridge/{n}x{p}/sparse", partial(_ridge, {"X": matrix, "y": rows.Y, "alpha": 1.0})


def _ridge(arguments: dict[str, Any]) -> object:
    options = dict(arguments)
    X, y = options.pop("X"), options.pop("y")
    fit = elltwo.ridge(X, y, **options)
    return _asked(fit, X[:10])


def _chosen(n: int, p: int) -> object:
    rows = dense(n, p)
    return _asked(elltwo.ridge_cv(rows.X, rows.y, cv=3), rows.X[:10])


def _asked(fit: elltwo.RidgeFit, X: Any) -> object:  # noqa: ANN401  # dense or sparse
    held = _answer(lambda: fit.statistics)
    return [
        held,
        *(_answer(partial(_uncertainty, fit, kind)) for kind in KINDS),
        _answer(lambda: fit.statistics.prediction_interval(X)),
        _answer(lambda: fit.statistics.prediction_interval(X, 0.5)),
        _answer(lambda: fit.statistics.of_target(0)),
        _answer(lambda: str(fit.summary())),
        _answer(lambda: str(fit.summary(max_rows=4))),
        _answer(lambda: fit.summary(max_rows=None)),
        repr(fit),
    ]


def _uncertainty(fit: Any, kind: str) -> object:  # noqa: ANN401  # a fit of either kind
    return fit.statistics.standard_errors(kind), fit.statistics.covariance(kind)


def _answer(ask: Callable[[], object]) -> object:
    """Return the answer, or what is said where there is none."""
    try:
        return ask()
    except REFUSALS as error:
        return type(error).__name__, str(error)


def _of_logistic() -> Problems:
    shapes = ((150, 7), (400, 40), (50, 90), (8_000, 30))
    for (n, p), kind in product(shapes, ("labels", "classes")):
        rows = dense(n, p)
        options: dict[str, Options] = {
            "plain": {},
            "weights": {"sample_weight": rows.weight},
            "factors": {"penalty_factors": factors(p)},
            "no-intercept": {"fit_intercept": False},
            "float32": {"X": rows.X.astype(np.float32)},
            "singular": {"X": singular(n, max(p, 7)), "alpha": 1e-3},
        }
        for name, chosen in options.items():
            data = {"X": rows.X, "y": getattr(rows, kind), **chosen}
            yield f"logistic/{n}x{p}/{kind}/{name}", partial(_logistic, data)
    matrix, rows = counts(600, 50, 5)
    for kind in ("labels", "classes"):
        data = {"X": matrix, "y": getattr(rows, kind)}
        yield f"logistic/sparse/{kind}", partial(_logistic, data)


def _logistic(arguments: dict[str, Any]) -> object:
    options = dict(arguments)
    fit = elltwo.logistic(options.pop("X"), options.pop("y"), **options)
    return [
        fit.edf,
        fit.statistics,
        *(_answer(partial(_uncertainty, fit, kind)) for kind in KINDS),
        *(_answer(partial(fit.statistics.z_values, kind)) for kind in KINDS),
        _answer(lambda: str(fit.summary())),
        _answer(lambda: fit.summary(max_rows=None)),
        repr(fit),
    ]
