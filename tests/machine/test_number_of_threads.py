"""How many threads a call uses that leaves it open: settings, environment, workers, limits."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HANG = 120  # seconds after which a subprocess counts as hanging

rng = np.random.default_rng(0)
X = rng.normal(size=(6000, 200))
Y = X[:, :3] + rng.normal(size=(6000, 3))
CLASSES = (Y > 0.0) @ [1, 1, 0]

# Each tells how many threads it used.
CALLS: dict[str, Callable[[], int]] = {
    "ridge": lambda: elltwo.ridge(X, Y, alpha=1.0).info.n_threads,
    "bounds": lambda: elltwo.ridge(X, Y[:, 0], alpha=1.0, bounds=(0.0, None)).info.n_threads,
    "rolling": lambda: elltwo.ridge_rolling(X, Y[:, 0], window=900, alpha=1.0).info.n_threads,
    "logistic": lambda: elltwo.logistic(X, CLASSES, alpha=1.0).info.n_threads,
    "estimator": lambda: elltwo.linear_model.Ridge().fit(X, Y).info_.n_threads,
}


@pytest.fixture(autouse=True)
def number_of_the_process() -> Iterator[None]:
    yield
    elltwo.set_num_threads(None)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_settings_hold_for_every_call(call: Callable[[], int]) -> None:
    elltwo.set_num_threads(3)
    assert call() == 3
    with elltwo.num_threads(2):
        assert call() == 2
        with elltwo.num_threads(1):
            assert call() == 1
        with elltwo.num_threads(None):
            assert call() == 3
    assert call() == 3


def test_the_argument_comes_first() -> None:
    elltwo.set_num_threads(1)
    with elltwo.num_threads(1):
        assert elltwo.ridge(X, Y, alpha=1.0, n_threads=2).info.n_threads == 2


def test_none_takes_a_number_back() -> None:
    before = elltwo.get_num_threads()
    elltwo.set_num_threads(before + 1)
    assert elltwo.get_num_threads() == before + 1
    elltwo.set_num_threads(None)
    assert elltwo.get_num_threads() == before


@pytest.mark.parametrize(("number", "kind"), [(0, ValueError), (-1, ValueError), (1.0, TypeError)])
def test_bad_numbers(number: Any, kind: type[Exception]) -> None:  # noqa: ANN401
    with pytest.raises(kind, match="n_threads must be an integer"):
        elltwo.set_num_threads(number)
    with pytest.raises(kind, match="n_threads must be an integer"), elltwo.num_threads(number):
        pass


def test_a_block_holds_for_its_own_thread_and_task() -> None:
    before = elltwo.get_num_threads()
    with elltwo.num_threads(before + 1), ThreadPoolExecutor(1) as pool:
        assert pool.submit(elltwo.get_num_threads).result() == before

    async def within() -> None:
        with elltwo.num_threads(before + 2):
            await asyncio.sleep(0.01)
            assert elltwo.get_num_threads() == before + 2

    async def both() -> None:
        task = asyncio.create_task(within())
        await asyncio.sleep(0.001)
        assert elltwo.get_num_threads() == before
        await task

    asyncio.run(both())


def test_calls_at_once_share_the_threads() -> None:
    """Each of four callers at once gets one thread of four most of the time, not four."""
    elltwo.set_num_threads(4)
    tall = np.broadcast_to(X[:1], (2_000_000, 200))
    y = np.broadcast_to(np.array(1.0), (2_000_000,))
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            elltwo.ridge(tall, y, alpha=1.0, n_threads=1)

    with ThreadPoolExecutor(3) as pool:
        others = [pool.submit(work) for _ in range(3)]
        try:
            used = {elltwo.ridge(X, Y, alpha=1.0).info.n_threads for _ in range(50)}
        finally:
            ended.set()
        for other in others:
            other.result()
    assert min(used) == 1


def run(script: str, **environment: str) -> list[str]:
    """Run a script in an interpreter of its own; return its lines."""
    kept = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=HANG,
        check=False,
        env=kept | environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


TOLD = """
import elltwo
print(elltwo.get_num_threads())
"""


@pytest.mark.parametrize(
    ("environment", "number"),
    [
        ({"OMP_NUM_THREADS": "3"}, 3),
        ({"OMP_NUM_THREADS": " 5,2"}, 5),
        ({"ELLTWO_NUM_THREADS": "2", "OMP_NUM_THREADS": "3"}, 2),
        ({"ELLTWO_NUM_THREADS": "", "OMP_NUM_THREADS": "3"}, 3),
    ],
)
def test_environment(environment: dict[str, str], number: int) -> None:
    assert run(TOLD, **environment) == [str(number)]


@pytest.mark.parametrize("text", ["x", "0", "-1", "99999999999"])
def test_a_bad_omp_num_threads_is_ignored(text: str) -> None:
    assert run(TOLD, OMP_NUM_THREADS=text) == run(TOLD)


@pytest.mark.parametrize("text", ["x", "0", "-1", "2,1", "1.5", "99999999999"])
def test_a_bad_elltwo_num_threads_is_an_error(text: str) -> None:
    with pytest.raises(AssertionError, match="ELLTWO_NUM_THREADS must be a whole number"):
        run(TOLD, ELLTWO_NUM_THREADS=text)


# Processor time over time, of many calls that would each use all cores.
BUSY = """
import time
import numpy as np
import elltwo

rng = np.random.default_rng(0)
X = rng.normal(size=(20_000, 300))
y = X[:, 0]
elltwo.ridge(X, y, alpha=1.0)
start, used = time.perf_counter(), time.process_time()
for _ in range(3):
    elltwo.ridge(X, y, alpha=1.0)
    elltwo.ridge_cv(X, y, cv=3, alphas=[1.0])
    elltwo.logistic(X, y > 0, alpha=1.0)
print((time.process_time() - used) / (time.perf_counter() - start))
"""


@pytest.mark.alone
def test_one_thread_keeps_one_core_busy() -> None:
    assert float(run(BUSY, OMP_NUM_THREADS="1")[0]) < 1.1


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity masks here")
def test_affinity() -> None:
    set_one = "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])"
    assert run(set_one + TOLD) == ["1"]


POOL = """
import multiprocessing, sys
import elltwo

if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[1] if len(sys.argv) > 1 else "fork").Pool(2) as pool:
        print(pool.apply(elltwo.get_num_threads))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_workers_of_a_pool_have_one_thread_unless_more_are_asked_for() -> None:
    assert run(POOL) == ["1"]
    assert run(POOL, OMP_NUM_THREADS="3") == ["3"]


JOBLIB = """
import joblib
import numpy as np
import elltwo

X = np.random.default_rng(0).normal(size=(6000, 200))

def used():
    return elltwo.ridge(X, X[:, 0] + 1.0, alpha=1.0).info.n_threads

if __name__ == "__main__":
    for n_jobs in (2, 4):
        for backend in ("loky", "multiprocessing"):
            jobs = joblib.Parallel(n_jobs=n_jobs, backend=backend)
            told = jobs(joblib.delayed(elltwo.get_num_threads)() for _ in range(4))
            print(max(told) <= max(1, joblib.cpu_count() // n_jobs))
"""


def test_workers_of_joblib(tmp_path: Any) -> None:  # noqa: ANN401
    pytest.importorskip("joblib")
    script = tmp_path / "main.py"
    script.write_text(JOBLIB)
    assert (
        run(f"import runpy; runpy.run_path({str(script)!r}, run_name='__main__')") == ["True"] * 4
    )


LIMITS = """
import sys
import numpy as np
{imports}

X = np.random.default_rng(0).normal(size=(6000, 200))

def used(**options):
    return elltwo.ridge(X, X[:, 0] + 1.0, alpha=1.0, **options).info.n_threads

elltwo.set_num_threads(3)
first = used()
with threadpool_limits(1):
    print(first, used(), elltwo.get_num_threads(), used(n_threads=2))
    with elltwo.num_threads(2):
        print(used())
    with threadpool_limits(2, user_api="elltwo"):
        print(used())
print(used())
with threadpool_limits(8):
    print(used())
elltwo.set_num_threads(4)
print(used())
told = [x for x in threadpool_info() if x["user_api"] == "elltwo"]
print(len(told), told[0]["num_threads"], told[0]["version"] == elltwo.__version__)
"""
BEFORE = "from threadpoolctl import threadpool_info, threadpool_limits\nimport elltwo"
AFTER = "import elltwo\nfrom threadpoolctl import threadpool_info, threadpool_limits"


@pytest.mark.parametrize("imports", [BEFORE, AFTER], ids=["before", "after"])
def test_threadpoolctl_limits_the_core(imports: str) -> None:
    pytest.importorskip("threadpoolctl")
    told = run(LIMITS.format(imports=imports))
    assert told == ["3 1 1 2", "1", "2", "3", "3", "4", "1 4 True"]


FIRST_USE = """
import numpy as np
import threadpoolctl
import elltwo

X = np.random.default_rng(0).normal(size=(6000, 200))
with threadpoolctl.threadpool_limits(1):
    print(elltwo.ridge(X, X[:, 0] + 1.0, alpha=1.0).info.n_threads)
"""


def test_threadpoolctl_limits_a_core_that_is_not_loaded_yet() -> None:
    pytest.importorskip("threadpoolctl")
    assert run(FIRST_USE) == ["1"]


def test_threadpoolctl_is_not_imported() -> None:
    script = "import sys, elltwo; elltwo.ridge; print('threadpoolctl' in sys.modules)"
    assert run(script) == ["False"]


VENDORED = """
import numpy as np
import threadpoolctl
import elltwo

rng = np.random.default_rng(0)
X = rng.normal(size=(900, 700))
def bits():
    return elltwo.ridge_path(X, X[:, :2] + 1.0, [0.1, 1.0]).coef.tobytes()
alone = bits()
with threadpoolctl.threadpool_limits(4):
    print(bits() == alone)
    told = [x["num_threads"] for x in threadpoolctl.threadpool_info() if "elltwo" in x["filepath"]]
    print(min(told))
"""


@pytest.mark.skipif(elltwo.build_config()["blas"] == "system", reason="the BLAS is not ours")
def test_limits_above_one_leave_our_blas_on_one_thread() -> None:
    pytest.importorskip("threadpoolctl")
    assert run(VENDORED) == ["True", "1"]
