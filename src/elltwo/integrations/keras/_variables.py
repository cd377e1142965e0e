"""The trained variables of a model, with their roles."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import keras
import numpy as np

from elltwo.integrations._decay.parameters import (
    BIAS,
    EMBEDDING,
    GAIN,
    KERNEL,
    UNKNOWN,
    Parameter,
    Place,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

# Classes of Keras by the role of their variables; subclasses count as well.
_NORMS: Final = {
    "BatchNormalization",
    "GroupNormalization",
    "LayerNormalization",
    "RMSNormalization",
    "PReLU",
}
_KERNELS: Final = {
    "Dense",
    "EinsumDense",
    "BaseConv",
    "BaseConvTranspose",
    "BaseDepthwiseConv",
    "BaseSeparableConv",
    "SimpleRNNCell",
    "GRUCell",
    "LSTMCell",
    "ConvLSTMCell",
}
_EMBEDDINGS: Final = {"Embedding"}

# Of a variable's name: what its layer may call the regulariser.
_REGULARIZERS: Final = {
    "kernel": ("kernel_regularizer", "depthwise_regularizer"),
    "recurrent_kernel": ("recurrent_regularizer",),
    "depthwise_kernel": ("depthwise_regularizer",),
    "pointwise_kernel": ("pointwise_regularizer",),
}


class Found(NamedTuple):
    """A variable, and the layers that have it."""

    parameter: Parameter
    variable: Any
    layers: tuple[Any, ...]


def variables_of(model: Any) -> list[Found]:  # noqa: ANN401  # Keras is not typed
    """Return what a model trains, or would if it were not frozen, each once, in its order."""
    if not isinstance(model, keras.Layer):
        raise TypeError(f"model must be a model or layer of Keras, got {type(model).__name__}")
    layers = layers_of(model)
    owners: dict[int, list[Any]] = {}
    for layer in layers:
        for variable in layer._trainable_variables:
            owners.setdefault(id(variable), []).append(layer)
    taken: set[str] = set()
    found: dict[int, Found] = {}
    for variable in model.weights:
        if id(variable) in owners and id(variable) not in found:
            with_it = tuple(owners[id(variable)])
            places = tuple(_places(model, variable, with_it, taken))
            parameter = Parameter(places, (*variable.shape,), bool(variable.trainable))
            found[id(variable)] = Found(parameter, variable, with_it)
    if not found:
        raise ValueError(f"the model {model.name!r} has no variables to train")
    return list(found.values())


def layers_of(model: Any) -> list[Any]:  # noqa: ANN401
    """Return a model and all layers in it; they must be built."""
    layers: list[Any] = model._flatten_layers()
    for layer in layers:
        if not layer.built and _builds(layer):
            raise ValueError(
                f"the layer {layer.name!r} ({type(layer).__name__}) is not built yet: run one "
                "batch through the model, or build it, first"
            )
    return layers


def _builds(layer: Any) -> bool:  # noqa: ANN401
    """Whether a layer that is not built may have variables still to come."""
    return type(layer).build is not keras.Layer.build or isinstance(layer, keras.Model)


def _places(
    model: Any,  # noqa: ANN401
    variable: Any,  # noqa: ANN401
    layers: tuple[Any, ...],
    taken: set[str],
) -> Iterator[Place]:
    for number, layer in enumerate(layers):
        own = _attribute(layer, variable) if number else variable.name
        inside = getattr(layer, "path", layer.name)  # older releases have no path
        name = f"{inside}/{own}" if number else variable.path
        name = name.removeprefix(f"{model.name}/")
        copies = 1
        while (name if copies == 1 else f"{name}#{copies}") in taken:
            copies += 1
        name = name if copies == 1 else f"{name}#{copies}"
        taken.add(name)
        yield Place(name, _role(layer, own), type(layer).__name__)


def _attribute(layer: Any, variable: Any) -> str:  # noqa: ANN401
    """Return the name by which a layer knows a variable that another has named."""
    names = (name for name, value in vars(layer).items() if value is variable)
    return str(next(names, variable.name)).lstrip("_")


def _role(layer: Any, own: str) -> str:  # noqa: ANN401
    kinds = {base.__name__ for base in type(layer).__mro__ if base.__module__.startswith("keras.")}
    if kinds & _NORMS:
        return BIAS if own in {"beta", "bias"} else GAIN
    if kinds & _KERNELS:
        return BIAS if "bias" in own else KERNEL
    if kinds & _EMBEDDINGS:
        return EMBEDDING
    return UNKNOWN


def regularizer_attribute(layer: Any, variable: Any) -> str | None:  # noqa: ANN401
    """Return the attribute of a layer that its saved form has as a variable's regulariser."""
    names = _REGULARIZERS.get(variable.name, (f"{variable.name}_regularizer",))
    return next((name for name in names if hasattr(layer, name)), None)


def to_numpy(value: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401
    """Return a variable, a tensor of the backend or a number as an array of float64."""
    plain = value.value if isinstance(value, keras.Variable) else value
    with quiet():
        return np.asarray(keras.ops.convert_to_numpy(plain), dtype=np.float64)


@contextmanager
def quiet() -> Iterator[None]:
    """Silence what NumPy 2 warns of where torch hands arrays over to Keras."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        yield


def squared_norm(variable: Any) -> float:  # noqa: ANN401
    """Return the sum of squares of a variable, in float64."""
    return float(np.square(to_numpy(variable)).sum())
