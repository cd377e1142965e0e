"""What the solvers over passes have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.record import PassInfo

if TYPE_CHECKING:
    from elltwo.functional._base.validate import AnyArray
    from elltwo.functional._logistic_passes.problem import PassProblem
    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import FirstTask, PassTask


class PassSolver(ABC):
    """A minimisation whose data are seen in passes alone.

    `task` says what the next pass is to compute, `take` takes its sums, until `task` is None. Here
    are the problem, the sums of the first pass, and what passes have cost.

    Parameters
    ----------
    problem : PassProblem
        Penalty and options, checked.
    first : FirstTask
        The first pass.
    n_threads : int
        Threads of what is computed between passes.
    """

    def __init__(self, problem: PassProblem, first: FirstTask, n_threads: int) -> None:
        self.problem = problem
        self.first_task = first
        self.n_threads = n_threads
        self.n_hessian_passes = 0
        self.seconds: list[float] = []  #: of each pass, NaN where not known
        self.n_bytes: list[int] = []  #: moved to where they are merged, 0 where not known
        self.first: FirstSums | None = None

    @property
    @abstractmethod
    def task(self) -> FirstTask | PassTask | None:
        """What the next pass is to compute; None: there is none."""

    @abstractmethod
    def take(self, sums: FirstSums | PassSums, seconds: float = np.nan, n_bytes: int = 0) -> None:
        """Take the sums of the pass that `task` asked for, what it took, and what it moved."""

    @abstractmethod
    def to_bytes(self) -> bytes:
        """Return everything as bytes, from which passes go on to the same bits."""

    @property
    def n_passes(self) -> int:
        """Number of passes so far."""
        return len(self.seconds)

    @property
    def counts(self) -> PassInfo:
        """How often the rows were read, for records."""
        known = np.isfinite(self.seconds).all()
        return PassInfo(
            n_passes=self.n_passes,
            n_hessian_passes=self.n_hessian_passes,
            seconds=tuple(self.seconds) if known else None,
            n_bytes=sum(self.n_bytes) or None,
        )

    def count(self, sums: FirstSums | PassSums, seconds: float, n_bytes: int) -> None:
        """Count a pass."""
        self.seconds.append(seconds)
        self.n_bytes.append(n_bytes)
        if not isinstance(sums, FirstSums):
            self.n_hessian_passes += int(len(sums.hessian) > 0)

    def common_state(self) -> tuple[dict[str, Any], dict[str, AnyArray]]:
        """Return what is here as JSON holds it, and arrays."""
        first = b"" if self.first is None else self.first.to_bytes()
        head = {
            "problem": self.problem.to_json(),
            "n_threads": self.n_threads,
            "n_hessian_passes": self.n_hessian_passes,
        }
        arrays = {
            "first_task": np.frombuffer(self.first_task.to_bytes(), dtype=np.uint8),
            "first": np.frombuffer(first, dtype=np.uint8),
            "seconds": np.array(self.seconds),
            "n_bytes": np.array(self.n_bytes, dtype=np.int64),
        }
        return head, arrays

    def restore_common(self, head: dict[str, Any], arrays: dict[str, AnyArray]) -> None:
        """Take what passes have given and cost from the state of a solver of the same problem."""
        self.n_hessian_passes = head["n_hessian_passes"]
        self.seconds = arrays["seconds"].tolist()
        self.n_bytes = arrays["n_bytes"].tolist()
        if arrays["first"].size:
            self.first = FirstSums.from_bytes(arrays["first"].tobytes())
