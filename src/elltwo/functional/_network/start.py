"""What a fit of a network begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.validate import vector
from elltwo.functional._network.record import MLPFit
from elltwo.functional._network.state import NetworkState

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._network.model import NetworkModel


def read_start(
    start: MLPFit | npt.ArrayLike, model: NetworkModel, seed: int, solver: str
) -> NetworkState:
    """Return the state to go on from."""
    given: npt.ArrayLike
    if isinstance(start, MLPFit):
        if start.model.units != model.units:
            raise ValueError(
                f"start must have the units {model.units} of this fit, got {start.model.units}"
            )
        # The moments of Adam are no velocity of SGD, nor the other way round.
        if start.state is not None and start.info.solver == solver:
            return start.state.settled_again()
        given = start.parameters[0]
    else:
        given = start
    size = model.n_parameters
    parameters = vector(given, "start", size, f"{size} weights and intercepts")
    bad = ~np.isfinite(parameters)
    if bad.any():
        place = int(bad.argmax())
        raise ValueError(f"start must be finite, got {parameters[place]} at place {place}")
    return NetworkState(parameters.copy(), seed=seed)
