"""Single fits of ridge regression to sparse matrices."""

from __future__ import annotations

from functools import partial

from benchmarks.base.family import Family, Group, Kind, Section
from benchmarks.ridge.reference import accuracies
from benchmarks.sparse import limits, problems
from benchmarks.sparse.libraries import sparse_libraries
from benchmarks.sparse.problems import SparseProblem
from benchmarks.sparse.reference import reference

SPARSE = Section("sparse", "sparse ridge", peer_gap=1e-8)

FAMILY = Family(
    name="sparse",
    kinds={
        SparseProblem: Kind(
            problems.make_data,
            problems.task_of,
            sparse_libraries,
            partial(accuracies, solve=reference),
            limits.flops,
            problems.bytes_of,
            limits.PASSES,
        )
    },
    groups=(
        Group((SparseProblem(200_000, 50_000, row_nnz=20, power=3.0),), SPARSE),
        Group((SparseProblem(1_000_000, 1_000, row_nnz=10),), SPARSE),
    ),
    warm_up=(SparseProblem(40, 20, row_nnz=3),),
    formulas=(limits.FORMULA,),
)
