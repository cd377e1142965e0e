"""Statistics of sparse fits: those of their dense twins."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

import elltwo
from sparse_data import DENSE, Twin, X, Y, assert_close, twins, y

NUMBERS = (
    "edf",
    "rss",
    "residual_df",
    "r_squared",
    "leverages",
    "residuals",
    "loo_residuals",
    "vif",
    "condition_indices",
)
KINDS = ("bayesian", "sampling", "sandwich", "sandwich_hc0")


def assert_same_statistics(
    found: elltwo.RidgeStatistics, expected: elltwo.RidgeStatistics, tol: float
) -> None:
    for name in NUMBERS:
        assert_close(getattr(found, name), getattr(expected, name), tol)
    for kind in KINDS:
        errors, wanted = found.standard_errors(kind), expected.standard_errors(kind)
        assert_close(errors.coef, wanted.coef, tol)
        assert_close(errors.intercept, wanted.intercept, tol)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(twins(), st.sampled_from([0.5, 3.0, np.inf]))
def test_statistics_are_those_of_the_dense_twin(twin: Twin, alpha: float) -> None:
    found = elltwo.ridge(twin.X, twin.y, alpha=alpha, **twin.options).statistics
    wide = twin.dense.astype(np.float64)
    expected = elltwo.ridge(wide, twin.y, alpha=alpha, **twin.options).statistics
    if np.min(expected.residual_df) > 0.1:
        assert_same_statistics(found, expected, 1e-8)


@pytest.mark.parametrize("alpha", [0.0, 1e-6, 2.0])
@pytest.mark.parametrize("form", [sparse.csr_array, sparse.csc_matrix, sparse.coo_array])
@pytest.mark.parametrize("weighted", [False, True])
def test_every_statistic(form: Any, alpha: float, weighted: bool) -> None:  # noqa: ANN401
    weight = np.random.default_rng(1).integers(0, 3, 60) if weighted else None
    found = elltwo.ridge(form(X), Y, alpha=alpha, sample_weight=weight).statistics
    expected = elltwo.ridge(DENSE, Y, alpha=alpha, sample_weight=weight).statistics
    assert_same_statistics(found, expected, 1e-9)
    for new, dense in ((form(X), DENSE), (DENSE, DENSE)):
        got, wanted = found.prediction_interval(new, 0.8), expected.prediction_interval(dense, 0.8)
        assert_close(got.lower, wanted.lower, 1e-9)
        assert_close(got.upper, wanted.upper, 1e-9)
    if alpha > 0.0:
        assert_close(found.covariance(target=1), expected.covariance(target=1), 1e-9)
    assert_same_statistics(found.of_target(2), expected.of_target(2), 1e-9)


@pytest.mark.parametrize("wide", [False, True])
def test_path_and_summary(wide: bool) -> None:
    S, t = (X[:10], y[:10]) if wide else (X, y)
    dense = S.toarray()
    path, twin = elltwo.ridge_path(S, t, [1.0, 0.1]), elltwo.ridge_path(dense, t, [1.0, 0.1])
    assert_same_statistics(path.statistics(0.3), twin.statistics(0.3), 1e-9)
    text = str(elltwo.ridge(S, t, alpha=0.5).summary())
    assert "x11" in text
    assert text.splitlines()[0] == str(elltwo.ridge(dense, t, alpha=0.5).summary()).splitlines()[0]


def test_unsorted_and_repeated_entries() -> None:
    order = np.array([2, 0, 1, 3])
    rows = sparse.csr_array(
        (np.array([1.0, 2.0, 3.0, 4.0])[order], np.array([1, 1, 0, 2])[order], [0, 3, 3, 4]),
        shape=(3, 3),
    )
    S = sparse.vstack([rows, sparse.csr_array(DENSE[:20, :3])], format="csr")
    t = y[:23]
    found = elltwo.ridge(S, t, alpha=1.0).statistics
    assert_same_statistics(found, elltwo.ridge(S.toarray(), t, alpha=1.0).statistics, 1e-9)


def test_float32() -> None:
    found = elltwo.ridge(X.astype(np.float32), y, alpha=1.0).statistics
    wide = X.astype(np.float32).toarray().astype(np.float64)
    assert_same_statistics(found, elltwo.ridge(wide, y, alpha=1.0).statistics, 1e-9)


def test_x_is_not_made_dense_as_a_whole() -> None:
    S: Any = sparse.random_array(
        (10_000, 300), density=0.01, rng=np.random.default_rng(0), format="csr"
    )
    t = np.random.default_rng(1).standard_normal(10_000)
    statistics = elltwo.ridge(S, t, alpha=1.0).statistics
    tracemalloc.start()
    statistics.standard_errors("sandwich_hc0")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 0.5 * 8 * 10_000 * 300
