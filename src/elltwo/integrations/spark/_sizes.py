"""Bytes that pieces take, before there are any, and that Spark lets a driver collect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from elltwo.integrations._reduce.task import Task

HEADER = 1 << 12  # of moments or a piece, names of columns not counted
NAME = 64

_UNITS = {"": 0, "b": 0, "k": 10, "m": 20, "g": 30, "t": 40, "p": 50}


def piece_bytes(task: Task, n_columns: int) -> int:
    """Return about how many bytes the piece of a partition takes, rather more than fewer.

    `n_columns` is the number of columns that the task names, before categories are encoded.
    """
    levels = (task.reading.levels or {}).values()
    width = n_columns + sum(len(one) for one in levels)
    moments = 8 * (width + 1) ** 2 + HEADER + NAME * width
    return task.reading.n_folds * moments + HEADER


def result_limit(context: Any) -> int:  # noqa: ANN401  # a SparkContext
    """Return spark.driver.maxResultSize in bytes; there, 0 stands for no limit."""
    text = context.getConf().get("spark.driver.maxResultSize", "1g").strip().lower()
    found = re.fullmatch(r"(\d+)\s*([bkmgtp]?)b?", text)
    limit = int(found[1]) << _UNITS[found[2]] if found is not None else 1 << 30
    return limit or 1 << 60
