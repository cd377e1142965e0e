"""A family of problems: how they are made, solved and checked, and which of them are timed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.base.data import Array
    from benchmarks.base.library import AnyProblem, Library
    from benchmarks.base.records import Accuracy


@dataclass(frozen=True)
class Kind:
    """How problems of one type are made, solved and checked.

    The limit is the longer of `flops` at the GEMM rate and `passes` readings of `read_array`.
    """

    make_data: Callable[[Any], Any]
    task_of: Callable[[Any, Any, int | None], Any]
    libraries: Callable[[], list[Library]]
    accuracies: Callable[[Any, dict[str, Any]], dict[str, Accuracy]]
    flops: Callable[[Any], float]
    read_array: Callable[[Any], Array] = lambda data: data[0]
    passes: int = 1


@dataclass(frozen=True)
class Section:
    """A table of the report, and the gaps up to which what a library returns is an answer."""

    name: str
    title: str
    peer_gap: float
    our_gap: float = 1e-9


@dataclass(frozen=True)
class Group:
    """Problems that share one data set and are timed in turn with each other."""

    problems: tuple[AnyProblem, ...]
    section: Section
    libraries: tuple[str, ...] | None = None  # None: every one that applies

    @property
    def names(self) -> list[str]:
        """What `--only` looks in."""
        return [f"{self.section.name}-{problem.name}" for problem in self.problems]

    def wants(self, library: Library, problem: AnyProblem) -> bool:
        """Whether a library is timed on one of the problems."""
        is_named = self.libraries is None or library.name in self.libraries
        return is_named and library.applies(problem)


@dataclass(frozen=True)
class MemoryGroup:
    """A problem and the libraries whose memory is measured on it."""

    problem: AnyProblem
    libraries: tuple[str, ...]

    @property
    def name(self) -> str:
        """What `--only` looks in."""
        return f"memory-{self.problem.name}"


@dataclass(frozen=True)
class Family:
    """All that the harness and the reports know of one folder of problems."""

    name: str  # of its block in docs/benchmarks.md
    kinds: Mapping[type[Any], Kind]
    groups: tuple[Group, ...]
    warm_up: tuple[AnyProblem, ...]  # tiny: every library loads what it loads at its first fit
    formulas: tuple[str, ...]  # what the limit and the gap are, for the reports
    memory: tuple[MemoryGroup, ...] = ()

    @property
    def sections(self) -> tuple[Section, ...]:
        """Its tables, in the order of its groups."""
        return tuple(dict.fromkeys(group.section for group in self.groups))
