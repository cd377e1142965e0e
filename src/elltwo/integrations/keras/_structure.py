"""Kernels whose scale a norm takes away."""

from __future__ import annotations

from typing import Any, Final

import keras

from elltwo.integrations.keras._variables import layers_of

_NORMS: Final = (
    keras.layers.BatchNormalization,
    keras.layers.GroupNormalization,
    keras.layers.LayerNormalization,
)
_TRANSPARENT: Final = (keras.layers.Dropout, keras.layers.Identity, keras.layers.Reshape)


def scale_free(model: Any) -> set[int]:  # noqa: ANN401
    """Return the ids of kernels whose layer is linear and goes into norms alone.

    The graph of a functional or sequential model says what follows; in other models nothing does.
    """
    found: set[int] = set()
    for layer in layers_of(model):
        kernels = [v for v in layer._trainable_variables if v.name.endswith("kernel")]
        is_linear = getattr(layer, "activation", None) is keras.activations.linear
        if kernels and is_linear:
            after = _following(layer)
            if after and all(isinstance(following, _NORMS) for following in after):
                found |= {id(kernel) for kernel in kernels}
    return found


def _following(layer: Any) -> list[Any]:  # noqa: ANN401
    """Return the layers that take the output of a layer, past those that leave scales alone."""
    found = []
    for node in layer._outbound_nodes:
        following = node.operation
        found += _following(following) if isinstance(following, _TRANSPARENT) else [following]
    return found
