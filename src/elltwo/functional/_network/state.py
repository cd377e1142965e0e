"""What a fit by mini-batches goes on from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array


class NetworkState(NamedTuple):
    """Parameters and moments after an epoch, as the core reads and writes them."""

    parameters: Float64Array
    first: Float64Array | None = None  #: mean of the gradients, or the velocity
    second: Float64Array | None = None  #: mean of their squares
    best: Float64Array | None = None  #: parameters of the best score
    seed: int = 0  #: of the shuffles
    n_steps: float = 0.0
    n_rows: float = 0.0
    learning_rate: float = 0.0  #: of the next epoch; 0 stands for the first
    n_epochs: int = 0
    n_no_change: int = 0
    loss_curve: Float64Array | None = None
    scores: Float64Array | None = None

    def settled_again(self) -> NetworkState:
        """Return the state without the count of epochs that brought no progress."""
        return self._replace(n_no_change=0)


def values_of(curve: Float64Array | None) -> Float64Array:
    """Return a curve, of no epochs where there is none."""
    return np.empty(0) if curve is None else curve
