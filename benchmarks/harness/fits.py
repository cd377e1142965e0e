"""Times one group of problems and checks every answer."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.base.records import Accuracy, Fit, Limit
from benchmarks.harness import limits
from benchmarks.harness.kinds import kind_of
from benchmarks.harness.measure import Timing, interleave

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.base.family import Group
    from benchmarks.base.library import AnyProblem, Library
    from benchmarks.harness.settings import Settings


@dataclass(frozen=True)
class Entry:
    """One library on one problem of the group, and why it is left out if it is."""

    problem: AnyProblem
    task: Any
    library: Library
    skipped: str | None

    @property
    def key(self) -> str:
        return f"{self.problem.name}: {self.library.name}"


def run_group(group: Group, settings: Settings) -> tuple[list[Fit], list[Limit]]:
    """Time a group's fits in interleaved rounds, with the hardware probes among them."""
    problems = [problem.shrunk() if settings.smoke else problem for problem in group.problems]
    kind = kind_of(problems[0])
    data = kind.make_data(problems[0])
    tasks = {
        problem: kind_of(problem).task_of(problem, data, settings.n_threads) for problem in problems
    }
    probes = {
        limits.GEMM: limits.gemm_probe(settings.gemm_size, problems[0].dtype),
        **limits.read_probes(kind.read_array(data), settings.n_threads),
    }
    gemm_rate = _first_gemm_rate(probes[limits.GEMM], settings)
    entries = [
        Entry(problem, task, library, _skip_reason(library, problem, settings, gemm_rate))
        for problem, task in tasks.items()
        for library in kind_of(problem).libraries()
        if group.wants(library, problem) and settings.admits(library.name)
    ]
    fits: dict[str, Callable[[], Any]] = {
        entry.key: partial(entry.library.fit, entry.task)
        for entry in entries
        if entry.skipped is None
    }
    for entry in entries:
        if entry.skipped is None:
            entry.library.prepare(entry.task)
    timings = interleave(fits | probes, settings)
    found = [_limit(problem, settings, timings) for problem in problems]
    for limit in found:
        _report_progress(limit, timings)
    records = [
        record
        for problem in problems
        for record in _records(problem, entries, timings, group.section.name)
    ]
    return records, found


def _first_gemm_rate(probe: Callable[[], None], settings: Settings) -> float:
    """Flops a second from the better of two products: for estimates only."""
    timing = interleave({limits.GEMM: probe}, replace(settings, repeat=2))[limits.GEMM]
    return 2 * settings.gemm_size**3 / min(timing.seconds)


def _skip_reason(
    library: Library, problem: AnyProblem, settings: Settings, gemm_rate: float
) -> str | None:
    seconds = library.estimate(problem, gemm_rate)
    if seconds <= settings.budget:
        return None
    return f"estimated at {seconds:.0f} s, over the budget of {settings.budget:.0f} s"


def _limit(problem: AnyProblem, settings: Settings, timings: dict[str, Timing]) -> Limit:
    product_flops = 2 * settings.gemm_size**3
    kind = kind_of(problem)
    products = kind.flops(problem) / product_flops
    gemm = timings[limits.GEMM].seconds
    reads = [timings[name].seconds for name in limits.READS]
    return Limit(
        problem.name,
        settings.n_threads,
        gemm_rate=product_flops / median(gemm),
        compute_seconds=products * median(gemm),
        read_seconds=kind.passes * min(median(seconds) for seconds in reads),
        best_seconds=max(
            products * min(gemm), kind.passes * min(min(seconds) for seconds in reads)
        ),
    )


def _records(
    problem: AnyProblem, entries: list[Entry], timings: dict[str, Timing], section: str
) -> list[Fit]:
    """Put the accuracy of each answer to one problem beside its times."""
    mine = [entry for entry in entries if entry.problem is problem]
    done = {entry.library.name: timings[entry.key] for entry in mine if entry.skipped is None}
    answers = {name: timing.answer for name, timing in done.items() if timing.error is None}
    found = kind_of(problem).accuracies(mine[0].task, answers)
    return [
        _record(entry, done.get(entry.library.name), found.get(entry.library.name), section)
        for entry in mine
    ]


def _record(entry: Entry, timing: Timing | None, accuracy: Accuracy | None, section: str) -> Fit:
    """Keep no seconds of what was skipped or has failed."""
    return Fit(
        entry.problem.name,
        entry.task.n_threads or 0,
        entry.library.name,
        entry.library.family,
        timing.seconds if timing and accuracy else [],
        accuracy.gap if accuracy else None,
        timing.error if timing else entry.skipped,
        section,
        accuracy.choice if accuracy else "",
        entry.library.share,
    )


def _report_progress(limit: Limit, timings: dict[str, Timing]) -> None:
    timing = timings.get(f"{limit.problem}: elltwo")
    ours = f"{median(timing.seconds):.4g} s" if timing and timing.seconds else "skipped or failed"
    text = f"  {limit.problem}: elltwo {ours}, limit {limit.seconds:.4g} s"
    print(text, file=sys.stderr, flush=True)
