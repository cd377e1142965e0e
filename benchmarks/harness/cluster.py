"""Fits to partitions, in a process of their own: clusters start and stop there.

`python -m benchmarks.harness.cluster SETTINGS FILE` runs them and writes the records.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.base import records
from benchmarks.base.records import Results
from benchmarks.distributed.group import Plan, names, run_all
from benchmarks.harness.settings import Settings, parse, run_child

if TYPE_CHECKING:
    from benchmarks.base.records import ClusterFit

REPEAT = 5  # of our own fits, at least


def run_distributed(settings: Settings) -> list[ClusterFit]:
    """Run what is selected; each worker has one thread."""
    if not settings.selects(*names()):
        return []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.json"
        run_child("benchmarks.harness.cluster", settings, str(path))
        return records.load(path).distributed


def run(settings: Settings) -> Results:
    """Measure in this process and those that it starts."""
    repeat = 2 if settings.smoke else max(settings.repeat, REPEAT)
    plan = Plan(
        settings.smoke, repeat, settings.budget, settings.without, settings.parquet_gigabytes
    )
    return Results(distributed=run_all(plan, settings.selects))


if __name__ == "__main__":
    run(parse(sys.argv[1])).save(Path(sys.argv[2]))
