"""The libraries that fit many small problems, windows and streams."""

from __future__ import annotations

from functools import lru_cache, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

import elltwo
from benchmarks.base.library import Library, no_flops
from benchmarks.many import in_numpy
from benchmarks.many.frames import frame_libraries
from benchmarks.many.problems import (
    STRIDE,
    WINDOW_STRIDE,
    BatchProblem,
    ManyAnswer,
    RollingProblem,
    StreamProblem,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.base.data import Array
    from benchmarks.many.in_numpy import OneFit
    from benchmarks.many.problems import ManyProblem, ManyTask


def is_batch(problem: ManyProblem) -> bool:
    return isinstance(problem, BatchProblem) and not problem.is_grouped


def is_grouped(problem: ManyProblem) -> bool:
    return isinstance(problem, BatchProblem) and problem.is_grouped


def is_rolling(problem: ManyProblem) -> bool:
    return isinstance(problem, RollingProblem)


def is_stream(problem: ManyProblem) -> bool:
    return isinstance(problem, StreamProblem)


def fit_elltwo(task: ManyTask) -> ManyAnswer:
    """Take what elltwo has for the kind of the problem."""
    X, y, alpha, n_threads = task.X, task.y, task.alpha, task.n_threads
    if isinstance(task.problem, StreamProblem):
        return _fit_moments(task)
    if isinstance(task.problem, RollingProblem):
        window = task.problem.window
        rolling = elltwo.ridge_rolling(X, y, window=window, alpha=alpha, n_threads=n_threads)
        return ManyAnswer(task.fitted, rolling.coef[window - 1 :], rolling.intercept[window - 1 :])
    if task.groups is not None:
        grouped = elltwo.ridge_grouped(X, y, task.groups, alpha=alpha, n_threads=n_threads)
        return ManyAnswer(grouped.groups, grouped.coef, grouped.intercept)
    batch = elltwo.ridge_batch(X, y, alpha=alpha, n_threads=n_threads)
    return ManyAnswer(task.fitted, batch.coef, batch.intercept)


def _fit_moments(task: ManyTask) -> ManyAnswer:
    moments = elltwo.Moments(task.X.shape[1])
    for X, y in task.chunks():
        moments.add(X, y, n_threads=task.n_threads)
    fit = moments.ridge(alpha=task.alpha)
    return ManyAnswer(task.fitted, fit.coef[None], np.array([fit.intercept]))


def _by_hand() -> list[Library]:
    def numpy(
        way: str, fit: Callable[[ManyTask], ManyAnswer], applies: Callable[[ManyProblem], bool]
    ) -> Library:
        return Library(f"NumPy {way}", "NumPy", fit, no_flops, applies=applies)

    return [
        numpy("batched", in_numpy.batched, is_batch),
        numpy("loop over groups", in_numpy.by_groups, is_grouped),
        numpy("windows", in_numpy.by_windows, is_rolling),
        numpy("cumulative sums", in_numpy.by_cumulative_sums, is_rolling),
        numpy("incremental", in_numpy.by_increments, is_stream),
        *_loops("NumPy", "NumPy", in_numpy.one_fit),
        *_loops("LAPACK by hand", "SciPy", in_numpy.one_lapack_fit),
    ]


def _loops(name: str, family: str, fit: Callable[[Array, Array, float], OneFit]) -> list[Library]:
    """One fit after the other, some of all, for batches and for windows."""
    return [
        Library(
            f"{name} loop, every {stride}th, time x {stride}",
            family,
            partial(in_numpy.by_loop, fit=fit),
            no_flops,
            applies=applies,
            share=1 / stride,
        )
        for stride, applies in ((STRIDE, is_batch), (WINDOW_STRIDE, is_rolling))
    ]


def _scikit_learn() -> list[Library]:
    if find_spec("sklearn") is None:
        return []
    from sklearn.linear_model import Ridge

    def fit(X: Array, y: Array, alpha: float) -> OneFit:
        model = Ridge(alpha).fit(X, y)
        return model.coef_, model.intercept_

    return _loops("scikit-learn", "scikit-learn", fit)


def _intel() -> list[Library]:
    if find_spec("sklearnex") is None:
        return []
    from sklearnex.linear_model import IncrementalRidge

    def fit(task: ManyTask) -> ManyAnswer:
        model = IncrementalRidge(alpha=task.alpha)
        for X, y in task.chunks():
            model.partial_fit(X, y)
        return ManyAnswer(task.fitted, np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_))

    family = "scikit-learn-intelex"
    return [Library(f"{family} IncrementalRidge", family, fit, no_flops, applies=is_stream)]


def _torch() -> list[Library]:
    if find_spec("torch") is None:
        return []
    import torch

    def fit(task: ManyTask) -> ManyAnswer:
        if task.n_threads is not None:
            torch.set_num_threads(task.n_threads)
        X, y = torch.from_numpy(task.X), torch.from_numpy(task.y)
        mean, y_mean = X.mean(1, keepdim=True), y.mean(1, keepdim=True)
        Z = X - mean
        gram = Z.mT @ Z
        gram.diagonal(dim1=1, dim2=2).add_(task.alpha)
        coef = torch.cholesky_solve(
            Z.mT @ (y - y_mean).unsqueeze(2), torch.linalg.cholesky(gram)
        ).squeeze(2)
        intercept = y_mean[:, 0] - (mean[:, 0] * coef).sum(1)
        return ManyAnswer(task.fitted, coef.numpy(), intercept.numpy())

    return [Library("torch batched", "torch", fit, no_flops, applies=is_batch)]


@lru_cache
def many_libraries() -> list[Library]:
    """Every library that is installed, elltwo first."""
    return [
        Library("elltwo", "elltwo", fit_elltwo, no_flops),
        *_by_hand(),
        *_torch(),
        *_scikit_learn(),
        *_intel(),
        *frame_libraries(
            lambda problem: not (is_rolling(problem) or is_stream(problem)), is_rolling
        ),
    ]
