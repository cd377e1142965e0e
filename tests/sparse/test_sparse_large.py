"""Sparse problems that are too large for a decomposition, or to be made dense."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from elltwo import ridge, ridge_cv, ridge_path
from elltwo.exceptions import ConvergenceWarning

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on")

# More than 6000 rows and columns, of which most are empty: the dense twin has the others only.
SIZE = 6100
RNG = np.random.default_rng(1)
USED = np.sort(RNG.choice(SIZE, 40, replace=False))
TWIN = np.where(RNG.random((SIZE, 40)) < 0.01, RNG.normal(1.0, 1.0, (SIZE, 40)), 0.0)
_CSC = sparse.csc_array(TWIN)
_STARTS = np.zeros(SIZE + 1, np.int64)
_STARTS[USED + 1] = np.diff(_CSC.indptr)
X = sparse.csc_array((_CSC.data, _CSC.indices, np.cumsum(_STARTS)), shape=(SIZE, SIZE)).tocsr()
Y = TWIN @ RNG.normal(size=(40, 2)) + RNG.normal(size=(SIZE, 2)) + 3.0
WEIGHT = RNG.uniform(0.5, 2.0, SIZE)
FACTORS = np.ones(SIZE)
FACTORS[USED[:3]] = 0.0, np.inf, 4.0
ALPHAS = np.array([1.0, 0.0, 100.0, np.inf, 0.01])

OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "weights": {"sample_weight": WEIGHT},
    "no_intercept": {"fit_intercept": False},
    "penalised_intercept": {"penalize_intercept": True},
    "prior": {"prior_mean": 0.5},
    "factors": {"penalty_factors": FACTORS, "prior_mean": -0.2},
}


def of_twin(options: dict[str, Any]) -> dict[str, Any]:
    """The same options for the columns that are not empty."""
    if "penalty_factors" in options:
        return {**options, "penalty_factors": FACTORS[USED]}
    return options


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
def test_path(options: dict[str, Any]) -> None:
    path = ridge_path(X, Y, ALPHAS, tol=1e-13, **options)
    expected = ridge_path(TWIN, Y, ALPHAS, **of_twin(options))
    assert path.solver == "cg"
    assert path.optimality is not None
    assert path.optimality.shape == ALPHAS.shape
    assert path.optimality.max() <= 1e-13
    np.testing.assert_allclose(path.coef[:, :, USED], expected.coef, rtol=0, atol=1e-10)
    np.testing.assert_allclose(path.intercept, expected.intercept, rtol=0, atol=1e-10)
    np.testing.assert_allclose(path.rss, expected.rss, rtol=1e-10)
    point, wanted = path.at(0.3), expected.at(0.3)
    np.testing.assert_allclose(point.coef[:, USED], wanted.coef, rtol=0, atol=1e-10)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
def test_folds(options: dict[str, Any]) -> None:
    fit = ridge_cv(X, Y, alphas=ALPHAS, cv=3, tol=1e-12, **options)
    expected = ridge_cv(TWIN, Y, alphas=ALPHAS, cv=3, **of_twin(options))
    np.testing.assert_allclose(fit.fold_mse, expected.fold_mse, rtol=1e-10)
    assert fit.alpha == expected.alpha


def test_choice_from_an_automatic_grid() -> None:
    fit = ridge_cv(X, Y[:, 0], cv=3)
    expected = ridge_cv(TWIN, Y[:, 0], cv=3)
    assert fit.cv_mse.min() == pytest.approx(expected.cv_mse.min(), rel=1e-4)
    assert fit.alphas.max() == pytest.approx(expected.alphas.max(), rel=1e-6)
    largest = np.linalg.norm(TWIN - TWIN.mean(axis=0), 2) ** 2
    assert fit.alphas.min() == pytest.approx(1e-4 * largest, rel=0.1)


def test_what_needs_a_decomposition_is_refused() -> None:
    path = ridge_path(X, Y, ALPHAS[[0, 2]])
    told = f"at most 6000 samples or at most 6000 features, got {SIZE} x {SIZE}; .* cv=5"
    for ask in (
        lambda: path.edf,
        lambda: path.gcv,
        lambda: path.eigenvalues,
        lambda: path.leverages(1.0),
        lambda: path.loo_residuals(1.0),
        lambda: ridge_cv(X, Y, cv="loo"),
        lambda: ridge_cv(X, Y, cv="gcv"),
    ):
        with pytest.raises(ValueError, match=told):
            ask()


def test_too_few_iterations_are_told() -> None:
    with pytest.warns(ConvergenceWarning, match="conjugate gradients stopped"):
        ridge_path(X, Y, [1e-3], max_iter=0)
    with pytest.warns(ConvergenceWarning, match=r"stopped .*\(the worst of 2 of this call\)"):
        ridge_cv(X, Y, alphas=[1e-3], cv=3, max_iter=0)


def test_one_alpha_of_the_path_is_the_fit() -> None:
    path = ridge_path(X.astype(np.float32), Y[:, 0], [2.0], tol=1e-13)
    fit = ridge(X.astype(np.float32), Y[:, 0], alpha=2.0, tol=1e-13)
    np.testing.assert_allclose(path.coef[0], fit.coef, rtol=0, atol=1e-6)
    assert path.optimality is not None
    assert fit.info.solver == path.solver == "cg"


MEMORY = """
import resource, numpy as np, elltwo
from scipy import sparse
rng = np.random.default_rng(0)
n, p = {shape}
X = sparse.random_array((n, p), density=3e5 / n / p, rng=rng, format="csr")
y = rng.normal(size=n)
small = sparse.csr_array(X[:50, :50])
elltwo.ridge_cv(small, y[:50], cv=3, alphas=[1.0, 2.0])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
elltwo.ridge_cv(X, y, cv={cv!r}, alphas=[0.1, 1.0, 10.0], store_cv=False)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) / 1024)
"""


@pytest.mark.parametrize(
    ("shape", "cv", "doubles"),
    [
        ((40_000, 1000), "loo", 6 * 1000**2),
        ((40_000, 1000), 3, (6 + 3) * 1000**2),
        ((700, 60_000), "loo", 5 * 700**2),
        ((700, 60_000), 3, 5 * 700**2),
        ((7000, 60_000), 3, 30 * 60_000),
    ],
)
def test_x_is_never_made_dense(shape: tuple[int, int], cv: str | int, doubles: int) -> None:
    """Dense, X would take 320, 336 or 3360 MB; docs/design/sparse.md has the formulas."""
    code = MEMORY.format(shape=shape, cv=cv)
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True, text=True
    )
    assert float(told.stdout) < doubles * 8 / 2**20 + 50.0


def test_bounds_by_conjugate_gradients() -> None:
    box: dict[str, Any] = {"bounds": (0.0, 1.0), "sample_weight": WEIGHT}
    fit = ridge(X, Y, alpha=0.5, tol=1e-12, **box)
    expected = ridge(TWIN, Y, alpha=0.5, **box)
    assert fit.info.solver == "coordinate_descent"
    assert fit.info.optimality <= 1e-12
    assert ((expected.coef == 0.0) | (expected.coef == 1.0)).any()
    np.testing.assert_allclose(fit.coef[:, USED], expected.coef, rtol=0, atol=1e-10)
    np.testing.assert_allclose(fit.intercept, expected.intercept, rtol=0, atol=1e-10)


def test_statistics_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^statistics need a decomposition.*got 6100 x 6100$"):
        _ = ridge(X, Y, alpha=1.0).statistics
    with pytest.raises(ValueError, match="statistics need a decomposition"):
        ridge_path(X, Y, ALPHAS).statistics(1.0)
