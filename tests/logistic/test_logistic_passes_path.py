"""Paths over passes equal those of `elltwo.logistic_path`."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

import elltwo
from elltwo.exceptions import ConvergenceWarning
from elltwo.functional._logistic_passes import chunk
from elltwo.functional._logistic_passes.path import LogisticPathPasses
from elltwo.functional._logistic_passes.problem import PassProblem
from elltwo.functional._logistic_passes.task import FirstTask
from logistic_passes import run_over, run_passes, split

if TYPE_CHECKING:
    from elltwo import PassesPath

Array = npt.NDArray[Any]
ENDS = [40, 40, 150]


def data(n_classes: int, seed: int = 0, n: int = 300, p: int = 5) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + rng.normal(size=(n, 1))
    z = X @ rng.normal(size=(p, n_classes)) + rng.gumbel(size=(n, n_classes))
    y = z.argmax(axis=1)
    y[:n_classes] = np.arange(n_classes)
    return X, y


def solver_of(alphas: Any = None, **problem: Any) -> LogisticPathPasses:  # noqa: ANN401
    options: dict[str, Any] = {"tol": 1e-10} | problem
    return LogisticPathPasses(PassProblem(**options), alphas, FirstTask(n_parts=len(ENDS) + 1))


def path_of(X: Array, y: Array, alphas: Any = None, **problem: Any) -> PassesPath:  # noqa: ANN401
    solver = solver_of(alphas, **problem)
    run_passes(solver, run_over(split(ENDS, X, y)))
    return solver.result()


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("alphas", [None, [1.0, np.inf, 30.0, 0.0, 1.0]])
def test_paths_are_those_in_memory(n_classes: int, alphas: list[float] | None) -> None:
    X, y = data(n_classes)
    path, expected = path_of(X, y, alphas), elltwo.logistic_path(X, y, alphas)
    np.testing.assert_allclose(path.alphas, expected.alphas, rtol=1e-12)
    np.testing.assert_allclose(path.coef, expected.coef, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(path.intercept, expected.intercept, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(path.loss, expected.loss, rtol=1e-9)
    np.testing.assert_allclose(path.objective, expected.objective, rtol=1e-9)
    assert path.optimality.max() <= 1e-10
    assert path.passes.n_passes <= 20


def test_fits_of_a_path() -> None:
    X, y = data(3, seed=1)
    path = path_of(X, y, [10.0, 1.0])
    np.testing.assert_array_equal(path.at(1.0).coef, path.coef[1])
    np.testing.assert_array_equal(path.at(1.0).classes, [0, 1, 2])
    assert path.at(10.0).info is path.info[0]
    with pytest.raises(ValueError, match="no fit at alpha = 2, which would take more passes"):
        path.at(2.0)
    again = pickle.loads(pickle.dumps(path))
    np.testing.assert_array_equal(again.coef, path.coef)
    assert repr(again.info) == repr(path.info)
    assert repr(again) == "PassesPath(2 alphas from 1 to 10, 3 classes)"


def test_alphas_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = data(2, seed=2)
    expected = path_of(X, y)
    monkeypatch.setattr(chunk, "_BYTES", 8 * chunk._VECTORS * 6 * 7)
    path = path_of(X, y)
    assert path.passes.n_passes > expected.passes.n_passes
    np.testing.assert_allclose(path.coef, expected.coef, rtol=1e-7)


def test_resumed_from_bytes_after_every_pass_gives_the_same_bits() -> None:
    X, y = data(3, seed=3)
    run = run_over(split(ENDS, X, y))
    solver, stages = solver_of(), []
    while (task := solver.task) is not None:
        stages.append(solver.to_bytes())
        solver.take(run(task))
    stages.append(solver.to_bytes())
    expected = solver.result()
    for stage in stages:
        resumed = LogisticPathPasses.from_bytes(stage)
        assert resumed.to_bytes() == stage
        run_passes(resumed, run)
        np.testing.assert_array_equal(resumed.result().coef, expected.coef)


def test_steps_that_do_not_suffice_warn() -> None:
    X, y = data(2, seed=4)
    solver = solver_of([1e-3], max_iter=1, tol=1e-15)
    run_passes(solver, run_over(split(ENDS, X, y)))
    with pytest.warns(ConvergenceWarning, match="stopped at an optimality"):
        solver.result()


def test_what_offsets_have_in_common_costs_no_digits() -> None:
    X, y = data(2)
    own = np.random.default_rng(5).integers(-2048, 2048, size=(len(X), 1)) / 1024.0
    paths = []
    for offset in (own, own + 1e6):
        solver = solver_of([100.0, 1.0, 0.01], tol=1e-12)
        run_passes(solver, run_over(split(ENDS, X, y, None, offset)))
        paths.append(solver.result())
    near, far = paths
    assert {info.status for info in far.info} == {"converged"}
    np.testing.assert_allclose(far.coef, near.coef, rtol=1e-11)
    np.testing.assert_allclose(far.loss, near.loss, rtol=1e-13)
    np.testing.assert_allclose(far.intercept + 1e6, near.intercept, atol=1e-9)
