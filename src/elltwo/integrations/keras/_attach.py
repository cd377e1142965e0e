"""L2 regularisers on the kernels of a model that is built already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import keras

from elltwo.integrations._decay.groups import DECAY, NO_DECAY, divide
from elltwo.integrations._decay.rules import read_choices
from elltwo.integrations._decay.strength import read_strength
from elltwo.integrations.keras._variables import layers_of, regularizer_attribute, variables_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keras.regularizers import L2

    from elltwo.integrations._decay.parameters import Parameter
    from elltwo.integrations._decay.rules import Choices, Patterns
    from elltwo.integrations.keras._variables import Found


def attach_l2(
    model: keras.Model,
    l2: float | L2 | Mapping[str, float | L2],
    *,
    decay: Patterns = (),
    no_decay: Patterns = (),
    embeddings: str = "decay",
) -> dict[str, float]:
    """Put an L2 regulariser on what the rules would decay in a built model.

    Setting ``layer.kernel_regularizer`` on a built layer has no effect in Keras. This sets the
    regulariser of the variable, which has, and that of the layer, so that it is saved with the
    model. Training functions that Keras has compiled already are dropped, to be made anew.

    Parameters
    ----------
    model : keras.Model
        Model or layer with its variables.
    l2 : float, keras.regularizers.L2 or mapping
        Factor of the sum of squares, in Keras' terms; `l2` converts elltwo's alpha. A mapping is
        from patterns of `fnmatch` to factors: the first that matches a name such as
        ``"dense_1/kernel"``, or that of a layer around it, counts, 0 takes a regulariser away,
        and what no pattern matches stays as it is.
    decay, no_decay : str or sequence of str, default=()
        Patterns of names that are penalised, or are not, whatever the rules say: by these kernels
        and embeddings are, biases, norms and scales are not, and frozen variables are left alone.
    embeddings : {"decay", "skip"}, default="decay"
        Whether embeddings are penalised.

    Returns
    -------
    dict
        From the name of a variable to its factor, of those that were set.

    Raises
    ------
    TypeError
        If `model` is none of Keras, or a factor no number.
    ValueError
        If a factor is negative or not finite, a pattern matches nothing, a layer is not built, or
        it has a regulariser that is not L2. The model is unchanged then.

    Examples
    --------
    >>> import keras
    >>> from elltwo.integrations.keras import attach_l2
    >>> layers = [keras.layers.Dense(3, name="hidden"), keras.layers.Dense(1, name="head")]
    >>> model = keras.Sequential([keras.Input((4,)), *layers])
    >>> attach_l2(model, {"head": 0.0, "*": 0.01})
    {'hidden/kernel': 0.01, 'head/kernel': 0.0}
    """
    found = variables_of(model)
    parameters = [item.parameter for item in found]
    choices = read_choices(decay, no_decay, embeddings, parameters)
    factors = _factors(l2, parameters, choices)
    for place in factors:
        _check_present(found[place])
    _check_attention(model, {id(found[place].variable): l2 for place, l2 in factors.items()})
    for place, factor in factors.items():
        _set(found[place], factor)
    _share_with_attention(model)
    for layer in layers_of(model):
        if isinstance(layer, keras.Model):
            layer.train_function = layer.test_function = None
    return {parameters[place].name: factor for place, factor in factors.items()}


def _factors(
    l2: float | L2 | Mapping[str, float | L2], parameters: Sequence[Parameter], choices: Choices
) -> dict[int, float]:
    """Return the factor of every variable that gets one, by its place."""
    if isinstance(l2, Mapping):
        own = {pattern: _number(value) for pattern, value in l2.items()}
        groups = divide(parameters, 0.0, own, choices, "l2")
        chosen = [group for group in groups if group.name not in {DECAY, NO_DECAY}]
    else:
        groups = divide(parameters, read_strength(_number(l2), "l2"), None, choices)
        chosen = [group for group in groups if group.name == DECAY]
    factors = {place: group.strength for group in chosen for place in group.members}
    return dict(sorted(factors.items()))


def _number(value: Any) -> Any:  # noqa: ANN401
    return float(value.l2) if isinstance(value, keras.regularizers.L2) else value


def _check_present(item: Found) -> None:
    present = item.variable.regularizer
    if present is not None and not isinstance(present, keras.regularizers.L2):
        raise ValueError(
            f"{item.parameter.name!r} has the regulariser {type(present).__name__}, which is not "
            "L2: take it away first, or leave the variable out"
        )


def _check_attention(model: Any, factors: Mapping[int, float]) -> None:  # noqa: ANN401
    """Refuse unequal factors in a layer of attention, whose saved form has one for all kernels."""
    for attention, kernels in _attentions(model):
        own = {factors.get(id(kernel), _present(kernel)) for kernel in kernels}
        if len(own) > 1:
            raise ValueError(
                f"the kernels in the attention {attention.name!r} can have one factor alone, "
                f"since it is saved with one, got {sorted(own)}"
            )


def _share_with_attention(model: Any) -> None:  # noqa: ANN401
    for attention, kernels in _attentions(model):
        attention._kernel_regularizer = kernels[0].regularizer


def _attentions(model: Any) -> list[tuple[Any, list[Any]]]:  # noqa: ANN401
    """Return layers that pass one regulariser on to the kernels of their parts."""
    found = []
    for layer in layers_of(model):
        if layer is not model and hasattr(layer, "_kernel_regularizer"):
            kernels = [v for v in layer.weights if v.name == "kernel"]
            if kernels:
                found.append((layer, kernels))
    return found


def _present(variable: Any) -> float:  # noqa: ANN401
    return 0.0 if variable.regularizer is None else float(variable.regularizer.l2)


def _set(item: Found, factor: float) -> None:
    regularizer = keras.regularizers.L2(factor) if factor > 0.0 else None
    item.variable.regularizer = regularizer
    for layer in item.layers:
        attribute = regularizer_attribute(layer, item.variable)
        if attribute is not None:
            setattr(layer, attribute, regularizer)
