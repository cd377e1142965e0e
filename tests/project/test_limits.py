"""Every test ends by itself, whatever it hangs in and however the run was started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no alarms, and no SIGINT for a process")

SLEEP = "time.sleep(600)"
# A call that keeps the interpreter's lock, so that no Python code can end it.
LOCKED = "sum(itertools.repeat(0))"
TESTS = """
import itertools, os, signal, time

import pytest

def test_hangs():
    {hang}

def test_after_it():
    pass

@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c():
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(600)
"""


def run(folder: Path, hang: str, *options: str) -> str:
    """Run TESTS with SIGINT ignored under a limit of two seconds; return what is printed."""
    (folder / "conftest.py").write_bytes((ROOT / "tests" / "conftest.py").read_bytes())
    (folder / "test_hang.py").write_text(TESTS.format(hang=hang))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
        cwd=folder,
        env={**os.environ, "ELLTWO_TEST_LIMIT": "2"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    assert done.returncode == 1
    return done.stdout


def test_one_that_hangs_fails_alone(tmp_path: Path) -> None:
    output = run(tmp_path, SLEEP)
    assert "test_hang.py::test_hangs took more than 2.0 s" in output
    assert "1 failed, 2 passed" in output


def test_one_that_hangs_with_the_lock_ends_its_process(tmp_path: Path) -> None:
    output = run(tmp_path, LOCKED)
    assert "Timeout" in output
    assert "in test_hangs" in output


def test_under_xdist_the_others_run(tmp_path: Path) -> None:
    output = run(tmp_path, LOCKED, "--numprocesses=2")
    assert "crashed while running" in output
    assert "1 failed, 2 passed" in output
