"""Batches, groups of rows, windows of time and streams."""

from __future__ import annotations

from benchmarks.base.family import Family, Group, Kind, MemoryGroup, Section
from benchmarks.many import limits
from benchmarks.many.libraries import many_libraries
from benchmarks.many.problems import (
    CHUNK_REPEATS,
    BatchProblem,
    RollingProblem,
    StreamProblem,
    make_many_data,
    task_of,
)
from benchmarks.many.reference import GAP, accuracies

# Our gap is the error of every parameter, relative to the largest of its fit.
MANY = Section("many", "many fits and streams", peer_gap=1e-8, our_gap=1e-10)
STREAM = StreamProblem(100, chunk_rows=50_000)


def _kind(passes: int = 1) -> Kind:
    return Kind(make_many_data, task_of, many_libraries, accuracies, limits.flops, passes=passes)


FAMILY = Family(
    name="many",
    kinds={
        BatchProblem: _kind(),
        RollingProblem: _kind(),
        StreamProblem: _kind(CHUNK_REPEATS),
    },
    groups=tuple(
        Group((problem,), MANY)
        for problem in (
            BatchProblem(10_000, 64, 8),
            BatchProblem(1_000, 256, 32),
            BatchProblem(10_000, 64, 8, is_grouped=True),
            RollingProblem(100_000, 8, window=250),
            STREAM,
        )
    ),
    warm_up=(
        BatchProblem(40, 20, 3),
        BatchProblem(40, 20, 3, is_grouped=True),
        RollingProblem(90, 3, window=20),
        StreamProblem(3, chunk_rows=10),
    ),
    formulas=(GAP, limits.FORMULA),
    memory=(MemoryGroup(STREAM, ("elltwo", "NumPy incremental")),),
)
