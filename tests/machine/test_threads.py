"""Threads: the same bits for any number of them, fork and Ctrl-C during a fit, a released GIL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

pytestmark = pytest.mark.alone

HANG = 120  # seconds after which a subprocess counts as hanging

# Each entry takes another way through the core: many rows, many columns, the dual, several
# targets, float32, orthogonal factorisation.
CASES: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {
    "many_rows": ((40_000, 9), {"alpha": 1.0}),
    "medium": ((5_000, 100), {"alpha": 1.0}),
    "many_columns": ((900, 700), {"alpha": 10.0}),
    "dual": ((80, 6_000), {"alpha": 10.0}),
    "dual_large": ((400, 1_500), {"alpha": np.array([1.0, 10.0])}),
    "per_target_alpha": ((3_000, 60), {"alpha": np.array([0.5, 50.0])}),
    "least_squares": ((4_000, 30), {"alpha": 0.0}),
    "orthogonal": ((4_000, 30), {"alpha": 0.0, "solver": "svd"}),
}


def make_data(shape: tuple[int, int], seed: int = 0) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    n, p = shape
    return rng.standard_normal((n, p)), rng.standard_normal((n, 2)), rng.uniform(0.0, 2.0, n)


def fit_bits(X: Array, Y: Array, weight: Array | None, **options: Any) -> bytes:  # noqa: ANN401
    fit = elltwo.ridge(X, Y, sample_weight=weight, **options)
    return fit.coef.tobytes() + np.asarray(fit.intercept).tobytes()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weights"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_thread_count_changes_no_bit(
    case: tuple[tuple[int, int], dict[str, Any]], weighted: bool, dtype: type
) -> None:
    shape, options = case
    X, Y, weight = make_data(shape)
    X = X.astype(dtype)
    chosen = weight if weighted else None
    answers = {fit_bits(X, Y, chosen, n_threads=k, **options) for k in (1, 2, 3, None)}
    assert len(answers) == 1


def test_thread_count_is_reported() -> None:
    X, Y, _ = make_data((5_000, 100))
    assert elltwo.ridge(X, Y, alpha=1.0, n_threads=1).info.n_threads == 1
    assert elltwo.ridge(X, Y, alpha=1.0, n_threads=2).info.n_threads <= 2


def test_cross_validation_gives_the_same_bits() -> None:
    X, noise, weight = make_data((2_000, 40))
    Y = X[:, :2] + 5.0 * noise  # a signal, so that the best alpha lies inside the grid
    runs = [
        elltwo.ridge_cv(X, Y, sample_weight=weight, cv=4, n_threads=k) for k in (1, 2, 3, None, 2)
    ]
    for run in runs[1:]:
        assert run.fold_mse.tobytes() == runs[0].fold_mse.tobytes()
        assert run.coef.tobytes() == runs[0].coef.tobytes()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_repeated_calls_give_the_same_bits(case: tuple[tuple[int, int], dict[str, Any]]) -> None:
    """Whatever the alignment of the data in memory."""
    shape, options = case
    X, Y, weight = make_data(shape)
    buffer = np.empty(X.size + 1)
    moved = buffer[1:].reshape(X.shape)
    moved[...] = X
    answers = {fit_bits(x, Y, weight, **options) for x in (X, X, moved)}
    assert len(answers) == 1


def test_eight_python_threads_at_once_give_the_same_bits() -> None:
    jobs = [
        (*make_data(shape, seed), options)
        for seed, (shape, options) in enumerate(CASES.values())
        if shape[0] * shape[1] <= 600_000
    ] * 4
    serial = [fit_bits(X, Y, weight, **options) for X, Y, weight, options in jobs]
    start = threading.Barrier(8)

    def work(first: int) -> list[bytes]:
        start.wait()
        turn = jobs[first:] + jobs[:first]
        answers = [fit_bits(X, Y, weight, **options) for X, Y, weight, options in turn]
        return answers[len(jobs) - first :] + answers[: len(jobs) - first]

    with ThreadPoolExecutor(8) as pool:
        for answers in pool.map(work, range(8)):
            assert answers == serial


# A fit that would take hours and no memory: a thousand million rows that are all the same one.
ENDLESS = """
import os, sys, threading, time
import numpy as np
import elltwo

def endless_fit(n_threads=None):
    row = np.linspace(-1.0, 1.0, 400)
    X = np.broadcast_to(row, (1_000_000_000, 400))
    y = np.broadcast_to(np.array(1.0), (1_000_000_000,))
    elltwo.ridge(X, y, alpha=1.0, n_threads=n_threads)
    print("finished", flush=True)
"""

GIL = """
thread = threading.Thread(target=endless_fit, daemon=True)
thread.start()
for _ in range(50):
    time.sleep(0.01)
X = np.arange(40.0).reshape(10, 4) ** 2
elltwo.ridge(X, X[:, 0], alpha=1.0)
print("alive" if thread.is_alive() else "dead", flush=True)
os._exit(0)
"""

FORK = """
import signal

rng = np.random.default_rng(0)
problems = [rng.standard_normal(shape) for shape in ((30, 4), (3000, 200), (100, 900))]

def answers():
    fits = [elltwo.ridge(X, X[:, 0] + 1.0, alpha=1.0, n_threads=2) for X in problems]
    return b"".join(fit.coef.tobytes() for fit in fits)

def fit_without_end():
    X = rng.standard_normal((700, 800))
    while True:
        elltwo.ridge(X, X[:, 0] + 1.0, alpha=1.0)

expected = answers()
background = {"one_fit": endless_fit, "many_fits": fit_without_end}[sys.argv[1]]
thread = threading.Thread(target=background, daemon=True)
thread.start()
for attempt in range(5):
    time.sleep(0.1)
    pid = os.fork()
    if pid == 0:
        signal.alarm(20)  # ends a child that hangs
        os._exit(0 if answers() == expected else 1)
    _, status = os.waitpid(pid, 0)
    print("child", os.waitstatus_to_exitcode(status), flush=True)
    if status:
        break
print("parent", answers() == expected, thread.is_alive(), flush=True)
os._exit(0)
"""

INTERRUPT = """
print("ready", flush=True)
try:
    endless_fit(int(sys.argv[1]))
except KeyboardInterrupt:
    print("interrupted", flush=True)
X = np.arange(40.0).reshape(10, 4) ** 2
elltwo.ridge(X, X[:, 0], alpha=1.0)
print("usable", flush=True)
"""


def run_script(script: str, *arguments: str) -> list[str]:
    """Run a script after ENDLESS in an interpreter of its own; return its lines."""
    done = subprocess.run(
        [sys.executable, "-c", ENDLESS + script, *arguments],
        capture_output=True,
        text=True,
        timeout=HANG,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_other_threads_run_during_a_fit() -> None:
    """With the GIL held the main thread would not get past its first sleep."""
    assert run_script(GIL) == ["alive"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("background", ["one_fit", "many_fits"])
def test_fork_while_another_thread_is_inside_a_fit(background: str) -> None:
    """Every child computes the same bits as its parent, with threads of its own, and ends."""
    assert run_script(FORK, background) == ["child 0"] * 5 + ["parent True True"]


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for a single process")
@pytest.mark.parametrize("n_threads", ["1", "2"])
def test_ctrl_c_stops_a_fit(n_threads: str) -> None:
    """KeyboardInterrupt comes out of a fit that would take hours; the next fit works."""
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS + INTERRUPT, n_threads],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.5)  # let it enter the fit
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=HANG)
    finally:
        process.kill()
        process.wait()
    assert output.splitlines() == ["interrupted", "usable"]
    assert process.returncode == 0
