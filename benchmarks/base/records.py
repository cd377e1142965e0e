"""What a run has measured, as flat records that go to JSON and back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Accuracy(NamedTuple):
    """How good an answer is: its relative gap, and what it chose if there was a choice."""

    gap: float
    choice: str = ""


@dataclass(frozen=True)
class Fit:
    """One library on one problem: seconds of each run and the answer's relative gap."""

    problem: str
    n_threads: int
    library: str
    family: str
    seconds: list[float] = field(default_factory=list)
    gap: float | None = None
    skipped: str | None = None
    section: str = "fit"
    choice: str = ""
    share: float = 1.0  # of the work that `seconds` are for

    @property
    def median(self) -> float:
        return median(self.seconds) / self.share

    @property
    def best(self) -> float:
        return min(self.seconds) / self.share


@dataclass(frozen=True)
class Limit:
    """The hardware's limit for one problem, from the probes' medians and bests."""

    problem: str
    n_threads: int
    gemm_rate: float
    compute_seconds: float
    read_seconds: float
    best_seconds: float

    @property
    def seconds(self) -> float:
        return max(self.compute_seconds, self.read_seconds)


@dataclass(frozen=True)
class Call:
    """A call of microseconds: seconds per call of each loop."""

    call: str
    n_threads: int
    library: str
    statement: str
    seconds: list[float]
    gap: float

    @property
    def median(self) -> float:
        return median(self.seconds)


@dataclass(frozen=True)
class Memory:
    """Growth of peak resident memory during one fit in a fresh process."""

    problem: str
    n_threads: int
    library: str
    data_bytes: int
    extra_bytes: int


@dataclass(frozen=True)
class Import:
    """Seconds of whole interpreter runs that execute one statement."""

    statement: str
    seconds: list[float]

    @property
    def median(self) -> float:
        return median(self.seconds)


@dataclass(frozen=True)
class ClusterFit:
    """A fit to partitions at one place: seconds of each run, wall and those of all processors."""

    work: str
    place: str
    library: str
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    gap: float | None = None
    skipped: str | None = None
    facts: dict[str, float] = field(default_factory=dict)


@dataclass
class Results:
    """All records of a run, with the machine and the thread counts that were in force."""

    smoke: bool = False
    machine: dict[str, str] = field(default_factory=dict)
    thread_pools: dict[str, str] = field(default_factory=dict)
    fits: list[Fit] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    memory: list[Memory] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    distributed: list[ClusterFit] = field(default_factory=list)

    def extend(self, other: Results) -> None:
        """Append the records of another thread count."""
        self.thread_pools |= other.thread_pools
        self.fits += other.fits
        self.limits += other.limits
        self.calls += other.calls

    def thread_counts(self) -> list[int]:
        """Thread counts in the order they were run."""
        counts = [fit.n_threads for fit in self.fits] + [call.n_threads for call in self.calls]
        return list(dict.fromkeys(counts))

    def save(self, path: Path) -> None:
        """Write the records as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> Results:
    """Read what `Results.save` has written."""
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    kinds = {"fits": Fit, "limits": Limit, "calls": Call, "memory": Memory, "imports": Import}
    for name, kind in {**kinds, "distributed": ClusterFit}.items():
        raw[name] = [kind(**record) for record in raw.get(name, [])]
    return Results(**raw)
