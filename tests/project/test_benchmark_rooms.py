"""The rooms of the benchmarks: who imports whom, and no module that imports itself in a circle."""

from __future__ import annotations

from graphlib import TopologicalSorter

import pytest

from layers_benchmarks import BENCHMARK_ROOMS, benchmark_violations
from layers_python import imported_names
from paths import ROOT

MODULES = {
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."): path.read_text(
        encoding="utf-8"
    )
    for path in sorted((ROOT / "benchmarks").rglob("*.py"))
}


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_what_its_room_may(module: str) -> None:
    assert benchmark_violations(MODULES[module], module) == []


def test_modules_import_each_other_in_no_circle() -> None:
    """Imports for annotations count: a circle among those is one in the reader's head."""
    arrows = {
        module: {
            target
            for name in imported_names(source, module)
            for target in (name, name.rpartition(".")[0])
            if target in MODULES
        }
        for module, source in MODULES.items()
    }
    assert list(TopologicalSorter(arrows).static_order())  # raises CycleError on a circle


def test_rooms_see_each_other_in_no_circle() -> None:
    assert list(TopologicalSorter(BENCHMARK_ROOMS).static_order())


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("benchmarks.base.library", "from benchmarks.ridge import problems"),
        ("benchmarks.ridge.problems", "from benchmarks.harness.kinds import kind_of"),
        ("benchmarks.cv.libraries", "from benchmarks.sparse.problems import SparseProblem"),
        ("benchmarks.harness.fits", "from benchmarks.report import tables"),
        ("benchmarks.elsewhere.file", ""),
    ],
)
def test_rule_finds(module: str, source: str) -> None:
    assert len(benchmark_violations(source, module)) == 1
