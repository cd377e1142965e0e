"""Choices of the penalty of logistic regression by cross-validation: data, libraries, reference."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

import elltwo
from benchmarks.base.data import shrunk_sides
from benchmarks.base.library import Library, no_flops
from benchmarks.cv.problems import CvAnswer
from benchmarks.logistic.objective import loss, predictors
from benchmarks.logistic.problems import (
    Labels,
    LogisticAnswer,
    LogisticData,
    LogisticProblem,
    LogisticTask,
    make_data,
)
from benchmarks.logistic.reference import reference

if TYPE_CHECKING:
    from benchmarks.base.data import Array
    from benchmarks.cv.problems import Vector

Folds = tuple[tuple[Labels, Labels], ...]  # rows to fit and rows to score

PASSES = 200  # over X, for skipping only


@dataclass(frozen=True)
class LogisticCvProblem:
    """Choose C by the log-loss of contiguous folds, and fit all rows with the choice."""

    n_samples: int
    n_features: int
    n_folds: int = 5
    n_alphas: int = 20
    dtype: str = "float64"

    @property
    def name(self) -> str:
        """Key of the records."""
        return f"{self.n_samples}x{self.n_features}-{self.n_folds}folds-{self.n_alphas}alphas"

    @property
    def size(self) -> int:
        return self.n_samples * self.n_features

    @property
    def nbytes(self) -> int:
        """Bytes of X."""
        return self.size * np.dtype(self.dtype).itemsize

    def shrunk(self) -> LogisticCvProblem:
        """A problem of the same form that takes no time."""
        n_samples, n_features = shrunk_sides(self.n_samples, self.n_features)
        return replace(self, n_samples=n_samples, n_features=n_features, n_alphas=5)


@dataclass(frozen=True, eq=False)
class LogisticCvTask:
    """A problem with its data; `alphas` fall, so that each start is near its answer."""

    X: Array
    y: Labels
    alphas: Vector
    folds: Folds
    n_threads: int | None


def make_cv_data(problem: LogisticCvProblem) -> LogisticData:
    return make_data(LogisticProblem(problem.n_samples, problem.n_features))


def task_of(
    problem: LogisticCvProblem, data: LogisticData, n_threads: int | None
) -> LogisticCvTask:
    """Put a problem and its data together; the grid is scikit-learn's for 1 / alpha."""
    rows = np.arange(problem.n_samples)
    folds = tuple(
        (np.setdiff1d(rows, test), test) for test in np.array_split(rows, problem.n_folds)
    )
    return LogisticCvTask(*data, np.logspace(4.0, -4.0, problem.n_alphas), folds, n_threads)


def _score(X: Array, y: Labels, answer: LogisticAnswer) -> float:
    """Sum of losses."""
    return float(loss(predictors(LogisticTask(X, y, 2, 1.0, None), answer), y))


def fit_elltwo(task: LogisticCvTask) -> CvAnswer:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "alpha = .* lies on the")  # as scikit-learn does
        fit = elltwo.logistic_cv(
            task.X, task.y, alphas=task.alphas, cv=list(task.folds), n_threads=task.n_threads
        )
    return CvAnswer(np.full(1, fit.alpha), -fit.cv_score[:, None], fit.coef)


def fit_scikit_learn(task: LogisticCvTask, solver: str) -> CvAnswer:
    from sklearn.linear_model import LogisticRegressionCV

    model = LogisticRegressionCV(
        Cs=1 / task.alphas,
        cv=task.folds,
        scoring="neg_log_loss",
        solver=solver,
        l1_ratios=(0.0,),
        use_legacy_attributes=False,
    ).fit(task.X, task.y)
    curve = -np.reshape(model.scores_, (len(task.folds), -1)).mean(axis=0)
    return CvAnswer(np.full(1, 1 / model.C_), curve[:, None], model.coef_)


@lru_cache(maxsize=1)
def reference_curve(task: LogisticCvTask) -> Vector:
    """Mean log-loss of each alpha, (A, 1): every fold and alpha by the reference, from zero."""
    sums = np.zeros(len(task.alphas))
    for train, test in task.folds:
        for k, alpha in enumerate(task.alphas):
            fitted = reference(LogisticTask(task.X[train], task.y[train], 2, float(alpha), None))
            sums[k] += _score(task.X[test], task.y[test], fitted)
    return sums[:, None] / len(task.y)


def cv_libraries() -> list[Library]:
    """Every library that is installed, elltwo first."""
    found = [Library("elltwo", "elltwo", fit_elltwo, no_flops, PASSES)]
    if find_spec("sklearn") is not None:
        found += [
            Library(
                f"scikit-learn {solver}",
                "scikit-learn",
                partial(fit_scikit_learn, solver=solver),
                no_flops,
                PASSES,
            )
            for solver in ("lbfgs", "newton-cholesky")
        ]
    return found
