"""Logistic regressions over parts equal those of all rows in memory, however they are divided."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

import elltwo
from elltwo.exceptions import ConvergenceWarning
from elltwo.functional._base.sparse import sparse_matrix
from logistic_passes import passes_fit, split

TOL = 1e-10
AGREE = 1e-6  # of predictors, in parts of the largest; ten thousand tolerances over rcond

LABELS = {
    "text": np.array(["no", "yes", "maybe", "never"]),
    "long text": np.array(["a", "bb", "a very long label", "c"]),
    "integers": np.array([7, -3, 12, 0]),
    "floats": np.array([-1.0, 1.0, 3.0, 2.0]),
    "bytes of integers": np.array([200, 3, 5, 7], dtype=np.uint8),
    "objects": np.array(["x", "y", "z", "w"], dtype=object),
}


class Problem(NamedTuple):
    """Options of a fit, arrays of its rows, and where the rows are cut."""

    options: dict[str, Any]
    arrays: list[Any]  # X, y, weights and offsets
    ends: list[int]


def divided(draw: st.DrawFn, n: int, codes: Any) -> tuple[Any, list[int]]:  # noqa: ANN401
    """Return an order of the rows, and where they are cut."""
    kind = draw(st.sampled_from(["one", "random", "skewed", "sorted", "one class each"]))
    order = np.arange(n)
    if kind in {"sorted", "one class each"}:
        order = np.argsort(codes, kind="stable")
    if kind == "one":
        return order, []
    if kind == "skewed":
        return order, [1, 2, 2, n - 1]
    if kind == "one class each":
        return order, (np.flatnonzero(np.diff(codes[order])) + 1).tolist()
    ends = draw(st.lists(st.integers(0, n), max_size=6))
    return order, sorted(ends)


def penalties(draw: st.DrawFn, rng: np.random.Generator, k: int, units: Any) -> Any:  # noqa: ANN401
    """Return options of a fit of k classes to columns in these units."""
    p, outputs = units.size, 1 if k == 2 else k
    alpha = draw(st.sampled_from([1e-2, 1.0, 30.0, np.inf]))
    options: dict[str, Any] = {"alpha": alpha, "fit_intercept": draw(st.booleans())}
    if draw(st.booleans()):
        factors = rng.choice([1e-2, 1.0, 2.5, np.inf], size=p) * units**2
        options["penalty_factors"] = factors
    if draw(st.booleans()):
        options["prior_mean"] = rng.normal(size=(outputs, p)) / units
    return options


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    n, p = draw(st.integers(12, 150)), draw(st.integers(1, 5))
    k = draw(st.sampled_from([2, 2, 3, 4]))
    units = 10.0 ** rng.uniform(-3, 3, p) if draw(st.booleans()) else np.ones(p)
    X = rng.normal(size=(n, p)) + rng.normal(size=p) * draw(st.sampled_from([0.0, 1.0, 10.0]))
    z = X @ rng.normal(size=(p, k)) / np.sqrt(p)
    codes = (z + rng.gumbel(size=(n, k))).argmax(axis=1)
    codes[:k] = np.arange(k)
    if p > 1 and draw(st.booleans()):
        X[:, -1] = 3.7  # a constant column
    weight = None
    if draw(st.booleans()):
        weight = rng.choice([0.0, 0.5, 1.0, 3.0], size=n)
        weight[:k] = 1.0
    offset = rng.normal(size=(n, 1 if k == 2 else k)) * 3.0 if draw(st.booleans()) else None
    labels = LABELS[draw(st.sampled_from(sorted(LABELS)))]
    dtype = draw(st.sampled_from([np.float64, np.float64, np.float32]))
    order, ends = divided(draw, n, codes)
    arrays = [(X * units).astype(dtype), labels[codes], weight, offset]
    in_order = [None if one is None else one[order] for one in arrays]
    return Problem(penalties(draw, rng, k, units), in_order, ends)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(), st.sampled_from([1, 6, 20, 200]))
def test_fit_is_that_of_all_rows(problem: Problem, rows_a_column: int) -> None:
    X, y, weight, offset = problem.arrays
    options = problem.options
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # where rounding hides the tolerance
        expected = elltwo.logistic(X, y, sample_weight=weight, offset=offset, tol=TOL, **options)
        parts = split(problem.ends, *problem.arrays)
        fit = passes_fit(parts, rows_a_column=rows_a_column, tol=TOL, **options)
    assert fit.classes.tolist() == expected.classes.tolist()
    assert fit.classes.dtype.kind == expected.classes.dtype.kind
    assert fit.coef.shape == expected.coef.shape
    assert fit.coef.dtype == X.dtype
    assert fit.info.optimality <= max(TOL, 10.0 * expected.info.optimality)
    assert (fit.info.status == "converged") == (fit.info.optimality <= TOL)
    z, known = (one.linear_predictor(X.astype(float)) for one in (fit, expected))
    least = max(fit.info.optimality, expected.info.optimality)
    loose = 1e-5 if X.dtype == np.float32 or least > TOL else AGREE
    np.testing.assert_allclose(z, known, rtol=0, atol=loose * (1 + np.abs(known).max()))
    assert fit.info.objective == pytest.approx(expected.info.objective, rel=1e-9)
    excess = fit.info.objective - expected.info.objective
    assert fit.info.gap >= excess / expected.info.objective - 1e-13


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_sparse_rows_give_the_fit_of_dense_ones(problem: Problem) -> None:
    X, *others = problem.arrays
    X = np.where(np.abs(X) < np.median(np.abs(X), axis=0), 0.0, X)
    parts = [
        part._replace(X=sparse_matrix(sparse.csr_array(part.X))) if len(part.y) else part
        for part in split(problem.ends, X, *others)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # where rounding hides the tolerance
        dense = passes_fit(split(problem.ends, X, *others), tol=TOL, **problem.options)
        fit = passes_fit(parts, tol=TOL, **problem.options)
    least = max(fit.info.optimality, dense.info.optimality)
    assert least <= max(TOL, 10.0 * min(fit.info.optimality, dense.info.optimality))
    z, known = (one.linear_predictor(X) for one in (fit, dense))
    loose = 1e-5 if least > TOL else AGREE
    np.testing.assert_allclose(z, known, rtol=0, atol=loose * (1 + np.abs(known).max()))


def test_many_classes_are_fitted_without_their_whole_hessian() -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(4000, 106))
    z = X @ rng.normal(size=(106, 20)) * 0.1
    y = (z + rng.gumbel(size=z.shape)).argmax(axis=1)
    fit = passes_fit(split([1000, 2000, 3500], X, y), rows_a_column=25, tol=1e-9)
    expected = elltwo.logistic(X, y)
    assert (fit.info.solver, fit.passes.n_hessian_passes) == ("quasi_newton", 0)
    assert fit.info.status == "converged"
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=0, atol=1e-7)
