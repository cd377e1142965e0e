"""One figure: every library's time as a multiple of the hardware's limit, per shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.report import summary, tables

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from benchmarks.base.records import Results

# Colours that stay apart for colour-blind readers, and a shape each for print.
STYLES = {
    "elltwo": ("#d55e00", "D"),
    "NumPy": ("#0072b2", "o"),
    "SciPy": ("#cc79a7", "v"),
    "scikit-learn": ("#009e73", "s"),
    "scikit-learn-intelex": ("#7f7f7f", "^"),
    "glum": ("#56b4e9", "P"),
    "snapml": ("#e69f00", "X"),
    "torch": ("#f0e442", "p"),
    "polars-ols": ("#332288", "<"),
    "statsmodels": ("#882255", ">"),
}


def draw(results: Results, path: Path) -> None:
    """Write the figure; the suffix of the path chooses the format."""
    counts, names = results.thread_counts(), summary.speed_problems(results)
    if not names:
        raise ValueError("the run holds no problem to draw; the figure needs one at least")
    # Fixed identifiers and no date: the same results give the same file.
    with mpl.rc_context({"svg.hashsalt": "elltwo", "font.size": 10}):
        canvas = Figure(figsize=(4.6 * len(counts) + 1.4, 0.42 * len(names) + 1.5))
        panels = canvas.subplots(1, len(counts), sharex=True, sharey=True, squeeze=False)[0]
        for panel, n_threads in zip(panels, counts, strict=True):
            _draw_panel(panel, results, names, n_threads)
        panels[0].set_yticks(range(len(names)), [tables.label(name) for name in names])
        panels[0].invert_yaxis()
        handles, labels = panels[0].get_legend_handles_labels()
        canvas.legend(handles, labels, loc="upper center", ncols=len(labels), frameon=False)
        canvas.supxlabel("time / hardware limit (1 = as fast as the machine allows)", fontsize=10)
        canvas.tight_layout(rect=(0, 0, 1, 0.93))
        path.parent.mkdir(parents=True, exist_ok=True)
        canvas.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _draw_panel(panel: Axes, results: Results, names: list[str], n_threads: int) -> None:
    for family in summary.families(results):
        colour, marker = STYLES[family]
        points = []
        for row, name in enumerate(names):
            fit = summary.fastest(results, name, n_threads, family)
            if fit is not None:
                points.append(
                    (fit.median / summary.limit_of(results, name, n_threads).seconds, row)
                )
        ratios, rows = zip(*points, strict=True) if points else ((), ())
        panel.plot(ratios, rows, linestyle="", color=colour, marker=marker, label=family)
    panel.set_xscale("log")
    panel.axvline(1.0, color="black", linewidth=1)
    panel.grid(visible=True, axis="both", linewidth=0.4, alpha=0.5)
    panel.xaxis.set_major_locator(mpl.ticker.LogLocator(subs=(1, 3)))
    panel.xaxis.set_major_formatter(mpl.ticker.FormatStrFormatter("%g"))
    panel.xaxis.set_minor_formatter(mpl.ticker.NullFormatter())
    panel.set_title("1 thread" if n_threads == 1 else f"{n_threads} threads", fontsize=10)
