"""What a run is asked to do; handed from the runner to its child processes as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

# Read when a library is loaded, so that each thread count needs a process of its own.
THREAD_VARIABLES = (
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


@dataclass(frozen=True)
class Settings:
    """Options of one run at one thread count."""

    n_threads: int = 1
    smoke: bool = False
    only: tuple[str, ...] = ()
    repeat: int = 7
    budget: float = 20.0  # seconds: a fit that would take longer is skipped
    without: tuple[str, ...] = ()
    parquet_gigabytes: float = 3.0  # of the files that are fitted out of core

    @property
    def gemm_size(self) -> int:
        return 256 if self.smoke else 3000

    @property
    def settle_seconds(self) -> float:
        return 0.0 if self.smoke else 0.1

    @property
    def loop_seconds(self) -> float:
        return 0.001 if self.smoke else 0.2

    def selects(self, *names: str) -> bool:
        """Whether one of the names contains a wanted substring, or equals one after `=`."""
        return not self.only or any(
            name == part[1:] if part.startswith("=") else part in name
            for part in self.only
            for name in names
        )

    def admits(self, library: str) -> bool:
        """Whether a library's name contains none of the substrings that are left out."""
        return not any(part in library for part in self.without)


def available_threads() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def environment(n_threads: int) -> dict[str, str]:
    """Return this process' environment with every library's thread count fixed."""
    return os.environ | dict.fromkeys(THREAD_VARIABLES, str(n_threads))


def run_child(module: str, settings: Settings, *arguments: str) -> str:
    """Run `python -m module SETTINGS ARGUMENTS` and return its standard output."""
    command = [sys.executable, "-m", module, json.dumps(asdict(settings)), *arguments]
    child = subprocess.run(
        command,
        env=environment(settings.n_threads),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return child.stdout


def parse(text: str) -> Settings:
    """Read settings from a child's argument."""
    raw: dict[str, Any] = json.loads(text)
    return Settings(**raw | {name: tuple(raw[name]) for name in ("only", "without")})
