"""The libraries that fit logistic regressions: each as it is shipped, and driven to a small gap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import elltwo
from benchmarks.base.library import Library, no_flops
from benchmarks.logistic.problems import LogisticAnswer
from benchmarks.logistic.tuned import Tuned

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.logistic.problems import LogisticProblem, LogisticTask

    Fit = Callable[[LogisticTask, int | None], LogisticAnswer]

GAP, MULTINOMIAL_GAP = 1e-8, 1e-6  # which peers are driven to
NEVER = 1e-200  # a tolerance that leaves the end to the number of iterations
PASSES = 50  # over X, for skipping only
MAX_BLOCKS = 2_500  # coefficients up to which a Hessian of all classes is formed
FREE_INTERCEPT = {True: 30.0, False: 1e3}  # dual or not: scaling that all but frees an intercept


def is_binary(problem: LogisticProblem) -> bool:
    return problem.n_classes == 2


def is_dense(problem: LogisticProblem) -> bool:
    return problem.row_nnz == 0


def _has_small_hessian(problem: LogisticProblem) -> bool:
    return is_dense(problem) and problem.n_features * problem.n_outputs <= MAX_BLOCKS


@dataclass(frozen=True)
class _Peer:
    """`fit` takes a number of iterations, or None for the defaults of the library."""

    name: str
    family: str
    fit: Fit
    applies: Callable[[LogisticProblem], bool]

    def libraries(self) -> list[Library]:
        shipped = Library(
            self.name,
            self.family,
            partial(_as_shipped, self.fit),
            no_flops,
            PASSES,
            applies=self.applies,
        )
        return [
            shipped,
            self._driven(GAP, binary=True),
            self._driven(MULTINOMIAL_GAP, binary=False),
        ]

    def _driven(self, gap: float, binary: bool) -> Library:
        tuned = Tuned(self.fit, gap)
        return Library(
            f"{self.name} to {gap:.0e}",
            self.family,
            tuned.fit,
            no_flops,
            PASSES,
            applies=lambda problem: self.applies(problem) and is_binary(problem) == binary,
            prepare=tuned.prepare,
        )


def _as_shipped(fit: Fit, task: LogisticTask) -> LogisticAnswer:
    return fit(task, None)


def fit_elltwo(task: LogisticTask, tol: float = 1e-10) -> LogisticAnswer:
    fit = elltwo.logistic(task.X, task.y, alpha=task.alpha, tol=tol, n_threads=task.n_threads)
    return LogisticAnswer(fit.coef, fit.intercept)


def fit_scikit_learn(
    task: LogisticTask,
    n_iter: int | None,
    package: str = "sklearn",
    **options: Any,  # noqa: ANN401
) -> LogisticAnswer:
    """Fit by scikit-learn or by a package with its names."""
    from importlib import import_module

    if n_iter is not None:
        options |= {"tol": NEVER, "max_iter": n_iter}
    estimator = import_module(f"{package}.linear_model").LogisticRegression
    model = estimator(C=1 / task.alpha, **options).fit(task.X, task.y)
    return LogisticAnswer(model.coef_, model.intercept_)


def fit_liblinear(task: LogisticTask, n_iter: int | None, dual: bool) -> LogisticAnswer:
    """It penalises the intercept, unless that is scaled."""
    options: dict[str, Any] = {} if n_iter is None else {"intercept_scaling": FREE_INTERCEPT[dual]}
    return fit_scikit_learn(task, n_iter, solver="liblinear", dual=dual, **options)


def fit_glum(task: LogisticTask, n_iter: int | None) -> LogisticAnswer:
    """Its objective is the mean loss and half its alpha times the squares."""
    from glum import GeneralizedLinearRegressor

    options: dict[str, Any] = {} if n_iter is None else {"gradient_tol": NEVER, "max_iter": n_iter}
    model = GeneralizedLinearRegressor(
        family="binomial", alpha=task.alpha / len(task.y), l1_ratio=0, **options
    ).fit(task.X, task.y.astype(float))
    return LogisticAnswer(model.coef_, model.intercept_)


def fit_snapml(task: LogisticTask, n_iter: int | None) -> LogisticAnswer:
    """Its dual form; the primal one returns no intercept."""
    from snapml import LogisticRegression

    options: dict[str, Any] = {}
    if n_iter is not None:
        options = {"tol": NEVER, "max_iter": n_iter, "intercept_scaling": FREE_INTERCEPT[True]}
    model = LogisticRegression(
        regularizer=task.alpha, n_jobs=task.n_threads or 1, fit_intercept=True, **options
    ).fit(task.X, task.y)
    return LogisticAnswer(model.coef_, model.intercept_)


def _scikit_learn_peers(package: str, family: str, solvers: tuple[str, ...]) -> list[_Peer]:
    if find_spec(package) is None:
        return []
    applies = {"newton-cholesky": _has_small_hessian}
    return [
        _Peer(
            f"{family} {solver}",
            family,
            partial(fit_scikit_learn, package=package, solver=solver),
            applies.get(solver, lambda _: True),
        )
        for solver in solvers
    ]


def _binary_peers() -> list[_Peer]:
    """Libraries for two classes alone, in a primal and a dual form where they have both."""
    found = []
    if find_spec("sklearn") is not None:
        found += [
            _Peer(
                f"scikit-learn liblinear{suffix}",
                "scikit-learn",
                partial(fit_liblinear, dual=dual),
                is_binary,
            )
            for suffix, dual in (("", False), (" dual", True))
        ]
    if find_spec("glum") is not None:
        found.append(
            _Peer(
                "glum", "glum", fit_glum, lambda problem: is_binary(problem) and is_dense(problem)
            )
        )
    if find_spec("snapml") is not None:
        found.append(_Peer("snapml", "snapml", fit_snapml, is_binary))
    return found


def logistic_libraries() -> list[Library]:
    """Every library that is installed, elltwo first."""
    peers = [
        *_scikit_learn_peers("sklearn", "scikit-learn", ("lbfgs", "newton-cholesky", "newton-cg")),
        *_scikit_learn_peers("sklearnex", "scikit-learn-intelex", ("lbfgs",)),
        *_binary_peers(),
    ]
    ours = [
        Library("elltwo", "elltwo", fit_elltwo, no_flops, 10),
        Library("elltwo tol=1e-05", "elltwo", partial(fit_elltwo, tol=1e-5), no_flops, 10),
    ]
    return [*ours, *(library for peer in peers for library in peer.libraries())]
