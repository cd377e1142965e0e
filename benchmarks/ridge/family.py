"""Single dense ridge fits: tall, wide, float32, many targets, and what an intercept costs."""

from __future__ import annotations

from benchmarks.base.family import Family, Group, Kind, MemoryGroup, Section
from benchmarks.ridge import limits, problems
from benchmarks.ridge.libraries import all_libraries
from benchmarks.ridge.problems import Problem
from benchmarks.ridge.reference import GAP, accuracies

FIT = Section("fit", "ridge", peer_gap=1e-6)
_TALL_PEERS = ("NumPy normal equations", "scikit-learn cholesky", "scikit-learn-intelex")
_WIDE_PEERS = ("NumPy dual", "scikit-learn cholesky")


def _cost_group(n_samples: int, n_features: int) -> Group:
    """The same fit without an intercept, with one, and with weights as well."""
    shape = (n_samples, n_features)
    return Group(
        (
            Problem(*shape, fit_intercept=False, variant="plain"),
            Problem(*shape, variant="intercept"),
            Problem(*shape, weighted=True, variant="weighted"),
        ),
        FIT,
        ("elltwo", "NumPy normal equations", "scikit-learn cholesky"),
    )


SPEED = (
    Problem(100_000, 500),
    Problem(1_000_000, 100),
    Problem(20_000, 2_000),
    Problem(100_000, 500, dtype="float32"),
    Problem(500, 50_000),
    Problem(2_000, 20_000),
    Problem(2_000_000, 10),
    Problem(20_000, 500, n_targets=100),
)

FAMILY = Family(
    name="ridge",
    kinds={
        Problem: Kind(problems.make_data, problems.task_of, all_libraries, accuracies, limits.flops)
    },
    groups=(
        *(Group((problem,), FIT) for problem in SPEED),
        _cost_group(100_000, 500),
        _cost_group(1_000_000, 100),
    ),
    warm_up=(Problem(40, 4), Problem(4, 40)),
    formulas=(GAP, limits.FORMULA),
    memory=(
        MemoryGroup(Problem(100_000, 500), ("elltwo", *_TALL_PEERS)),
        MemoryGroup(Problem(500, 50_000), ("elltwo", *_WIDE_PEERS)),
        MemoryGroup(Problem(2_000, 20_000), ("elltwo", *_WIDE_PEERS)),
    ),
)
