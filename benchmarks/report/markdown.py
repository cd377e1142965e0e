"""The tables of docs/benchmarks.md and the README's table, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.harness.front import ROWS
from benchmarks.harness.kinds import FORMULAS, SECTIONS
from benchmarks.report import summary, tables, text

if TYPE_CHECKING:
    from benchmarks.base.family import Family, Section
    from benchmarks.base.records import Call, Fit, Results


def front(results: Results) -> str:
    """Return the README's table: elltwo, scikit-learn and the fastest of all others, with gaps."""
    n_threads = max(results.thread_counts())
    header = [f"work, {_threads(n_threads)}", "elltwo", "scikit-learn", "fastest of the others"]
    rows = []
    for row in ROWS:
        ours, scikit_learn, other = summary.compared(results, row.name, n_threads)
        cells = [_answer(ours), _answer(scikit_learn), _answer(other, named=True)]
        rows.append([row.work, *cells])
    return tables.markdown_table(header, rows)


def _answer(found: Fit | Call | None, *, named: bool = False) -> str:
    """`438 ms, 2e-16`: median and gap, and if it matters whose."""
    if found is None:
        return text.MISSING
    cell = f"{tables.seconds(found.median)}, {tables.gap(found.gap or 0.0)}"
    return f"{cell} ({found.library})" if named else cell


def family(results: Results, which: Family) -> str:
    """Return the tables of one family at every thread count."""
    counts = results.thread_counts()
    parts = [
        speed(summary.section_of(results, section.name), n_threads, section)
        for section in which.sections
        for n_threads in counts
    ]
    parts += [
        cost(summary.section_of(results, section.name), max(counts)) for section in which.sections
    ]
    return "\n\n".join([part for part in parts if part])


def method() -> str:
    """Say how the figures are made."""
    gaps = "; ".join(f"{section.title} {section.peer_gap:.0e}" for section in SECTIONS.values())
    times = (
        "Times: medians of interleaved runs in one process for each thread count. Of each library "
        "the fastest way whose gap is small enough to be an answer is shown, with the gap beside "
        f"its time. Largest gaps: {gaps}."
    )
    return "\n".join(f"- {line}" for line in (times, *FORMULAS))


def machine(results: Results) -> str:
    """Say what the figures were measured on."""
    facts = "; ".join(f"{key} {value}" for key, value in results.machine.items())
    return f"Measured with: {facts}."


def _threads(n_threads: int) -> str:
    return "1 thread" if n_threads == 1 else f"{n_threads} threads"


def speed(results: Results, n_threads: int, section: Section) -> str:
    """Time and gap of elltwo and of the fastest way of each other library, per shape."""
    names = list(summary.speed_problems(results))
    families = summary.families(results)
    header = [f"{section.title}, {_threads(n_threads)}", "limit", "elltwo / limit", *families]
    rows = []
    for name in names:
        limit = summary.limit_of(results, name, n_threads)
        ours = summary.fastest(results, name, n_threads, "elltwo")
        over = tables.ratio(ours.median / limit.seconds) if ours else text.MISSING
        cells = [_cell(results, name, n_threads, family) for family in families]
        rows.append([tables.label(name), tables.seconds(limit.seconds), over, *cells])
    return tables.markdown_table(header, rows) if rows else ""


def _cell(results: Results, problem: str, n_threads: int, family: str) -> str:
    """`0.58 s, 2e-16 (cholesky)`: median, gap, choice if any, and which way it was."""
    fit = summary.fastest(results, problem, n_threads, family)
    if fit is None:
        return text.MISSING
    way = fit.library.removeprefix(family).strip(" ,")
    cell = f"{tables.seconds(fit.median)}, {tables.gap(fit.gap or 0.0)}"
    cell += f", {fit.choice}" if fit.choice else ""
    return f"{cell} ({way})" if way else cell


def cost(results: Results, n_threads: int) -> str:
    """Return what an intercept, and weights beside it, cost."""
    rows = [
        [f"{tables.label(name)}, {row[0]}", *row[1:]]
        for name in summary.cost_problems(results)
        for row in text.cost_rows(results, name, n_threads)
    ]
    header = [
        _threads(n_threads),
        "no intercept",
        "gap",
        "with intercept",
        "gap",
        "and weights",
        "gap",
    ]
    return tables.markdown_table(header, rows) if rows else ""


def calls(results: Results) -> str:
    """Small calls, at the highest thread count."""
    n_threads = max(results.thread_counts())
    rows = [
        [f"`{call.statement}`, {_shape(call)}", tables.seconds(call.median), tables.gap(call.gap)]
        for call in results.calls
        if call.n_threads == n_threads
    ]
    header = [_threads(n_threads), "a call", "gap"]
    return tables.markdown_table(header, rows) if rows else ""


def _shape(call: Call) -> str:
    return tables.label(call.call.rpartition("-")[2])


def memory(results: Results) -> str:
    """Peak memory beyond the data."""
    rows = [
        [
            f"{tables.label(record.problem)}, {record.library}",
            tables.megabytes(record.data_bytes),
            tables.megabytes(record.extra_bytes),
        ]
        for record in results.memory
    ]
    return tables.markdown_table(["memory", "data", "extra in a fit"], rows) if rows else ""


def imports(results: Results) -> str:
    """Import times beyond the bare interpreter's."""
    costs = text.import_costs(results)
    rows = [[f"`{statement}`", tables.seconds(value)] for statement, value in costs.items()]
    return tables.markdown_table(["import", "time"], rows) if rows else ""
