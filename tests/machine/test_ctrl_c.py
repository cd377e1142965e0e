"""Ctrl-C is answered within half a second at every stage of a long call, wherever it falls."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

pytestmark = [
    pytest.mark.alone,
    pytest.mark.usefixtures("ctrl_c"),
    pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for a single process"),
]

HANG = 100  # seconds after which a subprocess counts as hanging

# The longest processor time between two calls of a Python handler of signals during a call on one
# thread, and that of the call: other work on the machine prolongs neither by much.
LONGEST = """
import signal, sys, time
import numpy as np
import elltwo

rng = np.random.default_rng(0)

def normal(n, p):
    return rng.standard_normal((n, p))

def same(X):
    X[:, 1] = X[:, 0]  # collinear, so that orthogonal factorisations have to decide
    return X

def predicted():
    fit = elltwo.ridge(normal(60, 1200), normal(60, 1500), alpha=1.0)
    X = normal(9000, 1200)
    return lambda: fit.predict(X)

def converted():
    X = np.ones((4_000_000, 20), dtype=np.int8)
    fit = elltwo.ridge(normal(60, 20), normal(60, 1)[:, 0], alpha=1.0)
    return lambda: fit.predict(X)

def covariance():
    X = normal(1800, 1500)
    fit = elltwo.ridge(X, X[:, 0] + 1.0, alpha=1.0)
    return lambda: fit.statistics.covariance()

def fitted(function, X, *arguments, **options):
    return lambda: function(X, X[:, 0] + 1.0, *arguments, **options)

def noise(function, X, **options):
    y = rng.standard_normal(X.shape[0])
    return lambda: function(X, y, **options)

def fitted_each(X):
    groups = np.arange(len(X)) // 30
    return lambda: elltwo.elastic_net_grouped(
        X, X[:, 0] + X[:, 1] ** 2, groups, alpha=1.0, sample_weight=np.ones(len(X))
    )

def sparse_normal(n, p):
    from scipy import sparse
    return sparse.random(n, p, 0.01, format="csc", random_state=0)

LASSO = {"l1_ratio": 1.0, "n_alphas": 60}

CASES = {
    "loo": lambda: fitted(elltwo.ridge_cv, normal(2500, 2000), alphas=[1.0, 10.0]),
    "loo_wide": lambda: fitted(elltwo.ridge_cv, normal(2000, 2500), alphas=[1.0, 10.0]),
    "gcv": lambda: fitted(elltwo.ridge_cv, normal(2500, 2000), cv="gcv", alphas=[1.0, 10.0]),
    "qr": lambda: fitted(elltwo.ridge, normal(3000, 1200), alpha=0.0, solver="svd"),
    "cholesky": lambda: fitted(elltwo.ridge, normal(5000, 4000), alpha=1.0),
    "dual": lambda: fitted(elltwo.ridge, normal(4000, 5000), alpha=1.0),
    "covariance": covariance,
    "predicted": predicted,
    "converted": converted,
    "elastic_net_tall": lambda: noise(elltwo.elastic_net_path, normal(4000, 1500), **LASSO),
    "elastic_net_wide": lambda: noise(elltwo.elastic_net_path, normal(900, 6000), **LASSO),
    "elastic_net_sparse": lambda: noise(
        elltwo.elastic_net_path, sparse_normal(3000, 20000), **LASSO
    ),
    "elastic_net_folds": lambda: noise(
        elltwo.elastic_net_cv, normal(400, 4000), l1_ratio=1.0, n_alphas=40
    ),
    "elastic_net_cold": lambda: noise(
        elltwo.elastic_net, normal(900, 6000), l1_ratio=1.0, alpha=1.0
    ),
    "elastic_net_batch": lambda: fitted_each(normal(60_000, 12)),
    "mlp": lambda: fitted(elltwo.mlp, normal(100_000, 200), hidden=50, tol=0.5),
    "mlp_adam": lambda: fitted(
        elltwo.mlp, normal(100_000, 200), hidden=50, solver="adam", tol=1e9, max_iter=20
    ),
}

call = CASES[sys.argv[1]]()
times = [time.thread_time()]
signal.signal(signal.SIGALRM, lambda *_: times.append(time.thread_time()))
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
call()
signal.setitimer(signal.ITIMER_REAL, 0.0)
times.append(time.thread_time())
print(max(np.diff(times)), times[-1] - times[0])
"""


def run(script: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        timeout=HANG,
        check=False,
        env={**os.environ, "ELLTWO_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    "case",
    [
        "loo",
        "loo_wide",
        "gcv",
        "qr",
        "cholesky",
        "dual",
        "covariance",
        "predicted",
        "converted",
        "elastic_net_tall",
        "elastic_net_wide",
        "elastic_net_sparse",
        "elastic_net_folds",
        "elastic_net_cold",
        "elastic_net_batch",
        "mlp",
        "mlp_adam",
    ],
)
def test_no_stage_is_long(case: str) -> None:
    longest, total = map(float, run(LONGEST, case))
    assert longest < max(0.4, 0.2 * total)


# Interrupts calls that work in threads of their own after random times, again and again.
SOMEWHERE = """
import os, random, signal, sys, threading, time
import numpy as np
import elltwo

kind, path, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
rng = np.random.default_rng(0)
X = rng.standard_normal((6000, 60))
y = X[:, 0] + rng.standard_normal(6000) > 0.0

def call():
    if kind == "folds":
        elltwo.logistic_cv(X, y, alphas=[1.0, 10.0], cv=4, n_threads=2)
    else:
        elltwo.fit_stream(path, target="y", alpha=1.0, n_threads=2)

def ticks(stop, delays):
    while not stop.is_set():
        time.sleep(delays.random() * 0.06)
        os.kill(os.getpid(), signal.SIGINT)

# Signals that fall between two calls are not meant: they would end this script.
calling = False

def raise_if_calling(*_):
    global calling
    if calling:
        calling = False
        raise KeyboardInterrupt

call()
interrupted = 0
signal.signal(signal.SIGINT, raise_if_calling)
stop = threading.Event()
threading.Thread(target=ticks, args=(stop, random.Random(seed)), daemon=True).start()
end = time.monotonic() + 60.0
while interrupted < 30 and time.monotonic() < end:
    try:
        calling = True
        call()
        calling = False
    except KeyboardInterrupt:
        interrupted += 1
stop.set()
call()
print(interrupted)
os._exit(0)
"""


@pytest.mark.parametrize("seed", ["0", "1", "2"])
@pytest.mark.parametrize("kind", ["folds", "csv"])
def test_interruptions_at_any_time_leave_nothing_hanging(
    kind: str, seed: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    if kind == "csv":
        pytest.importorskip("pyarrow")
        line = ",".join(["0.25"] * 20) + "\n"
        rows = "".join(f"{i % 7},{line}" for i in range(60_000))
        path.write_text(",".join(["y", *(f"x{j}" for j in range(20))]) + "\n" + rows)
    assert int(run(SOMEWHERE, kind, str(path), seed)[0]) > 0


FOLDS = """
import sys
import numpy as np
import elltwo

X = np.random.default_rng(0).standard_normal((150_000, 200))
y = np.argmax(X[:, :6], axis=1)
print("ready", flush=True)
try:
    elltwo.logistic_cv(X, y, cv=2, n_threads=2)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_ctrl_c_stops_the_folds_of_other_threads() -> None:
    """Folds side by side take seconds each; none of them is waited for."""
    process = subprocess.Popen([sys.executable, "-c", FOLDS], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(1.0)  # let them enter the core
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=HANG)
        assert output == "interrupted\n"
        assert time.monotonic() - sent < 10.0  # a fold takes longer, by far on a busy machine
    finally:
        process.kill()
        process.wait()
