"""What Spark lets a driver collect."""

from __future__ import annotations

import re
from typing import Any

_UNITS = {"": 0, "b": 0, "k": 10, "m": 20, "g": 30, "t": 40, "p": 50}


def result_limit(context: Any) -> int:  # noqa: ANN401  # a SparkContext
    """Return spark.driver.maxResultSize in bytes; there, 0 stands for no limit."""
    text = context.getConf().get("spark.driver.maxResultSize", "1g").strip().lower()
    found = re.fullmatch(r"(\d+)\s*([bkmgtp]?)b?", text)
    limit = int(found[1]) << _UNITS[found[2]] if found is not None else 1 << 30
    return limit or 1 << 60
