"""The libraries that fit paths of the elastic net, each at tolerances of its own."""

from __future__ import annotations

import warnings
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo
from benchmarks.base.library import Library
from benchmarks.elastic_net.limits import flops
from benchmarks.elastic_net.problems import PathAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.elastic_net.problems import EnetProblem, EnetTask


def _matrix(X: Any) -> Any:  # noqa: ANN401
    """Dense X as it is; sparse X in SciPy's older class, which some libraries insist on."""
    from scipy import sparse

    return X if isinstance(X, np.ndarray) else sparse.csc_matrix(X)


def fit_elltwo(task: EnetTask) -> PathAnswer:
    options: dict[str, Any] = {
        "alphas": task.alphas,
        "l1_ratio": task.l1_ratio,
        "fit_intercept": False,
        "n_threads": task.n_threads,
    }
    if task.moments is None:
        path = elltwo.elastic_net_path(task.X, task.y, **options)
    else:
        path = task.moments.elastic_net_path(**options)
    return PathAnswer(path.coef)


def fit_scikit_learn(task: EnetTask, tol: float, precompute: bool = False) -> PathAnswer:
    from sklearn.linear_model import enet_path

    options: dict[str, Any] = {"precompute": False}
    if task.gram is not None:
        options = {"precompute": task.gram, "Xy": task.cross}
    elif precompute:
        options = {"precompute": True}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # alphas that have not converged: the gap tells
        _, coef, _ = enet_path(
            task.X,
            task.y,
            alphas=task.alphas / len(task.y),
            l1_ratio=task.l1_ratio,
            tol=tol,
            max_iter=10_000,
            **options,
        )
    return PathAnswer(coef.T)


def fit_celer(task: EnetTask, tol: float) -> PathAnswer:
    import celer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, coef, _ = celer.celer_path(
            _matrix(task.X),
            task.y,
            pb="lasso",
            alphas=task.alphas / len(task.y),
            l1_ratio=task.l1_ratio,
            tol=tol,
            max_iter=100,
        )
    return PathAnswer(coef.T)


def fit_skglm(task: EnetTask, tol: float) -> PathAnswer:
    from skglm.datafits import Quadratic
    from skglm.penalties import L1_plus_L2
    from skglm.solvers import AndersonCD
    from skglm.utils.jit_compilation import compiled_clone

    X = _matrix(task.X)
    solver = AndersonCD(tol=tol, fit_intercept=False, warm_start=True)
    penalty = compiled_clone(L1_plus_L2(1.0, task.l1_ratio))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, coef, _ = solver.path(
            X, task.y, compiled_clone(Quadratic()), penalty, task.alphas / len(task.y)
        )
    return PathAnswer(coef.T)


def fit_adelie(task: EnetTask, tol: float) -> PathAnswer:
    import adelie

    threads = task.n_threads or 1
    wrap = adelie.matrix.dense if isinstance(task.X, np.ndarray) else adelie.matrix.sparse
    X = wrap(_matrix(task.X), n_threads=threads)
    state = adelie.grpnet(
        X,
        adelie.glm.gaussian(task.y),
        alpha=task.l1_ratio,
        lmda_path=task.alphas / len(task.y),
        tol=tol,
        early_exit=False,
        intercept=False,
        n_threads=threads,
        progress_bar=False,
    )
    return PathAnswer(state.betas.tocsr())


def fit_adelie_gram(task: EnetTask, tol: float) -> PathAnswer:
    import adelie

    n = len(task.y)
    if task.gram is None or task.cross is None:
        gram, cross = task.X.T @ task.X, task.X.T @ task.y
    else:
        gram, cross = task.gram, task.cross
    state = adelie.gaussian_cov(
        np.asfortranarray(gram / n),
        cross / n,
        alpha=task.l1_ratio,
        lmda_path=task.alphas / n,
        tol=tol,
        rdev_tol=0.0,
        early_exit=False,
        n_threads=task.n_threads or 1,
        progress_bar=False,
    )
    return PathAnswer(state.betas.tocsr())


def fit_glmnet(task: EnetTask, tol: float) -> PathAnswer:
    """The Fortran of glmnet, which divides y by its deviation and takes alphas in units of y."""
    import glmnet

    model = glmnet.ElasticNet(
        alpha=task.l1_ratio,
        lambda_path=task.alphas / len(task.y),
        standardize=False,
        fit_intercept=False,
        tol=tol,
        n_splits=0,
        max_iter=10_000_000,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(_matrix(task.X), task.y)
    return PathAnswer(model.coef_path_.T)


def _work(problem: EnetProblem) -> float:
    return 4 * flops(problem)


def _is_tall_and_dense(problem: EnetProblem) -> bool:
    return problem.is_tall and not problem.row_nnz


def _variants(
    family: str,
    fit: Callable[..., Any],
    tolerances: tuple[float, ...],
    applies: Callable[[EnetProblem], bool],
    passes: int,
    suffix: str = "",
) -> list[Library]:
    return [
        Library(
            f"{family}{suffix} tol={tol:.0e}",
            family,
            partial(fit, tol=tol),
            _work,
            passes,
            applies=applies,
        )
        for tol in tolerances
    ]


def _scikit_learn_libraries() -> list[Library]:
    tolerances = (1e-4, 1e-8)
    with_gram = partial(fit_scikit_learn, precompute=True)
    return [
        *_variants("scikit-learn", with_gram, tolerances, _is_tall_and_dense, 2, " Gram"),
        *_variants(
            "scikit-learn", fit_scikit_learn, tolerances, lambda p: not _is_tall_and_dense(p), 500
        ),
    ]


def _is_from_rows(problem: EnetProblem) -> bool:
    return not problem.from_moments


def path_libraries() -> list[Library]:
    """Every library that is installed, elltwo first."""
    by_package: dict[str, Callable[[], list[Library]]] = {
        "sklearn": _scikit_learn_libraries,
        "celer": lambda: _variants("celer", fit_celer, (1e-6, 1e-10), _is_from_rows, 200),
        "skglm": lambda: _variants("skglm", fit_skglm, (1e-4, 1e-8), _is_from_rows, 200),
        "adelie": lambda: [
            *_variants(
                "adelie", fit_adelie, (1e-7, 1e-10, 1e-12), lambda p: not _is_tall_and_dense(p), 100
            ),
            *_variants("adelie", fit_adelie_gram, (1e-7, 1e-12), _is_tall_and_dense, 2, " Gram"),
        ],
        "glmnet": lambda: _variants(
            "glmnet", fit_glmnet, (1e-7, 1e-12), lambda p: p.l1_ratio == 1 and _is_from_rows(p), 100
        ),
    }
    found = [Library("elltwo", "elltwo", fit_elltwo, flops)]
    for package, make in by_package.items():
        if find_spec(package) is not None:
            found += make()
    return found
