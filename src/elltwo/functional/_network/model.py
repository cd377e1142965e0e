"""The layers of a network, its penalty, and where its parameters are in one vector."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.options import count, one_of
from elltwo.functional._base.validate import float64_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray

ACTIVATIONS = ("identity", "logistic", "tanh", "relu")
LOSSES = ("squared_error", "logistic", "multinomial")


class NetworkModel(NamedTuple):
    """What the core reads of a network."""

    units: tuple[int, ...]  #: inputs, hidden layers, outputs
    activation: str
    loss: str
    alpha: tuple[float, ...]  #: one for each layer of weights

    @property
    def n_parameters(self) -> int:
        """Number of weights and intercepts."""
        return sum((inputs + 1) * outputs for inputs, outputs in pairwise(self.units))

    def layers(self, parameters: Float64Array) -> list[tuple[Float64Array, Float64Array]]:
        """Return weights (inputs, outputs) and intercepts of each layer, views of the vector."""
        at, found = 0, []
        for inputs, outputs in pairwise(self.units):
            middle = at + inputs * outputs
            weights = parameters[at:middle].reshape(inputs, outputs)
            at = middle + outputs
            found.append((weights, parameters[middle:at]))
        return found

    @staticmethod
    def pack(coefs: Sequence[FloatArray], intercepts: Sequence[FloatArray]) -> Float64Array:
        """Return weights and intercepts of all layers as one vector."""
        pairs = zip(coefs, intercepts, strict=True)
        return np.concatenate([np.ravel(part) for pair in pairs for part in pair]).astype(float)


def read_hidden(hidden: int | Sequence[int]) -> tuple[int, ...]:
    """Return the numbers of units of the hidden layers."""
    if isinstance(hidden, int | np.integer):
        return (count(hidden, "hidden", minimum=1),)
    try:
        sizes = tuple(hidden)
    except TypeError:
        raise TypeError(
            f"hidden must be an integer or a sequence of them, got {hidden!r}"
        ) from None
    return tuple(count(size, f"hidden[{i}]", minimum=1) for i, size in enumerate(sizes))


def read_alpha(alpha: npt.ArrayLike, n_layers: int) -> tuple[float, ...]:
    """Return the penalty of each layer."""
    array = float64_array(alpha, "alpha")
    if array.shape not in {(), (1,), (n_layers,)}:
        raise ValueError(
            f"alpha must be a number or have one entry for each of the {n_layers} layer(s) of "
            f"weights, got shape {array.shape}"
        )
    each = np.broadcast_to(array.reshape(-1), (n_layers,))
    bad = ~(each >= 0.0)
    if bad.any():
        where = "" if array.size == 1 else f" for layer {int(bad.argmax())}"
        raise ValueError(f"alpha must be in [0, inf], got {float(each[bad][0]):.17g}{where}")
    return tuple(map(float, each))


def read_model(
    sizes: tuple[int, int],
    hidden: int | Sequence[int],
    alpha: npt.ArrayLike,
    activation: object,
    loss: str,
) -> NetworkModel:
    """Check a network with so many inputs and outputs."""
    units = (sizes[0], *read_hidden(hidden), sizes[1])
    function = one_of(ACTIVATIONS, activation, "activation")
    return NetworkModel(units, function, loss, read_alpha(alpha, len(units) - 1))
