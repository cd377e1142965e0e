"""The rooms of the benchmarks as data: which room may import which."""

from __future__ import annotations

from layers_python import imported_names

# Families see `base` and the families whose data or references they use; the harness sees all
# families, the reports see the harness, and nothing sees what stands below it here.
BENCHMARK_ROOMS: dict[str, frozenset[str]] = {
    room: frozenset(allowed.split())
    for room, allowed in {
        "base": "",
        "ridge": "base",
        "elastic_net": "base cv",
        "cv": "base ridge",
        "sparse": "base ridge",
        "many": "base ridge",
        "logistic": "base ridge cv sparse",
        "network": "base",
        "distributed": "base",
        "harness": "base ridge cv sparse many logistic elastic_net network distributed",
        "report": "base harness distributed",
        "__main__": "base distributed harness report",
        "bench_ridge": "base ridge cv sparse harness",
        "conftest": "",
        "__init__": "",
    }.items()
}
BENCHMARK_TABLE = "BENCHMARK_ROOMS in tests/support/layers_benchmarks.py"


def benchmark_violations(source: str, module: str) -> list[str]:
    """What a module of the benchmarks imports against :data:`BENCHMARK_ROOMS`."""
    room = module.split(".")[1]
    if room not in BENCHMARK_ROOMS:
        return [f"{module} belongs to no room: move it, or add its folder to {BENCHMARK_TABLE}"]
    allowed = BENCHMARK_ROOMS[room] | {room}
    return sorted(
        f"{module} imports {name}, which {room} may not: see {BENCHMARK_TABLE}"
        for name in imported_names(source, module)
        if name.startswith("benchmarks.") and name.split(".")[1] not in allowed
    )
