"""Choices of alpha of the elastic net by cross-validation: data, libraries, reference."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo
from benchmarks.base.data import shrunk_sides
from benchmarks.base.library import Library
from benchmarks.cv.problems import CvAnswer
from benchmarks.cv.reference import accuracies as cv_accuracies
from benchmarks.elastic_net.certificate import values
from benchmarks.elastic_net.libraries import fit_adelie, fit_adelie_gram, fit_celer, fit_glmnet
from benchmarks.elastic_net.problems import (
    EnetData,
    EnetProblem,
    EnetTask,
    PathAnswer,
    Vector,
    make_data,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.base.records import Accuracy

CERTIFIED = 1e-9  # the largest duality gap of a reference's fits


@dataclass(frozen=True)
class EnetCvProblem:
    """Choose alpha of the lasso by squared errors over contiguous folds, then fit all rows."""

    n_samples: int
    n_features: int
    eps: float
    n_folds: int = 10
    n_alphas: int = 100
    dtype: str = "float64"

    @property
    def name(self) -> str:
        """Key of the records."""
        shape = f"{self.n_samples}x{self.n_features}"
        return f"{shape}-lasso-{self.n_folds}folds-{self.n_alphas}alphas"

    @property
    def size(self) -> int:
        return self.n_samples * self.n_features

    @property
    def nbytes(self) -> int:
        """Bytes of X."""
        return 8 * self.size

    def shrunk(self) -> EnetCvProblem:
        """A problem of the same form that takes no time."""
        n_samples, n_features = shrunk_sides(self.n_samples, self.n_features)
        n_samples = max(n_samples, 2 * self.n_folds)
        return replace(self, n_samples=n_samples, n_features=n_features, n_alphas=12)


@dataclass(frozen=True, eq=False)
class EnetCvTask:
    """A problem with its data."""

    X: Vector
    y: Vector
    alphas: Vector
    n_folds: int
    n_threads: int | None

    def folds(self) -> Iterator[tuple[Vector, Vector, slice]]:
        """Copies of the training rows and targets of each fold, and the rows that are left out."""
        for rows in np.array_split(np.arange(len(self.y)), self.n_folds):
            X = np.asfortranarray(np.delete(self.X, rows, axis=0))
            yield X, np.delete(self.y, rows), slice(rows[0], rows[-1] + 1)


def make_cv_data(problem: EnetCvProblem) -> EnetData:
    return make_data(EnetProblem(problem.n_samples, problem.n_features))


def cv_task_of(problem: EnetCvProblem, data: EnetData, n_threads: int | None) -> EnetCvTask:
    """Put a problem and the data of its group together."""
    limit = np.abs(data.X.T @ data.y).max()
    alphas = limit * np.geomspace(1.0, problem.eps, problem.n_alphas)
    return EnetCvTask(data.X, data.y, alphas, problem.n_folds, n_threads)


def cross_validated(
    fit: Callable[[EnetTask], PathAnswer], task: EnetCvTask, refits: bool = True
) -> CvAnswer:
    """Choose alpha by a library's paths, of penalties relative to the number of rows."""
    squares = np.zeros(len(task.alphas))
    for X, y, rows in task.folds():
        mean, y_mean = X.mean(axis=0), y.mean()
        alphas = task.alphas * len(y) / len(task.y)
        coef = fit(_path_task(np.subtract(X, mean, out=X), y - y_mean, alphas, task)).coef
        coef = coef if isinstance(coef, np.ndarray) else coef.toarray()
        fitted = (task.X[rows] - mean) @ coef.T + y_mean
        squares += ((task.y[rows, None] - fitted) ** 2).sum(axis=0)
    curve = squares / len(task.y)
    best = int(curve.argmin())
    if refits:
        fit(_path_task(task.X, task.y, task.alphas[: best + 1], task))
    return CvAnswer(task.alphas[best : best + 1], curve[:, None])


def _path_task(X: Vector, y: Vector, alphas: Vector, task: EnetCvTask) -> EnetTask:
    return EnetTask(X, y, alphas, 1.0, None, None, None, task.n_threads)


def fit_elltwo_cv(task: EnetCvTask) -> CvAnswer:
    fit = elltwo.elastic_net_cv(
        task.X,
        task.y,
        1.0,
        alphas=task.alphas,
        cv=task.n_folds,
        mean_loss=True,
        n_threads=task.n_threads,
    )
    return CvAnswer(np.atleast_1d(fit.alpha), fit.cv_mse.reshape(-1, 1))


def fit_scikit_learn_cv(task: EnetCvTask, tol: float) -> CvAnswer:
    from sklearn.linear_model import LassoCV

    model = LassoCV(
        alphas=task.alphas / len(task.y), cv=task.n_folds, tol=tol, n_jobs=task.n_threads
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(task.X, task.y)
    curve = model.mse_path_.mean(axis=1)[:, None]
    return CvAnswer(np.atleast_1d(model.alpha_ * len(task.y)), curve)


def reference_curve(task: EnetCvTask) -> Vector:
    """Errors of fits to copies of the training rows, each certified by its own gap."""

    def certified(part: EnetTask) -> PathAnswer:
        path = elltwo.elastic_net_path(
            part.X, part.y, part.alphas, part.l1_ratio, fit_intercept=False, tol=1e-12
        )
        answer = PathAnswer(path.coef)
        assert values(part, answer).gaps.max() <= CERTIFIED
        return answer

    return cross_validated(certified, task, refits=False).curve


def cv_flops(problem: EnetCvProblem) -> float:
    """One Gram matrix, or 2 n p for each alpha and training set."""
    n, p = problem.n_samples, problem.n_features
    if n >= p:
        return float(n) * p**2
    return 2.0 * problem.size * problem.n_alphas * (problem.n_folds + 1)


def accuracies_of_cv(task: EnetCvTask, answers: dict[str, CvAnswer]) -> dict[str, Accuracy]:
    return cv_accuracies(task, answers, reference_curve)  # type: ignore[arg-type]


def cv_libraries() -> list[Library]:
    """Every library that is installed, elltwo first."""
    found = [Library("elltwo", "elltwo", fit_elltwo_cv, cv_flops)]

    def add(name: str, family: str, fit: Callable[[Any], CvAnswer], wide: bool | None) -> None:
        def applies(problem: EnetCvProblem) -> bool:
            return wide is None or wide == (problem.n_features > problem.n_samples)

        found.append(Library(name, family, fit, cv_flops, 2, applies))

    if find_spec("sklearn") is not None:
        for tol in (1e-4, 1e-6):
            fit = partial(fit_scikit_learn_cv, tol=tol)
            add(f"scikit-learn tol={tol:.0e}", "scikit-learn", fit, None)
    by_hand: list[tuple[str, Callable[..., PathAnswer], tuple[float, ...], bool | None]] = [
        ("adelie", fit_adelie, (1e-7, 1e-10), True),
        ("adelie", fit_adelie_gram, (1e-7, 1e-12), False),
        ("glmnet", fit_glmnet, (1e-7, 1e-10), None),
        ("celer", fit_celer, (1e-6,), True),
    ]
    for package, path_fit, tolerances, wide in by_hand:
        if find_spec(package) is not None:
            for tol in tolerances:
                fit = partial(cross_validated, partial(path_fit, tol=tol))
                add(f"{package} tol={tol:.0e}", package, fit, wide)
    return found
