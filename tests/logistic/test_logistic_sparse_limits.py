"""Sparse logistic fits without a minimum, on threads, interrupted, and of malformed input."""

from __future__ import annotations

import signal
import time
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from logistic_sparse_fits import (
    SOLVERS,
    N,
    P,
    arrays,
    assert_optimal,
    dense_problem,
    fit,
    random_labels,
    random_sparse,
)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("solver", SOLVERS)
def test_complete_separation_is_named(solver: str, n_classes: int) -> None:
    X = random_sparse()
    score = X[:, :3] @ np.array([[1.0, -1.0, 0.5], [2.0, 0.3, -1.0], [-1.0, 0.2, 1.0]])
    label = score.argmax(axis=1) if n_classes == 3 else score[:, 0] > 0.0
    coef, intercept, infos = fit(X, label.astype(np.int32), n_classes, [0.0, 1.0], solver=solver)
    assert [info.status for info in infos] == ["separable", "converged"]
    assert np.isfinite(coef).all()
    assert np.isfinite(intercept).all()
    problem = dense_problem(X, label.astype(np.int32), n_classes, 1.0)
    assert_optimal(coef[1], intercept[1], problem, 1e-8)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_quasi_complete_separation_is_named(alpha: float, solver: str) -> None:
    """A feature without a penalty that only one class has; the others overlap."""
    X, label = random_sparse().tolil(), random_labels(2)
    X[:, 2] = np.where(label == 1, np.arange(N) % 3 == 0, 0.0)[:, None]
    factors = np.ones(P)
    factors[2] = 0.0
    coef, _, (info,) = fit(
        sparse.csr_array(X), label, 2, [alpha], solver=solver, penalty_factors=factors
    )
    assert info.status == "separable"
    assert np.isfinite(coef).all()
    assert coef[0, 0, 2] > 5.0


@pytest.mark.parametrize("solver", SOLVERS)
def test_one_row_on_the_wrong_side_is_no_separation(solver: str) -> None:
    x = np.concatenate([np.linspace(-3.0, -0.1, 60), np.linspace(0.1, 3.0, 60)])
    label = (x > 0.0).astype(np.int32)
    label[60] = 0
    label[58] = 1
    X = sparse.csr_array(np.column_stack([x, np.cos(7.0 * x)]))
    coef, intercept, (info,) = fit(X, label, 2, [0.0], solver=solver, tol=1e-12)
    assert info.status == "converged"
    assert_optimal(coef[0], intercept[0], dense_problem(X, label, 2, 0.0), 1e-7)


@pytest.mark.parametrize("solver", ["newton_cg", "newton_cholesky"])
@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_thread_count_changes_no_bit(n_classes: int, solver: str) -> None:
    rng = np.random.default_rng(0)
    X = sparse.random(60_000, 40, density=0.2, format="csr", rng=rng)
    label = rng.integers(0, n_classes, X.shape[0]).astype(np.int32)
    weight = rng.uniform(0.0, 2.0, X.shape[0])
    answers = set()
    for k in (1, 2, 3, 0):
        coef, intercept, (info,) = fit(
            X, label, n_classes, [1.0], solver=solver, sample_weight=weight, n_threads=k
        )
        assert k == 0 or info.n_threads <= k
        answers.add(coef.tobytes() + intercept.tobytes())
    assert len(answers) == 1


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_penalties_that_dwarf_the_data_on_a_path(n_classes: int, solver: str) -> None:
    """Then b = m + X'(y - p) / alpha, and no trace of it at the next alpha."""
    X, label = random_sparse(), random_labels(n_classes)
    outputs = 1 if n_classes == 2 else n_classes
    factors = np.ones(P)
    factors[1] = np.inf
    options: dict[str, Any] = {"solver": solver, "penalty_factors": factors}
    coef, intercept, infos = fit(X, label, n_classes, [1.0, 1e200, 1.0], **options)
    assert [info.status for info in infos] == ["converged"] * 3
    share = np.bincount(label) / N
    is_class = (label[:, None] == np.arange(n_classes)) - share
    slope = (X.T @ is_class)[:, -outputs:].T * (np.arange(P) != 1)
    np.testing.assert_allclose(coef[1] * 1e200, slope, rtol=1e-9, atol=1e-9)
    log_odds = np.log(share) - (np.log(share[0]) if outputs == 1 else np.log(share).mean())
    np.testing.assert_allclose(intercept[1], log_odds[-outputs:], rtol=0, atol=1e-12)
    np.testing.assert_allclose(coef[2], coef[0], rtol=0, atol=1e-9 * np.abs(coef[0]).max())


class StopError(Exception):
    """What the signal handler raises."""


@pytest.mark.alone
def test_a_signal_ends_a_fit_at_once() -> None:
    rng = np.random.default_rng(0)
    X = sparse.random(200_000, 3_000, density=0.005, format="csr", rng=rng)
    label = rng.integers(0, 2, X.shape[0]).astype(np.int32)
    alphas = [float(a) for a in np.geomspace(1e3, 1e-3, 500)]

    def stop(*_: object) -> None:
        raise StopError

    previous = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        start = time.perf_counter()
        with pytest.raises(StopError):
            fit(X, label, 2, alphas, tol=0.0)
        assert time.perf_counter() - start < 60.0  # hundreds without a look at signals
    finally:
        signal.signal(signal.SIGALRM, previous)


def test_malformed_matrices_are_errors() -> None:
    X, label = random_sparse(), random_labels(2)
    data, indices, starts, n, p, by_rows = arrays(X)
    outside, bad = indices.copy(), starts.copy()
    outside[3], bad[5] = p, 10**6
    broken = np.where(np.arange(len(data)) == 7, np.nan, data)
    for x in (
        (data, outside, starts, n, p, by_rows),
        (data, indices, bad, n, p, by_rows),
        (broken, indices, starts, n, p, by_rows),
        (data, indices, starts[:-1], n, p, by_rows),
        (data, indices, starts[:0], n, p, by_rows),
    ):
        with pytest.raises(ValueError, match="X"):
            fit(x, label, 2, [1.0])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("penalty_factors", np.full(P, -1.0)),
        ("penalty_factors", np.ones(P + 1)),
        ("prior_mean", np.full((1, P), np.nan)),
        ("sample_weight", np.full(N, np.inf)),
        ("sample_weight", np.zeros(N)),
        ("offset", np.full((N, 1), np.nan)),
        ("rows", np.array([0, N])),
        ("start", np.zeros(P)),
        ("tol", -1.0),
        ("max_iter", -1),
        ("solver", "quasi_newton"),
        ("solver", "lbfgs"),
    ],
)
def test_bad_arguments_are_named(name: str, value: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match=name):
        fit(random_sparse(), random_labels(2), 2, [1.0], **{name: value})


def test_bad_labels_and_alphas_are_named() -> None:
    X = random_sparse()
    with pytest.raises(ValueError, match="label"):
        fit(X, random_labels(3), 2, [1.0])
    with pytest.raises(ValueError, match="alphas"):
        fit(X, random_labels(2), 2, [np.nan])
