"""Logistic regressions over parts equal those of all rows in memory, however they are divided."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import elltwo
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


def divided(draw: st.DrawFn, n: int, codes: np.ndarray) -> tuple[np.ndarray, list[int]]:
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


@st.composite
def problems(draw: st.DrawFn):
    seed = draw(st.integers(0, 2**20))
    rng = np.random.default_rng(seed)
    n, p = draw(st.integers(12, 150)), draw(st.integers(1, 5))
    k = draw(st.sampled_from([2, 2, 3, 4]))
    units = 10.0 ** rng.uniform(-3, 3, p) if draw(st.booleans()) else np.ones(p)
    X = rng.normal(size=(n, p)) + rng.normal(size=p) * draw(st.sampled_from([0.0, 1.0, 10.0]))
    z = X @ rng.normal(size=(p, k)) / np.sqrt(p)
    codes = (z + rng.gumbel(size=(n, k))).argmax(axis=1)
    codes[:k] = np.arange(k)
    if p > 1 and draw(st.booleans()):
        X[:, -1] = 3.7  # a constant column
    outputs = 1 if k == 2 else k
    penalty = {
        "alpha": draw(st.sampled_from([1e-2, 1.0, 30.0, np.inf])),
        "fit_intercept": draw(st.booleans()),
        "penalty_factors": None,
        "prior_mean": None,
    }
    X *= units
    if draw(st.booleans()):
        choices = [1.0, 2.5, np.inf] if penalty["alpha"] < 1.0 else [0.0, 1.0, 2.5, np.inf]
        factors = np.array([draw(st.sampled_from(choices)) for _ in range(p)])
        # Without a penalty, columns are to have a minimum: of the last one half of the data do.
        penalty["penalty_factors"] = np.where(factors == 0.0, 1e-3, factors) * units**2
        penalty["penalty_factors"][np.isinf(factors)] = np.inf
    if draw(st.booleans()):
        penalty["prior_mean"] = rng.normal(size=(outputs, p)) / units
    weight = rng.choice([0.0, 0.5, 1.0, 3.0], size=n) if draw(st.booleans()) else None
    if weight is not None:
        weight[: 2 * k] = 1.0
        codes[:k] = np.arange(k)
    offset = rng.normal(size=(n, outputs)) * 3.0 if draw(st.booleans()) else None
    labels = LABELS[draw(st.sampled_from(sorted(LABELS)))]
    dtype = draw(st.sampled_from([np.float64, np.float64, np.float32]))
    order, ends = divided(draw, n, codes)
    arrays = [X.astype(dtype), labels[codes], weight, offset]
    return penalty, [None if one is None else one[order] for one in arrays], ends


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(), st.sampled_from([1, 6, 20, 200]))
def test_fit_is_that_of_all_rows(problem, rows_a_column: int) -> None:
    penalty, arrays, ends = problem
    X, y, weight, offset = arrays
    expected = elltwo.logistic(X, y, sample_weight=weight, offset=offset, tol=TOL, **penalty)
    fit = passes_fit(split(ends, *arrays), rows_a_column=rows_a_column, tol=TOL, **penalty)
    assert fit.classes.tolist() == expected.classes.tolist()
    assert fit.classes.dtype.kind == expected.classes.dtype.kind
    assert fit.coef.shape == expected.coef.shape
    assert fit.coef.dtype == X.dtype
    assert fit.info.status == "converged"
    assert fit.info.optimality <= TOL
    z, z_expected = (one.linear_predictor(X.astype(float)) for one in (fit, expected))
    loose = 1e-5 if X.dtype == np.float32 else AGREE
    np.testing.assert_allclose(z, z_expected, rtol=0, atol=loose * (1 + np.abs(z_expected).max()))
    assert fit.info.objective == pytest.approx(expected.info.objective, rel=1e-9)
    assert fit.info.gap >= 0.0
