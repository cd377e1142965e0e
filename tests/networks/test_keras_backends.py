"""The lines of the texts on every backend of Keras that is installed, each in its own process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from networks import BACKENDS, is_there
from paths import ROOT, SUPPORT

pytestmark = [pytest.mark.networks, pytest.mark.skipif(not is_there("keras"), reason="no Keras")]


def run(backend: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    if not is_there(backend):
        pytest.skip(f"{backend} is not installed")
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
            "KERAS_BACKEND": backend,
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "OMP_NUM_THREADS": "1",
        },
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_lines_of_the_texts(backend: str) -> None:
    done = run(backend, str(SUPPORT / "seed_lines.py"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == backend


def test_conventions_in_float64() -> None:
    """On TensorFlow, where Keras has that type for products of matrices."""
    file = "tests/networks/test_keras_conventions.py"
    done = run("tensorflow", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", file)
    assert done.returncode == 0, done.stdout
    assert "11 passed" in done.stdout
