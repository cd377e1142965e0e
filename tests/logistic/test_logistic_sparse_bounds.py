"""Bounds in logistic regression with sparse features: the answers of their dense twins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.sparse as sp

import elltwo
from elltwo.exceptions import SeparationWarning
from elltwo.linear_model import LogisticRegression, LogisticRegressionCV

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

RNG = np.random.default_rng(41)
n, p = 120, 9
X = RNG.normal(size=(n, p)) * (RNG.random((n, p)) < 0.3)
X[:, 2] = RNG.normal(size=n) + 1000.0  # full, with a mean that dwarfs its deviation
X[:, 7] = 0.0
SIGNAL = X[:, :3] @ np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0], [-0.5, 0.0, 0.5]])
SIGNAL -= SIGNAL.mean(axis=0)
TWO = SIGNAL[:, 0] + RNG.logistic(size=n) > 0.0
THREE = np.argmax(SIGNAL + RNG.gumbel(size=(n, 3)), axis=1)
LOWER = np.array([0.0, -0.3, -np.inf, 0.0, 0.1, -1.0, 0.0, 0.2, -0.1])
UPPER = np.array([5.0, np.inf, 0.2, 0.0, 0.1, 1.0, np.inf, 0.5, 0.1])
BOX = LOWER, UPPER
each_y = pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])


def assert_same(sparse: Any, dense: Any) -> None:  # noqa: ANN401  # fits or paths
    np.testing.assert_allclose(sparse.coef, dense.coef, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(sparse.intercept, dense.intercept, rtol=1e-8, atol=1e-6)


@each_y
@pytest.mark.parametrize("solver", ["auto", "newton_cholesky", "newton_cg", "quasi_newton"])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_dense_twin(y: Array, solver: str, fit_intercept: bool) -> None:
    options: dict[str, Any] = {"solver": solver, "fit_intercept": fit_intercept}
    data = sp.csr_array(X)
    sparse = elltwo.logistic(data, y, alpha=0.5, bounds=BOX, **options)
    dense = elltwo.logistic(X, y, alpha=0.5, bounds=BOX, **options)
    assert_same(sparse, dense)
    assert sparse.info.status == "converged"
    assert sparse.info.optimality <= sparse.info.tolerance
    assert sparse.info.gap <= 1e-9
    assert sparse.info.solver == dense.info.solver
    assert sparse.info.fallback == dense.info.fallback
    assert sparse.info.rank == dense.info.rank
    assert sparse.info.objective == pytest.approx(dense.info.objective, rel=1e-12)
    coef = np.atleast_2d(sparse.coef)
    assert ((coef >= LOWER) & (coef <= UPPER)).all()


@each_y
def test_every_option(y: Array) -> None:
    outputs = 1 if y is TWO else 3
    rng = np.random.default_rng(5)
    weight = rng.uniform(0.5, 2.0, n)
    weight[::7] = 0.0
    options: dict[str, Any] = {
        "alpha": 0.7,
        "bounds": BOX,
        "penalty_factors": np.array([1.0, 0.0, 2.0, 1.0, 1.0, 0.5, np.inf, 1.0, 3.0]),
        "prior_mean": np.full((outputs, p), 0.05)[0 if outputs == 1 else slice(None)],
        "sample_weight": weight,
        "offset": rng.normal(size=n if outputs == 1 else (n, outputs)),
    }
    sparse = elltwo.logistic(sp.csc_array(X), y, **options)
    assert_same(sparse, elltwo.logistic(X, y, **options))
    assert sparse.info.status == "converged"


@each_y
def test_any_layout(y: Array) -> None:
    wanted = elltwo.logistic(X, y, bounds=BOX)
    rows = sp.csr_array(X)
    ends = zip(rows.indptr, rows.indptr[1:], strict=False)
    order = np.concatenate([np.arange(a, b)[::-1] for a, b in ends])
    back = sp.csr_array((rows.data[order], rows.indices[order], rows.indptr), shape=(n, p))
    twice = sp.csr_array(
        (np.repeat(rows.data / 2, 2), np.repeat(rows.indices, 2), 2 * rows.indptr), shape=(n, p)
    )
    for data in (rows, sp.csc_array(X), sp.coo_array(X), back, twice):
        assert_same(elltwo.logistic(data, y, bounds=BOX), wanted)


@pytest.mark.filterwarnings("ignore:.* edge of the grid:UserWarning")
@each_y
def test_path_cv_and_estimators(y: Array) -> None:
    data: Any = sp.csr_array(X)
    alphas = [500.0, 50.0, 5.0, 0.5, 0.05, 0.005]
    sparse = elltwo.logistic_path(data, y, alphas=alphas, bounds=BOX)
    assert_same(sparse, elltwo.logistic_path(X, y, alphas=alphas, bounds=BOX))
    chosen = elltwo.logistic_cv(data, y, alphas=alphas, bounds=BOX, cv=3)
    dense = elltwo.logistic_cv(X, y, alphas=alphas, bounds=BOX, cv=3)
    assert chosen.alpha == dense.alpha
    assert_same(chosen, dense)
    model = LogisticRegression(C=2.0, bounds=BOX).fit(data, y)
    wanted = LogisticRegression(C=2.0, bounds=BOX).fit(X, y)
    np.testing.assert_allclose(model.coef_, wanted.coef_, rtol=1e-8, atol=1e-9)
    grid = LogisticRegressionCV(Cs=[0.2, 2.0], cv=3, bounds=BOX).fit(data, y)
    np.testing.assert_array_equal(
        grid.C_, LogisticRegressionCV(Cs=[0.2, 2.0], cv=3, bounds=BOX).fit(X, y).C_
    )


@each_y
def test_float32(y: Array) -> None:
    narrow = X.astype(np.float32)
    narrow[:, 2] -= 1000.0
    fit = elltwo.logistic(sp.csr_array(narrow), y, bounds=BOX)
    wanted = elltwo.logistic(narrow.astype(np.float64), y, bounds=BOX)
    assert fit.coef.dtype == np.float32
    np.testing.assert_allclose(fit.coef, wanted.coef, rtol=0, atol=1e-6)


@each_y
def test_bits_do_not_depend_on_threads(y: Array) -> None:
    rng = np.random.default_rng(6)
    wide: Any = sp.random_array((2000, 400), density=0.2, rng=rng, format="csr")
    labels = np.resize(y, 2000)
    fits = [
        elltwo.logistic(wide, labels, bounds=(0.0, 0.1), n_threads=k, solver=solver)
        for solver in ("auto", "newton_cg")
        for k in (1, 2, 3)
    ]
    for fit in fits[1:3]:
        np.testing.assert_array_equal(fit.coef, fits[0].coef)
    for fit in fits[4:]:
        np.testing.assert_array_equal(fit.coef, fits[3].coef)
    np.testing.assert_allclose(fits[3].coef, fits[0].coef, rtol=0, atol=1e-7)


def test_many_columns() -> None:
    rng = np.random.default_rng(7)
    wide: Any = sp.random_array((300, 5000), density=0.01, rng=rng, format="csr")
    y = np.asarray(wide.sum(axis=1)).ravel() + rng.normal(size=300) > 24.0
    fit = elltwo.logistic(wide, y, alpha=0.1, bounds=(0.0, None))
    dense = elltwo.logistic(wide.toarray(), y, alpha=0.1, bounds=(0.0, None))
    assert fit.info.solver == "newton_cg"
    assert_same(fit, dense)
    assert 0 < np.count_nonzero(fit.coef) < 5000


@pytest.mark.parametrize("scale", [1e-200, 1e-100, 1e100, 1e200])
def test_squares_out_of_range(scale: float) -> None:
    units = np.where(np.arange(p) % 2, scale, 1.0)
    data = np.delete(X, 2, axis=1) * np.delete(units, 2)
    box = 0.0, np.delete(1.0 / units, 2)
    fit = elltwo.logistic(sp.csr_array(data), TWO, alpha=0.0, bounds=box)
    plain = elltwo.logistic(np.delete(X, 2, axis=1), TWO, alpha=0.0, bounds=(0.0, 1.0))
    np.testing.assert_allclose(fit.coef * np.delete(units, 2), plain.coef, rtol=1e-6, atol=1e-8)


@each_y
def test_separable_classes(y: Array) -> None:
    data = np.column_stack([np.asarray(y, float), RNG.random(n) < 0.1])
    with pytest.warns(SeparationWarning):
        fit = elltwo.logistic(sp.csr_array(data), y, alpha=0.0, bounds=(-1.0, None))
    assert fit.info.status == "separable"
    held = elltwo.logistic(sp.csr_array(data), y, alpha=0.0, bounds=(-1.0, 3.0))
    dense = elltwo.logistic(data, y, alpha=0.0, bounds=(-1.0, 3.0))
    assert held.info.status == "converged"
    assert held.info.objective == pytest.approx(dense.info.objective, rel=1e-12)


@each_y
def test_an_end_without_penalty_of_an_l1_path(y: Array) -> None:
    options: dict[str, Any] = {"alphas": [1.0, 0.0], "l1_ratio": 0.5, "bounds": (-0.5, 0.5)}
    data = np.delete(X, [2, 7], axis=1)
    sparse = elltwo.logistic_path(sp.csr_array(data), y, **options)
    dense = elltwo.logistic_path(data, y, **options)
    np.testing.assert_allclose(sparse.coef[0], dense.coef[0], rtol=0, atol=1e-7)
    # At alpha = 0 no probability depends on what is common to the classes.
    part, wanted = (
        fit.coef[1] - fit.coef[1].mean(axis=0) * (y is THREE) for fit in (sparse, dense)
    )
    np.testing.assert_allclose(part, wanted, rtol=0, atol=1e-6)


def test_what_is_refused() -> None:
    data = sp.csr_array(X)
    with pytest.raises(ValueError, match="lower <= upper"):
        elltwo.logistic(data, TWO, bounds=(1.0, 0.0))
    bad = data.copy()
    bad.data[3] = np.nan
    with pytest.raises(ValueError, match="X contains NaN"):
        elltwo.logistic(bad, TWO, bounds=BOX)
