"""Units of X, y and the weights do not matter to the statistics of a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import scipy.sparse

import elltwo
from units import COEF, NUMBER, RSS, UNITS, Answer, Data, UnitProblem, Units, Y, assert_same

if TYPE_CHECKING:
    from elltwo.functional._ridge_statistics.statistics import RidgeStatistics

FORMS: dict[str, Data] = {"dense": lambda X: X, "csr": scipy.sparse.csr_array}
SHAPES = {"tall": (40, 5), "wide": (12, 16)}
VARIANCE = (-2, 2, 0)  # of coefficients, where the sum of the weights counts as rows


def answer_of(made: RidgeStatistics, p: UnitProblem) -> Answer:
    answer: dict[str, Any] = {
        "edf": (made.edf, NUMBER),
        "rss": (made.rss, RSS),
        "gcv": (made.gcv, RSS),
        "r_squared": (made.r_squared, NUMBER),
        "leverages": (made.leverages, NUMBER),
        "residuals": (made.residuals, Y),
        "loo_residuals": (made.loo_residuals, Y),
        "press": ((made.loo_residuals * 2.0**-p.units.y) @ made.loo_residuals, Y),
        "vif": (made.vif, NUMBER),
        "condition_indices": (made.condition_indices, NUMBER),
    }
    for kind in ("sandwich", "sandwich_hc0"):
        errors = made.standard_errors(kind)
        answer[f"{kind} errors"] = (errors.coef, COEF)
        answer[f"{kind} error of the intercept"] = (errors.intercept, Y)
        answer[kind] = (made.covariance(kind)[:-1, :-1], VARIANCE)
    if p.units.w == 0:  # else the weights count other numbers of rows
        for kind in ("bayesian", "sampling"):
            answer[f"{kind} errors"] = (made.standard_errors(kind).coef, COEF)
            answer[kind] = (made.covariance(kind)[:-1, :-1], VARIANCE)
        answer["sigma"] = (made.sigma, Y)
    return answer


@pytest.mark.parametrize("units", UNITS, ids=str)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("of_path", [True, False], ids=["path", "fit"])
def test_units(of_path: bool, form: str, shape: str, units: Units) -> None:
    def answer(p: UnitProblem) -> Answer:
        X = FORMS[form](p.X)
        if of_path:
            path = elltwo.ridge_path(X, p.y, alphas=p.alphas, sample_weight=p.weight)
            return answer_of(path.statistics(p.alpha), p)
        return answer_of(elltwo.ridge(X, p.y, alpha=p.alpha, sample_weight=p.weight).statistics, p)

    assert_same(answer, SHAPES[shape], units, rtol=1e-9)


@pytest.mark.parametrize("units", UNITS, ids=str)
@pytest.mark.parametrize("form", FORMS)
def test_units_of_least_squares(form: str, units: Units) -> None:
    def answer(p: UnitProblem) -> Answer:
        X = FORMS[form](p.X)
        return answer_of(elltwo.ridge(X, p.y, alpha=0.0, sample_weight=p.weight).statistics, p)

    assert_same(answer, SHAPES["tall"], units, rtol=1e-9)


@pytest.mark.parametrize("units", UNITS, ids=str)
def test_units_of_prediction_intervals(units: Units) -> None:
    def answer(p: UnitProblem) -> Answer:
        fit = elltwo.ridge(p.X, p.y, alpha=p.alpha, sample_weight=p.weight)
        interval = fit.statistics.prediction_interval(p.X[:5], level=0.8)
        return {"lower": (interval.lower, Y), "upper": (interval.upper, Y)}

    assert_same(answer, SHAPES["tall"], units)
