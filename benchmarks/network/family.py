"""Small networks by L-BFGS and Adam."""

from __future__ import annotations

from benchmarks.base.family import Family, Group, Kind, Section
from benchmarks.network import limits
from benchmarks.network.libraries import network_libraries
from benchmarks.network.problems import NetworkProblem, make_network_data, task_of
from benchmarks.network.reference import GAP, accuracies

# After a given number of steps no library has an answer that others could be held to.
MLP = Section("mlp", "small networks", peer_gap=1.0, our_gap=1.0)

FAMILY = Family(
    name="mlp",
    kinds={
        NetworkProblem: Kind(
            make_network_data, task_of, network_libraries, accuracies, limits.flops
        )
    },
    groups=tuple(
        Group((problem,), MLP)
        for problem in (
            NetworkProblem(500, 10, 20),
            NetworkProblem(20_000, 10, 30),
            NetworkProblem(20_000, 50, 100, n_classes=5),
            NetworkProblem(10_000, 20, 100, "adam", 20),
            NetworkProblem(50_000, 50, 100, "adam", 10),
            NetworkProblem(20_000, 100, 256, "adam", 10, n_classes=10),
        )
    ),
    warm_up=(
        NetworkProblem(40, 3, 4, n_iter=3),
        NetworkProblem(40, 3, 4, "adam", 3, n_classes=3),
    ),
    formulas=(GAP, limits.FORMULA),
)
