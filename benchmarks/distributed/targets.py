"""What the fits to partitions are held to, and what a run has found."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.distributed import in_process, on_dask, on_spark, out_of_core
from benchmarks.distributed.group import CHANGED, LARGEST_CHANGE, SAME
from benchmarks.distributed.works import WORKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.base.records import ClusterFit

    Rule = tuple[str, float | None, float, bool]  # what, found, bound, whether at least


class Target(NamedTuple):
    """A figure and its bound: at most, or with `least` at least."""

    work: str
    what: str
    found: float | None  # None where it was not measured
    bound: float
    least: bool = False

    @property
    def verdict(self) -> str:
        """Whether it is met."""
        if self.found is None:
            return "not measured"
        met = self.found >= self.bound if self.least else self.found <= self.bound
        return "met" if met else "MISSED"


class Found:
    """The fits of one work, by place and library."""

    def __init__(self, fits: Iterable[ClusterFit], work: str) -> None:
        self.fits = [fit for fit in fits if fit.work == work and fit.seconds]

    def fit(self, place: str, library: str) -> ClusterFit | None:
        """Return a fit, None if it was not measured."""
        mine = [fit for fit in self.fits if (fit.place, fit.library) == (place, library)]
        return mine[0] if mine else None

    def processor(self, place: str, library: str) -> float | None:
        """Return the median processor seconds."""
        fit = self.fit(place, library)
        return None if fit is None else median(fit.processor)

    def fact(self, library: str, name: str) -> float | None:
        """Return a fact about a fit on Dask."""
        fit = self.fit(on_dask.NAME, library)
        return None if fit is None else fit.facts.get(name)

    def gap(self, library: str) -> float | None:
        """Return the gap of a fit on Dask."""
        fit = self.fit(on_dask.NAME, library)
        return None if fit is None else fit.gap


def targets(fits: Sequence[ClusterFit]) -> list[Target]:
    """Return all targets of the works that a run has measured."""
    found = []
    for work, rules in zip(WORKS, _RULES, strict=True):
        mine = Found(fits, work.name)
        if mine.fits:
            found += [Target(work.name, *rest) for rest in rules(mine)]
    mine = Found(fits, out_of_core.NAME)
    if mine.fits:
        found += [Target(out_of_core.NAME, *rest) for rest in _out_of_core(mine)]
    return found


def ratio(one: float | None, other: float | None) -> float | None:
    """Return a quotient of what was measured."""
    return None if one is None or other is None else one / other


def _ridge(found: Found) -> Iterator[Rule]:
    ours = found.fit(on_dask.NAME, "elltwo")
    here = found.processor(in_process.NAME, "elltwo.fit_stream")
    cpu = found.processor(on_dask.NAME, "elltwo")
    yield "wall seconds", None if ours is None else median(ours.seconds), 0.3, False
    yield "processor time over that of fit_stream", ratio(cpu, here), 2.0, False
    yield "gap", found.gap("elltwo"), 1e-14, False
    yield "same bytes in all runs", found.fact("elltwo", SAME), 1.0, True
    yield "change by a killed worker", found.fact("elltwo, a worker killed", CHANGED), 0.0, False
    peer = found.processor(on_dask.NAME, "dask-ml lbfgs")
    yield "processor time of dask-ml over ours", ratio(peer, cpu), 20.0, True
    spark = found.processor(on_spark.NAME, "elltwo")
    normal = found.processor(on_spark.NAME, "Spark normal")
    yield "processor time on Spark over that of normal", ratio(spark, normal), 1.0, False


def _ridge_cv(found: Found) -> Iterator[Rule]:
    pair = (found.processor(on_dask.NAME, name) for name in ("elltwo", "elltwo ridge"))
    yield "processor time over that of ridge", ratio(*pair), 1.3, False


def _logistic(found: Found) -> Iterator[Rule]:
    cpu = found.processor(on_dask.NAME, "elltwo")
    yield "passes", found.fact("elltwo", "passes"), 5.0, False
    yield "passes with a Hessian", found.fact("elltwo", "Hessian passes"), 2.0, False
    yield "relative gradient", found.fact("elltwo", "optimality"), 1e-8, False
    yield "gap with tol 1e-10", found.gap("elltwo, tol 1e-10"), 1e-12, False
    passes = found.fact("elltwo, tol 1e-10", "passes")
    yield "passes with tol 1e-10", passes, 6.0, False
    yield "change by a killed worker", found.fact("elltwo, a worker killed", CHANGED), 0.0, False
    here = found.processor(in_process.NAME, "elltwo.logistic")
    yield "processor time over that of elltwo.logistic", ratio(cpu, here), 2.0, False
    for place, library in (
        (on_spark.NAME, "Spark as shipped"),
        (on_dask.NAME, "dask-ml lbfgs"),
        (on_dask.NAME, "dask-ml admm"),
    ):
        peer = found.processor(place, library)
        yield f"processor time of {library} over ours", ratio(peer, cpu), 5.0, True


def _sorted(found: Found) -> Iterator[Rule]:
    yield "passes", found.fact("elltwo", "passes"), 9.0, False
    yield "largest change from memory", found.fact("elltwo", LARGEST_CHANGE), 1e-6, False
    yield "relative gradient", found.fact("elltwo", "optimality"), 1e-8, False


def _logistic_cv(found: Found) -> Iterator[Rule]:
    yield "passes", found.fact("elltwo", "passes"), 70.0, False
    ours, one = (found.fit(on_dask.NAME, name) for name in ("elltwo", "elltwo logistic"))
    seconds = [None if fit is None else median(fit.seconds) for fit in (ours, one)]
    yield "wall time over that of one fit", ratio(*seconds), 12.0, False
    pair = (found.processor(on_dask.NAME, name) for name in ("elltwo", "elltwo logistic"))
    yield "processor time over that of one fit", ratio(*pair), 12.0, False


def _out_of_core(found: Found) -> Iterator[Rule]:
    (fit,) = found.fits
    yield "peak of resident memory, MB", fit.facts[out_of_core.PEAK], 500.0, False
    yield "largest difference from memory", fit.facts[out_of_core.CHANGE], 1e-9, False


_RULES = (_ridge, _ridge_cv, _logistic, _sorted, _logistic_cv)
