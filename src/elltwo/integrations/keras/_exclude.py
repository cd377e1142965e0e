"""Variables that an optimiser of Keras does not decay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.integrations._decay.rules import decide, read_choices
from elltwo.integrations.keras._optimizer import decaying
from elltwo.integrations.keras._variables import variables_of

if TYPE_CHECKING:
    import keras

    from elltwo.integrations._decay.rules import Patterns


def exclude_from_decay(
    optimizer: keras.optimizers.Optimizer,
    model: keras.Model,
    *,
    decay: Patterns = (),
    no_decay: Patterns = (),
    embeddings: str = "decay",
) -> list[str]:
    """Keep an optimiser's weight decay off biases, norms and scales.

    Keras decays all variables unless told otherwise. What is excluded already stays excluded.
    Exclusions are not saved: a model that was loaded or cloned has an optimiser without them, as
    `audit` shows.

    Parameters
    ----------
    optimizer : keras.optimizers.Optimizer
        Optimiser with `weight_decay`, before its first step.
    model : keras.Model
        Model with its variables.
    decay, no_decay : str or sequence of str, default=()
        Patterns of `fnmatch` of names that are decayed, or are not, whatever the rules say; a
        pattern that matches a layer covers all in it.
    embeddings : {"decay", "skip"}, default="decay"
        Whether embeddings are decayed.

    Returns
    -------
    list of str
        Names of the variables that the rules exclude.

    Raises
    ------
    TypeError
        If an argument is none of Keras.
    ValueError
        If the optimiser has no weight decay or has begun, a pattern matches nothing, or a layer is
        not built.

    Examples
    --------
    >>> import keras
    >>> from elltwo.integrations.keras import exclude_from_decay
    >>> layers = [keras.layers.Dense(3, name="hidden"), keras.layers.Dense(1, name="head")]
    >>> model = keras.Sequential([keras.Input((4,)), *layers])
    >>> optimizer = keras.optimizers.AdamW(weight_decay=0.01)
    >>> exclude_from_decay(optimizer, model)
    ['hidden/bias', 'head/bias']
    """
    found = variables_of(model)
    parameters = [item.parameter for item in found]
    choices = read_choices(decay, no_decay, embeddings, parameters)
    inner = decaying(optimizer)
    if not inner.weight_decay:
        raise ValueError(f"{type(inner).__name__} has weight_decay={inner.weight_decay}: no decay")
    if inner.built:
        raise ValueError(
            f"{type(inner).__name__} has made its variables already, and takes no exclusions any "
            "more: exclude before the first step, or make a new optimiser"
        )
    out = [item for item in found if not decide(item.parameter, choices).decayed]
    before = set(getattr(inner, "_exclude_from_weight_decay", ()))
    pattern = getattr(inner, "_exclude_from_weight_decay_pattern", None)
    inner.exclude_from_weight_decay(var_list=[item.variable for item in out])  # forgets both
    inner._exclude_from_weight_decay |= before
    inner._exclude_from_weight_decay_pattern = pattern
    return [item.parameter.name for item in out if item.parameter.trainable]
