"""Many Python threads at once get the bits that one alone gets, whatever they share."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

import elltwo
from entry_points import CALLS, SHARED, bits, make_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from entry_points import Data, Shared

pytestmark = pytest.mark.alone

Task: TypeAlias = "Callable[[], bytes]"

N_THREADS = 8
DATA = [make_data(seed) for seed in range(4)]
HANG = 120  # seconds after which a subprocess counts as hanging


def at_once(tasks: list[Task]) -> list[list[bytes]]:
    """Run all tasks in every thread, all threads from the same moment, each from another task on.

    Each thread's answers come in the order of the tasks.
    """
    start = threading.Barrier(N_THREADS)

    def work(thread: int) -> list[bytes]:
        first = thread % len(tasks)
        start.wait()
        answers = [task() for task in tasks[first:] + tasks[:first]]
        return answers[len(tasks) - first :] + answers[: len(tasks) - first]

    with ThreadPoolExecutor(N_THREADS) as pool:
        return list(pool.map(work, range(N_THREADS)))


def task_of(call: Callable[..., object], *arguments: object) -> Task:
    return lambda: bits(call(*arguments))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_one_entry_point_from_many_threads(call: Callable[[Data], object]) -> None:
    """On data of their own and on data that they share."""
    tasks = [task_of(call, data) for data in DATA]
    alone = [task() for task in tasks]
    for answers in at_once(tasks):
        assert answers == alone


def test_all_entry_points_at_once() -> None:
    tasks = {name: task_of(call, DATA[0]) for name, call in CALLS.items()}
    alone = {name: task() for name, task in tasks.items()}
    for answers in at_once(list(tasks.values())):
        assert dict(zip(tasks, answers, strict=True)) == alone


@pytest.mark.parametrize("shared", SHARED.values(), ids=SHARED.keys())
def test_threads_that_share_a_record(shared: Shared) -> None:
    """What a record computes when it is first asked, several threads ask for at the same moment."""
    data = DATA[0]
    alone = [bits(read(shared.make(data), data)) for read in shared.readers]
    for _ in range(3):
        record = shared.make(data)
        tasks = [task_of(read, record, data) for read in shared.readers]
        for answers in at_once(tasks):
            assert answers == alone


def test_an_estimator_predicts_from_many_threads() -> None:
    data = DATA[0]
    model = elltwo.linear_model.LogisticRegression().fit(data.X, data.classes)
    readers: list[Callable[[Any, Data], object]] = [
        lambda model, d: model.predict(d.X),
        lambda model, d: model.predict_proba(d.X),
        lambda model, d: model.score(d.X, d.classes),
    ]
    tasks = [task_of(read, model, data) for read in readers]
    alone = [task() for task in tasks]
    for answers in at_once(tasks):
        assert answers == alone


# The first use of a name loads its module, and the core with it.
COLD = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
import numpy as np
sys.setswitchinterval(1e-6)
X = np.arange(40.0).reshape(10, 4) ** 2
start = threading.Barrier(8)
OPTIONS = {
    "ridge": {"alpha": 1.0},
    "ridge_path": {"alphas": [1.0]},
    "ridge_cv": {"alphas": [1.0]},
    "logistic": {"alpha": 1.0},
}

def work(thread):
    start.wait()
    import elltwo
    name = list(OPTIONS)[thread % 4]
    y = (X[:, 0] > 300.0) if name == "logistic" else X[:, 0]
    return getattr(elltwo, name)(X, y, **OPTIONS[name]).coef.tobytes()

with ThreadPoolExecutor(8) as pool:
    first = list(pool.map(work, range(8)))
print(first[:4] == first[4:])
"""


def run_script(script: str) -> str:
    """Run a script in an interpreter of its own; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=HANG, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_first_use_from_many_threads() -> None:
    assert run_script(COLD) == "True\n"


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for a single process")
def test_ctrl_c_stops_the_main_thread_alone() -> None:
    """Fits of other threads, which poll as well, end with their bits."""
    data = DATA[0]
    expected = bits(CALLS["ridge_cv_folds"](data))
    stop = threading.Event()

    def work() -> set[bytes]:
        answers = set()
        while not stop.is_set():
            answers.add(bits(CALLS["ridge_cv_folds"](data)))
        return answers

    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(work) for _ in range(3)]
        timer.start()
        try:
            with pytest.raises(KeyboardInterrupt):  # noqa: PT012
                while True:
                    CALLS["ridge_cv_folds"](data)
        finally:
            stop.set()
        assert all(answers.result() == {expected} for answers in running)


# Leave-one-out for so many alphas takes far longer than all that follows.
WAIT = """
import os, signal, sys, threading, time
import numpy as np
import elltwo

rng = np.random.default_rng(0)
X = rng.standard_normal((100_000, 60))
path = elltwo.ridge_path(X, X[:, 0] + 1.0, [1.0], n_threads=1)
many = np.linspace(1.0, 2.0, 30_000)
busy = threading.Thread(target=path._decomposed.leave_one_out, args=(many, False), daemon=True)
busy.start()
time.sleep(0.2)  # let it enter the core
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    path.at(1.0)
except KeyboardInterrupt:
    print("interrupted", busy.is_alive(), flush=True)
os._exit(0)
"""


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for a single process")
def test_ctrl_c_stops_waiting_for_a_record() -> None:
    """The core of a path takes one call at a time; the main thread waits for its turn."""
    assert run_script(WAIT) == "interrupted True\n"
