"""What the estimators of scikit-learn's kind need of networks, beside public names."""

from __future__ import annotations

from elltwo.functional._network.info import info_of_raw
from elltwo.functional._network.model import ACTIVATIONS, NetworkModel, read_alpha
from elltwo.functional._network.options import (
    STOCHASTIC,
    NetworkOptions,
    choose_solver,
    read_minibatch,
)
from elltwo.functional._network.predict import predict_networks
from elltwo.functional._network.solve import solve_networks
from elltwo.functional._network.state import NetworkState, values_of

__all__ = [
    "ACTIVATIONS",
    "STOCHASTIC",
    "NetworkModel",
    "NetworkOptions",
    "NetworkState",
    "choose_solver",
    "info_of_raw",
    "predict_networks",
    "read_alpha",
    "read_minibatch",
    "solve_networks",
    "values_of",
]
