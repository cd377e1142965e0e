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
