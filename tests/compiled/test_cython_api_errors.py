"""Bad input to the C functions is a status and a text of the calling thread, never a crash."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import c_functions as c
from elltwo import cython_api
from elltwo.cython_api import Status

if TYPE_CHECKING:
    from collections.abc import Callable

X = np.random.default_rng(0).normal(size=(20, 4))
y = X.sum(axis=1)
one = np.ones(1)


def changed(array: c.Doubles, value: float) -> c.Doubles:
    copy = array.copy()
    copy.flat[5] = value
    return copy


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: c.ridge(changed(X, np.nan), y, 1.0), "X contains NaN at row 1, column 1"),
        (lambda: c.ridge(X, changed(y, np.inf), 1.0), "y contains infinity at row 5"),
        (lambda: c.ridge(X, y, -1.0), r"alpha must be in \[0, inf\], got -1"),
        (lambda: c.ridge(X, y, np.nan), r"alpha must be in \[0, inf\], got nan"),
        (lambda: c.ridge(X[:0], y[:0], 1.0), "n_samples must be at least 1"),
        (lambda: c.ridge(X[:, :0], y, 1.0), "n_features must be at least 1"),
        (lambda: c.ridge_targets(X, X[:, :0], one), "n_targets must be at least 1"),
        (lambda: c.ridge_targets(X, X, one, n_threads=-1), "n_threads must be >= 1"),
        (lambda: c.ridge_targets(X, X, one, sample_weight=np.zeros(20)), "must not be all zero"),
        (lambda: c.ridge_batch(changed(X, np.nan)[None], y[None], one), "problem 0 contains NaN"),
        (lambda: c.ridge_batch(X, y, one, starts=np.array([0, 30])), "must not go beyond the rows"),
        (lambda: c.ridge_batch(X, y, one, starts=np.array([0, 9, 9])), "group 1 has no rows"),
        (lambda: c.posdef_solve(np.eye(2), np.array([[1.0], [np.nan]])), "b contains NaN"),
        (lambda: c.posdef_solve(1e-300 * np.eye(2), np.full((2, 1), 1e300)), "beyond the range"),
        (lambda: c.posdef_solve(np.eye(3)[:, :2][:0], np.ones((0, 1))), "n must be at least 1"),
    ],
)  # fmt: skip
def test_invalid_argument(call: Callable[[], tuple[Any, ...]], text: str) -> None:
    status = call()[0]
    assert status == Status.INVALID_ARGUMENT
    with pytest.raises(ValueError, match=text):
        cython_api.check(status)


def test_missing_arrays_are_named() -> None:
    function = c.FUNCTIONS["ridge"]
    data = [20, 4, c.pointer(X), 4, 1, c.pointer(y), 1, 1.0, True, c.pointer(X), c.pointer(y)]
    for place, name in {2: "x", 5: "y", 9: "coef", 10: "intercept"}.items():
        arguments: list[Any] = [*data[:place], None, *data[place + 1 :]]
        with pytest.raises(ValueError, match=f"^{name} must not be NULL"):
            cython_api.check(function(*arguments))


@pytest.mark.parametrize(
    "matrix",
    [
        np.diag([1.0, 0.0, 1.0]),
        np.ones((2, 2)),
        np.array([[1.0, 0.0], [2.0, 1.0]]),
        np.diag([1.0, np.nan]),
        np.diag([1.0, np.inf]),
        np.diag([-1.0, 1.0]),
        np.ones((40, 40)),
        np.diag(np.r_[np.ones(40), np.nan]),
    ],
)
def test_not_positive_definite(matrix: c.Doubles) -> None:
    status, *_ = c.posdef_solve(matrix, np.ones((len(matrix), 1)))
    assert status == Status.NOT_POSITIVE_DEFINITE
    with pytest.raises(np.linalg.LinAlgError, match="positive definite to working precision"):
        cython_api.check(status)


def test_every_thread_has_its_own_text() -> None:
    barrier = Barrier(4)

    def text(k: int) -> str:
        barrier.wait(10)
        status, *_ = c.ridge(X, y, -1.0 - k)
        barrier.wait(10)
        with pytest.raises(ValueError, match="alpha must be in") as caught:
            cython_api.check(status)
        return str(caught.value)

    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(text, range(4)))
    assert texts == [f"alpha must be in [0, inf], got {-1 - k}" for k in range(4)]


def test_check_passes_what_has_results() -> None:
    assert cython_api.check(Status.OK) == 0
    assert cython_api.check(Status.NOT_CONVERGED) == 1
    with pytest.raises(MemoryError):
        cython_api.check(Status.OUT_OF_MEMORY)
    with pytest.raises(RuntimeError):
        cython_api.check(Status.FAILED)


def test_too_large_for_memory() -> None:
    """Rows that repeat by a stride of 0: small data of a huge shape."""
    coef = np.zeros(1)
    n = 2**45
    places = (c.pointer(X), 0, 0, c.pointer(y), 0)
    status = c.FUNCTIONS["ridge_batch"](
        n, 1, 1, 1, places[0], 0, 1, 1, places[3], 0, 1, 1, None, c.pointer(one), 1,
        None, None, None, True, 1, c.pointer(coef), c.pointer(coef), None, None,
    )  # fmt: skip
    assert status == Status.OUT_OF_MEMORY
