"""The README's figure: how many times as long as elltwo the others take, on a few problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.harness.front import ROWS
from benchmarks.report import summary, tables

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from benchmarks.base.records import Results

OURS = "#d55e00"
# scikit-learn and the fastest of the others: colour, marker, place beside the row's middle
STYLES = (("scikit-learn", "#009e73", "s", -0.17), ("fastest of the others", "#0072b2", "o", 0.17))


def draw(results: Results, path: Path) -> None:
    """Write the figure; the suffix of the path chooses the format."""
    n_threads = max(results.thread_counts())
    # Fixed identifiers and no date: the same results give the same file.
    with mpl.rc_context({"svg.hashsalt": "elltwo", "font.size": 10}):
        canvas = Figure(figsize=(9.6, 0.56 * len(ROWS) + 1.1))
        panel = canvas.subplots()
        labels = []
        for place, row in enumerate(ROWS):
            ours, *others = summary.compared(results, row.name, n_threads)
            if ours is None:
                raise ValueError(f"the run holds no answer of elltwo to {row.name}")
            labels.append(f"{row.work}\nelltwo: {tables.seconds(ours.median)}")
            for other, (label, colour, marker, shift) in zip(others, STYLES, strict=True):
                if other is not None:
                    ratio = other.median / ours.median
                    style = {"color": colour, "marker": marker, "label": label}
                    note = tables.seconds(other.median)
                    _draw_line(panel, ratio, place + shift, note, style)
        _finish(panel, labels)
        canvas.tight_layout()
        path.parent.mkdir(parents=True, exist_ok=True)
        canvas.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _draw_line(panel: Axes, ratio: float, place: float, note: str, style: dict[str, Any]) -> None:
    """Draw a line from elltwo's time to the other's, with the seconds at its end."""
    panel.plot([1.0, ratio], [place, place], color=style["color"], linewidth=2.5, alpha=0.45)
    panel.plot([ratio], [place], linestyle="", markersize=6, **style)
    is_faster = ratio < 1.0
    panel.annotate(
        note,
        (ratio, place),
        xytext=(-7 if is_faster else 7, 0),
        textcoords="offset points",
        ha="right" if is_faster else "left",
        va="center",
        fontsize=8,
        color=style["color"],
    )


def _finish(panel: Axes, labels: list[str]) -> None:
    panel.set_xscale("log")
    panel.axvline(1.0, color=OURS, linewidth=2.5, label="elltwo")
    panel.set_yticks(range(len(labels)), labels, fontsize=9)
    panel.invert_yaxis()
    panel.margins(x=0.12)
    panel.grid(visible=True, axis="x", linewidth=0.4, alpha=0.5)
    panel.xaxis.set_major_formatter(mpl.ticker.FormatStrFormatter("%g"))
    panel.xaxis.set_minor_formatter(mpl.ticker.NullFormatter())
    panel.set_xlabel("time as a multiple of elltwo's (logarithmic axis)")
    for side in ("top", "right", "left"):
        panel.spines[side].set_visible(False)
    panel.tick_params(axis="y", length=0)
    handles = dict(zip(*reversed(panel.get_legend_handles_labels()), strict=True))
    order = ["elltwo", *(style[0] for style in STYLES)]
    shown = [handles[name] for name in order if name in handles]
    names = [name for name in order if name in handles]
    panel.legend(
        shown, names, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3, frameon=False
    )
