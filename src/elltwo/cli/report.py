"""Fits in words and columns, 80 characters wide."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import elltwo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from elltwo.cli.fitting import AnyFit

WIDTH = 80
NUMBER_WIDTH = 14
MAX_ROWS = 30


def columns_of_numbers(headings: Sequence[str], rows: Mapping[str, Sequence[float]]) -> str:
    """Lay out named rows of numbers, six significant digits each, under headings."""
    room = WIDTH - (NUMBER_WIDTH + 1) * len(headings)
    label_width = min(room, max(len(name) for name in rows))
    lines = [" " * label_width + "".join(f" {text:>{NUMBER_WIDTH}}" for text in headings)]
    for name, values in rows.items():
        label = textwrap.shorten(name, label_width, placeholder="...") if " " in name else name
        cells = "".join(f" {value:>{NUMBER_WIDTH}.6g}" for value in values)
        lines.append(f"{label[:label_width]:<{label_width}}{cells}")
    return "\n".join(lines)


def shortened(rows: dict[str, list[float]]) -> tuple[dict[str, list[float]], str]:
    """Return the rows, of more than 30 the first and the last, and words on those left out."""
    if len(rows) <= MAX_ROWS:
        return rows, ""
    names = list(rows)
    shown = [*names[: MAX_ROWS // 2], *names[-MAX_ROWS // 2 :]]
    left_out = f"\n({len(rows) - MAX_ROWS} rows in the middle left out; --out writes all)"
    return {name: rows[name] for name in shown}, left_out


def certificate(fit: AnyFit, *, n_features: int) -> str:
    """Say how a fit was computed and how far from the optimum it may be."""
    facts = _facts(fit, n_features)
    width = max(len(name) for name in facts)
    lines = ["Certificate"]
    for name, text in facts.items():
        first = f"  {name:<{width}}  "
        lines += textwrap.wrap(
            text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first)
        )
    return "\n".join(lines)


def _facts(fit: AnyFit, n_features: int) -> dict[str, str]:
    info = fit.info
    name, reached, what = _reached(info)
    relation = "<=" if reached <= info.tolerance else ">"
    facts = {
        "status": info.status.replace("_", " "),
        name: f"{reached:.1e} {relation} tolerance {info.tolerance:.1e} ({what})",
        "solver": f"{info.solver}: {info.reason}",
        "fallback": info.fallback or "none",
    }
    if isinstance(info, elltwo.ElasticNetInfo):
        return {
            **facts,
            "active": f"{info.n_active} of {n_features} coefficients are not zero",
            "passes": f"{info.n_passes}, threads {info.n_threads}",
        }
    if isinstance(info, elltwo.LogisticInfo):
        passes = f"{info.n_passes}, steps {info.n_iter}, threads {info.n_threads}"
        return {**facts, "passes": passes}
    return {
        **facts,
        "rank": f"{info.rank} of {n_features}, reciprocal condition number {info.rcond:.1e}",
        "corrections": f"{info.n_iter}, threads {info.n_threads}",
    }


def _reached(
    info: elltwo.SolveInfo | elltwo.ElasticNetInfo | elltwo.LogisticInfo,
) -> tuple[str, float, str]:
    """Return the name of what is held to the tolerance, its value, and what it is."""
    if isinstance(info, elltwo.SolveInfo):
        return "optimality", info.optimality, "relative KKT residual"
    if isinstance(info, elltwo.ElasticNetInfo) or info.solver == "prox_newton":
        return "gap", info.gap, "relative duality gap"
    return "optimality", info.optimality, "relative gradient"
