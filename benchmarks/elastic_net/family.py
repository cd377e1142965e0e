"""Paths of the elastic net: tall, wide, sparse, from moments, and one alpha from cold."""

from __future__ import annotations

from benchmarks.base.family import Family, Group, Kind, Section
from benchmarks.elastic_net import cv, limits, logistic, multi_task, problems
from benchmarks.elastic_net.certificate import GAP, accuracies
from benchmarks.elastic_net.cv import EnetCvProblem
from benchmarks.elastic_net.libraries import path_libraries
from benchmarks.elastic_net.logistic import LogisticLassoProblem
from benchmarks.elastic_net.multi_task import MultiTaskProblem
from benchmarks.elastic_net.problems import EnetProblem

ELASTIC_NET = Section("elastic_net", "elastic net", peer_gap=1e-5)
CHOICE = Section("elastic_net_choice", "lasso, cross-validation", peer_gap=1e-4, our_gap=1e-6)
MULTI_TASK = Section("elastic_net_multi", "multi-task lasso", peer_gap=1e-5)
LOGISTIC = Section("elastic_net_logistic", "logistic lasso", peer_gap=1e-5)

PROBLEMS = (
    EnetProblem(100_000, 500, 1.0, 0.9, 1e-3, from_moments=True),
    EnetProblem(100_000, 500, 0.5, 0.9, 1e-3, from_moments=True),
    EnetProblem(100_000, 500, 1.0, 0.9, 1e-3),
    EnetProblem(1_000, 10_000),
    EnetProblem(1_000, 10_000, 0.5),
    EnetProblem(500, 20_000),
    EnetProblem(500, 20_000, correlation=0.0),
    EnetProblem(20_000, 100_000, eps=0.05, row_nnz=50),
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
        ),
        EnetCvProblem: Kind(
            cv.make_cv_data, cv.cv_task_of, cv.cv_libraries, cv.accuracies_of_cv, cv.cv_flops
        ),
        MultiTaskProblem: Kind(
            multi_task.make_multi_data,
            multi_task.multi_task_of,
            multi_task.multi_libraries,
            multi_task.multi_accuracies,
            multi_task.multi_flops,
        ),
        LogisticLassoProblem: Kind(
            logistic.make_logistic_data,
            logistic.logistic_task_of,
            logistic.logistic_libraries,
            logistic.logistic_accuracies,
            logistic.logistic_flops,
        ),
    },
    groups=(
        *(Group((problem,), ELASTIC_NET) for problem in PROBLEMS),
        Group((EnetCvProblem(20_000, 300, 1e-3),), CHOICE),
        Group((EnetCvProblem(500, 5_000, 1e-2),), CHOICE),
        Group((MultiTaskProblem(1_000, 2_000, 20),), MULTI_TASK),
        Group((LogisticLassoProblem(200, 20_000),), LOGISTIC),
        Group((LogisticLassoProblem(10_000, 1_000),), LOGISTIC),
    ),
    warm_up=(
        EnetProblem(40, 8, n_alphas=3),
        EnetProblem(40, 8, n_alphas=3, from_moments=True),
        EnetProblem(8, 40, n_alphas=3),
        EnetProblem(40, 60, n_alphas=3, row_nnz=3),
        EnetCvProblem(40, 8, 1e-3, n_alphas=8),
        EnetCvProblem(20, 40, 1e-2, n_alphas=8),
        MultiTaskProblem(20, 30, 3, n_alphas=3),
        LogisticLassoProblem(30, 10, 0.1, n_alphas=3),
    ),
    formulas=(GAP, multi_task.MULTI_GAP, logistic.LOGISTIC_GAP, limits.FORMULA),
)
