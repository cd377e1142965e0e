"""Logistic regression from many threads at once, and Ctrl-C during a fit."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo import _core

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytestmark = pytest.mark.alone

SHAPES = {"tall": (3000, 20), "wide": (60, 500)}
BOUNDS = {"free": None, "bounded": (-0.05, 0.1)}


def bits(
    X: NDArray[Any], y: NDArray[Any], bounds: tuple[float, float] | None, n_threads: int
) -> bytes:
    fit = elltwo.logistic(X, y, alpha=2.0, bounds=bounds, n_threads=n_threads)
    return fit.coef.tobytes() + np.asarray(fit.intercept).tobytes()


@pytest.mark.parametrize("bounds", BOUNDS.values(), ids=BOUNDS.keys())
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_many_callers_at_once_get_the_same_bits(
    shape: tuple[int, int], n_classes: int, bounds: tuple[float, float] | None
) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=shape)
    y = np.argmax(X[:, :n_classes] + rng.gumbel(size=(shape[0], n_classes)), axis=1)
    alone = bits(X, y, bounds, 1)
    with ThreadPoolExecutor(6) as pool:
        calls = [pool.submit(bits, X, y, bounds, 1 + k % 3) for k in range(12)]
        assert {call.result() for call in calls} == {alone}


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for a single process")
@pytest.mark.parametrize("bounds", BOUNDS.values(), ids=BOUNDS.keys())
@pytest.mark.parametrize("n_classes", [2, 3])
def test_ctrl_c_stops_a_fit(n_classes: int, bounds: tuple[float, float] | None) -> None:
    """The fit, of overlapping windows that take no memory, would last for a long while."""
    rng = np.random.default_rng(1)
    n, p = 3_000_000, 300
    X = np.lib.stride_tricks.sliding_window_view(rng.normal(size=n + p - 1), p)
    y = np.arange(n) % n_classes
    finished = False
    timer = threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012
            elltwo.logistic(X, y, bounds=bounds)
            finished = True
            timer.join()
    finally:
        timer.cancel()
    assert not finished
    assert elltwo.logistic(X[:100, :3], y[:100], bounds=bounds).info.status == "converged"


def logistic_pass(n_points: int, p: int, n_classes: int) -> _core.LogisticPass:
    outputs = 1 if n_classes == 2 else n_classes
    theta = np.linspace(-0.1, 0.1, n_points * outputs * (p + 1)).reshape(n_points, outputs, -1)
    none_left_out = np.full(n_points, -1, dtype=np.int32)
    with_hessian = np.arange(n_points) == 0
    return _core.LogisticPass(
        theta, none_left_out, np.zeros(p), np.ones(p), n_classes, with_hessian, True
    )


def sums_of(target: _core.LogisticPass) -> list[bytes]:
    return [values.tobytes() for values in target.sums()[:6]]


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for a single process")
@pytest.mark.parametrize("p", [60, 600])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_ctrl_c_leaves_the_sums_of_a_pass_as_they_were(n_classes: int, p: int) -> None:
    """The rows, overlapping windows that take no memory, would last for a long while."""
    n = 20_000_000
    values = np.random.default_rng(3).normal(size=n + p - 1)
    X = np.lib.stride_tricks.sliding_window_view(values, p)
    codes = (np.arange(n) % n_classes).astype(np.int32)
    target = logistic_pass(2, p, n_classes)
    target.add(X[:500], codes[:500], None, None, None, 1)
    before = sums_of(target)
    finished = False
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012
            target.add(X, codes, None, None, None, 2)
            finished = True
            timer.join()
    finally:
        timer.cancel()
    assert not finished
    assert sums_of(target) == before


def test_threads_may_add_to_one_pass() -> None:
    p = 5
    X = np.random.default_rng(4).normal(size=(4000, p))
    codes = (np.arange(4000) % 2).astype(np.int32)
    target = logistic_pass(3, p, 2)
    with ThreadPoolExecutor(6) as pool:
        for begin in range(0, 4000, 100):
            rows = slice(begin, begin + 100)
            pool.submit(target.add, X[rows], codes[rows], None, None, None, 1 + begin % 3)
    alone = logistic_pass(3, p, 2)
    alone.add(X, codes, None, None, None, 1)
    got, wanted = target.sums(), alone.sums()
    assert got[6] == wanted[6] == 4000
    np.testing.assert_array_equal(got[0], wanted[0])
    for values, others in zip(got[1:6], wanted[1:6], strict=True):
        np.testing.assert_allclose(values, others, rtol=1e-12, atol=1e-12 * 4000)
