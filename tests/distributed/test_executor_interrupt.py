"""Ctrl-C ends a fit on an executor, and what has not begun does not begin."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

N_PARTS = 60
LIMIT = 120  # seconds
SCRIPT = """
import multiprocessing, os, signal, sys, threading, time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, {support!r})
import executor_parts
from elltwo.integrations import executor

folder = Path({folder!r})

def interrupt():
    while not any(folder.iterdir()):
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    context = multiprocessing.get_context("spawn")
    pool = ThreadPoolExecutor(2) if {threads} else ProcessPoolExecutor(2, mp_context=context)
    parts = [(number, str(folder)) for number in range({n_parts})]
    with pool:
        threading.Thread(target=interrupt, daemon=True).start()
        try:
            executor.ridge(parts, executor_parts.load_slowly, executor=pool)
        except KeyboardInterrupt:
            print("interrupted", end=" ")
        fit = executor.ridge(range(4), executor_parts.load, executor=pool)
        print("usable", fit.coef.size)
"""


@pytest.mark.alone
@pytest.mark.parametrize("threads", [True, False])
def test_interruption(tmp_path: Path, threads: bool) -> None:
    folder = tmp_path / "begun"
    folder.mkdir()
    script = tmp_path / "script.py"
    support = str(ROOT / "tests" / "support")
    script.write_text(
        SCRIPT.format(support=support, folder=str(folder), threads=threads, n_parts=N_PARTS)
    )
    run = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=LIMIT, check=False
    )
    assert run.stdout.split() == ["interrupted", "usable", "4"], run.stderr
    begun = len(list(folder.iterdir()))
    # Two were running, and a pool of processes holds up to three more that cannot be taken back.
    assert begun < N_PARTS // 3
