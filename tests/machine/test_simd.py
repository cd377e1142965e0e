"""Every instruction-set level that the machine has gives the same answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import elltwo

available = elltwo.build_config()["simd_available"]
assert isinstance(available, list)
LEVELS: list[str] = available

# Sizes around every tile edge; float32 sums are rounded differently from level to level, so its
# coefficients may differ in their own last place.
SCRIPT = """
import json
import numpy as np
import elltwo

rng = np.random.default_rng(0)
answers = {}
for n, p in [(50, 5), (300, 10), (700, 33), (513, 100), (40, 300)]:
    X = rng.standard_normal((n, p)) + 1.0
    Y = rng.standard_normal((n, 2))
    weight = rng.uniform(0, 2, n)
    for dtype in ("float64", "float32"):
        for order in "CF":
            data = np.asarray(X, dtype=dtype, order=order)
            fit = elltwo.ridge(data, Y, alpha=1.0, sample_weight=weight)
            theta = np.column_stack([fit.coef, fit.intercept])
            answers[f"{n}x{p} {dtype} {order}"] = theta.tolist()
print(json.dumps([elltwo.build_config()["simd"], answers]))
"""


def run_at(level: str | None) -> subprocess.CompletedProcess[str]:
    """Run SCRIPT with ELLTWO_SIMD set to a level, or unset."""
    environment = {k: v for k, v in os.environ.items() if k != "ELLTWO_SIMD"}
    if level is not None:
        environment["ELLTWO_SIMD"] = level
    return subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=False,
    )


@pytest.fixture(scope="module")
def answers_of_the_best_level() -> dict[str, list[list[float]]]:
    done = run_at(None)
    assert done.returncode == 0, done.stderr
    level, answers = json.loads(done.stdout)
    assert level == LEVELS[-1]
    return dict(answers)


def test_the_baseline_is_always_there() -> None:
    assert LEVELS[0] == "baseline"
    assert len(set(LEVELS)) == len(LEVELS)


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_gives_the_same_answers(
    level: str, answers_of_the_best_level: dict[str, list[list[float]]]
) -> None:
    done = run_at(level)
    assert done.returncode == 0, done.stderr
    used, answers = json.loads(done.stdout)
    assert used == level
    assert answers.keys() == answers_of_the_best_level.keys()
    for case, expected in answers_of_the_best_level.items():
        tolerance = 2e-7 if "float32" in case else 1e-12
        error = np.abs(np.subtract(answers[case], expected)).max()
        assert error <= tolerance * np.abs(expected).max(), case


def test_unknown_level_is_refused() -> None:
    done = run_at("abacus")
    assert done.returncode != 0
    message = done.stderr.splitlines()[-1]
    assert "ELLTWO_SIMD" in message
    assert "abacus" in message
