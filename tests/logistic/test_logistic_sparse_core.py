"""The core's sparse logistic fits against dense Newton, and what their records say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from scipy import sparse

from logistic_sparse_fits import (
    OPTIONS,
    SOLVERS,
    N,
    P,
    assert_optimal,
    dense_problem,
    fit,
    random_labels,
    random_options,
    random_sparse,
    theta_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_path_ends_in_the_minima_that_dense_newton_finds(
    n_classes: int, solver: str, fit_intercept: bool
) -> None:
    X, label = random_sparse(), random_labels(n_classes)
    alphas = [10.0, 0.1, 1.0]
    coef, intercept, infos = fit(
        X, label, n_classes, alphas, solver=solver, fit_intercept=fit_intercept, tol=1e-12
    )
    for a, alpha in enumerate(alphas):
        assert infos[a].status == "converged"
        problem = dense_problem(X, label, n_classes, alpha, fit_intercept=fit_intercept)
        assert_optimal(coef[a], intercept[a], problem)
        if n_classes > 2:
            assert abs(intercept[a].sum()) <= 1e-12 * max(1.0, np.abs(intercept[a]).max())


@pytest.mark.parametrize("chosen", [*([name] for name in OPTIONS), list(OPTIONS)], ids=str)
@pytest.mark.parametrize("solver", ["newton_cg", "newton_cholesky"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_each_option_is_in_the_objective(n_classes: int, solver: str, chosen: list[str]) -> None:
    X, label = random_sparse(), random_labels(n_classes)
    options = {name: random_options(n_classes)[name] for name in chosen}
    coef, intercept, infos = fit(X, label, n_classes, [0.5], solver=solver, tol=1e-12, **options)
    assert infos[0].status == "converged"
    problem = dense_problem(X, label, n_classes, 0.5, **options)
    assert_optimal(coef[0], intercept[0], problem)
    assert infos[0].objective == pytest.approx(
        problem.objective(theta_of(coef[0], intercept[0])), rel=1e-12
    )
    if "penalty_factors" in options and "prior_mean" in options:
        assert coef[0][:, 5] == pytest.approx(options["prior_mean"][:, 5], abs=0)


@pytest.mark.parametrize("index", [np.int32, np.int64])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("form", ["csr", "csc"])
def test_kinds_of_matrices(form: str, dtype: type, index: type) -> None:
    X, label = random_sparse().astype(dtype).asformat(form), random_labels(2)
    X.indices, X.indptr = X.indices.astype(index), X.indptr.astype(index)
    coef, intercept, _ = fit(X, label, 2, [1.0], tol=1e-12)
    assert coef.dtype == np.float64
    assert_optimal(coef[0], intercept[0], dense_problem(X, label, 2, 1.0))


@pytest.mark.parametrize("n_classes", [2, 4])
def test_record_says_what_the_returned_point_is(n_classes: int) -> None:
    X, label = random_sparse(), random_labels(n_classes)
    weight = np.random.default_rng(3).uniform(0.5, 2.0, N)
    coef, intercept, (info,) = fit(X, label, n_classes, [0.3], tol=1e-3, sample_weight=weight)
    problem = dense_problem(X, label, n_classes, 0.3, sample_weight=weight)
    theta = theta_of(coef[0], intercept[0])
    means = weight @ problem.X / weight.sum()
    g = problem.gradient(theta)
    g[:, :-1] -= means * g[:, -1:]
    spread = np.sqrt(weight @ (problem.X - means) ** 2)[:-1]  # the last column is empty
    residual = np.sqrt(weight @ problem.residuals(theta) ** 2)
    relative = np.abs(g[:, : P - 1]) / spread / residual[:, None]
    ones = np.abs(g[:, -1]) / np.sqrt(weight.sum()) / residual
    assert info.optimality == pytest.approx(max(relative.max(), ones.max()), rel=1e-6)
    assert info.optimality <= info.tolerance == 1e-3
    best = problem.objective(problem.solve())
    gap = (problem.objective(theta) - best) / problem.objective(theta)
    assert gap <= info.gap <= 1.0
    assert info.loss == pytest.approx(float(weight @ problem.probabilities(theta)[0]), rel=1e-12)
    assert info.n_passes > 0
    assert info.rank == (P - 1) * problem.outputs
    assert 0.0 < info.rcond <= 1.0
    assert info.reason != ""


def test_maximum_likelihood_and_infinite_penalty() -> None:
    X, label = random_sparse(), random_labels(3)
    coef, intercept, infos = fit(X, label, 3, [0.0, np.inf], tol=1e-12)
    assert [info.status for info in infos] == ["converged"] * 2
    assert_optimal(coef[0][:, :8], intercept[0], dense_problem(X[:, :8], label, 3, 0.0), 1e-8)
    assert (coef[1] == 0.0).all()
    shares = np.log(np.bincount(label) / N)
    assert intercept[1] == pytest.approx(shares - shares.mean(), abs=1e-10)


def test_max_iter_is_obeyed_and_reported() -> None:
    X, label = random_sparse(), random_labels(2)
    coef, intercept, (info,) = fit(X, label, 2, [0.1], max_iter=1)
    assert info.status == "max_iter_reached"
    assert info.n_iter == 1
    assert np.isfinite(coef).all()
    assert np.isfinite(intercept).all()


@pytest.mark.parametrize("factor", [1e-150, 1e-8, 1e8, 1e150])
def test_units_of_features_change_nothing_but_units(factor: float) -> None:
    X, label = random_sparse(), random_labels(2)
    options: dict[str, Any] = {"penalty_factors": np.zeros(P)}
    plain, intercept, _ = fit(X, label, 2, [1.0], tol=1e-12, **options)
    coef, other, (info,) = fit(X * factor, label, 2, [1.0], tol=1e-12, **options)
    assert info.status == "converged"
    assert coef * factor == pytest.approx(plain, rel=1e-9, abs=1e-12)
    assert other == pytest.approx(intercept, rel=1e-9)


@pytest.mark.parametrize("factor", [1e-300, 1e-20, 1e20, 1e300])
def test_weights_and_alpha_scale_together(factor: float) -> None:
    X, label = random_sparse(), random_labels(3)
    weight = np.full(N, factor)
    coef, intercept, (info,) = fit(X, label, 3, [0.5 * factor], tol=1e-12, sample_weight=weight)
    plain, other, _ = fit(X, label, 3, [0.5], tol=1e-12)
    assert info.status == "converged"
    assert coef == pytest.approx(plain, rel=1e-9)
    assert intercept == pytest.approx(other, rel=1e-9)


def test_year_like_columns_cost_no_digits() -> None:
    rng = np.random.default_rng(7)
    dense = rng.standard_normal((N, 4))
    dense[:, 0] += 2000.0
    dense[:, 1] = 1.0
    X, label = sparse.csr_array(dense), random_labels(2)
    coef, intercept, (info,) = fit(X, label, 2, [1.0], tol=1e-12)
    assert info.status == "converged"
    assert coef[0][0, 1] == 0.0
    assert_optimal(coef[0], intercept[0], dense_problem(X, label, 2, 1.0), 1e-8)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("start", [1e10, 1e150])
def test_far_starts_and_extreme_penalties_converge(start: float, n_classes: int) -> None:
    X, label = random_sparse(), random_labels(n_classes)
    size = (1 if n_classes == 2 else n_classes) * (P + 1)
    options: dict[str, Any] = {"start": np.random.default_rng(0).standard_normal(size) * start}
    coef, _, infos = fit(X, label, n_classes, [1.0, 1e-300, 1e300, np.inf], **options)
    assert [info.status for info in infos] == ["converged"] * 4
    assert np.abs(coef[2]).max() < 1e-290


def test_saturated_rows_converge() -> None:
    X, label = random_sparse(), random_labels(3)
    offset = np.random.default_rng(0).standard_normal((N, 3)) * 1e3
    options: dict[str, Any] = {"offset": offset}
    _, _, (info,) = fit(X, label, 3, [1.0], **options)
    assert info.status == "converged"
