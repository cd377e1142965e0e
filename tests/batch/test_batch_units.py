"""Units of X, y and the weights do not matter to batches, groups and moving windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from units import (
    COEF,
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

SHAPES = {"tall": (48, 4), "wide": (24, 20)}
GROUPS = 2


def stacked(p: UnitProblem) -> tuple[Data, Data, Data]:
    """Two problems of the rows of one."""
    n = len(p.X) // GROUPS
    return p.X.reshape(GROUPS, n, -1), p.y.reshape(GROUPS, n), p.weight.reshape(GROUPS, n)


def batch(p: UnitProblem) -> Answer:
    X, y, w = stacked(p)
    fit = elltwo.ridge_batch(X, y, alpha=p.alpha, sample_weight=w)
    return {"coef": (fit.coef, COEF), "intercept": (fit.intercept, Y)}


def grouped(p: UnitProblem) -> Answer:
    keys = np.arange(len(p.X)) % GROUPS
    fit = elltwo.ridge_grouped(p.X, p.y, keys, alpha=p.alpha, sample_weight=p.weight)
    return {"coef": (fit.coef, COEF), "intercept": (fit.intercept, Y)}


def chosen(fit: Data, cv: Data) -> Answer:
    squares = RSS if cv == "gcv" else SQUARE
    answer: dict[str, Any] = {
        "coef": (fit.coef, COEF),
        "alpha": (fit.alpha, PENALTY),
        "alphas": (fit.alphas, PENALTY),
        "scores": (fit.scores, squares),
    }
    if cv != "gcv":
        answer["errors"] = (fit.score_errors, squares)
    return answer


def batch_cv(p: UnitProblem, cv: Data, alphas: Data) -> Answer:
    X, y, w = stacked(p)
    fit = elltwo.ridge_batch_cv(X, y, alphas=alphas, cv=cv, sample_weight=w)
    return chosen(fit, cv)


def grouped_cv(p: UnitProblem, cv: Data, alphas: Data) -> Answer:
    keys = np.arange(len(p.X)) % GROUPS
    w = p.weight
    fit = elltwo.ridge_grouped_cv(p.X, p.y, keys, alphas=alphas, cv=cv, sample_weight=w)
    return chosen(fit, cv)


def rolling(p: UnitProblem) -> Answer:
    fit = elltwo.ridge_rolling(p.X, p.y, window=12, alpha=p.alpha, sample_weight=p.weight)
    return {"coef": (fit.coef, COEF), "intercept": (fit.intercept, Y)}


def expanding(p: UnitProblem) -> Answer:
    fit = elltwo.ridge_expanding(p.X, p.y, alpha=p.alpha, sample_weight=p.weight)
    return {"coef": (fit.coef, COEF), "intercept": (fit.intercept, Y)}


def ewm(p: UnitProblem) -> Answer:
    fit = elltwo.ridge_ewm(p.X, p.y, half_life=5.0, alpha=p.alpha, sample_weight=p.weight)
    return {"coef": (fit.coef, COEF), "intercept": (fit.intercept, Y)}


every_unit = pytest.mark.parametrize("units", UNITS, ids=str)
every_shape = pytest.mark.parametrize("shape", SHAPES)
FITS = (batch, grouped, rolling, expanding, ewm)


@every_unit
@every_shape
@pytest.mark.parametrize("entry", FITS, ids=names(FITS))
def test_units(entry: Callable[[UnitProblem], Answer], shape: str, units: Units) -> None:
    assert_same(entry, SHAPES[shape], units)


@every_unit
@every_shape
@pytest.mark.parametrize("given", [True, False], ids=["given grid", "own grid"])
@pytest.mark.parametrize("cv", ["loo", "gcv", 3])
@pytest.mark.parametrize("entry", [batch_cv, grouped_cv])
def test_units_of_choices(
    entry: Callable[..., Answer], cv: Data, given: bool, shape: str, units: Units
) -> None:
    assert_same(lambda p: entry(p, cv, p.alphas if given else None), SHAPES[shape], units)
