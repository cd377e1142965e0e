"""Prior means that leave every row saturated: fits start where the objective is lower."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.sparse import csr_array

import elltwo
import logistic_problems as problems
import logistic_reference as reference
from logistic_reference import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: dict[str, tuple[Callable[[Any], Any], dict[str, Any]]] = {
    "dense": (np.asarray, {}),
    "sparse": (csr_array, {}),
    "bounds": (np.asarray, {"bounds": (-1e9, 1e9)}),
}
each_kind = pytest.mark.parametrize("kind", list(KINDS))
each_number_of_classes = pytest.mark.parametrize("n_classes", [2, 3])


def saturated(seed: int, n_classes: int, p: int = 1, n: int = 40) -> Problem:
    """One row of each class but the last, and features that are zero or far from it."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + 7.5
    X[np.median(X) > X] = 0
    label = np.full(n, n_classes - 1)
    label[:n_classes] = rng.permutation(n_classes)
    prior_mean = rng.uniform(0.5, 4, size=(1 if n_classes == 2 else n_classes, p))
    if n_classes == 2:
        label = 1 - label  # the prior means favour the class of one row
    return Problem(X, label, n_classes=n_classes, prior_mean=prior_mean)


def least_objective(problem: Problem) -> float:
    return float(reference.objective(problem, *reference.solve(problem)))


@each_kind
@each_number_of_classes
@pytest.mark.parametrize("seed", range(12))
def test_the_minimum_is_found(kind: str, n_classes: int, seed: int) -> None:
    convert, options = KINDS[kind]
    problem = saturated(seed, n_classes)
    given = problems.options_of(problem) | options
    fit = elltwo.logistic(convert(problem.X), problem.label, tol=1e-10, **given)
    assert fit.info.status == "converged"
    assert fit.info.objective == pytest.approx(least_objective(problem), rel=1e-9)


@each_kind
@pytest.mark.parametrize("seed", range(4))
def test_with_more_features_than_rows(kind: str, seed: int) -> None:
    convert, options = KINDS[kind]
    problem = saturated(seed, 2, p=26, n=20)
    given = problems.options_of(problem) | options
    fit = elltwo.logistic(convert(problem.X), problem.label, tol=1e-9, **given)
    assert fit.info.objective == pytest.approx(least_objective(problem), rel=1e-9, abs=1e-9)


@pytest.mark.filterwarnings("ignore:logistic regression stopped for alpha = inf")
@each_kind
@each_number_of_classes
def test_a_path_that_begins_at_the_prior_means(kind: str, n_classes: int) -> None:
    """At an infinite alpha coefficients equal their prior means, from which the next fit starts."""
    convert, options = KINDS[kind]
    problem = saturated(20, n_classes)
    given = problems.options_of(problem) | options
    del given["alpha"]
    path = elltwo.logistic_path(
        convert(problem.X), problem.label, alphas=[np.inf, 1.0], tol=1e-10, **given
    )
    assert path.optimality[1] <= 1e-10
    assert path.objective[1] == pytest.approx(least_objective(problem), rel=1e-9)


@pytest.mark.parametrize("kind", ["dense", "bounds"])
def test_without_steps_coefficients_are_the_prior_means(kind: str) -> None:
    convert, options = KINDS[kind]
    problem = saturated(3, 2)
    given = problems.options_of(problem) | options
    with pytest.warns(elltwo.exceptions.ConvergenceWarning):
        fit = elltwo.logistic(convert(problem.X), problem.label, max_iter=0, **given)
    assert problem.prior_mean is not None
    np.testing.assert_allclose(fit.coef, problem.prior_mean[0], rtol=1e-12)
