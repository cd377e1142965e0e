"""What is timed: groups of problems that share one data set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.cv.problems import CvProblem
from benchmarks.logistic.cv import LogisticCvProblem
from benchmarks.logistic.problems import LogisticProblem
from benchmarks.many.problems import BatchProblem, RollingProblem, StreamProblem
from benchmarks.ridge.problems import Problem
from benchmarks.sparse.problems import SparseProblem

if TYPE_CHECKING:
    from benchmarks.harness.kinds import AnyProblem
    from benchmarks.ridge.libraries import Library

FIT, CV, SPARSE = "fit", "cv", "sparse"
LOGISTIC, MULTINOMIAL, LOGISTIC_CV = "logistic", "logistic-multinomial", "logistic-cv"
HOT = "hot"


@dataclass(frozen=True)
class Group:
    """Problems that share one data set and are timed in turn with each other."""

    problems: tuple[AnyProblem, ...]
    libraries: tuple[str, ...] | None = None  # None: every one that applies
    section: str = FIT

    @property
    def names(self) -> list[str]:
        """What `--only` looks in."""
        return [f"{self.section}-{problem.name}" for problem in self.problems]

    def wants(self, library: Library, problem: AnyProblem) -> bool:
        """Whether a library is timed on one of the problems."""
        is_named = self.libraries is None or library.name in self.libraries
        return is_named and library.applies(problem)


def _cost_group(n_samples: int, n_features: int) -> Group:
    """The same fit without an intercept, with one, and with weights as well."""
    shape = (n_samples, n_features)
    return Group(
        (
            Problem(*shape, fit_intercept=False, variant="plain"),
            Problem(*shape, variant="intercept"),
            Problem(*shape, weighted=True, variant="weighted"),
        ),
        ("elltwo", "NumPy normal equations", "scikit-learn cholesky"),
    )


SPEED_GROUPS = tuple(
    Group((problem,))
    for problem in (
        Problem(100_000, 500),
        Problem(1_000_000, 100),
        Problem(20_000, 2_000),
        Problem(100_000, 500, dtype="float32"),
        Problem(500, 50_000),
        Problem(2_000, 20_000),
        Problem(2_000_000, 10),
        Problem(20_000, 500, n_targets=100),
    )
)
COST_GROUPS = (_cost_group(100_000, 500), _cost_group(1_000_000, 100))
CV_GROUPS = (
    Group((CvProblem(50_000, 300, cv=5),), section=CV),
    Group((CvProblem(5_000, 500, cv="loo"),), section=CV),
    Group((CvProblem(500, 5_000, cv="loo"),), section=CV),
    Group(
        (
            CvProblem(5_000, 1_000, cv=5, n_alphas=20, n_targets=2_000),
            CvProblem(5_000, 1_000, cv="gcv", n_alphas=20, n_targets=2_000),
            Problem(5_000, 1_000, n_targets=2_000, variant="one fit"),
        ),
        ("elltwo", "NumPy", "NumPy normal equations", "scikit-learn cholesky"),
        CV,
    ),
)
SPARSE_GROUPS = (
    Group((SparseProblem(200_000, 50_000, row_nnz=20, power=3.0),), section=SPARSE),
    Group((SparseProblem(1_000_000, 1_000, row_nnz=10),), section=SPARSE),
)


def _penalty_groups(*sides: tuple[int, int]) -> tuple[Group, ...]:
    """Three penalties, on data well and badly scaled."""
    return tuple(
        Group((LogisticProblem(*shape, C=C, badly_scaled=badly_scaled),), section=LOGISTIC)
        for shape in sides
        for badly_scaled in (False, True)
        for C in (0.01, 1.0, 100.0)
    )


LOGISTIC_GROUPS = (
    *_penalty_groups((100_000, 200), (1_000_000, 50), (50_000, 500)),
    Group((LogisticProblem(500, 50_000),), section=LOGISTIC),
    Group((LogisticProblem(500_000, 100_000, row_nnz=50),), section=LOGISTIC),
    Group((LogisticProblem(50_000, 500, n_classes=10),), section=MULTINOMIAL),
    Group((LogisticProblem(20_000, 768, n_classes=100),), section=MULTINOMIAL),
    Group((LogisticProblem(1_797, 64, n_classes=10, source="digits"),), section=MULTINOMIAL),
    Group((LogisticCvProblem(50_000, 100),), section=LOGISTIC_CV),
)
STREAM = StreamProblem(100, chunk_rows=50_000)
HOT_GROUPS = tuple(
    Group((problem,), section=HOT)
    for problem in (
        BatchProblem(10_000, 64, 8),
        BatchProblem(1_000, 256, 32),
        BatchProblem(10_000, 64, 8, is_grouped=True),
        RollingProblem(100_000, 8, window=250),
        STREAM,
    )
)
GROUPS = SPEED_GROUPS + COST_GROUPS + CV_GROUPS + SPARSE_GROUPS + LOGISTIC_GROUPS + HOT_GROUPS


@dataclass(frozen=True)
class MemoryGroup:
    """A problem and the libraries whose memory is measured on it."""

    problem: AnyProblem
    libraries: tuple[str, ...]

    @property
    def name(self) -> str:
        """What `--only` looks in."""
        section = f"{HOT}-" if isinstance(self.problem, StreamProblem) else ""
        return f"{section}memory-{self.problem.name}"


_TALL_PEERS = ("NumPy normal equations", "scikit-learn cholesky", "scikit-learn-intelex")
_WIDE_PEERS = ("NumPy dual", "scikit-learn cholesky")
MEMORY_GROUPS = (
    MemoryGroup(Problem(100_000, 500), ("elltwo", *_TALL_PEERS)),
    MemoryGroup(Problem(500, 50_000), ("elltwo", *_WIDE_PEERS)),
    MemoryGroup(Problem(2_000, 20_000), ("elltwo", *_WIDE_PEERS)),
    MemoryGroup(STREAM, ("elltwo", "NumPy incremental")),
)
