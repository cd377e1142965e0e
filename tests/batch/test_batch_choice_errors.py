"""What `ridge_batch_cv` refuses and warns of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo import _core

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

GRID = np.geomspace(1e-3, 1e4, 23)
RULES: list[dict[str, Any]] = [{"cv": "gcv"}, {"cv": "loo"}, {"cv": 5}]


def batch(n_problems: int, n: int, p: int, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n_problems, n, p)), rng.normal(size=(n_problems, n))


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({"cv": "kfold"}, ValueError, "cv must be 'loo', 'gcv' or a number of folds, got 'kfold'"),
        ({"cv": 2.5}, TypeError, "cv must be 'loo', 'gcv' or a number of folds, got 2.5"),
        ({"cv": 1}, ValueError, "cv must be an integer in"),
        ({"cv": 21}, ValueError, "cv must be at most the number of rows of X, which is 20, got 21"),
        ({"select": "best"}, ValueError, "select must be one of 'min', '1se'"),
        ({"cv": "gcv", "select": "1se"}, ValueError, "select='1se' needs standard errors"),
        ({"alphas": []}, ValueError, "alphas must be 1-D and not empty"),
        (
            {"alphas": [1.0, -1.0]},
            ValueError,
            r"alphas must be in \[0, inf\], got -1 at position 1",
        ),
        ({"sample_weight": np.ones(3)}, ValueError, "sample_weight must have shape"),
        ({"n_threads": 0}, ValueError, "n_threads"),
        ({"tol": -1.0}, ValueError, "tol"),
        ({"fit_intercept": 1}, TypeError, "fit_intercept"),
    ],
)
def test_bad_arguments_are_named(
    kwargs: dict[str, Any], error: type[Exception], message: str
) -> None:
    X, y = batch(2, 20, 2)
    with pytest.raises(error, match=message):
        elltwo.ridge_batch_cv(X, y, **kwargs)


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_bad_values_name_the_first_problem(rule: dict[str, Any], value: float) -> None:
    for n_threads in (1, 4):
        X, y = batch(400, 20, 3, 17)
        X[[57, 230], 4, 1] = value
        with pytest.raises(ValueError, match=r"X of problem 57 contains \w+ at row 4, column 1"):
            elltwo.ridge_batch_cv(X, y, alphas=GRID, n_threads=n_threads, **rule)
        X, y = batch(400, 20, 3, 17)
        y[[58, 230], 4] = value
        with pytest.raises(ValueError, match=r"y of problem 58 contains \w+ at row 4"):
            elltwo.ridge_batch_cv(X, y, alphas=GRID, n_threads=n_threads, **rule)


def test_one_row_is_too_few() -> None:
    with pytest.raises(ValueError, match="X has 1 sample, while cross-validation needs at least 2"):
        elltwo.ridge_batch_cv(np.ones((3, 1, 2)), np.ones((3, 1)))


def test_a_fold_without_weight_names_its_problem() -> None:
    X, y = batch(3, 20, 2)
    w = np.ones((3, 20))
    w[1, :10] = 0.0
    with pytest.raises(ValueError, match="sample_weight of problem 1 must not be all zero on a"):
        elltwo.ridge_batch_cv(X, y, alphas=GRID, cv=2, sample_weight=w)


def test_choices_on_an_edge_of_the_grid_warn_once() -> None:
    X, y = batch(5, 30, 2, 18)
    with pytest.warns(
        UserWarning, match=r"alpha of 5 of 5 problem\(s\), first of number 0"
    ) as told:
        elltwo.ridge_batch_cv(X, y, alphas=[1e8, 1e9])
    assert [w.filename for w in told] == [__file__]


@pytest.mark.parametrize("alphas", [GRID, None], ids=["grid", "own"])
def test_no_problems_at_all(alphas: Array | None) -> None:
    fit = elltwo.ridge_batch_cv(np.ones((0, 5, 2)), np.ones((0, 5)), alphas=alphas)
    assert fit.coef.shape == (0, 2)
    assert fit.alpha.shape == fit.best_score.shape == (0,)
    assert fit.scores.shape == (0, 102 if alphas is None else GRID.size)


def test_the_core_refuses_fewer_matrices_than_targets() -> None:
    X, Y = np.ones((2, 9, 3)), np.ones((4, 9, 1))
    problem = (Y, np.ones(1), None, None, None)
    rule, options = (GRID, 0, False), (True, False, 1e-8, 1)
    with pytest.raises(ValueError, match="X must hold as many problems as y"):
        _core.choose_alphas(X, problem, None, None, rule, options)
