"""Runs every fit at every place, and measures each answer."""

from __future__ import annotations

import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.base.records import ClusterFit
from benchmarks.distributed import exact, in_process, on_dask, on_ray, on_spark, out_of_core
from benchmarks.distributed.lines import line
from benchmarks.distributed.processor import repeated
from benchmarks.distributed.works import WORKS, Data, Work, make_data, save

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from benchmarks.distributed.processor import Runs
    from benchmarks.distributed.works import Answer

PLACES: tuple[tuple[ModuleType, str], ...] = (
    (in_process, "elltwo"),
    (on_dask, "distributed"),
    (on_spark, "pyspark"),
    (on_ray, "ray"),
)
SLOW = ("pyspark", "ray", "dask-ml", "killed")  # take seconds: left out of a smoke run
LARGEST_CHANGE = "largest change"  # of a coefficient against the fit in memory, relative
SAME = "same bytes"
CHANGED = "change of bytes"  # of a fit on the same engine while a worker was killed


class Plan(NamedTuple):
    """How often and how long fits are run."""

    smoke: bool
    repeat: int  # of ours; a peer's fit runs once
    budget: float
    without: tuple[str, ...]
    gigabytes: float  # of the Parquet files

    def admits(self, library: str) -> bool:
        """Whether a library's name contains none of the substrings that are left out."""
        left_out = (*self.without, *SLOW) if self.smoke else self.without
        return not any(part in library for part in left_out)


class Context(NamedTuple):
    """What a fit is compared with: the first at home, and those of the same place."""

    work: Work
    data: Data
    place: str
    home: list[Answer]
    first: dict[str, Answer]

    def compared(self, library: str, runs: Runs) -> dict[str, float]:
        """Return how the answers of the runs differ from each other and from those before."""
        last = runs.answers[-1]
        facts = {SAME: float(runs.same_bytes)} if len(runs.answers) > 1 else {}
        if self.home and last.has_intercept and self.home[0].alpha == last.alpha:
            there = self.home[0].coef
            facts[LARGEST_CHANGE] = float(np.abs(last.coef - there).max() / np.abs(there).max())
        if library.endswith("killed") and "elltwo" in self.first:
            before = self.first["elltwo"].coef.tobytes()
            facts[CHANGED] = float(last.coef.tobytes() != before)
        self.first.setdefault(library, last)
        if last.has_intercept:
            self.home.append(last)
        return facts


def names() -> list[str]:
    """What `--only` looks in."""
    return [f"distributed-{name}" for name in (*(work.name for work in WORKS), out_of_core.NAME)]


def run_all(plan: Plan, selects: Callable[[str], bool]) -> list[ClusterFit]:
    """Run what is selected."""
    found: list[ClusterFit] = []
    for work in (WORKS[0], WORKS[2]) if plan.smoke else WORKS:
        if selects(f"distributed-{work.name}"):
            found += run_work(work.shrunk() if plan.smoke else work, plan)
    if selects(f"distributed-{out_of_core.NAME}"):
        found += out_of_core.run(plan.gigabytes, smoke=plan.smoke)
    return found


def run_work(work: Work, plan: Plan) -> list[ClusterFit]:
    """Run the fits of one work at every place that is there."""
    data = make_data(work)
    found: list[ClusterFit] = []
    home: list[Answer] = []  # what is fitted in memory, for the others to be compared with
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save(work, data, folder)
        for place, package in PLACES:
            reason = _missing(package, plan)
            if reason is not None:
                found.append(ClusterFit(work.name, place.NAME, "elltwo", skipped=reason))
                continue
            first: dict[str, Answer] = {}
            with place.fits(work, data, folder) as fits:
                for library, fit in fits.items():
                    if plan.admits(library):
                        context = Context(work, data, place.NAME, home, first)
                        found.append(_measured(context, library, fit, plan))
                        print(f"{work.name} {line(found[-1])}", file=sys.stderr, flush=True)
    return found


def _missing(package: str, plan: Plan) -> str | None:
    if not plan.admits(package):
        return f"{package} is left out"
    return None if find_spec(package) else f"{package} is not installed"


def _measured(context: Context, library: str, fit: Callable[[], Answer], plan: Plan) -> ClusterFit:
    work, place = context.work.name, context.place
    repeat = plan.repeat if library == "elltwo" or place == in_process.NAME else 1
    try:
        if not plan.smoke and library.startswith("elltwo") and "killed" not in library:
            fit()  # workers load what they load at the first fit
        runs = repeated(fit, repeat, plan.budget)
    except Exception as error:  # noqa: BLE001  # the run goes on
        return ClusterFit(work, place, library, skipped=f"{type(error).__name__}: {error}")
    last = runs.answers[-1]
    facts = dict(last.facts) | context.compared(library, runs)
    gap = exact.gap(context.data, last, logistic=context.work.is_logistic)
    return ClusterFit(work, place, library, runs.seconds, runs.processor, gap, facts=facts)
