"""Random and hard problems of the elastic net: every point certified from the data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse

import elltwo
from elastic_net_problems import FAMILIES, hard_problems, random_design
from elastic_net_reference import Problem, certificates, descend, rounding

if TYPE_CHECKING:
    from elastic_net_reference import Array

HARD = {name: (problem, shares) for name, problem, shares in hard_problems()}


def assert_path(problem: Problem, path: elltwo.ElasticNetPath, worst: float, step: int = 1) -> None:
    """Gaps below `worst` or at rounding, and what the record says true, at every so many points."""
    at = np.unique([*range(0, len(path.alphas), step), len(path.alphas) - 1])
    coef = path.coef
    found = certificates(problem, path.alphas[at], coef[at], path.intercept[at])
    gaps = np.array([point.gap for point in found])
    floor = rounding(path, path.alphas[at], path.objective[at])
    assert np.all(gaps <= np.maximum(worst, floor))
    objectives = np.array([point.objective for point in found])
    np.testing.assert_allclose(path.objective[at], objectives, rtol=1e-10)
    assert np.all(path.gaps[at] >= gaps - floor)
    assert path.converged.all()
    assert np.array_equal(path.n_active, np.count_nonzero(coef, axis=1))


@pytest.mark.parametrize("ratio", [0.93, 0.3])
@pytest.mark.parametrize("family", FAMILIES)
def test_families(family: str, ratio: float) -> None:
    """Alphas falling slowly and in leaps, on correlated, wide, integer and copied columns."""
    rng = np.random.default_rng([FAMILIES.index(family), int(100 * ratio)])
    for repeat in range(9):
        X, y = random_design(family, rng)
        shares = ratio ** np.arange(1 + int(np.ceil(np.log(1e-3) / np.log(ratio))))
        problem = Problem(X, y, 1.0, (0.5, 1.0, 1.0)[repeat % 3])
        grid = elltwo.elastic_net_path(X, y, l1_ratio=problem.l1_ratio, n_alphas=2)
        path = elltwo.elastic_net_path(
            X, y, alphas=float(grid.alpha_max) * shares, **problem.path_options
        )
        assert_path(problem, path, 1e-12, step=4 if ratio > 0.9 else 1)


def uniform(rng: np.random.Generator, low: float, high: float, size: int) -> Array:
    return np.asarray(rng.uniform(low, high, (size,)))


@pytest.mark.parametrize("family", FAMILIES)
def test_families_with_options(family: str) -> None:
    """The same with weights, factors, bounds, prior means and without an intercept."""
    rng = np.random.default_rng([FAMILIES.index(family), 7])
    for repeat in range(12):
        X, y = random_design(family, rng)
        n, p = X.shape
        factors = uniform(rng, 0.3, 3.0, p)
        factors[rng.random(p) < 0.1] = np.inf
        prior = uniform(rng, -0.3, 0.3, p) * (rng.random(p) < 0.5)
        problem = Problem(
            X,
            y,
            1.0,
            (0.5, 1.0, 0.99)[repeat % 3],
            penalty_factors=factors if repeat % 2 else None,
            prior_mean=prior if repeat % 4 == 0 else None,
            lower=-0.3 - uniform(rng, 0, 0.2, p) if repeat % 5 == 1 else None,
            upper=0.3 + uniform(rng, 0, 0.2, p) if repeat % 5 < 2 else None,
            sample_weight=uniform(rng, 0, 2, n) if repeat % 3 == 1 else None,
            fit_intercept=repeat % 4 != 1,
        )
        path = elltwo.elastic_net_path(
            X, y, n_alphas=25, alpha_min_ratio=1e-3, **problem.path_options
        )
        found = certificates(problem, path.alphas, path.coef, path.intercept)
        floor = rounding(path, path.alphas, path.objective)
        assert np.all([point.gap for point in found] <= np.maximum(1e-12, floor))
        assert path.converged.all()


@pytest.mark.filterwarnings("ignore:elastic net stopped")  # at a gap below 1e-9
@pytest.mark.parametrize("name", HARD)
def test_hard_cases(name: str) -> None:
    problem, shares = HARD[name]
    grid = elltwo.elastic_net_path(problem.X, problem.y, n_alphas=2, **problem.path_options)
    path = elltwo.elastic_net_path(
        problem.X, problem.y, alphas=float(grid.alpha_max) * shares, **problem.path_options
    )
    at = np.unique([*range(0, len(shares), 12), len(shares) - 1])
    found = certificates(problem, path.alphas[at], path.coef[at], path.intercept[at])
    assert max(point.gap for point in found) <= 1e-9
    assert path.gaps.max() <= 1e-9


@pytest.mark.parametrize("name", ["duplicates", "signs", "scales", "rank_6", "walks"])
def test_hard_cases_from_cold(name: str) -> None:
    """The smallest alpha alone, without a path that leads to it."""
    problem, shares = HARD[name]
    grid = elltwo.elastic_net_path(problem.X, problem.y, n_alphas=2, **problem.path_options)
    problem = problem.at(float(grid.alpha_max) * shares[-1])
    fit = elltwo.elastic_net(problem.X, problem.y, **problem.options)
    found = certificates(problem, [problem.alpha], fit.coef[None], np.array([fit.intercept]))
    assert found[0].gap <= 1e-9
    assert fit.info.status == "converged"


@pytest.mark.parametrize("name", ["binary", "signs", "saturated"])
def test_hard_cases_as_sparse_columns(name: str) -> None:
    problem, shares = HARD[name]
    problem = replace(problem, X=problem.X * (problem.X > 0.5))
    grid = elltwo.elastic_net_path(problem.X, problem.y, n_alphas=2, **problem.path_options)
    path = elltwo.elastic_net_path(
        sparse.csc_array(problem.X),
        problem.y,
        alphas=float(grid.alpha_max) * shares[::4],
        **problem.path_options,
    )
    found = certificates(problem, path.alphas[::5], path.coef[::5], path.intercept[::5])
    assert max(point.gap for point in found) <= 1e-9
    assert path.converged.all()


@pytest.mark.parametrize("seed", range(10))
def test_coordinate_descent_to_rounding(seed: int) -> None:
    """The algorithm of the textbooks ends at the same coefficients."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((40, 12)) + rng.standard_normal((40, 1))
    y = X[:, :3].sum(axis=1) + rng.standard_normal(40)
    problem = Problem(X, y, 1.5, (1.0, 0.5)[seed % 2])
    coef, intercept = descend(problem)
    fit = elltwo.elastic_net(X, y, **problem.options)
    np.testing.assert_allclose(fit.coef, coef, rtol=0, atol=1e-12)
    assert fit.intercept == pytest.approx(intercept, abs=1e-12)
