"""A network and its penalty as the core reads them, and its parameters as matrices."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.options import count, one_of
from elltwo.functional._base.validate import float64_array

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from elltwo.functional._base.validate import Float64Array, FloatArray

ACTIVATIONS = ("identity", "logistic", "tanh", "relu")


class NetworkModel(NamedTuple):
    """The layers of a network, and what its outputs are compared by."""

    units: tuple[int, ...]  #: inputs, hidden layers, outputs
    activation: str  #: of the hidden units
    loss: str  #: "squared", "logistic" or "multinomial"
    alphas: tuple[float, ...]  #: one, or one for each layer, of the sums of the loss

    @property
    def n_parameters(self) -> int:
        """Number of weights and intercepts."""
        return sum((n_in + 1) * n_out for n_in, n_out in self._layers())

    def _layers(self) -> Iterator[tuple[int, int]]:
        return zip(self.units[:-1], self.units[1:], strict=True)

    def split(self, parameters: Float64Array) -> tuple[list[Float64Array], list[Float64Array]]:
        """Return the weights (n_in, n_out) and the intercepts (n_out,) of the layers, as views."""
        coefs, intercepts, at = [], [], 0
        for n_in, n_out in self._layers():
            end = at + n_in * n_out
            coefs.append(parameters[at:end].reshape(n_in, n_out))
            intercepts.append(parameters[end : end + n_out])
            at = end + n_out
        return coefs, intercepts

    def packed(self, coefs: Sequence[FloatArray], intercepts: Sequence[FloatArray]) -> Float64Array:
        """Return the parameters of the core, the inverse of `split`."""
        parameters = np.empty(self.n_parameters)
        for into, values in zip(self.split(parameters), (coefs, intercepts), strict=True):
            for array, given in zip(into, values, strict=True):
                array[...] = given
        return parameters

    def drawn(self, random: np.random.RandomState) -> Float64Array:
        """Return a start (Glorot and Bengio 2010, equation 16), by scikit-learn's draws."""
        factor = 2.0 if self.activation == "logistic" else 6.0
        coefs, intercepts = [], []
        for n_in, n_out in self._layers():
            bound = np.sqrt(factor / (n_in + n_out))
            coefs.append(random.uniform(-bound, bound, (n_in, n_out)))
            intercepts.append(random.uniform(-bound, bound, n_out))
        return self.packed(coefs, intercepts)


def read_hidden(hidden_layer_sizes: Any) -> tuple[int, ...]:  # noqa: ANN401  # a number or several
    """Return the numbers of units of the hidden layers."""
    if np.ndim(hidden_layer_sizes) > 1:
        raise ValueError(
            f"hidden_layer_sizes must be a number or a sequence of numbers, got "
            f"{hidden_layer_sizes!r}"
        )
    sizes = [hidden_layer_sizes] if np.ndim(hidden_layer_sizes) == 0 else list(hidden_layer_sizes)
    return tuple(count(size, "hidden_layer_sizes", minimum=1) for size in sizes)


def read_activation(activation: object) -> str:
    """Return the name of the function of the hidden units."""
    return one_of(ACTIVATIONS, activation, "activation")


def read_layer_alphas(alpha: Any, n_layers: int) -> tuple[float, ...]:  # noqa: ANN401
    """Return one penalty for all layers, or one for each, in [0, inf]."""
    if np.ndim(alpha) == 0 and (isinstance(alpha, bool) or not isinstance(alpha, Real)):
        raise TypeError(f"alpha must be a number, or one for each layer, got {alpha!r}")
    values = float64_array(alpha, "alpha")
    if values.ndim > 1 or (values.ndim == 1 and values.size != n_layers):
        raise ValueError(
            f"alpha must be a number or have one entry for each of the {n_layers} layers, got "
            f"shape {values.shape}"
        )
    if not (values >= 0.0).all():
        raise ValueError(f"alpha must be in [0, inf], got {alpha!r}")
    return tuple(np.ravel(values).tolist())
