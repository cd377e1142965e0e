"""Paths of the multi-task lasso: data, libraries, gaps."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import elltwo
from benchmarks.base.data import shrunk_sides
from benchmarks.base.library import Library
from benchmarks.base.records import Accuracy
from benchmarks.elastic_net.problems import EnetData, EnetProblem, Vector, make_data

if TYPE_CHECKING:
    from collections.abc import Callable

MULTI_GAP = (
    "Gap of multi-task paths: as of elastic net paths, the dual point being the residuals times "
    "the largest t with all |X_j'R| <= alpha."
)


@dataclass(frozen=True)
class MultiTaskProblem:
    """Minimise 1/2 |Y - X B|^2 + alpha sum_j |B_j| over a grid, B_j the coefficients of x_j."""

    n_samples: int
    n_features: int
    n_targets: int
    eps: float = 0.1
    n_alphas: int = 50
    dtype: str = "float64"

    @property
    def name(self) -> str:
        """Key of the records."""
        return f"{self.n_samples}x{self.n_features}-multi-task lasso path-{self.n_targets}targets"

    @property
    def size(self) -> int:
        return self.n_samples * self.n_features

    @property
    def nbytes(self) -> int:
        """Bytes of X."""
        return 8 * self.size

    def shrunk(self) -> MultiTaskProblem:
        """A problem of the same form that takes no time."""
        n_samples, n_features = shrunk_sides(self.n_samples, self.n_features)
        return replace(
            self, n_samples=n_samples, n_features=n_features, n_targets=3, n_alphas=5, eps=0.2
        )


class MultiTask(NamedTuple):
    """A problem with its data. The alphas fall."""

    X: Vector
    Y: Vector
    alphas: Vector
    n_threads: int | None


def make_multi_data(problem: MultiTaskProblem, seed: int = 1) -> EnetData:
    """Draw columns as for the lasso, and targets that share their columns."""
    X = make_data(EnetProblem(problem.n_samples, problem.n_features)).X
    rng = np.random.default_rng(seed)
    coef = np.zeros((problem.n_features, problem.n_targets))
    chosen = rng.choice(problem.n_features, min(50, problem.n_features // 4), replace=False)
    coef[chosen] = rng.standard_normal((len(chosen), problem.n_targets))
    signal = X @ coef
    noise = rng.standard_normal(signal.shape)
    Y = signal / signal.std(axis=0) + 0.5 * noise
    return EnetData(X, Y - Y.mean(axis=0))


def multi_task_of(problem: MultiTaskProblem, data: EnetData, n_threads: int | None) -> MultiTask:
    """Put a problem and the data of its group together."""
    limit = np.linalg.norm(data.X.T @ data.y, axis=1).max()
    alphas = limit * np.geomspace(1.0, problem.eps, problem.n_alphas)
    return MultiTask(data.X, data.y, alphas, n_threads)


def fit_elltwo(task: MultiTask) -> Vector:
    """Coefficients (alphas, targets, features), as of all libraries here."""
    path = elltwo.elastic_net_path(
        task.X,
        task.Y,
        alphas=task.alphas,
        l1_ratio=1.0,
        group_targets=True,
        fit_intercept=False,
        n_threads=task.n_threads,
    )
    return np.asarray(path.coef)


def fit_scikit_learn(task: MultiTask, tol: float) -> Vector:
    from sklearn.linear_model import lasso_path

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        alphas = task.alphas / len(task.Y)
        coef = lasso_path(task.X, task.Y, alphas=alphas, tol=tol, max_iter=10_000)[1]
    return np.moveaxis(coef, -1, 0)


def fit_celer(task: MultiTask, tol: float) -> Vector:
    from celer.homotopy import mtl_path

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Y = np.asfortranarray(task.Y)
        coef = mtl_path(task.X, Y, alphas=task.alphas / len(Y), tol=tol, max_iter=100)[1]
    return np.moveaxis(coef, -1, 0)


def multi_accuracies(task: MultiTask, answers: dict[str, Vector]) -> dict[str, Accuracy]:
    """Put the worst excess over the best bound beside the worst gap."""
    if not answers:
        return {}
    found = {name: _values(task, answer) for name, answer in answers.items()}
    bound = np.max([dual for _, dual in found.values()], axis=0)
    return {
        name: Accuracy(
            float(((primal - bound) / primal).max()),
            f"gap {max(((primal - dual) / primal).max(), 0.0):.0e}",
        )
        for name, (primal, dual) in found.items()
    }


def _values(task: MultiTask, answer: Vector) -> tuple[Vector, Vector]:
    """Objective and dual value of every alpha."""
    primals, duals = [], []
    for alpha, coef in zip(task.alphas, answer, strict=True):
        residual = task.Y - task.X @ coef.T
        largest = np.linalg.norm(task.X.T @ residual, axis=1).max()
        t = alpha / max(largest, alpha)
        r, y = residual.astype(np.longdouble), task.Y.astype(np.longdouble)
        square = (r * r).sum()
        primals.append(square / 2 + alpha * np.linalg.norm(coef, axis=0).sum())
        duals.append(t * (r * y).sum() - t * t / 2 * square)
    return np.array(primals), np.array(duals)


def multi_flops(problem: MultiTaskProblem) -> float:
    """One look at every column for each alpha and target."""
    return 2.0 * problem.size * problem.n_alphas * problem.n_targets


def multi_libraries() -> list[Library]:
    """Every library that is installed, elltwo first."""
    found = [Library("elltwo", "elltwo", fit_elltwo, multi_flops)]
    peers: tuple[tuple[str, str, Callable[..., Any], tuple[float, ...]], ...] = (
        ("sklearn", "scikit-learn", fit_scikit_learn, (1e-4, 1e-8)),
        ("celer", "celer", fit_celer, (1e-6, 1e-9)),
    )
    for package, family, fit, tolerances in peers:
        if find_spec(package) is not None:
            found += [
                Library(f"{family} tol={tol:.0e}", family, partial(fit, tol=tol), multi_flops)
                for tol in tolerances
            ]
    return found
