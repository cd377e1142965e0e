"""The settings that problems run at: a SIMD level, and the number of threads."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

THREADS = (1, 2)


def settle(threads: int | None) -> None:
    """Leave the process so many cores; must come before NumPy is imported.

    Calls without `n_threads` take as many threads as there are cores. NumPy's own BLAS stays on
    one thread: its answers are no promise of elltwo's.
    """
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    if threads is None:
        return
    if not hasattr(os, "sched_setaffinity"):
        raise SystemExit("--threads needs a system on which a process can be held to some cores")
    cores = sorted(os.sched_getaffinity(0))
    if not 1 <= threads <= len(cores):
        raise SystemExit(f"--threads must be from 1 to the {len(cores)} cores, got {threads}")
    os.sched_setaffinity(0, cores[:threads])


def run_all(golden: Path, only: str) -> list[str]:
    """Run every setting in a process of its own; print lines of level, threads, name and digest."""
    code = "import elltwo; print(*elltwo.build_config()['simd_available'])"
    levels = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.split()
    lines = []
    for level in levels:
        for threads in THREADS:
            command = [sys.executable, str(golden), "--threads", str(threads), "--only", only]
            done = subprocess.run(
                command,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
                env=os.environ | {"ELLTWO_SIMD": level},
            )
            for line in done.stdout.splitlines():
                lines.append(f"{level} {threads} {line}")
                print(lines[-1], flush=True)
    return lines
