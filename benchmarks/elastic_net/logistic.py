"""Paths of logistic regression with the lasso's penalty: data, libraries, gaps."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import xlogy

import elltwo
from benchmarks.base.data import shrunk_sides
from benchmarks.base.library import Library
from benchmarks.base.records import Accuracy
from benchmarks.elastic_net.problems import EnetData, EnetProblem, Vector, make_data

if TYPE_CHECKING:
    from collections.abc import Callable

LOGISTIC_GAP = (
    "Gap of logistic lasso paths: as of elastic net paths, the dual point being t p_i, with p_i "
    "the probability of the other class and the largest t with all |X_j'(s p)| t <= alpha."
)


@dataclass(frozen=True)
class LogisticLassoProblem:
    """Minimise sum_i log(1 + exp(-s_i x_i.b)) + alpha |b|_1 over a grid, without an intercept."""

    n_samples: int
    n_features: int
    eps: float = 1e-2
    n_alphas: int = 100
    dtype: str = "float64"

    @property
    def name(self) -> str:
        """Key of the records."""
        return f"{self.n_samples}x{self.n_features}-logistic lasso path"

    @property
    def size(self) -> int:
        return self.n_samples * self.n_features

    @property
    def nbytes(self) -> int:
        """Bytes of X."""
        return 8 * self.size

    def shrunk(self) -> LogisticLassoProblem:
        """A problem of the same form that takes no time."""
        n_samples, n_features = shrunk_sides(self.n_samples, self.n_features)
        n_samples = max(n_samples, 20)
        return replace(self, n_samples=n_samples, n_features=n_features, n_alphas=5, eps=0.1)


class LogisticLassoTask(NamedTuple):
    """A problem with its data; labels -1 and 1. The alphas fall."""

    X: Vector
    sign: Vector
    alphas: Vector
    n_threads: int | None


def make_logistic_data(problem: LogisticLassoProblem, seed: int = 2) -> EnetData:
    """Draw columns as for the lasso, and labels from three times its signal."""
    data = make_data(EnetProblem(problem.n_samples, problem.n_features))
    noise = np.random.default_rng(seed).logistic(size=problem.n_samples)
    return EnetData(data.X, np.where(3 * data.y + noise > 0, 1.0, -1.0))


def logistic_task_of(
    problem: LogisticLassoProblem, data: EnetData, n_threads: int | None
) -> LogisticLassoTask:
    """Put a problem and the data of its group together."""
    limit = np.abs(data.X.T @ data.y).max() / 2
    alphas = limit * np.geomspace(1.0, problem.eps, problem.n_alphas)
    return LogisticLassoTask(data.X, data.y, alphas, n_threads)


def fit_elltwo(task: LogisticLassoTask) -> Vector:
    """Coefficients (alphas, features), as of all libraries here."""
    path = elltwo.logistic_path(
        task.X,
        task.sign,
        alphas=task.alphas,
        l1_ratio=1.0,
        fit_intercept=False,
        n_threads=task.n_threads,
    )
    return np.asarray(path.coef)


def fit_celer(task: LogisticLassoTask, tol: float) -> Vector:
    import celer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        coef: Vector = celer.celer_path(
            task.X, task.sign, pb="logreg", alphas=task.alphas, tol=tol, max_iter=100
        )[1]
    return coef.T


def fit_skglm(task: LogisticLassoTask, tol: float) -> Vector:
    from skglm.datafits import Logistic
    from skglm.penalties import L1
    from skglm.solvers import ProxNewton
    from skglm.utils.jit_compilation import compiled_clone

    solver = ProxNewton(tol=tol, fit_intercept=False, warm_start=True)
    datafit, penalty = compiled_clone(Logistic()), compiled_clone(L1(1.0))
    n = len(task.sign)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if hasattr(solver, "path"):
            coef: Vector = solver.path(task.X, task.sign, datafit, penalty, task.alphas / n)[1]
            return coef.T
        rows, start, fitted = [], np.zeros(task.X.shape[1]), np.zeros(n)
        for alpha in task.alphas / n:
            penalty = compiled_clone(L1(alpha))
            start = solver.solve(task.X, task.sign, datafit, penalty, start.copy(), fitted)[0]
            fitted = task.X @ start
            rows.append(start)
    return np.array(rows)


def fit_adelie(task: LogisticLassoTask, tol: float) -> Vector:
    import adelie

    threads = task.n_threads or 1
    state = adelie.grpnet(
        adelie.matrix.dense(task.X, n_threads=threads),
        adelie.glm.binomial((task.sign > 0).astype(float)),
        lmda_path=task.alphas / len(task.sign),
        tol=tol,
        irls_tol=tol,
        early_exit=False,
        intercept=False,
        n_threads=threads,
        progress_bar=False,
    )
    return np.asarray(state.betas.toarray())


def fit_glmnet(task: LogisticLassoTask, tol: float) -> Vector:
    import glmnet

    model = glmnet.LogitNet(
        alpha=1.0,
        lambda_path=task.alphas / len(task.sign),
        standardize=False,
        fit_intercept=False,
        tol=tol,
        n_splits=0,
        max_iter=10_000_000,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(task.X, task.sign > 0)
    return np.asarray(np.squeeze(model.coef_path_)).T


def logistic_accuracies(task: LogisticLassoTask, answers: dict[str, Vector]) -> dict[str, Accuracy]:
    """Put the worst excess over the best bound beside the worst gap.

    Of a library that ends its path early the points it has are judged.
    """
    if not answers:
        return {}
    found = {name: _values(task, answer) for name, answer in answers.items()}
    bound = np.full(len(task.alphas), -np.inf)
    for _, dual in found.values():
        bound[: len(dual)] = np.maximum(bound[: len(dual)], dual)
    return {
        name: Accuracy(
            float(((primal - bound[: len(primal)]) / primal).max()),
            f"gap {max(((primal - dual) / primal).max(), 0.0):.0e}"
            + ("" if len(primal) == len(bound) else f", {len(primal)} alphas"),
        )
        for name, (primal, dual) in found.items()
    }


def _values(task: LogisticLassoTask, answer: Vector) -> tuple[Vector, Vector]:
    """Objective and dual value -sum_i theta log theta + (1 - theta) log(1 - theta)."""
    primals, duals = [], []
    for alpha, coef in zip(task.alphas, answer, strict=False):
        margin = task.sign * (task.X @ coef)
        other = 1 / (1 + np.exp(margin))
        t = alpha / max(np.abs(task.X.T @ (task.sign * other)).max(), alpha)
        theta = t * other
        entropy = xlogy(theta, theta) + xlogy(1 - theta, 1 - theta)
        primals.append(np.logaddexp(0, -margin).sum() + alpha * np.abs(coef).sum())
        duals.append(-entropy.sum())
    return np.array(primals), np.array(duals)


def logistic_flops(problem: LogisticLassoProblem) -> float:
    """One look at every column for each alpha."""
    return 2.0 * problem.size * problem.n_alphas


def logistic_libraries() -> list[Library]:
    """Every library that is installed, elltwo first."""
    found = [Library("elltwo", "elltwo", fit_elltwo, logistic_flops)]
    peers: tuple[tuple[str, Callable[..., Any], tuple[float, ...]], ...] = (
        ("celer", fit_celer, (1e-6, 1e-9)),
        ("skglm", fit_skglm, (1e-4, 1e-7)),
        ("adelie", fit_adelie, (1e-7, 1e-11)),
        ("glmnet", fit_glmnet, (1e-7, 1e-11)),
    )
    for package, fit, tolerances in peers:
        if find_spec(package) is not None:
            found += [
                Library(f"{package} tol={tol:.0e}", package, partial(fit, tol=tol), logistic_flops)
                for tol in tolerances
            ]
    return found
