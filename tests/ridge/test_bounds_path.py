"""Paths and cross-validation of fits with bounds: what separate fits say."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray

import elltwo
from elltwo.exceptions import ConvergenceWarning

Array: TypeAlias = NDArray[Any]

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on")

ALPHAS = np.array([10.0, 0.0, 0.3, np.inf])
RNG = np.random.default_rng(31)
X = RNG.standard_normal((40, 6))
Y = X @ RNG.standard_normal((6, 2)) + RNG.standard_normal((40, 2))
WEIGHT = RNG.uniform(0.5, 2.0, 40)
OPTIONS: list[dict[str, Any]] = [
    {"bounds": (0.0, None)},
    {"bounds": (-0.2, np.linspace(0.1, 1.0, 6)), "sample_weight": WEIGHT},
    {
        "bounds": (0.0, None),
        "penalty_factors": [0.0, 1.0, 2.0, np.inf, 1.0, 0.5],
        "prior_mean": [[0.1] * 6, [0.2] * 6],
        "penalize_intercept": True,
    },
]


def weight_of(options: dict[str, Any]) -> Array:
    return np.asarray(options.get("sample_weight", np.ones(40)))


@pytest.mark.parametrize("options", OPTIONS)
def test_path(options: dict[str, Any]) -> None:
    path = elltwo.ridge_path(X, Y, ALPHAS, **options)
    assert path.solver == "coordinate_descent"
    w = weight_of(options)[:, np.newaxis]
    for k, alpha in enumerate(ALPHAS):
        fit = elltwo.ridge(X, Y, alpha=alpha, **options)
        np.testing.assert_allclose(path.coef[k], fit.coef, rtol=0, atol=1e-10)
        np.testing.assert_allclose(path.intercept[k], fit.intercept, rtol=0, atol=1e-10)
        np.testing.assert_allclose(path.rss[k], (w * (Y - fit.predict(X)) ** 2).sum(axis=0))
        point = path.at(alpha)
        np.testing.assert_allclose(point.coef, fit.coef, rtol=0, atol=1e-10)
    assert path.optimality is not None
    assert path.optimality.max() <= 1e-10


def test_a_path_below_its_grid_keeps_the_bounds() -> None:
    path = elltwo.ridge_path(X, Y[:, 0], [1.0], bounds=(0.0, None))
    wanted = elltwo.ridge(X, Y[:, 0], alpha=1e-3, bounds=(0.0, None)).coef
    np.testing.assert_allclose(path.at(1e-3).coef, wanted, rtol=0, atol=1e-10)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("cv", ["loo", 4, 40])
def test_cross_validation(options: dict[str, Any], cv: str | int) -> None:
    fit = elltwo.ridge_cv(X, Y, alphas=ALPHAS, cv=cv, per_target=True, **options)
    w = weight_of(options)
    fold = np.arange(40) if cv in {"loo", 40} else np.repeat(np.arange(4), 10)
    sums = np.zeros((ALPHAS.size, 2))
    for f in np.unique(fold):
        rest = dict(options, sample_weight=np.where(fold == f, 0.0, w))
        for k, alpha in enumerate(ALPHAS):
            held = elltwo.ridge(X, Y, alpha=alpha, **rest).predict(X[fold == f])
            sums[k] += w[fold == f] @ (Y[fold == f] - held) ** 2
    np.testing.assert_allclose(fit.cv_mse, sums / w.sum(), rtol=1e-9)
    best = np.asarray(ALPHAS)[fit.cv_mse.argmin(axis=0)]
    np.testing.assert_array_equal(fit.alpha, best)
    wanted = elltwo.ridge(X, Y, alpha=best, **options)
    np.testing.assert_allclose(fit.coef, wanted.coef, rtol=0, atol=1e-10)


def test_scoring_and_stored_predictions() -> None:
    def score(y: Array, predicted: Array) -> float:
        return -float(np.abs(y - predicted).mean())

    y = Y[:, 0]
    options: dict[str, Any] = {"alphas": [0.1, 1.0], "bounds": (0.0, None), "scoring": score}
    loo = elltwo.ridge_cv(X, y, store_cv=True, **options)
    for k, alpha in enumerate((0.1, 1.0)):
        held = [
            elltwo.ridge(np.delete(X, i, 0), np.delete(y, i), alpha=alpha, bounds=(0.0, None))
            .predict(X[i : i + 1])
            .item()
            for i in range(40)
        ]
        np.testing.assert_allclose(loo.cv_predictions[:, 0, k], held, rtol=1e-9)
        assert loo.cv_score[k] == pytest.approx(score(y, np.array(held)))
    halves = [(np.arange(20), np.arange(20, 40)), (np.arange(20, 40), np.arange(20))]
    folds = elltwo.ridge_cv(X, y, cv=halves, **options)
    first = elltwo.ridge(X[:20], y[:20], alpha=0.1, bounds=(0.0, None))
    second = elltwo.ridge(X[20:], y[20:], alpha=0.1, bounds=(0.0, None))
    wanted = (score(y[20:], first.predict(X[20:])) + score(y[:20], second.predict(X[:20]))) / 2
    assert folds.cv_score[0] == pytest.approx(wanted)


def test_the_automatic_grid_is_that_of_the_spectrum() -> None:
    for cv in ("loo", 5):
        bounded = elltwo.ridge_cv(X, Y, cv=cv, bounds=(0.0, None)).alphas
        np.testing.assert_allclose(bounded[:100], elltwo.ridge_path(X, Y).alphas)


def test_inactive_bounds_change_nothing() -> None:
    free = elltwo.ridge_cv(X, Y, alphas=[0.1, 1.0, 10.0], cv=5)
    held = elltwo.ridge_cv(X, Y, alphas=[0.1, 1.0, 10.0], cv=5, bounds=(-100.0, 100.0))
    np.testing.assert_allclose(held.cv_mse, free.cv_mse, rtol=1e-9)
    np.testing.assert_allclose(held.coef, free.coef, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    "ask",
    [
        lambda path: path.edf,
        lambda path: path.gcv,
        lambda path: path.leverages(1.0),
        lambda path: path.eigenvalues,
        lambda path: path.statistics(1.0),
    ],
)
def test_what_needs_a_linear_smoother_is_refused(ask: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match=r"not defined for (a fit|fits) with bounds"):
        ask(elltwo.ridge_path(X, Y, [1.0], bounds=(0.0, None)))


def test_gcv_and_empty_sets_are_refused() -> None:
    with pytest.raises(ValueError, match="not defined for fits with bounds"):
        elltwo.ridge_cv(X, Y, cv="gcv", bounds=(0.0, None))
    weight = np.repeat([1.0, 0.0], 20)
    with pytest.raises(ValueError, match=r"all zero on a training set.* of split 0"):
        elltwo.ridge_cv(X, Y, cv=2, alphas=[1.0], bounds=(0.0, None), sample_weight=weight)


def test_sweeps_that_do_not_suffice_are_said() -> None:
    correlated = X @ np.full((6, 6), 0.9) + 0.01 * X
    with pytest.warns(ConvergenceWarning, match="coordinate descent stopped"):
        elltwo.ridge_path(correlated, Y[:, 0], [1e-6], bounds=(0.0, 0.5), tol=0.0, max_iter=1)
