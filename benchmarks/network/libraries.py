"""The libraries that fit small networks."""

from __future__ import annotations

import warnings
from importlib.util import find_spec

import elltwo
from benchmarks.base.library import Library
from benchmarks.network.limits import flops
from benchmarks.network.problems import NetworkAnswer, NetworkTask

BATCH = 200


def fit_elltwo(task: NetworkTask) -> NetworkAnswer:
    """All steps: neither tolerance is reached."""
    problem = task.problem
    stochastic = problem.solver != "lbfgs"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = elltwo.mlp(
            task.X,
            task.y,
            problem.hidden,
            loss="multinomial" if problem.n_classes else "squared_error",
            solver=problem.solver,
            max_iter=problem.n_iter,
            tol=0.0,
            minibatch=elltwo.MiniBatches(BATCH, n_iter_no_change=0) if stochastic else None,
            n_threads=task.n_threads,
        )
    return NetworkAnswer(fit.coefs, fit.intercepts)


def fit_scikit_learn(task: NetworkTask) -> NetworkAnswer:
    """The same objective: with mini-batches alpha is divided by their size there."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    problem = task.problem
    kind = MLPClassifier if problem.n_classes else MLPRegressor
    stochastic = problem.solver != "lbfgs"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = kind(
            hidden_layer_sizes=(problem.hidden,),
            solver=problem.solver,
            alpha=BATCH / len(task.X) if stochastic else 1.0,
            batch_size=min(BATCH, len(task.X)),
            max_iter=problem.n_iter,
            max_fun=10 * problem.n_iter,
            tol=0.0,
            n_iter_no_change=problem.n_iter,
            random_state=0,
        ).fit(task.X, task.y)
    return NetworkAnswer(tuple(fit.coefs_), tuple(fit.intercepts_))


def network_libraries() -> list[Library]:
    """Every library that is installed, elltwo first."""
    found = [Library("elltwo", "elltwo", fit_elltwo, flops)]
    if find_spec("sklearn") is not None:
        found.append(Library("scikit-learn", "scikit-learn", fit_scikit_learn, flops))
    return found
