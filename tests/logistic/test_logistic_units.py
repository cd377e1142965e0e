"""Units of X and the weights do not matter to logistic regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse

import elltwo
from units import NUMBER, PENALTY, UNITS, Answer, Data, UnitProblem, Units, assert_same, names

if TYPE_CHECKING:
    from collections.abc import Callable

FORMS: dict[str, Data] = {"dense": lambda X: X, "csr": scipy.sparse.csr_array}
SHAPES = {"tall": (60, 4), "wide": (20, 30)}
CLASSES = {"two": 2, "three": 3}
INVERSE = (-1, 0, 0)  # of X


def labels(p: UnitProblem, n_classes: int) -> Data:
    """Classes by the rank of y, some of them wrong."""
    found = np.argsort(np.argsort(p.y)) * n_classes // p.y.size
    found[::5] = (found[::5] + 1) % n_classes
    return found


def grid(p: UnitProblem) -> Data:
    return p.alphas[1:4]


def fit(p: UnitProblem, X: Data, y: Data) -> Answer:
    made = elltwo.logistic(X, y, alpha=p.alpha, sample_weight=p.weight, tol=1e-12)
    return {"coef": (made.coef, INVERSE), "intercept": (made.intercept, NUMBER)}


def path(p: UnitProblem, X: Data, y: Data) -> Answer:
    made = elltwo.logistic_path(X, y, alphas=grid(p), sample_weight=p.weight, tol=1e-12)
    return {"coef": (made.coef, INVERSE), "intercept": (made.intercept, NUMBER)}


def choice(p: UnitProblem, X: Data, y: Data, cv: Data) -> Answer:
    made = elltwo.logistic_cv(X, y, alphas=grid(p), cv=cv, sample_weight=p.weight, tol=1e-12)
    return {
        "coef": (made.coef, INVERSE),
        "alpha": (made.alpha, PENALTY),
        "score": (made.cv_score, NUMBER),
    }


def folds(p: UnitProblem, X: Data, y: Data) -> Answer:
    return choice(p, X, y, 3)


def alo(p: UnitProblem, X: Data, y: Data) -> Answer:
    return choice(p, X, y, "alo")


def automatic_path(p: UnitProblem, X: Data, y: Data) -> Answer:
    made = elltwo.logistic_path(X, y, n_alphas=4, sample_weight=p.weight, tol=1e-12)
    return {"coef": (made.coef, INVERSE), "alphas": (made.alphas, PENALTY)}


ENTRIES = (fit, path, folds, alo, automatic_path)


@pytest.mark.filterwarnings("ignore:alpha = :UserWarning")  # on the edge of a short grid
@pytest.mark.parametrize("units", [u for u in UNITS if u.y == 0], ids=str)
@pytest.mark.parametrize("n_classes", CLASSES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("entry", ENTRIES, ids=names(ENTRIES))
def test_units(
    entry: Callable[..., Answer], form: str, shape: str, n_classes: str, units: Units
) -> None:
    def answer(p: UnitProblem) -> Answer:
        return entry(p, FORMS[form](p.X), labels(p, CLASSES[n_classes]))

    assert_same(answer, SHAPES[shape], units, rtol=1e-7)
