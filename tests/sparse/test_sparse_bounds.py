"""Bounds for sparse features: the answers of their dense twins, and certificates of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from scipy import sparse

from elltwo import ridge, ridge_cv, ridge_path
from elltwo.linear_model import Ridge, RidgeClassifier
from sparse_data import DENSE, Twin, X, Y, assert_close, assert_same, random_sparse, twins, y

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on")

ALPHAS = np.array([10.0, 0.01, 0.5])
BOX = (-0.2, np.linspace(0.1, 1.0, X.shape[1]))


def box_for(twin: Twin) -> tuple[Array, float]:
    """Bounds that hold the prior means of pinned coefficients."""
    prior = twin.options["prior_mean"]
    lower = np.full(twin.dense.shape[1], -0.1)
    if prior is not None:
        lower = np.minimum(lower, prior)
    return lower, 5.0


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(twins())
def test_fit_is_that_of_the_dense_twin(twin: Twin) -> None:
    box = box_for(twin)
    fit = ridge(twin.X, twin.y, alpha=0.3, bounds=box, **twin.options)
    expected = ridge(twin.dense.astype(np.float64), twin.y, alpha=0.3, bounds=box, **twin.options)
    assert fit.info.optimality <= 1e-10
    factors = twin.options["penalty_factors"]
    unique = np.full(twin.dense.shape[1], True) if factors is None else factors > 0.0
    tol = 1e-9 if twin.dense.dtype == np.float64 else 1e-6
    assert_close(fit.coef[..., unique], expected.coef[..., unique], tol)
    assert np.all(fit.coef >= box[0] - (tol if twin.dense.dtype == np.float32 else 0.0))
    # Coefficients without a penalty may be anywhere among equals; what they predict is not.
    wide = twin.dense.astype(np.float64)
    assert_close(
        wide @ fit.coef.T + fit.intercept, wide @ expected.coef.T + expected.intercept, tol
    )


@pytest.mark.parametrize("alpha", [0.0, 1e-3, 1.0, 100.0])
@pytest.mark.parametrize(("n", "p"), [(300, 40), (40, 90)])
def test_certificate(n: int, p: int, alpha: float) -> None:
    S = random_sparse(n, p, 0.1, 5)
    rng = np.random.default_rng(6)
    t = S @ rng.standard_normal(p) + rng.standard_normal(n)
    fit = ridge(S, t, alpha=alpha, bounds=(0.0, 1.5))
    b = fit.coef
    centred = S.toarray() - S.toarray().mean(axis=0)
    slope = centred.T @ (t - S @ b - fit.intercept) - alpha * b
    push = np.where(
        b == 0.0, np.maximum(slope, 0.0), np.where(b == 1.5, np.minimum(slope, 0), slope)
    )
    size = np.sqrt((centred**2).sum(axis=0) + alpha)
    used = size > 0.0
    scale = np.linalg.norm(t - t.mean()) + np.linalg.norm(size * b)
    optimality = (np.abs(push[used]) / size[used]).max() / scale
    assert optimality <= 1e-11
    assert abs(optimality - fit.info.optimality) <= 1e-13
    assert b.min() >= 0.0
    assert b.max() <= 1.5
    assert (b == 0.0).any()


@pytest.mark.parametrize("solver", ["cholesky", "svd", "cg"])
def test_solvers_of_free_coefficients_agree(solver: str) -> None:
    fit = ridge(X, Y, alpha=0.5, bounds=BOX, solver=solver, tol=1e-12)
    assert_same(fit, ridge(DENSE, Y, alpha=0.5, bounds=BOX), 1e-10)


@pytest.mark.parametrize("form", [sparse.csr_array, sparse.csc_matrix])
def test_path(form: Any) -> None:  # noqa: ANN401
    options: dict[str, Any] = {"bounds": BOX, "prior_mean": [[0.1] * 12, [0.2] * 12, [0.3] * 12]}
    path = ridge_path(form(X), Y, ALPHAS, **options)
    expected = ridge_path(DENSE, Y, ALPHAS, **options)
    assert path.solver == "coordinate_descent"
    assert_close(path.coef, expected.coef)
    assert_close(path.intercept, expected.intercept)
    assert_close(path.rss, expected.rss)


@pytest.mark.parametrize("form", [sparse.csr_array, sparse.csc_matrix])
@pytest.mark.parametrize("cv", ["loo", 4])
@pytest.mark.parametrize("scored", [False, True])
def test_cross_validation(form: Any, cv: str | int, scored: bool) -> None:  # noqa: ANN401
    options: dict[str, Any] = {"alphas": ALPHAS, "cv": cv, "bounds": BOX, "per_target": True}
    if scored:
        options["scoring"] = lambda a, b: -float(np.abs(a - b).mean())
    weight = np.random.default_rng(3).uniform(0.5, 2.0, 60)
    fit = ridge_cv(form(X), Y, sample_weight=weight, **options)
    expected = ridge_cv(DENSE, Y, sample_weight=weight, **options)
    assert_close(fit.cv_mse, expected.cv_mse)
    assert_close(fit.cv_score, expected.cv_score)
    np.testing.assert_array_equal(fit.alpha, expected.alpha)
    assert_same(fit, expected, 1e-10)


def test_estimators() -> None:
    labels = np.digitize(y, np.quantile(y, [0.3, 0.6]))
    for model, target in (
        (Ridge(positive=True), Y),
        (RidgeClassifier(positive=True), labels),
    ):
        coef = model.fit(X, target).coef_.copy()
        assert_close(coef, model.fit(DENSE, target).coef_)
        assert coef.min() == 0.0


def test_loose_bounds_change_nothing() -> None:
    plain = ridge(X, Y, alpha=0.5)
    assert_same(ridge(X, Y, alpha=0.5, bounds=(-1e3, 1e3)), plain, 1e-12)
    assert_same(ridge(X, Y, alpha=0.5, bounds=(None, None)), plain, 0.0)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_any_scale(scale: float) -> None:
    fit = ridge(X * scale, y, alpha=0.0, bounds=(0.0, 0.5 / scale))
    assert fit.info.status == "converged"
    expected = ridge(DENSE, y, alpha=0.0, bounds=(0.0, 0.5))
    assert_close(fit.coef * scale, expected.coef, 1e-10)


def test_rows_without_weight_do_not_count() -> None:
    weight = np.ones(60)
    weight[::7] = 0.0
    odd = X.tolil()
    odd[::7, 0] = 1e300
    fit = ridge(odd.tocsr(), y, alpha=0.5, bounds=BOX, sample_weight=weight)
    assert_same(fit, ridge(DENSE, y, alpha=0.5, bounds=BOX, sample_weight=weight), 1e-10)


def test_malformed_and_crossing() -> None:
    broken = X.copy()
    broken.indices = broken.indices + 100
    with pytest.raises(ValueError, match="X"):
        ridge(broken, y, alpha=1.0, bounds=(0.0, None))
    with pytest.raises(ValueError, match="lower <= upper"):
        ridge(X, y, alpha=1.0, bounds=(1.0, 0.0))
    for cv in ("loo", 3):
        with pytest.raises(ValueError, match="X"):
            ridge_cv(sparse.csc_array(X) * np.nan, y, cv=cv, alphas=ALPHAS, bounds=(0.0, None))
