"""ridge_batch: what it reads, where it writes, what it refuses, and its threads."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest

import elltwo
from batch_problems import draw


def test_float32_is_read_as_it_is() -> None:
    X, y = draw(10, 64, 8, seed=15)
    X = X.astype(np.float32)
    fit = elltwo.ridge_batch(X, y, alpha=1.0)
    assert fit.coef.dtype == fit.intercept.dtype == np.float32
    wanted = elltwo.ridge_batch(X.astype(np.float64), y, alpha=1.0)
    np.testing.assert_array_equal(fit.coef, wanted.coef.astype(np.float32))
    y[3] *= 1e60
    assert elltwo.ridge_batch(X, y, alpha=1.0).coef.dtype == np.float64
    assert len(elltwo.ridge_batch(X[:0], y[:0], alpha=1.0)) == 0


VIEWS = {
    "every other row": lambda a: a[:, ::2],
    "rows reversed": lambda a: a[:, ::-1],
    "columns reversed": lambda a: a[..., ::-1],
    "problems reversed": lambda a: a[::-1],
    "first columns": lambda a: a[..., :3],
    "problems last": lambda a: np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 0, -1)), -1, 0),
    "column-major": lambda a: np.swapaxes(np.ascontiguousarray(np.swapaxes(a, 1, 2)), 1, 2),
    "broadcast": lambda a: np.broadcast_to(a[:1], a.shape),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
@pytest.mark.parametrize("p", [5, 16])
def test_strided_views(view: Any, p: int) -> None:  # noqa: ANN401
    X, y = draw(10, 80, p, seed=16)
    X = view(X)
    y = y[:, : X.shape[1]]
    given = elltwo.ridge_batch(X, y, alpha=1.0)
    copied = elltwo.ridge_batch(np.ascontiguousarray(X), np.asfortranarray(y), alpha=1.0)
    np.testing.assert_allclose(given.coef, copied.coef, rtol=1e-13, atol=1e-15)


def test_predict_and_pickle() -> None:
    X, y = draw(7, 30, 4, seed=17, n_targets=2)
    fit = elltwo.ridge_batch(X, y, alpha=1.0)
    wanted = np.stack([x @ c.T + b for x, c, b in zip(X, fit.coef, fit.intercept, strict=True)])
    np.testing.assert_allclose(fit.predict(X), wanted, rtol=1e-13)
    np.testing.assert_allclose(fit.predict(X[2])[2], wanted[2], rtol=1e-13)
    single = elltwo.ridge_batch(X, y[..., 0], alpha=1.0)
    np.testing.assert_allclose(single.predict(X), wanted[..., 0], rtol=1e-12)
    copy = pickle.loads(pickle.dumps(fit))
    assert copy.info == fit.info
    np.testing.assert_array_equal(copy.coef, fit.coef)
    assert repr(copy) == "BatchFit(7 problems, coef of shape (7, 2, 4), status='converged')"


@pytest.mark.parametrize("shape", [(400, 64, 8), (60, 300, 31), (40, 40, 40), (300, 5, 9)], ids=str)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_thread_count_changes_no_bit(shape: tuple[int, int, int], dtype: type) -> None:
    X, y = draw(*shape, seed=18)
    X = X.astype(dtype)
    X[::7, :, 0] *= 1e-9
    bits = set()
    for n_threads in (1, 2, 3, None):
        fit = elltwo.ridge_batch(X, y, alpha=1e-4, n_threads=n_threads)
        bits.add(fit.coef.tobytes() + fit.intercept.tobytes() + fit.rcond.tobytes())
    assert len(bits) == 1


def test_out_is_written_and_referred_to() -> None:
    X, y = draw(10, 30, 4, seed=19)
    wanted = elltwo.ridge_batch(X, y, alpha=1.0)
    coef, intercept = np.full((10, 4), np.nan), np.full(10, np.nan)
    fit = elltwo.ridge_batch(X, y, alpha=1.0, out=coef)
    assert fit.coef is coef
    np.testing.assert_array_equal(coef, wanted.coef)
    fit = elltwo.ridge_batch(X, y, alpha=2.0, out=(coef, intercept))
    assert fit.coef is coef
    assert fit.intercept is intercept
    wanted = elltwo.ridge_batch(X, y, alpha=2.0)
    np.testing.assert_array_equal(coef, wanted.coef)
    np.testing.assert_array_equal(intercept, wanted.intercept)
    inside = y.copy()  # results over the data, which have been read by then
    view = inside.reshape(-1)[:40].reshape(10, 4)
    np.testing.assert_array_equal(
        elltwo.ridge_batch(X, inside, alpha=2.0, out=view).coef, wanted.coef
    )
    narrow = np.empty((10, 4), np.float32)
    elltwo.ridge_batch(X.astype(np.float32), y, alpha=2.0, out=narrow)
    np.testing.assert_allclose(narrow, wanted.coef, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("out", "error", "part"),
    [
        ([0.0], TypeError, "out must be a NumPy array, got list"),
        (np.empty((10, 3)), ValueError, r"out must have shape \(10, 4\), got shape \(10, 3\)"),
        (np.empty((10, 4), np.float32), TypeError, "out must have dtype float64"),
        (np.empty((10, 8))[:, ::2], ValueError, "C-contiguous"),
        ((np.empty((10, 4)),), ValueError, "a tuple of 1"),
        ((np.empty((10, 4)), np.empty(9)), ValueError, r"out\[1\] must have shape \(10,\)"),
    ],
)
def test_bad_out_is_refused(out: Any, error: type[Exception], part: str) -> None:  # noqa: ANN401
    X, y = draw(10, 30, 4, seed=20)
    with pytest.raises(error, match=part):
        elltwo.ridge_batch(X, y, alpha=1.0, out=out)


def test_out_that_overlaps_or_cannot_be_written_is_refused() -> None:
    X, y = draw(4, 30, 1, seed=20)
    out = np.zeros((4, 1))
    with pytest.raises(ValueError, match="share no memory"):
        elltwo.ridge_batch(X, y, alpha=1.0, out=(out, out[:, 0]))
    out.flags.writeable = False
    with pytest.raises(ValueError, match="writable"):
        elltwo.ridge_batch(X, y, alpha=1.0, out=out)


@pytest.mark.parametrize("where", ["X", "y"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_bad_data_name_the_first_problem_and_write_nothing(where: str, value: float) -> None:
    X, y = draw(500, 30, 4, seed=21)
    for k in (499, 17, 250):
        if where == "X":
            X[k, 3, 2] = value
        else:
            y[k, 3] = value
    out = np.full((500, 4), 7.0)
    for n_threads in (1, 2):
        with pytest.raises(ValueError, match=f"{where} of problem 17 contains .* at row 3"):
            elltwo.ridge_batch(X, y, alpha=1.0, n_threads=n_threads, out=out)
    assert (out == 7.0).all()


def test_rows_of_no_weight_must_be_finite_too() -> None:
    X, y = draw(3, 30, 4, seed=22)
    weight = np.ones((3, 30))
    weight[1, 5] = 0.0
    X[1, 5, 0] = np.nan
    with pytest.raises(ValueError, match="X of problem 1 contains NaN at row 5, column 0"):
        elltwo.ridge_batch(X, y, alpha=1.0, sample_weight=weight)


GOOD = draw(3, 6, 2, seed=23)


@pytest.mark.parametrize(
    ("arguments", "error", "part"),
    [
        ({"X": np.zeros(3)}, ValueError, "X must be 3-D"),
        ({"X": np.zeros((3, 0, 2))}, ValueError, r"X has 0 sample\(s\)"),
        ({"X": np.zeros((3, 6, 0))}, ValueError, r"X has 0 feature\(s\)"),
        ({"X": GOOD[0][:2]}, ValueError, "same number of problems and rows"),
        ({"X": None}, TypeError, "X must hold real numbers, got None"),
        ({"y": np.zeros(6)}, ValueError, "y must be 2-D"),
        ({"y": np.zeros((3, 5))}, ValueError, "same number of problems and rows"),
        ({"y": np.zeros((3, 6, 0))}, ValueError, r"y has 0 target\(s\)"),
        ({"alpha": [1.0, 2.0]}, ValueError, "one entry for each of the 3 problem"),
        ({"alpha": -1.0}, ValueError, r"alpha must be in \[0, inf\], got -1"),
        ({"alpha": [1.0, np.nan, 1.0]}, ValueError, "alpha of problem 1 must be in"),
        ({"penalty_factors": [1.0]}, ValueError, "penalty_factors must have shape"),
        ({"penalty_factors": [1.0, -1.0]}, ValueError, "penalty_factors must be in"),
        ({"prior_mean": [1.0, np.inf]}, ValueError, "prior_mean must be finite"),
        ({"prior_mean": np.zeros((3, 2))}, ValueError, "prior_mean must have shape"),
        ({"sample_weight": np.ones(5)}, ValueError, r"sample_weight must have shape \(3, 6\)"),
        ({"sample_weight": -np.ones(6)}, ValueError, "sample_weight must be finite and not neg"),
        (
            {"sample_weight": [[1.0] * 6, [1.0] * 5 + [np.nan], [1.0] * 6]},
            ValueError,
            "sample_weight of problem 1 must be finite and not negative, got nan at row 5",
        ),
        (
            {"sample_weight": [[1.0] * 6, [1.0] * 6, [0.0] * 6]},
            ValueError,
            "sample_weight of problem 2 must not be all zero",
        ),
        ({"fit_intercept": 1}, TypeError, "fit_intercept must be True or False"),
        ({"penalize_intercept": "no"}, TypeError, "penalize_intercept must be True or False"),
        ({"tol": -1.0}, ValueError, "tol must be finite and not negative"),
        ({"n_threads": 0}, ValueError, "n_threads must be an integer in"),
    ],
)
def test_bad_arguments_are_named(
    arguments: dict[str, Any], error: type[Exception], part: str
) -> None:
    given = {"X": GOOD[0], "y": GOOD[1], "alpha": 1.0, **arguments}
    with pytest.raises(error, match=part):
        elltwo.ridge_batch(given.pop("X"), given.pop("y"), **given)


def test_a_tolerance_out_of_reach_is_warned_about() -> None:
    X, y = draw(9, 30, 4, seed=24)
    with pytest.warns(elltwo.exceptions.ConvergenceWarning, match="in its worst problem"):
        fit = elltwo.ridge_batch(X, y, alpha=1.0, tol=0.0)
    assert fit.info.status == "max_iter_reached"


def test_bad_rows_are_not_predicted() -> None:
    X, y = draw(5, 30, 4, seed=25)
    fit = elltwo.ridge_batch(X, y, alpha=1.0)
    with pytest.raises(ValueError, match="X has 4 problems, but the fit has 5"):
        fit.predict(X[:4])
    with pytest.raises(ValueError, match="X must have shape"):
        fit.predict(X[..., :3])
    X[2, 1, 0] = np.nan
    with pytest.raises(ValueError, match=r"X contains NaN or infinity at \(2, 1, 0\)"):
        fit.predict(X)
    fit = elltwo.ridge_batch(X[:2], 100.0 * y[:2], alpha=1.0)
    with pytest.raises(ValueError, match="overflows float64"):
        fit.predict(np.full((1, 4), 1e308) * np.sign(fit.coef[0]))


CTRL_C = """
import numpy as np, elltwo, sys
rows = np.random.default_rng(0).standard_normal((50_000, 21))
X = np.broadcast_to(rows[:, :20], (1_000_000, 50_000, 20))
y = np.broadcast_to(rows[:, 20], (1_000_000, 50_000))
print("ready", flush=True)
try:
    elltwo.ridge_batch(X, y, alpha=1.0, n_threads=int(sys.argv[1]))
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.alone
@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for a single process")
@pytest.mark.parametrize("n_threads", ["1", "2"])
def test_ctrl_c_stops_a_batch(n_threads: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", CTRL_C, n_threads], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=120)
    finally:
        process.kill()
        process.wait()
    assert output == "interrupted\n"
    assert process.returncode == 0
