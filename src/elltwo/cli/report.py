"""Fits in words and columns, 80 characters wide."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np

import elltwo
from elltwo.report._certificate import certificate_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from elltwo.cli.fitting import AnyFit, Fitted

WIDTH = 80
NUMBER_WIDTH = 14
MAX_ROWS = 30
SHOWN_CLASSES = 4  # columns that a line has room for
MAX_FEATURES = 1000  # of which intervals are computed


def coefficients(fitted: Fitted, names: Sequence[str], level: float, *, intervals: bool) -> str:
    """Lay out coefficients, with intervals of a single vector of them where there are any.

    They are those of the second of two classes, or of each of more.
    """
    classes = fitted.fit.classes.tolist() if isinstance(fitted.fit, elltwo.LogisticFit) else None
    table = np.column_stack([np.atleast_2d(fitted.coef), np.atleast_1d(fitted.intercept)]).T
    headings, words = ["coefficient"], ""
    if classes is not None and len(classes) > 2:
        headings = [str(label)[:NUMBER_WIDTH] for label in classes[:SHOWN_CLASSES]]
        if len(classes) > SHOWN_CLASSES:
            words = f"\n({SHOWN_CLASSES} of {len(classes)} classes; --out writes all)"
    elif classes is not None:
        words = f"\n(of the log-odds of {classes[1]})"
    if intervals and len(headings) == 1 and fitted.scaling is None and len(names) <= MAX_FEATURES:
        more, columns, what = _intervals(fitted, names, level)
        headings += more
        table = np.column_stack([table, *columns])
        words += what
    rows = dict(zip([*names, "intercept"], table[:, : len(headings)].tolist(), strict=True))
    shown, left_out = shortened(rows)
    return columns_of_numbers(headings, shown) + left_out + words


def _intervals(
    fitted: Fitted, names: Sequence[str], level: float
) -> tuple[list[str], list[np.ndarray[tuple[int], np.dtype[np.float64]]], str]:
    """Return headings, columns and words of intervals, all empty where there are none."""
    if isinstance(fitted.fit, elltwo.ElasticNetFit):
        return [], [], ""
    try:
        summary = fitted.fit.summary(names, max_rows=None, level=level)
    except ValueError:  # absolute values in the penalty
        return [], [], ""
    tail = (1.0 - level) / 2.0
    headings = [f"[{tail:.4g}", f"{1.0 - tail:.4g}]"]
    columns = list(summary.bayesian_interval)
    if not summary.unpenalised:
        return headings, columns, f"\n({100 * level:g} % credible intervals)"
    p = "P>|t|" if isinstance(fitted.fit, elltwo.RidgeFit) else "P>|z|"
    return [*headings, p], [*columns, summary.p_values], ""


def columns_of_numbers(headings: Sequence[str], rows: Mapping[str, Sequence[float]]) -> str:
    """Lay out named rows of numbers, six significant digits each, under headings."""
    room = WIDTH - (NUMBER_WIDTH + 1) * len(headings)
    label_width = min(room, max(len(name) for name in rows))
    lines = [" " * label_width + "".join(f" {text:>{NUMBER_WIDTH}}" for text in headings)]
    for name, values in rows.items():
        label = textwrap.shorten(name, label_width, placeholder="...") if " " in name else name
        cells = "".join(f" {_number(value):>{NUMBER_WIDTH}}" for value in values)
        lines.append(f"{label[:label_width]:<{label_width}}{cells}")
    return "\n".join(lines)


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.6g}"


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
    facts = certificate_facts(fit, n_features)
    width = max(len(name) for name in facts)
    lines = ["Certificate"]
    for name, text in facts.items():
        first = f"  {name:<{width}}  "
        lines += textwrap.wrap(
            text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first)
        )
    return "\n".join(lines)
