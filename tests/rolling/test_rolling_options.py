"""Rolling fits: bad input, threads, Ctrl-C, instruction sets."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

RNG = np.random.default_rng(5)
X = RNG.standard_normal((40, 3))
Y = RNG.standard_normal((40, 2))
y = np.ascontiguousarray(Y[:, 0])
LEVELS: Any = elltwo.build_config()["simd_available"]


def poked(array: Array, place: int | tuple[int, int], value: float) -> Array:
    array = array.copy()
    array[place] = value
    return array


def rolling(**changes: Any) -> elltwo.RollingFit:  # noqa: ANN401
    arguments: dict[str, Any] = {"X": X, "y": y, "window": 8, "alpha": 1.0, **changes}
    return elltwo.ridge_rolling(**arguments)


def ewm(**changes: Any) -> elltwo.RollingFit:  # noqa: ANN401
    arguments: dict[str, Any] = {"X": X, "y": y, "half_life": 8.0, "alpha": 1.0, **changes}
    return elltwo.ridge_ewm(**arguments)


CASES: list[tuple[Callable[..., Any], dict[str, Any], type[Exception], str]] = [
    (rolling, {"window": 0}, ValueError, "window must be an integer in [1, "),
    (rolling, {"window": 2.5}, TypeError, "window must be an integer, got 2.5"),
    (rolling, {"min_periods": 9}, ValueError, "min_periods must not exceed window (8), got 9"),
    (rolling, {"min_periods": 0}, ValueError, "min_periods must be an integer in [1, "),
    (rolling, {"alpha": -1.0}, ValueError, "alpha must be a number in [0, inf]"),
    (rolling, {"alpha": np.nan}, ValueError, "alpha must be a number in [0, inf]"),
    (rolling, {"alpha": [1.0, 2.0]}, ValueError, "alpha must be a number in [0, inf]"),
    (rolling, {"X": poked(X, (7, 2), np.nan)}, ValueError, "X contains NaN at row 7, column 2"),
    (rolling, {"X": poked(X, (7, 2), np.inf)}, ValueError, "X contains infinity at row 7"),
    (
        rolling,
        {"X": poked(X, (7, 2), -np.inf), "missing": "skip"},
        ValueError,
        "X contains infinity at row 7, column 2",
    ),
    (rolling, {"y": poked(y, 39, np.nan)}, ValueError, "y contains NaN at row 39"),
    (rolling, {"y": poked(Y, (4, 1), np.nan)}, ValueError, "y contains NaN at row 4, column 1"),
    (rolling, {"y": y[:-1]}, ValueError, "X and y must have the same number of rows"),
    (rolling, {"missing": "drop"}, ValueError, "missing must be one of 'raise', 'skip'"),
    (rolling, {"fit_intercept": 1}, TypeError, "fit_intercept must be True or False, got 1"),
    (rolling, {"sample_weight": -np.ones(40)}, ValueError, "sample_weight must be in [0, inf)"),
    (rolling, {"sample_weight": np.zeros(40)}, ValueError, "sample_weight must not be all zero"),
    (rolling, {"sample_weight": np.ones(39)}, ValueError, "sample_weight must have shape (40,)"),
    (rolling, {"penalty_factors": [1.0, -1.0, 0.0]}, ValueError, "penalty_factors must be in"),
    (rolling, {"penalty_factors": [1.0]}, ValueError, "penalty_factors must have shape (3,)"),
    (rolling, {"n_threads": 0}, ValueError, "n_threads must be an integer in [1, "),
    (rolling, {"out": [1.0]}, TypeError, "out must be a NumPy array, got list"),
    (rolling, {"out": np.empty((40, 2))}, ValueError, "float64 array of shape (40, 3)"),
    (rolling, {"out": np.empty((3, 40)).T}, ValueError, "out must be a writable C-contiguous"),
    (rolling, {"out": np.empty((40, 3), "f4")}, ValueError, "got float32 of shape (40, 3)"),
    (rolling, {"X": X[:0], "y": y[:0]}, ValueError, "0 sample(s)"),
    (ewm, {"half_life": 0.0}, ValueError, "half_life must be positive and finite, got 0.0"),
    (ewm, {"half_life": np.nan}, ValueError, "half_life must be positive and finite, got nan"),
    (ewm, {"half_life": np.inf}, ValueError, "half_life must be positive and finite, got inf"),
    (ewm, {"half_life": "8"}, TypeError, "half_life must be a number, got '8'"),
]


@pytest.mark.parametrize(
    ("fit", "changes", "error", "message"), CASES, ids=[f"{i}" for i in range(len(CASES))]
)
def test_bad_input_is_named(
    fit: Callable[..., Any], changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        fit(**changes)


def test_inputs_are_left_alone() -> None:
    copies = X.copy(), y.copy()
    rolling()
    ewm()
    np.testing.assert_array_equal(X, copies[0])
    np.testing.assert_array_equal(y, copies[1])


def bits(fit: elltwo.RollingFit) -> bytes:
    arrays = fit.coef, fit.intercept, fit.prediction, fit.residual_variance
    return b"".join(array.tobytes() for array in arrays)


@pytest.mark.parametrize("alpha", [0.0, 1.0])
@pytest.mark.parametrize("p", [3, 12])
def test_thread_count_changes_no_bit(alpha: float, p: int) -> None:
    rng = np.random.default_rng(p)
    n = 30_000 // p
    data = rng.standard_normal((n, p))
    target = data[:, 0] + rng.standard_normal(n)
    data[500:700, 1] = 3.0  # windows that go to the general solver at alpha = 0
    kinds: list[tuple[Callable[..., elltwo.RollingFit], dict[str, Any]]] = [
        (elltwo.ridge_rolling, {"window": 61}),
        (elltwo.ridge_expanding, {}),
        (elltwo.ridge_ewm, {"half_life": 20.0}),
    ]
    for fit, options in kinds:
        runs = [fit(data, target, alpha=alpha, n_threads=k, **options) for k in (1, 2, 3, None)]
        assert len({bits(run) for run in runs}) == 1


ENDLESS = """
import sys
import numpy as np
import elltwo

kind, n_threads = sys.argv[1], int(sys.argv[2])
row = np.random.default_rng(0).standard_normal((1, 60))
X = np.lib.stride_tricks.as_strided(row, (500_000, 60), (0, 8))  # one row many times
y = np.arange(500_000.0)
out = np.empty(X.shape)
print("ready", flush=True)
try:
    if kind == "rolling":
        elltwo.ridge_rolling(X, y, window=500, alpha=1.0, n_threads=n_threads, out=out)
    elif kind == "timed":
        times = np.cumsum(np.arange(500_000) % 3)
        options = {"window": 500, "times": times, "n_threads": n_threads}
        elltwo.ridge_rolling(X, y, alpha=1.0, out=out, **options)
    else:
        elltwo.ridge_expanding(X, y, alpha=0.0, n_threads=n_threads, out=out)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.alone
@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for a single process")
@pytest.mark.parametrize("kind", ["rolling", "timed", "growing"])
def test_ctrl_c_stops_a_fit(kind: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, kind, "2"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.5)  # let it enter the fit
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=120)
    finally:
        process.kill()
        process.wait()
    assert output.splitlines() == ["interrupted"]


SCRIPT = """
import sys
import numpy as np
import elltwo

rng = np.random.default_rng(0)
times = np.cumsum(rng.integers(0, 4, 500))
answers = []
for n, p, t in [(300, 1, 1), (500, 8, 1), (400, 5, 2), (300, 13, 1)]:
    X = rng.standard_normal((n, p)) + 1.0
    Y = X[:, :1] + rng.standard_normal((n, t))
    for fit in (
        elltwo.ridge_rolling(X, Y, window=37, alpha=1.0, min_periods=20),
        elltwo.ridge_rolling(X, Y, window=50, times=times[:n], alpha=1.0, min_periods=20),
        elltwo.ridge_expanding(X, Y, alpha=1.0),
        elltwo.ridge_ewm(X, Y, half_life=30.0, alpha=1.0),
    ):
        answers += [fit.coef.ravel(), fit.intercept.ravel(), fit.prediction.ravel()]
sys.stdout.buffer.write(np.concatenate(answers).tobytes())
"""


def answers_at(level: str) -> Array:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        timeout=120,
        env={**os.environ, "ELLTWO_SIMD": level},
        check=True,
    )
    return np.frombuffer(done.stdout)


@pytest.mark.skipif(len(LEVELS) < 2, reason="one instruction set only")
def test_every_level_gives_the_same_answers() -> None:
    best = answers_at(LEVELS[-1])
    assert np.isfinite(best).mean() > 0.9
    for level in LEVELS[:-1]:
        np.testing.assert_allclose(answers_at(level), best, rtol=1e-11, atol=1e-12)
