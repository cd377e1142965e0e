"""Offsets and prior means of any size: intercepts take up what they can, and no status is false."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from scipy.sparse import csr_array

import elltwo
import logistic_problems as problems
import reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from logistic_reference import Array, Problem

Kind: TypeAlias = "Callable[[Array], Any]"
SHAPES = [(60, 4, 2), (60, 4, 3), (20, 40, 2), (20, 40, 3)]
each_shape = pytest.mark.parametrize("shape", SHAPES)
each_kind = pytest.mark.parametrize("kind", [np.asarray, csr_array], ids=["dense", "sparse"])


def fit(problem: Problem, kind: Kind, **options: Any) -> elltwo.LogisticFit:  # noqa: ANN401
    options = problems.options_of(problem) | options
    return elltwo.logistic(kind(problem.X), problem.label, **options)


@each_kind
@each_shape
@pytest.mark.parametrize("size", [1e3, -1e8, 1e300])
def test_what_all_offsets_have_in_common(
    shape: tuple[int, int, int], kind: Kind, size: float
) -> None:
    """The first output's are that large in every row, beside which rounding leaves nothing else."""
    problem = problems.draw(*shape, seed=61)
    plain = fit(problem, kind)
    offset: Array = np.zeros((shape[0], problem.n_outputs))
    offset[:, 0] = size
    found = fit(replace(problem, offset=offset), kind)
    assert found.info.status == "converged"
    assert reference.relative_error(found.coef, plain.coef) <= 1e-9
    intercept = np.atleast_1d(plain.intercept) - offset[0]
    if problem.n_outputs > 1:
        intercept += offset[0].mean()
    assert reference.relative_error(np.atleast_1d(found.intercept), intercept) <= 1e-9


@each_kind
@each_shape
def test_one_row_that_no_coefficient_can_help(shape: tuple[int, int, int], kind: Kind) -> None:
    """Its probability is 0 wherever the fit looks, so that its residual is 1."""
    problem = problems.draw(*shape, seed=62)
    base: Array = np.zeros((shape[0], problem.n_outputs))
    coef = []
    for size in (1e4, 1e300):
        offset = base.copy()
        offset[5, 0] = -size if problem.label[5] == 1 and shape[2] == 2 else size
        if shape[2] > 2:
            offset[5, 0], offset[5, problem.label[5]] = size, -size
        found = fit(replace(problem, offset=offset), kind)
        assert found.info.status == "converged"
        coef.append(found.coef)
    assert reference.relative_error(coef[1], coef[0]) <= 1e-9


@each_kind
@pytest.mark.parametrize("size", [1e4, 1e300])
def test_offsets_that_decide_every_row(kind: Kind, size: float) -> None:
    """On the wrong side all residuals are 1 or -1, and b = X'(y - p) / alpha exactly."""
    problem = replace(problems.draw(60, 4, 2, seed=63), alpha=2.0, fit_intercept=False)
    sign = 2.0 * problem.label[:, None] - 1.0
    wrong = fit(replace(problem, offset=-size * sign), kind)
    assert wrong.info.status == "converged"
    assert reference.relative_error(wrong.coef, problem.X.T @ sign[:, 0] / 2.0) <= 1e-12
    right = fit(replace(problem, offset=size * sign), kind)
    assert right.info.status == "converged"
    np.testing.assert_array_equal(right.coef, 0.0)


@each_kind
@pytest.mark.parametrize("size", [30.0, 1e4, 1e8])
def test_offsets_against_the_labels(kind: Kind, size: float) -> None:
    """The intercept saves one class; the rows of the other keep residuals of 1."""
    problem = replace(problems.draw(60, 4, 2, seed=64), alpha=2.0)
    sign = 2.0 * problem.label[:, None] - 1.0
    found = fit(replace(problem, offset=-size * sign), kind)
    assert found.info.status == "converged"
    z = problem.X @ found.coef - size * sign[:, 0] + found.intercept
    r = problem.label - 1.0 / (1.0 + np.exp(-z))
    assert abs(r.sum()) <= 1e-7 * len(r)
    assert np.abs(problem.X.T @ r - 2.0 * found.coef).max() <= 1e-7 * len(r)


@each_kind
@each_shape
@pytest.mark.parametrize("mean", [1e8, 1e150, 1e300])
@pytest.mark.parametrize("alpha", [1e-8, 1.0, 1e40])
def test_prior_means_out_of_reach(
    shape: tuple[int, int, int], kind: Kind, mean: float, alpha: float
) -> None:
    """Finite numbers, and a status that the optimality bears out."""
    problem = problems.draw(*shape, seed=65)
    prior: Array = np.zeros((problem.n_outputs, shape[1]))
    prior[0, 1] = mean
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", elltwo.exceptions.ConvergenceWarning)
        found = fit(replace(problem, prior_mean=prior, alpha=alpha), kind, max_iter=20)
    assert np.isfinite(found.coef).all()
    assert np.isfinite(found.intercept).all()
    assert np.isfinite(found.info.optimality)
    converged = found.info.optimality <= found.info.tolerance
    assert (found.info.status == "converged") == converged
