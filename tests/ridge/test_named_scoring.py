"""Scores by name, of all targets and alphas at once, against callables for one."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import elltwo

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on the:UserWarning")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 5))
Y = X @ RNG.normal(size=(5, 3)) + RNG.normal(size=(40, 3)) * [0.5, 2.0, 8.0]
WEIGHTS = RNG.integers(0, 4, size=40).astype(float)
ALPHAS = [0.0, 0.1, 10.0, 100.0]


def r2(y: Any, predicted: Any) -> float:  # noqa: ANN401
    y, predicted = np.atleast_2d(y.T), np.atleast_2d(predicted.T)
    errors = ((y - predicted) ** 2).sum(axis=1)
    return float(np.mean(1.0 - errors / y.var(axis=1) / y.shape[1]))


def correlation(y: Any, predicted: Any) -> float:  # noqa: ANN401
    pairs = zip(np.atleast_2d(y.T), np.atleast_2d(predicted.T), strict=True)
    return float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in pairs]))


CALLABLES = {"r2": r2, "correlation": correlation}
each_name = pytest.mark.parametrize("name", CALLABLES)


@each_name
@pytest.mark.parametrize("per_target", [False, True])
@pytest.mark.parametrize("cv", ["loo", 4, 40])
@pytest.mark.parametrize("kind", [np.asarray, np.float32, sparse.csr_matrix], ids=str)
def test_name_means_what_a_callable_says(name: str, per_target: bool, cv: Any, kind: Any) -> None:  # noqa: ANN401
    options: dict[str, Any] = {"alphas": ALPHAS, "cv": cv, "per_target": per_target}
    fit, other = (
        elltwo.ridge_cv(kind(X), Y, scoring=scoring, **options)
        for scoring in (name, CALLABLES[name])
    )
    assert fit.cv_score.shape == ((4, 3) if per_target else (4,))
    np.testing.assert_allclose(fit.cv_score, other.cv_score, rtol=1e-9)
    np.testing.assert_array_equal(fit.alpha, other.alpha)


@each_name
def test_one_target_and_bounds(name: str) -> None:
    for cv in ("loo", 4):
        options: dict[str, Any] = {"alphas": [1.0, 10.0], "cv": cv, "bounds": (0.0, 9.0)}
        fit, other = (
            elltwo.ridge_cv(X, Y[:, 0], scoring=scoring, **options)
            for scoring in (name, CALLABLES[name])
        )
        np.testing.assert_allclose(fit.cv_score, other.cv_score, rtol=1e-9)


@each_name
def test_weights_are_repetitions(name: str) -> None:
    rows = np.repeat(np.arange(40), WEIGHTS.astype(int))
    folds = [(np.flatnonzero(np.arange(40) % 4 != k), np.arange(40)[k::4]) for k in range(4)]
    repeated = [(np.flatnonzero(rows % 4 != k), np.flatnonzero(rows % 4 == k)) for k in range(4)]
    options: dict[str, Any] = {"alphas": ALPHAS, "scoring": name, "per_target": True}
    fit = elltwo.ridge_cv(X, Y, cv=folds, sample_weight=WEIGHTS, **options)
    other = elltwo.ridge_cv(X[rows], Y[rows], cv=repeated, **options)
    np.testing.assert_allclose(fit.cv_score, other.cv_score, rtol=1e-8)


@each_name
@pytest.mark.parametrize("scale", [1e-70, 1e70])
def test_scores_have_no_units(name: str, scale: float) -> None:
    options: dict[str, Any] = {"alphas": [1.0], "cv": 4, "scoring": name, "per_target": True}
    fit, other = (elltwo.ridge_cv(X, s * Y, **options) for s in (1.0, scale))
    np.testing.assert_allclose(fit.cv_score, other.cv_score, rtol=1e-9)


def test_constant_targets_have_scores() -> None:
    constant = np.column_stack([np.ones(40), Y[:, 0]])
    for name in CALLABLES:
        fit = elltwo.ridge_cv(X, constant, alphas=[1.0, np.inf], scoring=name, per_target=True)
        assert np.isfinite(fit.cv_score).all()
    exact = elltwo.ridge_cv(X, np.zeros(40), alphas=[1.0], scoring="r2")
    assert exact.cv_score.tolist() == [1.0]


def test_refusals() -> None:
    for scoring, match in (("R2", "scoring must be one of 'r2', 'correlation', got 'R2'"),):
        with pytest.raises(ValueError, match=match):
            elltwo.ridge_cv(X, Y, scoring=scoring)
    with pytest.raises(TypeError, match="scoring must be a callable or a name, got 3"):
        elltwo.ridge_cv(X, Y, scoring=3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="out-of-sample predictions"):
        elltwo.ridge_cv(X, Y, scoring="r2", cv="gcv")
    pair = (np.arange(1, 40), np.array([0]))
    with pytest.raises(ValueError, match="needs two rows of positive weight in every test set"):
        elltwo.ridge_cv(X, Y, scoring="r2", cv=[pair, pair])


def python_calls(n_targets: int) -> int:
    """Count the Python functions called by a choice of alpha for each of so many targets."""
    many = RNG.normal(size=(40, n_targets))
    calls = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        elltwo.ridge_cv(X, many, alphas=np.geomspace(1, 1e3, 10), scoring="r2", per_target=True)
    finally:
        sys.setprofile(None)
    return calls


def test_no_call_for_each_target() -> None:
    python_calls(2)  # imports
    assert python_calls(1000) < python_calls(10) + 100
