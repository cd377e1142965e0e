"""Paths of the elastic net: tall, wide, sparse, from moments, and one alpha from cold."""

from __future__ import annotations

from benchmarks.base.family import Family, Group, Kind, Section
from benchmarks.elastic_net import limits, problems
from benchmarks.elastic_net.certificate import GAP, accuracies
from benchmarks.elastic_net.libraries import path_libraries
from benchmarks.elastic_net.problems import EnetProblem

ELASTIC_NET = Section("elastic_net", "elastic net", peer_gap=1e-5)

PROBLEMS = (
    EnetProblem(100_000, 500, 1.0, 0.9, 1e-3, from_moments=True),
    EnetProblem(100_000, 500, 0.5, 0.9, 1e-3, from_moments=True),
    EnetProblem(100_000, 500, 1.0, 0.9, 1e-3),
    EnetProblem(1_000, 10_000),
    EnetProblem(1_000, 10_000, 0.5),
    EnetProblem(500, 20_000),
    EnetProblem(500, 20_000, correlation=0.0),
    EnetProblem(20_000, 100_000, eps=1e-3, row_nnz=50),
    EnetProblem(1_000, 10_000, n_alphas=1),
)

FAMILY = Family(
    name="elastic_net",
    kinds={
        EnetProblem: Kind(
            problems.make_data,
            problems.task_of,
            path_libraries,
            accuracies,
            limits.flops,
            problems.read_array,
        )
    },
    groups=tuple(Group((problem,), ELASTIC_NET) for problem in PROBLEMS),
    warm_up=(
        EnetProblem(40, 8, n_alphas=3),
        EnetProblem(40, 8, n_alphas=3, from_moments=True),
        EnetProblem(8, 40, n_alphas=3),
        EnetProblem(40, 60, n_alphas=3, row_nnz=3),
    ),
    formulas=(GAP, limits.FORMULA),
)
