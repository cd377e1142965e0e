"""Units of X, y and the weights do not matter to fits from moments and streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from units import (
    COEF,
    NUMBER,
    PENALTY,
    RSS,
    SQUARE,
    UNITS,
    Answer,
    Data,
    UnitProblem,
    Units,
    Y,
    assert_same,
    names,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# The choice may lie on an edge of the short grids here.
pytestmark = pytest.mark.filterwarnings(
    "ignore:alpha = :UserWarning", "ignore:alpha of:UserWarning"
)

SHAPES = {"tall": (40, 5), "wide": (18, 20)}


def moments(p: UnitProblem) -> elltwo.Moments:
    return elltwo.Moments(p.X.shape[1]).add(p.X, p.y, sample_weight=p.weight)


def fit_of(fit: Data) -> dict[str, Any]:
    return {"coef": (fit.coef, COEF), "intercept": (fit.intercept, Y)}


def ridge(p: UnitProblem) -> Answer:
    return fit_of(moments(p).ridge(p.alpha))


def path(p: UnitProblem) -> Answer:
    made = moments(p).path(p.alphas)
    return {
        **fit_of(made),
        "eigenvalues": (made.eigenvalues, PENALTY),
        "edf": (made.edf, NUMBER),
        "rss": (made.rss, RSS),
        "gcv": (made.gcv, RSS),
    }


def penalised_path(p: UnitProblem) -> Answer:
    factors = np.linspace(0.0, 2.0, p.X.shape[1])
    prior = p.of_coef(np.linspace(-1.0, 1.0, p.X.shape[1]))
    made = moments(p).path(p.alphas, penalty_factors=factors, prior_mean=prior)
    return {**fit_of(made), "rss": (made.rss, RSS)}


def automatic_path(p: UnitProblem) -> Answer:
    made = moments(p).path(n_alphas=7)
    return {**fit_of(made), "alphas": (made.alphas, PENALTY)}


def gcv(p: UnitProblem) -> Answer:
    fit = moments(p).gcv(p.alphas)
    return {**fit_of(fit), "alpha": (fit.alpha, PENALTY), "mse": (fit.cv_mse, RSS)}


def automatic_gcv(p: UnitProblem) -> Answer:
    fit = moments(p).gcv()
    return {**fit_of(fit), "alphas": (fit.alphas, PENALTY)}


def folds(p: UnitProblem) -> list[elltwo.Moments]:
    rows = np.arange(len(p.X)) % 3
    return [
        elltwo.Moments(p.X.shape[1]).add(
            p.X[rows == k], p.y[rows == k], sample_weight=p.weight[rows == k]
        )
        for k in range(3)
    ]


def cv(p: UnitProblem) -> Answer:
    fit = elltwo.moments_cv(folds(p), p.alphas)
    return {
        **fit_of(fit),
        "alpha": (fit.alpha, PENALTY),
        "mse": (fit.cv_mse, SQUARE),
        "se": (fit.cv_se, SQUARE),
        "fold_mse": (fit.fold_mse, SQUARE),
    }


def automatic_cv(p: UnitProblem) -> Answer:
    fit = elltwo.moments_cv(folds(p), select="1se")
    return {**fit_of(fit), "alphas": (fit.alphas, PENALTY)}


def statistics(p: UnitProblem) -> Answer:
    made = moments(p).ridge(p.alpha).statistics
    errors = made.standard_errors("sampling").coef
    return {
        **({"errors": (errors, COEF)} if p.units.w == 0 else {}),  # else they count other rows
        "edf": (made.edf, NUMBER),
        "rss": (made.rss, RSS),
        "gcv": (made.gcv, RSS),
        "r_squared": (made.r_squared, NUMBER),
    }


def stream(p: UnitProblem) -> Answer:
    fit = elltwo.fit_stream((p.X, p.y, p.weight), alpha=p.alpha)
    return fit_of(fit)


def stream_cv(p: UnitProblem) -> Answer:
    fit = elltwo.fit_stream((p.X, p.y, p.weight), alphas=p.alphas, cv=3, fold_rows=4)
    return {**fit_of(fit), "alpha": (fit.alpha, PENALTY)}


def stream_gcv(p: UnitProblem) -> Answer:
    fit = elltwo.fit_stream((p.X, p.y, p.weight), cv="gcv")
    return {**fit_of(fit), "alpha": (fit.alpha, PENALTY)}


ENTRIES = (
    ridge,
    path,
    penalised_path,
    automatic_path,
    gcv,
    automatic_gcv,
    cv,
    automatic_cv,
    statistics,
    stream,
    stream_cv,
    stream_gcv,
)


@pytest.mark.parametrize("units", UNITS, ids=str)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("entry", ENTRIES, ids=names(ENTRIES))
def test_units(entry: Callable[[UnitProblem], Answer], shape: str, units: Units) -> None:
    assert_same(entry, SHAPES[shape], units)
