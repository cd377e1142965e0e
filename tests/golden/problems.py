"""All problems, family by family."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from . import (
    command_line,
    compiled_code,
    entries,
    estimators,
    logistic_choice,
    logistic_dense,
    logistic_sparse,
    many_fits,
    moment_fits,
    penalties,
    refusals,
    ridge_bounds,
    ridge_choice,
    ridge_dense,
    ridge_large,
    ridge_paths,
    ridge_sparse,
    statistics_of_fits,
    streams,
    tables,
    windows,
)
from .answers import digest

if TYPE_CHECKING:
    from .data import Problems

FAMILIES = (
    entries,
    ridge_dense,
    ridge_large,
    ridge_sparse,
    ridge_bounds,
    ridge_paths,
    ridge_choice,
    many_fits,
    windows,
    moment_fits,
    streams,
    logistic_dense,
    logistic_sparse,
    logistic_choice,
    statistics_of_fits,
    estimators,
    tables,
    compiled_code,
    penalties,
    command_line,
    refusals,
)


def every() -> Problems:
    """Every problem: its name, with the family's first, and a call."""
    for family in FAMILIES:
        for name, call in family.problems():
            yield f"{family.__name__.rpartition('.')[2]}/{name}", call


def run(only: str, seconds: bool) -> list[str]:
    """Solve and print; return lines of name and digest."""
    lines: list[str] = []
    began = time.perf_counter()
    for name, call in every():
        if only not in name:
            continue
        start = time.perf_counter()
        lines.append(f"{name} {digest(call)}")
        print(lines[-1], flush=True)
        if seconds:
            print(f"{time.perf_counter() - start:8.3f} s  {name}", file=sys.stderr)
    total = time.perf_counter() - began
    print(f"{len(lines)} problems in {total:.1f} s", file=sys.stderr)
    if len({line.rpartition(" ")[0] for line in lines}) < len(lines):
        raise ValueError("two problems have one name")
    return lines
