"""How often the rows are read until a logistic regression over parts has converged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.functional._logistic_passes.first_pass import FirstPass
from elltwo.functional._logistic_passes.task import FirstTask, Folds
from logistic_passes import first_sums, passes_fit, split

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

N, P, PARTS = 60_000, 20, 16


def correlated(seed: int, n: int = N, p: int = P) -> tuple[Array, Array]:
    """Return columns of an autoregression with correlation 0.9, and classes of a model."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    for j in range(1, p):
        X[:, j] = 0.9 * X[:, j - 1] + np.sqrt(0.19) * X[:, j]
    z = X @ rng.normal(size=p) / np.sqrt(p) * 1.5 + 0.3
    return X, (rng.random(n) < 1.0 / (1.0 + np.exp(-z))).astype(int)


def parts_of(*arrays: Array) -> list[Any]:
    n = len(arrays[0])
    return split([n * k // PARTS for k in range(1, PARTS)], *arrays)


def objective(X: Array, y: Array, alpha: float, fit: elltwo.PassesFit) -> np.longdouble:
    """Loss and penalty at a fit, in extended precision."""
    coef = fit.coef.astype(np.longdouble)
    z = X.astype(np.longdouble) @ coef + np.longdouble(fit.intercept)
    loss = np.logaddexp(0, np.where(y == 1, -z, z)).sum()
    return np.longdouble(loss + alpha / 2 * (coef**2).sum())


@pytest.mark.parametrize("seed", range(3))
def test_five_passes_and_two_hessians(seed: int) -> None:
    X, y = correlated(seed)
    fit = passes_fit(parts_of(X, y))
    assert fit.info.optimality <= 1e-8
    assert fit.passes.n_passes <= 5
    assert fit.passes.n_hessian_passes <= 2


@pytest.mark.parametrize("seed", range(3))
def test_nine_passes_where_rows_are_sorted_and_units_differ(seed: int) -> None:
    X, y = correlated(seed)
    X *= 10.0 ** np.random.default_rng(seed).uniform(-3, 3, P)
    order = np.argsort(y, kind="stable")
    fit = passes_fit(parts_of(X[order], y[order]), penalty_factors=X.var(axis=0))
    assert fit.info.optimality <= 1e-8
    assert fit.passes.n_passes <= 9
    expected = elltwo.logistic(X, y, penalty_factors=X.var(axis=0))
    np.testing.assert_allclose(
        fit.coef * X.std(axis=0), expected.coef * X.std(axis=0), rtol=0, atol=1e-6
    )


def test_objective_is_the_least_to_twelve_digits() -> None:
    X, y = correlated(7)
    fit = passes_fit(parts_of(X, y))
    exact = passes_fit(parts_of(X, y), tol=1e-13)
    least = objective(X, y, 1.0, exact)
    assert (objective(X, y, 1.0, fit) - least) / least <= 1e-12
    assert fit.info.objective == pytest.approx(float(objective(X, y, 1.0, fit)), rel=1e-13)
    assert fit.info.gap <= 1e-12


def test_one_hessian_where_it_costs_more_than_a_pass() -> None:
    X, y = correlated(1, 60_000, 220)
    fit = passes_fit(parts_of(X, y), rows_a_column=60)
    assert fit.info.optimality <= 1e-8
    assert fit.passes.n_passes <= 6
    assert fit.passes.n_hessian_passes <= 2


def test_sums_do_not_depend_on_how_often_rows_arrive() -> None:
    X, y = correlated(0, 2000, 3)
    task = FirstTask(rows_a_column=50)
    together = first_sums(split([], X, y), task)
    piecewise = FirstPass(task, 0)
    for first in range(0, 2000, 130):
        piecewise.add(X[first : first + 130], y[first : first + 130])
    sums = piecewise.sums()
    np.testing.assert_array_equal(sums.sample.x, together.sample.x)
    np.testing.assert_array_equal(sums.sample.weight, together.sample.weight)
    np.testing.assert_array_equal(sums.class_weight, together.class_weight)
    np.testing.assert_allclose(sums.columns[0].norm, together.columns[0].norm, rtol=1e-13)
    assert sums.sample.weight.sum() == pytest.approx(2000.0)


@pytest.mark.parametrize("step", [40, 700, 2000])
def test_sampled_rows_keep_their_labels_weights_and_folds(step: int) -> None:
    X, y = correlated(0, 2000, 3)
    weight = np.arange(1.0, 2001.0)
    fold = (np.arange(2000) % 3).astype(np.int32)
    piecewise = FirstPass(FirstTask(rows_a_column=50, folds=Folds(3)), 0)
    for first in range(0, 2000, step):
        rows = slice(first, first + step)
        piecewise.add(X[rows], y[rows], weight[rows], None, fold[rows])
    sample = piecewise.sums().sample
    row = np.array([int(np.flatnonzero((x == X).all(axis=1))[0]) for x in sample.x])
    assert (np.diff(row) > 0).all()
    np.testing.assert_array_equal(sample.codes, np.searchsorted(np.unique(y), y[row]))
    np.testing.assert_array_equal(sample.fold, fold[row])
    for k in range(2):
        stands_for = sample.weight[sample.codes == k] / weight[row[sample.codes == k]]
        np.testing.assert_allclose(
            stands_for * (sample.codes == k).sum(), (y == np.unique(y)[k]).sum()
        )
