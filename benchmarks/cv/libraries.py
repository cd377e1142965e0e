"""The libraries that choose alpha by cross-validation."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

import elltwo
from benchmarks.base.library import BLAS_EFFICIENCY, Library
from benchmarks.cv.in_numpy import cross_validate
from benchmarks.cv.limits import flops
from benchmarks.cv.problems import CvAnswer

if TYPE_CHECKING:
    from benchmarks.cv.problems import CvProblem, CvTask

STRIDE = 20  # where the whole grid takes minutes, every so many alphas are timed


def fit_elltwo(task: CvTask) -> CvAnswer:
    fit = elltwo.ridge_cv(
        task.X,
        task.y,
        alphas=task.alphas,
        cv=task.cv,
        per_target=task.y.ndim > 1,
        n_threads=task.n_threads,
    )
    curve = fit.cv_mse.reshape(len(task.alphas), -1)
    return CvAnswer(np.atleast_1d(fit.alpha), curve, np.atleast_2d(fit.coef))


def fit_leave_one_out(task: CvTask, gcv_mode: str) -> CvAnswer:
    """What scikit-learn calls GCV is leave-one-out."""
    from sklearn.linear_model import RidgeCV

    model = RidgeCV(task.alphas, gcv_mode=gcv_mode, store_cv_results=True).fit(task.X, task.y)
    curve = model.cv_results_.mean(axis=0)[:, None]
    return CvAnswer(np.atleast_1d(model.alpha_), curve, np.atleast_2d(model.coef_))


def fit_k_fold(task: CvTask) -> CvAnswer:
    """`RidgeCV` tells the error of its choice alone."""
    from sklearn.linear_model import RidgeCV

    model = RidgeCV(task.alphas, cv=task.cv, scoring="neg_mean_squared_error")
    model.fit(task.X, task.y)
    curve = np.where(task.alphas == model.alpha_, -model.best_score_, np.nan)[:, None]
    return CvAnswer(np.atleast_1d(model.alpha_), curve, np.atleast_2d(model.coef_))


def fit_k_fold_share(task: CvTask) -> CvAnswer:
    """The search inside `RidgeCV` over every `STRIDE`-th alpha, without the final fit."""
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import GridSearchCV

    curve = np.full((len(task.alphas), 1), np.nan)
    grid = {"alpha": task.alphas[::STRIDE]}
    search = GridSearchCV(
        Ridge(), grid, cv=task.cv, scoring="neg_mean_squared_error", refit=False
    ).fit(task.X, task.y)
    curve[::STRIDE, 0] = -search.cv_results_["mean_test_score"]
    return CvAnswer(np.full(1, np.nan), curve)


def _products(problem: CvProblem) -> float:
    """Return what takes the time of `limits.flops` at the full rate of products."""
    return BLAS_EFFICIENCY * flops(problem)


def _fit_per_fold_and_alpha(problem: CvProblem) -> float:
    """Flops of a Gram matrix per fold and alpha."""
    n, p = problem.n_samples, problem.n_features
    return problem.n_decompositions * problem.n_alphas * max(n, p) * min(n, p) ** 2


def _tall_or_wide_svd(problem: CvProblem) -> float:
    large, small = sorted((problem.n_samples, problem.n_features), reverse=True)
    return 6 * large * small**2 + 20 * small**3 + 4 * problem.size * problem.n_alphas


def _is_single_k_fold(problem: CvProblem) -> bool:
    return isinstance(problem.cv, int) and problem.n_targets == 1


def _is_single_leave_one_out(problem: CvProblem) -> bool:
    return problem.cv == "loo" and problem.n_targets == 1


def _scikit_learn_libraries() -> list[Library]:
    if find_spec("sklearn") is None:
        return []
    leave_one_out = [
        Library(
            f"scikit-learn gcv_mode={mode}",
            "scikit-learn",
            partial(fit_leave_one_out, gcv_mode=mode),
            _tall_or_wide_svd,
            applies=_is_single_leave_one_out,
        )
        for mode in ("svd", "eigen")
    ]
    k_fold = Library(
        "scikit-learn RidgeCV",
        "scikit-learn",
        fit_k_fold,
        _fit_per_fold_and_alpha,
        applies=_is_single_k_fold,
    )
    share = Library(
        f"scikit-learn, every {STRIDE}th alpha, time x {STRIDE}",
        "scikit-learn",
        fit_k_fold_share,
        lambda problem: _fit_per_fold_and_alpha(problem) / STRIDE,
        applies=_is_single_k_fold,
        share=1 / STRIDE,
    )
    return [*leave_one_out, k_fold, share]


def cv_libraries() -> list[Library]:
    """Every library that is installed, elltwo first."""
    return [
        Library("elltwo", "elltwo", fit_elltwo, _products),
        Library(
            "NumPy",
            "NumPy",
            cross_validate,
            _products,
            applies=lambda problem: problem.cv != "loo" or problem.n_targets == 1,
        ),
        *_scikit_learn_libraries(),
    ]
