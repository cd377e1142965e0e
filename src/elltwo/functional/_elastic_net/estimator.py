"""What the estimators of scikit-learn's kind need of the elastic net, beside public names."""

from __future__ import annotations

from elltwo.functional._elastic_net_problem.info import info_of
from elltwo.functional._elastic_net_problem.options import (
    Penalty,
    read_elastic_net_options,
    read_l1_ratio,
    read_start,
)
from elltwo.functional._elastic_net_problem.points import Point, Solved
from elltwo.functional._elastic_net_problem.solve import NetData, solve_paths
from elltwo.functional._ridge_problem.problem import read_problem

__all__ = [
    "NetData",
    "Penalty",
    "Point",
    "Solved",
    "info_of",
    "read_elastic_net_options",
    "read_l1_ratio",
    "read_problem",
    "read_start",
    "solve_paths",
]
