"""A library under test, and what the harness asks of a problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

BLAS_EFFICIENCY = 0.5  # share of the GEMM rate that direct methods reach, for skipping only
READ_RATE = 8e9  # bytes a second that iterative methods stream, for skipping only


class AnyProblem(Protocol):
    """A problem of any family: a frozen dataclass, whose name tells it from all others."""

    @property
    def name(self) -> str:
        """Key of the records, and what `--only` looks in."""

    @property
    def dtype(self) -> str:
        """Type of X."""

    @property
    def nbytes(self) -> int:
        """Bytes of X."""

    def shrunk(self) -> AnyProblem:
        """A problem of the same form that takes no time."""


@dataclass(frozen=True)
class Library:
    """A way to solve one kind of problem.

    `flops` and `passes` (over X) describe the work, from which `estimate` predicts the seconds, so
    that a fit far beyond the budget is not begun.
    """

    name: str
    family: str  # of libraries: the first word or words of the name
    fit: Callable[[Any], Any]  # a task of the kind that it is for, to an answer of that kind
    flops: Callable[[Any], float]
    passes: int = 2
    applies: Callable[[Any], bool] = lambda _: True
    share: float = 1.0  # of the whole work that is timed; the time is divided by it
    prepare: Callable[[Any], None] = lambda _: None  # what a task needs once, before it is timed

    def estimate(self, problem: AnyProblem, gemm_rate: float) -> float:
        """Return roughly the seconds that a fit will take."""
        direct = self.flops(problem) / (BLAS_EFFICIENCY * gemm_rate)
        return direct + self.passes * problem.nbytes / READ_RATE


def no_flops(problem: AnyProblem) -> float:  # noqa: ARG001
    return 0.0
