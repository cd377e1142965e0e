"""Logistic regression: two classes, many, and the penalty by cross-validation."""

from __future__ import annotations

from functools import partial

from benchmarks.base.family import Family, Group, Kind, Section
from benchmarks.cv.reference import accuracies as cv_accuracies
from benchmarks.logistic import cv, limits, problems
from benchmarks.logistic.cv import LogisticCvProblem
from benchmarks.logistic.libraries import logistic_libraries
from benchmarks.logistic.problems import LogisticProblem
from benchmarks.logistic.reference import accuracies

LOGISTIC = Section("logistic", "logistic", peer_gap=1e-8)
MULTINOMIAL = Section("logistic-multinomial", "logistic, many classes", peer_gap=1e-6)
# Scores of our folds, which are fitted to 1e-7, are compared with fits to the last digit.
LOGISTIC_CV = Section("logistic-cv", "logistic, cross-validation", peer_gap=1e-3, our_gap=1e-6)


def _penalty_groups(*sides: tuple[int, int]) -> tuple[Group, ...]:
    """Three penalties, on data well and badly scaled."""
    return tuple(
        Group((LogisticProblem(*shape, C=C, badly_scaled=badly_scaled),), LOGISTIC)
        for shape in sides
        for badly_scaled in (False, True)
        for C in (0.01, 1.0, 100.0)
    )


FAMILY = Family(
    name="logistic",
    kinds={
        LogisticProblem: Kind(
            problems.make_data,
            problems.task_of,
            logistic_libraries,
            accuracies,
            limits.flops,
            problems.bytes_of,
            limits.PASSES,
        ),
        LogisticCvProblem: Kind(
            cv.make_cv_data,
            cv.task_of,
            cv.cv_libraries,
            partial(cv_accuracies, curve_of=cv.reference_curve),
            limits.cv_flops,
        ),
    },
    groups=(
        *_penalty_groups((100_000, 200), (1_000_000, 50), (50_000, 500)),
        Group((LogisticProblem(500, 50_000),), LOGISTIC),
        Group((LogisticProblem(500_000, 100_000, row_nnz=50),), LOGISTIC),
        Group((LogisticProblem(50_000, 500, n_classes=10),), MULTINOMIAL),
        Group((LogisticProblem(20_000, 768, n_classes=100),), MULTINOMIAL),
        Group((LogisticProblem(1_797, 64, n_classes=10, source="digits"),), MULTINOMIAL),
        Group((LogisticCvProblem(50_000, 100),), LOGISTIC_CV),
    ),
    warm_up=(
        LogisticProblem(40, 4),
        LogisticProblem(40, 4, n_classes=3),
        LogisticCvProblem(40, 4, n_alphas=3),
    ),
    formulas=(limits.FORMULA,),
)
