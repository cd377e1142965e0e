"""What the estimators of scikit-learn's kind need of networks, beside public names."""

from __future__ import annotations

from elltwo.functional._network_problem.model import (
    NetworkModel,
    read_activation,
    read_hidden,
    read_layer_alphas,
)
from elltwo.functional._network_problem.solve import (
    DescentOptions,
    NetworkData,
    StochasticOptions,
    StochasticState,
    descend,
    outputs,
    train,
)

__all__ = [
    "DescentOptions",
    "NetworkData",
    "NetworkModel",
    "StochasticOptions",
    "StochasticState",
    "descend",
    "outputs",
    "read_activation",
    "read_hidden",
    "read_layer_alphas",
    "train",
]
