"""The README's tables, between two markers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.harness.groups import CV, FIT, HOT, LOGISTIC, LOGISTIC_CV, MULTINOMIAL, SPARSE
from benchmarks.harness.limits import (
    CV_FORMULA,
    FORMULA,
    HOT_FORMULA,
    LOGISTIC_FORMULA,
    SPARSE_FORMULA,
)
from benchmarks.report.report import report, summary, tables

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.harness.records import Call, Results

BEGIN = "<!-- benchmark:begin -->"
END = "<!-- benchmark:end -->"
TITLES = {
    FIT: "ridge",
    CV: "cross-validation",
    SPARSE: "sparse ridge",
    LOGISTIC: "logistic",
    MULTINOMIAL: "logistic, many classes",
    LOGISTIC_CV: "logistic, cross-validation",
    HOT: "many fits and streams",
}


def update(path: Path, results: Results) -> None:
    """Replace what stands between the markers of a file."""
    text = path.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"{path} must hold one line {BEGIN!r} and after it one line {END!r}")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n{body(results)}\n{END}{after}", encoding="utf-8")


def body(results: Results) -> str:
    """Fits at every thread count, and what hardly depends on it at the highest one."""
    counts = results.thread_counts()
    parts = [
        speed(summary.section_of(results, section), n_threads, title)
        for section, title in TITLES.items()
        for n_threads in counts
    ]
    if counts:
        parts += [calls(results, max(counts)), cost(results, max(counts))]
    parts += [memory(results), imports(results), footnote(results)]
    return "\n\n".join(part for part in parts if part)


def _threads(n_threads: int) -> str:
    return "1 thread" if n_threads == 1 else f"{n_threads} threads"


def speed(results: Results, n_threads: int, title: str) -> str:
    """Time and gap of elltwo and of the fastest way of each other library, per shape."""
    names = list(summary.speed_problems(results))
    families = summary.families(results)
    header = [f"{title}, {_threads(n_threads)}", "limit", "elltwo / limit", *families]
    rows = []
    for name in names:
        limit = summary.limit_of(results, name, n_threads)
        ours = summary.fastest(results, name, n_threads, "elltwo")
        over = tables.ratio(ours.median / limit.seconds) if ours else report.MISSING
        cells = [_cell(results, name, n_threads, family) for family in families]
        rows.append([tables.label(name), tables.seconds(limit.seconds), over, *cells])
    return tables.markdown_table(header, rows) if rows else ""


def _cell(results: Results, problem: str, n_threads: int, family: str) -> str:
    """`0.58 s, 2e-16 (cholesky)`: median, gap, choice if any, and which way it was."""
    fit = summary.fastest(results, problem, n_threads, family)
    if fit is None:
        return report.MISSING
    way = fit.library.removeprefix(family).strip(" ,")
    cell = f"{tables.seconds(fit.median)}, {tables.gap(fit.gap or 0.0)}"
    cell += f", {fit.choice}" if fit.choice else ""
    return f"{cell} ({way})" if way else cell


def cost(results: Results, n_threads: int) -> str:
    """Return what an intercept, and weights beside it, cost."""
    rows = [
        [f"{tables.label(name)}, {row[0]}", *row[1:]]
        for name in summary.cost_problems(results)
        for row in report.cost_rows(results, name, n_threads)
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


def calls(results: Results, n_threads: int) -> str:
    """Small calls."""
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
    costs = report.import_costs(results)
    rows = [[f"`{statement}`", tables.seconds(value)] for statement, value in costs.items()]
    return tables.markdown_table(["import", "time"], rows) if rows else ""


def footnote(results: Results) -> str:
    """Say how the figures were made and on what."""
    machine = "; ".join(f"{key} {value}" for key, value in results.machine.items())
    return (
        "Medians of interleaved runs in one process per thread count, the fastest way of each "
        f"library whose gap is at most {summary.PEER_GAPS[FIT]:.0e}, or "
        f"{summary.PEER_GAPS[SPARSE]:.0e} for sparse X and logistic regression; beside each time "
        "the relative gap of its objective to the lowest one known, in extended precision (0: "
        "below 1e-16). "
        f"{report.CV_GAP} {report.HOT_GAP} {FORMULA} {CV_FORMULA} {SPARSE_FORMULA} "
        f"{LOGISTIC_FORMULA} {HOT_FORMULA} Machine: {machine}."
    )
