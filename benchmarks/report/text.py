"""The whole run as text: every library, every ratio, and what was skipped and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.harness.kinds import FORMULAS
from benchmarks.harness.startup import NOTHING
from benchmarks.report import tables
from benchmarks.report.cluster import distributed
from benchmarks.report.summary import VARIANTS, cost_problems, fits_of, limit_of, speed_problems

if TYPE_CHECKING:
    from benchmarks.base.records import Fit, Limit, Results

MISSING = "-"


def report(results: Results) -> str:
    """Put the sections that the run has together."""
    sections = ["smoke run: the times mean nothing"] if results.smoke else []
    sections += [f"{key}: {value}" for key, value in results.machine.items()]
    for n_threads in results.thread_counts():
        sections.append(f"\n== {n_threads} thread(s): {results.thread_pools[str(n_threads)]}")
        sections += [speed(results, name, n_threads) for name in speed_problems(results)]
        sections += [cost(results, name, n_threads) for name in cost_problems(results)]
        sections += calls(results, n_threads)
    sections += memory(results) + imports(results) + distributed(results)
    return "\n".join([*sections, "", *FORMULAS])


def speed(results: Results, problem: str, n_threads: int) -> str:
    """One problem: every library's times, ratios and gap."""
    fits, limit = fits_of(results, problem, n_threads), limit_of(results, problem, n_threads)
    done = sorted((fit for fit in fits if fit.seconds), key=lambda fit: fit.median)
    ours = next((fit for fit in done if fit.library == "elltwo"), None)
    header = ["library", "median", "best", "/ limit", "/ elltwo", "gap", "runs"]
    rows = [_speed_row(fit, limit, ours) for fit in done]
    if any(fit.choice for fit in done):
        header.append("choice")
        rows = [[*row, fit.choice or MISSING] for row, fit in zip(rows, done, strict=True)]
    table = tables.text_table(header, rows)
    lines = [f"\n{tables.label(problem)}: {_limit_text(limit)}", table]
    lines += [f"  {fit.library}: {fit.skipped}" for fit in fits if fit.skipped]
    return "\n".join(lines)


def _limit_text(limit: Limit) -> str:
    return (
        f"limit {tables.seconds(limit.seconds)} "
        f"(compute {tables.seconds(limit.compute_seconds)} at {limit.gemm_rate / 1e9:.1f} GFLOP/s, "
        f"read {tables.seconds(limit.read_seconds)}; at best {tables.seconds(limit.best_seconds)})"
    )


def _speed_row(fit: Fit, limit: Limit, ours: Fit | None) -> list[str]:
    return [
        fit.library,
        tables.seconds(fit.median),
        tables.seconds(fit.best),
        tables.ratio(fit.median / limit.seconds),
        tables.ratio(fit.median / ours.median) if ours else MISSING,
        tables.gap(fit.gap or 0.0),
        str(len(fit.seconds)),
    ]


def cost(results: Results, problem: str, n_threads: int) -> str:
    """Return what an intercept, and weights beside it, cost each library."""
    header = ("library", "no intercept", "gap", "intercept", "gap", "weights too", "gap")
    rows = cost_rows(results, problem, n_threads)
    title = f"\n{tables.label(problem)}: cost of intercept and weights, ratio to the plain fit"
    return f"{title}\n{tables.text_table(header, rows)}"


def cost_rows(results: Results, problem: str, n_threads: int) -> list[list[str]]:
    """Library, the plain fit's seconds, and the other variants' ratios to it, with gaps."""
    variants = [
        {fit.library: fit for fit in fits_of(results, f"{problem}-{variant}", n_threads)}
        for variant in VARIANTS
    ]
    rows = []
    for library, plain in variants[0].items():
        cells = [library]
        for fits in variants:
            fit = fits[library]
            if not (fit.seconds and plain.seconds):
                cells += [fit.skipped or MISSING, MISSING]
                continue
            shown = (
                tables.seconds(fit.median)
                if fit is plain
                else tables.ratio(fit.median / plain.median)
            )
            cells += [shown, tables.gap(fit.gap or 0.0)]
        rows.append(cells)
    return rows


def calls(results: Results, n_threads: int) -> list[str]:
    """Small calls, each comparison a table."""
    mine = [call for call in results.calls if call.n_threads == n_threads]
    parts = []
    for name in dict.fromkeys(call.call for call in mine):
        group = [call for call in mine if call.call == name]
        ours = group[0].median
        rows = [
            (
                call.library,
                tables.seconds(call.median),
                tables.seconds(min(call.seconds)),
                tables.ratio(call.median / ours),
                tables.gap(call.gap),
                call.statement,
            )
            for call in group
        ]
        header = ("library", "median", "best", "/ elltwo", "gap", "statement")
        parts.append(f"\n{name}\n{tables.text_table(header, rows)}")
    return parts


def memory(results: Results) -> list[str]:
    """Peak memory beyond the data."""
    rows = [
        (
            f"{tables.label(record.problem)} {record.library}",
            tables.megabytes(record.data_bytes),
            tables.megabytes(record.extra_bytes),
        )
        for record in results.memory
    ]
    return ["\nmemory", tables.text_table(("fit", "data", "extra"), rows)] if rows else []


def import_costs(results: Results) -> dict[str, float]:
    """Median seconds of each import, the bare interpreter's taken off."""
    medians = {record.statement: record.median for record in results.imports}
    bare = medians.pop(NOTHING, 0.0)
    return {statement: median - bare for statement, median in medians.items()}


def imports(results: Results) -> list[str]:
    """Import times against NumPy's."""
    costs = import_costs(results)
    rows = [
        (statement, tables.seconds(cost), tables.ratio(cost / costs["import numpy"]))
        for statement, cost in costs.items()
    ]
    header = ("statement", "seconds", "/ numpy")
    return ["\nimport", tables.text_table(header, rows)] if rows else []
