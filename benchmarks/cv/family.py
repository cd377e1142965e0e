"""Choices of the penalty of ridge regression by cross-validation."""

from __future__ import annotations

from benchmarks.base.family import Family, Group, Kind, Section
from benchmarks.cv import limits
from benchmarks.cv.libraries import cv_libraries
from benchmarks.cv.problems import CvProblem, task_of
from benchmarks.cv.reference import GAP, accuracies
from benchmarks.ridge.problems import Problem, make_data

CV = Section("cv", "cross-validation", peer_gap=1e-6)

FAMILY = Family(
    name="cv",
    kinds={CvProblem: Kind(make_data, task_of, cv_libraries, accuracies, limits.flops)},
    groups=(
        Group((CvProblem(50_000, 300, cv=5),), CV),
        Group((CvProblem(5_000, 500, cv="loo"),), CV),
        Group((CvProblem(500, 5_000, cv="loo"),), CV),
        Group(
            (
                CvProblem(5_000, 1_000, cv=5, n_alphas=20, n_targets=2_000),
                CvProblem(5_000, 1_000, cv="gcv", n_alphas=20, n_targets=2_000),
                Problem(5_000, 1_000, n_targets=2_000, variant="one fit"),
            ),
            CV,
            ("elltwo", "NumPy", "NumPy normal equations", "scikit-learn cholesky"),
        ),
    ),
    warm_up=(CvProblem(40, 4, cv=5), CvProblem(40, 4, cv="loo")),
    formulas=(GAP, limits.FORMULA),
)
