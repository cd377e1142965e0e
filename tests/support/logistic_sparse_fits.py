"""The core's sparse logistic fits, and the same problems for dense Newton."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy import sparse

from elltwo import _core
from logistic_dense_newton import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

SOLVERS = ["auto", "newton_cg", "newton_cholesky"]
N, P = 150, 9
OPTIONS = (
    "penalty_factors",
    "prior_mean",
    "sample_weight",
    "offset",
    "rows",
    "start",
)


def random_sparse(seed: int = 0) -> Any:  # noqa: ANN401
    rng = np.random.default_rng(seed)
    dense = np.where(rng.random((N, P)) < 0.4, rng.standard_normal((N, P)) + 0.5, 0.0)
    dense[:, 3] *= 1e4
    dense[:, 4] *= 1e-4
    dense[:, 8] = 0.0
    return sparse.csr_array(dense)


def random_labels(n_classes: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).integers(0, n_classes, N).astype(np.int32)


def arrays(X: Any) -> tuple[Any, ...]:  # noqa: ANN401
    return X.data, X.indices, X.indptr, *X.shape, X.format == "csr"


def fit(
    X: Any,  # noqa: ANN401
    label: Array,
    n_classes: int,
    alphas: list[float],
    *,
    fit_intercept: bool = True,
    solver: str = "auto",
    tol: float = 1e-10,
    max_iter: int = 100,
    n_threads: int = 1,
    **options: Any,  # noqa: ANN401
) -> tuple[Array, Array, list[_core.LogisticInfo]]:
    others: list[Any] = [options.get(name) for name in OPTIONS]
    x = X if isinstance(X, tuple) else arrays(X)
    data: Any = (label, n_classes, np.array(alphas), *others)
    settings = (fit_intercept, solver, tol, max_iter, n_threads)
    return _core.logistic_sparse_path(x, data, settings)


def dense_problem(
    X: Any,  # noqa: ANN401
    label: Array,
    n_classes: int,
    alpha: float,
    *,
    fit_intercept: bool = True,
    **options: Any,  # noqa: ANN401
) -> Problem:
    outputs = 1 if n_classes == 2 else n_classes
    rows = options.get("rows", np.arange(len(label)))
    factors = options.get("penalty_factors", np.ones(X.shape[1]))
    fixed = (factors == 0.0) | np.isinf(factors)
    return Problem(
        X=X.toarray()[rows].astype(float),
        label=label[rows],
        n_classes=n_classes,
        penalty=np.where(fixed, factors, alpha * np.where(fixed, 1.0, factors)),
        mean=options.get("prior_mean", np.zeros((outputs, X.shape[1]))),
        weight=options.get("sample_weight", np.ones(len(label)))[rows],
        offset=options.get("offset", np.zeros((len(label), outputs)))[rows],
        fit_intercept=fit_intercept,
    )


def theta_of(coef: Array, intercept: Array, fit_intercept: bool = True) -> Array:
    return np.hstack([coef, intercept[:, None]]) if fit_intercept else coef


def assert_optimal(coef: Array, intercept: Array, problem: Problem, tol: float = 1e-9) -> None:
    """Linear predictors agree with the reference's, and coefficients in units of their columns."""
    theta = theta_of(coef, intercept, problem.fit_intercept)
    wanted = problem.solve()
    z, z_wanted = (problem.design @ t.T + problem.offset for t in (theta, wanted))
    assert np.abs(z - z_wanted).max() <= tol * max(1.0, np.abs(z_wanted).max())
    size = np.sqrt((problem.design**2).mean(axis=0))
    assert (np.abs(theta - wanted) * size).max() <= tol * max(1.0, np.abs(wanted * size).max())


def random_options(n_classes: int) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    outputs = 1 if n_classes == 2 else n_classes
    weight = rng.uniform(0.0, 2.0, N)
    weight[rng.random(N) < 0.1] = 0.0
    factors = rng.uniform(0.5, 2.0, P)
    factors[[0, 5]] = 0.0, np.inf
    return {
        "penalty_factors": factors,
        "prior_mean": np.ascontiguousarray(rng.standard_normal((outputs, P))) * 1e-3,
        "sample_weight": weight,
        "offset": rng.standard_normal((N, outputs)),
        "rows": rng.integers(0, N, 2 * N),
        "start": rng.standard_normal(outputs * (P + 1)) * 1e-3,
    }
