"""Import times: whole interpreter runs, less the run that imports nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.util import find_spec

from benchmarks.base.records import Import
from benchmarks.harness.settings import Settings, environment

NOTHING = "pass"
NAME = "import"  # what `--only` looks in
STATEMENTS = {
    NOTHING: None,
    "import numpy": "numpy",
    "import elltwo": "elltwo",
    "from elltwo import ridge": "elltwo",
    "import sklearn.linear_model": "sklearn",
}


def run_imports(settings: Settings) -> list[Import]:
    """Time each statement in interleaved interpreter runs, after one run that fills the cache."""
    if not settings.selects(NAME):
        return []
    statements = [text for text, package in STATEMENTS.items() if not package or find_spec(package)]
    for statement in statements:
        _interpreter_seconds(statement, settings)
    rounds = range(1 if settings.smoke else 3 * settings.repeat)
    seconds = [[_interpreter_seconds(text, settings) for text in statements] for _ in rounds]
    return [
        Import(text, list(times))
        for text, times in zip(statements, zip(*seconds, strict=True), strict=True)
    ]


def _interpreter_seconds(statement: str, settings: Settings) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", statement], env=environment(settings.n_threads), check=True
    )
    return time.perf_counter() - start
