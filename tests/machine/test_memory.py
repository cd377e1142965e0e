"""No call takes more memory beside its input and result than docs/memory.md says."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import elltwo

pytest.importorskip("resource", reason="peaks of memory are told on Unix only")

pytestmark = pytest.mark.alone

# Libraries, threads, packed blocks, and what the allocator keeps.
SLACK = 16e6
MEASURE = """
import resource, sys, warnings
import numpy as np
import elltwo
warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
n, p, T, A = {n}, {p}, {T}, {A}
X, Y = rng.standard_normal((n, p)), rng.standard_normal((n, T))
alphas = np.geomspace(0.1 * n, 10.0 * n, A)
elltwo.ridge_cv(X[:60, :40], Y[:60, :2], cv=2, alphas=[1.0, 2.0, 4.0])
unit = 1 if sys.platform == "darwin" else 1024
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
kept = {call}
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit)
"""


def peak(call: str, n: int, p: int, T: int, A: int) -> float:
    """Bytes that a call adds to the peak of a fresh process."""
    code = MEASURE.format(call=call, n=n, p=p, T=T, A=A)
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(told.stdout)


def pass_sums(size: int) -> int:
    """Sums of one pass over X, for that many results."""
    return max(4 * size, min(16 * size, 2**21))


def primal(p: int, T: int) -> int:
    return (p + T) ** 2 + p**2 + 5 * p * T + pass_sums(p * T)


def dual(n: int, p: int, T: int) -> int:
    return 2 * n**2 + 2 * p * T + 10 * n * T + pass_sums(n * T)


@pytest.mark.parametrize(
    ("call", "shape", "numbers"),
    [
        ("elltwo.ridge(X, Y, alpha=n)", (1600, 1500, 20, 1), primal(1500, 20)),
        ("elltwo.ridge(X, Y, alpha=n)", (500, 3000, 500, 1), dual(500, 3000, 500)),
        ("elltwo.ridge(X, Y, alpha=n, solver='svd')", (700, 700, 1, 1), 11 * 700 * 701),
        # 20 alphas of 400 targets: their coefficients would take 512 MB.
        ("elltwo.ridge_path(X, Y, alphas).gcv", (400, 8000, 400, 20), 2 * 400**2 + 10 * 400 * 400),
        (
            "elltwo.ridge_cv(X, Y, alphas=alphas)",
            (10_000, 100, 1, 100),
            primal(100, 1) + 4 * 10_000 * 100,
        ),
        (
            "elltwo.ridge_cv(X, Y, alphas=alphas, cv=4, n_threads=2)",
            (2000, 700, 1, 20),
            4 * 701**2 + 2 * (701**2 + 4 * 700**2),
        ),
    ],
    ids=["primal", "dual", "svd", "path", "loo", "folds"],
)
def test_formulas(call: str, shape: tuple[int, int, int, int], numbers: int) -> None:
    _, p, T, _ = shape
    result = 0 if "path" in call else 8 * T * p
    assert peak(call, *shape) <= 8 * numbers + result + SLACK


def test_predictions_take_the_room_of_the_result() -> None:
    n, p, T = 100_000, 20, 60
    call = "elltwo.ridge(X[:400], Y[:400], alpha=n).predict(X)"
    assert peak(call, n, p, T, 1) <= 8 * n * T + SLACK


def test_float32_rows_are_not_converted_at_once() -> None:
    """float64 coefficients on float32 rows: a converted X would take 80 MB, the result 0.8 MB."""
    call = "elltwo.ridge(X[:400], Y[:400, 0], alpha=n).predict(np.ones((n, p), np.float32))"
    assert peak(call, 100_000, 100, 1, 1) <= 4 * 100_000 * 100 + 8 * 100_000 + SLACK


def test_a_path_computes_coefficients_when_asked_and_keeps_them() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((20, 4)), rng.standard_normal(20)
    path = elltwo.ridge_path(X, y, [3.0, 0.5])
    coef = path.coef
    assert path.coef.base is coef.base
    point = path.at(0.5)
    np.testing.assert_allclose(coef[1], point.coef, rtol=1e-12)
    np.testing.assert_allclose(path.intercept[1], point.intercept, rtol=1e-12)
