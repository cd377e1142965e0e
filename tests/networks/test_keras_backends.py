"""The lines of the texts on every backend of Keras that is installed, each in its own process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from networks import BACKENDS, is_there
from paths import SUPPORT

pytestmark = [pytest.mark.networks, pytest.mark.skipif(not is_there("keras"), reason="no Keras")]


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_lines_of_the_texts(backend: str) -> None:
    if not is_there(backend):
        pytest.skip(f"{backend} is not installed")
    done = subprocess.run(
        [sys.executable, str(SUPPORT / "seed_lines.py")],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "OMP_NUM_THREADS": "1",
        },
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == backend
