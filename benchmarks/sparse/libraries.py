"""The libraries that fit sparse matrices."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from benchmarks.base.library import Library, no_flops
from benchmarks.ridge.libraries import fit_elltwo, fit_estimator
from benchmarks.ridge.objective import Answer
from benchmarks.sparse.cg import conjugate_gradients

if TYPE_CHECKING:
    from benchmarks.ridge.problems import Task

PASSES = 50  # over X, for skipping only


def fit_by_hand(task: Task, rtol: float) -> Answer:
    y_mean = task.y.mean()
    coef = conjugate_gradients(task, task.X.T @ (task.y - y_mean), rtol)
    return Answer(coef, y_mean - (task.X @ coef).mean())


def _scikit_learn_libraries() -> list[Library]:
    if find_spec("sklearn") is None:
        return []
    from sklearn.linear_model import Ridge

    return [
        Library(
            f"scikit-learn sparse_cg tol={tol:.0e}",
            "scikit-learn",
            partial(fit_estimator, partial(Ridge, solver="sparse_cg", tol=tol)),
            no_flops,
            PASSES,
        )
        for tol in (1e-4, 1e-6)
    ]


def sparse_libraries() -> list[Library]:
    """Every library that is installed, elltwo first."""
    by_hand = [
        Library(
            f"SciPy Jacobi-CG rtol={rtol:.0e}",
            "SciPy",
            partial(fit_by_hand, rtol=rtol),
            no_flops,
            PASSES,
        )
        for rtol in (1e-4, 1e-6)
    ]
    ours = [
        Library("elltwo", "elltwo", fit_elltwo, no_flops, PASSES),
        Library("elltwo tol=1e-06", "elltwo", partial(fit_elltwo, tol=1e-6), no_flops, PASSES),
    ]
    return [*ours, *by_hand, *_scikit_learn_libraries()]
