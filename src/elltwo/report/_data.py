"""The section on the data: rows, the target, the features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.row_blocks import row_blocks
from elltwo.report._html import Section, facts, table

if TYPE_CHECKING:
    from elltwo.report._subject import Subject


def data(subject: Subject) -> Section:
    """Return the section."""
    n, p = subject.rows.shape
    listed: dict[str, object] = {"rows": n, "features": p, "target": subject.target}
    if subject.weight is not None:
        listed["sum of weights"] = float(subject.weight.sum())
    parts = [facts({**listed, **subject.facts}), _target(subject), _features(subject)]
    return Section("data", "Data", "\n".join(parts))


def _target(subject: Subject) -> str:
    weight = subject.weights
    if subject.classes is not None:
        total = weight.sum()
        rows = []
        for label in subject.classes:
            of_class = float(weight[subject.y == label].sum())
            rows.append([str(label), of_class, of_class / total])
        head = "rows" if subject.weight is None else "weight"
        return table(f"Classes of {subject.target}", ["", head, "share"], rows)
    mean = float(np.average(subject.y, weights=weight))
    deviation = float(np.sqrt(np.average((subject.y - mean) ** 2, weights=weight)))
    ends = float(subject.y.min()), float(subject.y.max())
    row = [subject.target, mean, deviation, *ends]
    return table("The target", ["", "mean", "deviation", "minimum", "maximum"], [row])


def _features(subject: Subject) -> str:
    lower, upper = np.full(len(subject.names), np.inf), np.full(len(subject.names), -np.inf)
    for _, block in row_blocks(subject.rows):
        lower, upper = np.minimum(lower, block.min(axis=0)), np.maximum(upper, block.max(axis=0))
    columns = (subject.mean, subject.deviation, lower, upper)
    scaled = [(values * subject.units).tolist() for values in columns]
    rows = [list(row) for row in zip(subject.names, *scaled, strict=True)]
    heads = ["", "mean", "deviation", "minimum", "maximum"]
    return table("The features", heads, rows)
