"""The libraries that fit dense problems: each an adapter from a `Task` to an `Answer`."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo
from benchmarks.base.library import Library, no_flops
from benchmarks.ridge.objective import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from benchmarks.base.data import Array
    from benchmarks.ridge.problems import Problem, Task


def _smaller_gram(problem: Problem) -> float:
    n, p = problem.n_samples, problem.n_features
    return max(n, p) * min(n, p) ** 2 + min(n, p) ** 3 / 3


def _primal_gram(problem: Problem) -> float:
    p = problem.n_features
    return problem.n_samples * p**2 + p**3 / 3


def _augmented_svd(problem: Problem) -> float:
    p = problem.n_features
    return 4 * (problem.n_samples + p) * p**2 + 8 * p**3


def _thin_svd(problem: Problem) -> float:
    n, p = problem.n_samples, problem.n_features
    return 6 * max(n, p) * min(n, p) ** 2 + 20 * min(n, p) ** 3


def fit_elltwo(task: Task, tol: float = 1e-10) -> Answer:
    fit = elltwo.ridge(
        task.X,
        task.y,
        alpha=task.alpha,
        sample_weight=task.sample_weight,
        fit_intercept=task.fit_intercept,
        n_threads=task.n_threads,
        tol=tol,
    )
    return Answer(fit.coef, fit.intercept)


def _centre(task: Task) -> tuple[Array, Array, Array | float, Array | float]:
    """Centred, sqrt(w)-scaled X and y, one copy of each, with the means taken off."""
    X, y, weights = task.X, task.y, task.sample_weight
    mean: Array | float = 0.0
    y_mean: Array | float = 0.0
    if task.fit_intercept:
        mean, y_mean = _column_means(X, weights), _column_means(y, weights)
        X, y = X - mean, y - y_mean
    if weights is not None:
        root = np.sqrt(weights).astype(X.dtype)
        X = np.multiply(root[:, None], X, out=None if X is task.X else X)
        y = (root * y.T).T
    return X, y, mean, y_mean


def _column_means(values: Array, weights: NDArray[np.float64] | None) -> Array:
    means = values.mean(axis=0) if weights is None else weights @ values / weights.sum()
    return np.asarray(means, values.dtype)


def _with_intercept(coef: Array, mean: Array | float, y_mean: Array | float) -> Answer:
    return Answer(coef.T, y_mean - np.dot(mean, coef) if np.ndim(mean) else 0.0)


def fit_normal_equations(task: Task) -> Answer:
    X, y, mean, y_mean = _centre(task)
    gram = X.T @ X
    gram.flat[:: len(gram) + 1] += task.alpha
    return _with_intercept(np.linalg.solve(gram, X.T @ y), mean, y_mean)


def fit_dual(task: Task) -> Answer:
    X, y, mean, y_mean = _centre(task)
    kernel = X @ X.T
    kernel.flat[:: len(kernel) + 1] += task.alpha
    return _with_intercept(X.T @ np.linalg.solve(kernel, y), mean, y_mean)


def fit_lstsq(task: Task) -> Answer:
    """Least squares on the system with sqrt(alpha) I appended."""
    X, y, mean, y_mean = _centre(task)
    p = X.shape[1]
    rows = np.vstack([X, np.sqrt(task.alpha) * np.eye(p, dtype=X.dtype)])
    targets = np.concatenate([y, np.zeros((p, *y.shape[1:]), y.dtype)])
    return _with_intercept(np.linalg.lstsq(rows, targets, rcond=None)[0], mean, y_mean)


def fit_estimator(estimator: Callable[..., Any], task: Task) -> Answer:
    model = estimator(alpha=task.alpha, fit_intercept=task.fit_intercept)
    model.fit(task.X, task.y, sample_weight=task.sample_weight)
    return Answer(model.coef_, model.intercept_)


def _numpy_libraries() -> list[Library]:
    return [
        Library(
            "NumPy normal equations",
            "NumPy",
            fit_normal_equations,
            _primal_gram,
            applies=lambda problem: not problem.is_wide,
        ),
        Library(
            "NumPy dual",
            "NumPy",
            fit_dual,
            _smaller_gram,
            applies=lambda problem: problem.is_wide,
        ),
        Library("NumPy lstsq", "NumPy", fit_lstsq, _augmented_svd),
    ]


def _scikit_learn_libraries() -> list[Library]:
    if find_spec("sklearn") is None:
        return []
    from sklearn.linear_model import Ridge

    work: dict[str, tuple[Callable[[Problem], float], int]] = {
        "auto": (_smaller_gram, 2),
        "cholesky": (_smaller_gram, 2),
        "svd": (_thin_svd, 2),
        "lsqr": (no_flops, 20),
        "sparse_cg": (no_flops, 20),
        "sag": (no_flops, 1000),  # stochastic: its default allows a thousand passes
        "saga": (no_flops, 1000),
    }
    return [
        Library(
            f"scikit-learn {solver}",
            "scikit-learn",
            partial(fit_estimator, partial(Ridge, solver=solver)),
            flops,
            passes,
        )
        for solver, (flops, passes) in work.items()
    ]


def _intel_libraries() -> list[Library]:
    """Return the oneDAL-backed estimator, which has no dual: it forms the p x p Gram always."""
    if find_spec("sklearnex") is None:
        return []
    import daal4py
    from sklearnex.linear_model import Ridge

    def fit(task: Task) -> Answer:
        # Its thread pool does not read OMP_NUM_THREADS.
        if task.n_threads is not None and daal4py.num_threads() != task.n_threads:
            daal4py.daalinit(task.n_threads)
        return fit_estimator(Ridge, task)

    return [Library("scikit-learn-intelex", "scikit-learn-intelex", fit, _primal_gram)]


def all_libraries() -> list[Library]:
    """Every library that is installed, elltwo first."""
    ours = Library("elltwo", "elltwo", fit_elltwo, _smaller_gram)
    return [ours, *_numpy_libraries(), *_scikit_learn_libraries(), *_intel_libraries()]
